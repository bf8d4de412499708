//! Why something changed: policies that came, went or were edited, else what is another thing about the ends.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::{Cause, Revision, Side};
use super::ends::Point;
use crate::cluster::{Asked, Endpoint};
use crate::diagnostic::ObjectRef;
use crate::evaluate::{DirectionTrace, PairTrace, PolicyRef, PolicyTrace, Request};
use crate::net::{ConnectionSet, Decided};
use crate::policy::{OriginId, Policy, PolicySet};

/// The policies that differ between two inputs.
#[derive(Debug)]
pub(super) struct Causes<'a> {
    old: Revision<'a>,
    new: Revision<'a>,
    /// Whether each policy of an input is not in the other one as it is.
    old_differ: Differing,
    new_differ: Differing,
}

/// For each policy of an input, whether it is not in the other one as it is.
#[derive(Debug)]
pub(super) struct Differing {
    pub(super) evaluated: Vec<bool>,
    pub(super) opaque: Vec<bool>,
}

impl Differing {
    fn has(&self, policy: PolicyRef) -> bool {
        match policy {
            PolicyRef::Evaluated(place) => self.evaluated.get(place as usize) == Some(&true),
            PolicyRef::Opaque(place) => self.opaque.get(place as usize) == Some(&true),
        }
    }
}

pub(super) fn differing(own: &PolicySet, other: &PolicySet) -> Differing {
    let policies: BTreeMap<&ObjectRef, &Policy> =
        other.policies.iter().map(|policy| (&policy.object, policy.as_ref())).collect();
    let opaque: BTreeMap<&ObjectRef, &Policy> =
        other.opaque.iter().map(|opaque| (&opaque.policy.object, &opaque.policy)).collect();
    let differs = |policy: &Policy, known: &BTreeMap<&ObjectRef, &Policy>| {
        !known.get(&policy.object).is_some_and(|it| {
            (it.tier, it.order, &it.tie) == (policy.tier, policy.order, &policy.tie)
                && (it.directions, it.isolates) == (policy.directions, policy.isolates)
                && it.subject == policy.subject
                && it.rules == policy.rules
        })
    };
    Differing {
        evaluated: own.policies.iter().map(|policy| differs(policy, &policies)).collect(),
        opaque: own.opaque.iter().map(|it| differs(&it.policy, &opaque)).collect(),
    }
}

impl<'a> Causes<'a> {
    pub(super) fn new(old: Revision<'a>, new: Revision<'a>) -> Self {
        let old_differ = differing(old.policies, new.policies);
        let new_differ = differing(new.policies, old.policies);
        Self { old, new, old_differ, new_differ }
    }

    /// What brought about that `before` became `after` between two ends.
    pub(super) fn of(
        &self,
        (from, to): (&Point<'_>, &Point<'_>),
        (before, after): (&Decided, &Decided),
    ) -> Vec<Cause> {
        let touched = touched(before, after);
        let old = trace(self.old, Side::Old, (from, to));
        let new = trace(self.new, Side::New, (from, to));
        let mut causes = Vec::new();
        for (then, now) in directions(&old).into_iter().zip(directions(&new)) {
            if then.map(|it| &it.decided) == now.map(|it| &it.decided) {
                continue;
            }
            causes.extend(now.into_iter().flat_map(|trace| self.policies(Side::New, trace, &touched)));
            causes.extend(then.into_iter().flat_map(|trace| self.policies(Side::Old, trace, &touched)));
        }
        // An edited policy stands in both inputs: the new place says enough.
        let edited: Vec<ObjectRef> =
            causes.iter().filter(|cause| cause.side == Side::New).map(|cause| cause.object.clone()).collect();
        causes.retain(|cause| cause.side == Side::New || !edited.contains(&cause.object));
        if causes.is_empty() {
            causes = self.of_ends([from, to]);
        }
        causes.sort_unstable();
        causes.dedup();
        causes
    }

    /// The policies that differ and select the subject: the rules of theirs that match what changed, else the
    /// policies as such.
    fn policies(&self, side: Side, trace: &DirectionTrace, touched: &ConnectionSet) -> Vec<Cause> {
        let (revision, differ) = match side {
            Side::Old => (self.old, &self.old_differ),
            Side::New => (self.new, &self.new_differ),
        };
        let policies = trace.tiers.iter().flat_map(|tier| &tier.policies);
        let differing = policies.filter(|policy| differ.has(policy.policy));
        differing.flat_map(|policy| causes_of(revision.policies, side, policy, touched)).collect()
    }

    /// What is another thing about the ends than before: the labels of their namespaces, else the pods. All of them
    /// where nothing is.
    fn of_ends(&self, points: [&Point<'_>; 2]) -> Vec<Cause> {
        let namespaces = points.into_iter().filter_map(|point| self.relabelled(point));
        let edited = points.into_iter().filter(|point| self.differs(point));
        let found: Vec<Cause> = namespaces.chain(edited.filter_map(|point| self.owner(point))).collect();
        if found.is_empty() {
            points.into_iter().filter_map(|point| self.owner(point)).collect()
        } else {
            found
        }
    }

    /// The namespace of some pods, where it has other labels than before.
    fn relabelled(&self, point: &Point<'_>) -> Option<Cause> {
        let Point::Pods(pods) = point else { return None };
        let namespace = |revision: Revision<'a>, id| {
            let workload = revision.cluster.workload(id)?;
            revision.cluster.namespace(workload.namespace)
        };
        let (old, new) = (namespace(self.old, pods.old_workload)?, namespace(self.new, pods.workload)?);
        let place = new.span.map(|span| (Side::New, span)).or(old.span.map(|span| (Side::Old, span)));
        let (side, span) = place.filter(|_| old.labels != new.labels)?;
        let (api_version, kind) = ("v1".to_owned(), "Namespace".to_owned());
        Some(Cause {
            side,
            object: ObjectRef { api_version, kind, namespace: None, name: new.name.clone() },
            span,
        })
    }

    /// Whether policies may see other pods than before.
    fn differs(&self, point: &Point<'_>) -> bool {
        let Point::Pods(pods) = point else { return false };
        let seen = |revision: Revision<'a>, id| {
            let groups = revision.cluster.workload(id).into_iter().flat_map(|workload| &workload.groups);
            let groups = groups.filter_map(|id| revision.cluster.group(*id));
            groups
                .map(|it| {
                    (
                        &it.labels,
                        &it.named_ports,
                        &it.addresses,
                        (it.is_host_network, it.admission.is_known()),
                    )
                })
                .collect::<BTreeSet<_>>()
        };
        seen(self.old, pods.old_workload) != seen(self.new, pods.workload)
    }

    /// The object that pods come from.
    fn owner(&self, point: &Point<'_>) -> Option<Cause> {
        let Point::Pods(pods) = point else { return None };
        let workload = self.new.cluster.workload(pods.workload)?;
        let namespace = self.new.cluster.namespace(workload.namespace)?.name.clone();
        let kind = match &workload.owner {
            crate::cluster::Owner::Pod => "Pod",
            crate::cluster::Owner::Unnamed | crate::cluster::Owner::Hypothetical(_) => "",
            crate::cluster::Owner::Kind(kind) => kind,
        };
        let object = ObjectRef {
            api_version: api_version(kind).to_owned(),
            kind: kind.to_owned(),
            namespace: Some(namespace),
            name: workload.name.clone(),
        };
        Some(Cause { side: Side::New, object, span: workload.span })
    }
}

/// The group version of the kinds that own pods.
fn api_version(kind: &str) -> &'static str {
    match kind {
        "Pod" | "ReplicationController" => "v1",
        "Job" | "CronJob" => "batch/v1",
        "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" => "apps/v1",
        _ => "",
    }
}

fn causes_of(set: &PolicySet, side: Side, trace: &PolicyTrace, touched: &ConnectionSet) -> Vec<Cause> {
    let cause = |object: &ObjectRef, origin: OriginId| {
        Some(Cause { side, object: object.clone(), span: set.origins.get(origin)?.span })
    };
    match trace.policy {
        PolicyRef::Opaque(place) => {
            let policy = set.opaque.get(place as usize).map(|opaque| &opaque.policy);
            policy.and_then(|policy| cause(&policy.object, policy.origin)).into_iter().collect()
        }
        PolicyRef::Evaluated(place) => {
            let Some(policy) = set.policies.get(place as usize) else { return Vec::new() };
            let matching = trace.rules.iter().filter(|rule| rule.matched.possible().overlaps(touched));
            let origins = matching.filter_map(|rule| policy.rules.get(rule.rule)).map(|rule| rule.origin);
            let rules: Vec<Cause> = origins.filter_map(|origin| cause(&policy.object, origin)).collect();
            if rules.is_empty() { cause(&policy.object, policy.origin).into_iter().collect() } else { rules }
        }
    }
}

/// The connections whose answer is another one.
fn touched(before: &Decided, after: &Decided) -> ConnectionSet {
    let apart =
        |one: &ConnectionSet, other: &ConnectionSet| one.difference(other).union(&other.difference(one));
    apart(&before.allowed, &after.allowed).union(&apart(&before.unknown, &after.unknown))
}

fn trace(revision: Revision<'_>, side: Side, (from, to): (&Point<'_>, &Point<'_>)) -> Vec<PairTrace> {
    let endpoint = |point: &Point<'_>| match point {
        Point::Addresses(addresses) => Endpoint::Addresses(addresses.clone()),
        Point::Pods(pods) => Endpoint::Workload(match side {
            Side::Old => pods.old_workload,
            Side::New => pods.workload,
        }),
    };
    let request = Request { from: vec![endpoint(from)], to: vec![endpoint(to)], ports: Asked::Every };
    let (_, traces) = revision.engine.trace(&request);
    let is_meant = |trace: &PairTrace| {
        is_pod(trace.pair.from.pods.as_ref(), from) && is_pod(trace.pair.to.pods.as_ref(), to)
    };
    traces.into_iter().filter(is_meant).collect()
}

/// Whether a point is among the pods of a traced end.
fn is_pod(pods: Option<&Vec<String>>, point: &Point<'_>) -> bool {
    match (pods, point) {
        (Some(pods), Point::Pods(common)) => common.pod.as_ref().is_none_or(|pod| pods.contains(pod)),
        _ => true,
    }
}

/// The first pair's egress and ingress.
fn directions(traces: &[PairTrace]) -> [Option<&DirectionTrace>; 2] {
    let first = traces.first();
    [first.map(|trace| &trace.egress), first.map(|trace| &trace.ingress)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::{PortSet, Protocol};

    #[test]
    fn what_is_touched_is_what_has_another_answer() {
        let set = |port| ConnectionSet::of(Protocol::Tcp, PortSet::single(port));
        let before = Decided { allowed: set(80), unknown: set(443) };
        let after = Decided { allowed: set(80).union(&set(443)), unknown: ConnectionSet::empty() };
        assert_eq!(touched(&before, &after), set(443));
    }
}
