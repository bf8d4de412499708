//! Why something is unknown, and what an answer rests on: collected by the walk as ids, told as facts once it is
//! known which of them matter.

use rustc_hash::FxHashSet;

use super::party::Party;
use super::walk::Walk;
use super::{Assumption, Reason};
use crate::cluster::Cluster;
use crate::index::{BlockId, IndexedPeer};
use crate::net::{ConnectionSet, Decided, Family, IpSet};
use crate::policy::{AddressBlock, Direction, NamedBy, NamespaceMatch, OriginId, PodMatch, PolicyRef, Ports};
use crate::selector::{Answer, LabelValue, Labels, Requirement, Truth, Unlisted};

/// Something that made an answer unknown, or that it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// A policy selects the subject perhaps, or not by assumption.
    Subject { policy: PolicyRef, answer: Answer },
    /// A peer matches perhaps, or by assumption.
    Peer { policy: PolicyRef, rule: usize, peer: usize, answer: Answer },
    /// The ports of a rule match perhaps.
    Ports { policy: PolicyRef, rule: usize },
    /// A rule of a policy may match nothing, or without a rule: the policy may not isolate what it selects.
    Doubt { policy: PolicyRef, rule: Option<usize> },
    /// A rule about the own node is left to the network plugin.
    NodeRule,
    /// Nothing is known of the subject.
    Doubted,
}

impl Cause {
    /// For a cause that rests on an assumption: what it answers by it.
    const fn assumed(self) -> Option<Truth> {
        match self {
            Self::Subject { answer, .. } | Self::Peer { answer, .. } if answer.is_assumed => {
                Some(answer.truth)
            }
            _ => None,
        }
    }

    /// For a cause that assumes where pods live: what it assumes, whoever the peer is.
    fn assumed_block(self, walk: &Walk<'_>) -> Option<AssumedBlock> {
        let Self::Peer { policy, rule, peer, answer } = self else { return None };
        let peers =
            walk.index.acting(policy)?.rules.get(rule).filter(|_| answer.is_assumed)?.peers.as_ref()?;
        match peers.get(peer)? {
            IndexedPeer::Block(block) => Some((*block, walk.family, answer.truth)),
            IndexedPeer::Term(_) => None,
        }
    }
}

/// That a block holds every pod of a family, or none.
pub(super) type AssumedBlock = (BlockId, Family, Truth);

/// Causes, each with the connections that it speaks of.
#[derive(Debug, Clone, Default)]
pub(super) struct Causes {
    list: Vec<(Cause, ConnectionSet)>,
}

impl Causes {
    pub(super) fn add(&mut self, cause: Cause, scope: &ConnectionSet) {
        if !scope.is_empty() {
            self.list.push((cause, scope.clone()));
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The facts behind the causes that matter to what one direction decides, each with its connections; without
    /// the blocks that were told of before.
    pub(super) fn told(
        &self,
        walk: &Walk<'_>,
        decided: &Decided,
        before: &mut FxHashSet<AssumedBlock>,
    ) -> Vec<(Facts, &ConnectionSet)> {
        let bearing = Bearing { own: decided, other: &Decided::everything(), answer: decided };
        let mut is_new = |cause: Cause, scope: &ConnectionSet| match cause.assumed_block(walk) {
            Some(block) => !before.contains(&block) && bearing.concerns(cause, scope) && before.insert(block),
            None => bearing.concerns(cause, scope),
        };
        let matter = self.list.iter().filter(|(cause, scope)| is_new(*cause, scope));
        matter
            .map(|(cause, scope)| {
                let mut facts = Facts::default();
                facts.tell(walk, *cause);
                (facts, scope)
            })
            .collect()
    }
}

/// What decides whether a cause matters.
#[derive(Debug)]
pub(super) struct Bearing<'a> {
    /// What the direction itself decides.
    pub(super) own: &'a Decided,
    /// What the opposite direction decides.
    pub(super) other: &'a Decided,
    /// What both decide together.
    pub(super) answer: &'a Decided,
}

impl Bearing<'_> {
    fn concerns(&self, cause: Cause, scope: &ConnectionSet) -> bool {
        match cause.assumed() {
            // What the direction decides for sure, doubts of its own leave alone.
            None => scope.intersection(&self.own.unknown).overlaps(&self.answer.unknown),
            Some(Truth::No) => !scope.intersection(&self.other.possible()).is_subset(&self.own.allowed),
            Some(Truth::Yes | Truth::Unknown) => scope.overlaps(&self.answer.possible()),
        }
    }
}

/// Facts about an answer.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) assumptions: Vec<Assumption>,
    pub(super) reasons: Vec<Reason>,
}

impl Facts {
    /// Adds those causes of a direction that matter to the answer.
    pub(super) fn add(&mut self, walk: &Walk<'_>, causes: &Causes, bearing: &Bearing<'_>) {
        for (cause, scope) in &causes.list {
            if bearing.concerns(*cause, scope) {
                self.tell(walk, *cause);
            }
        }
    }

    /// Adds what is to be said of the policies that select the subject, whatever they decide.
    pub(super) fn add_remarks(&mut self, walk: &Walk<'_>) {
        for entry in walk.selecting().iter().filter(|entry| entry.answer.truth != Truth::No) {
            let PolicyRef::Evaluated(policy) = entry.policy else { continue };
            let remarks = walk.set.policies.get(policy as usize).map_or(0, |policy| policy.remarks.len());
            for remark in 0..u32::try_from(remarks).unwrap_or(u32::MAX) {
                self.assumptions.push(Assumption::Remark { policy, remark });
            }
        }
    }

    fn tell(&mut self, walk: &Walk<'_>, cause: Cause) {
        let doubted = [walk.subject, walk.peer].into_iter().find_map(Party::doubted);
        if let (Some(workload), None) = (doubted, cause.assumed()) {
            self.reasons.push(Reason::Doubted(workload));
            return;
        }
        match cause {
            Cause::Doubted => {}
            Cause::Subject { policy: PolicyRef::Opaque(place), .. }
            | Cause::Doubt { policy: PolicyRef::Opaque(place), .. } => {
                self.reasons.push(Reason::OpaquePolicy(place));
            }
            Cause::Doubt { policy, rule } => {
                let policy = walk.set.policy(policy);
                let origin = policy.and_then(|policy| match rule {
                    Some(rule) => policy.rules.get(rule).map(|rule| rule.origin),
                    None => Some(policy.origin),
                });
                self.reasons.extend(origin.map(Reason::NotEvaluated));
            }
            Cause::NodeRule => self.reasons.push(Reason::OwnNodeEgress(walk.subject.workload())),
            Cause::Ports { policy, rule } => self.tell_ports(walk, policy, rule),
            Cause::Subject { policy, .. } => {
                if let Some(policy) = walk.set.policy(policy) {
                    self.tell_selector(
                        walk.cluster,
                        &policy.subject.value,
                        walk.subject,
                        policy.subject.origin,
                    );
                }
            }
            Cause::Peer { policy, rule, peer, answer } => {
                let rule = walk.set.policy(policy).and_then(|policy| policy.rules.get(rule));
                let placed = rule.and_then(|rule| rule.value.peers.as_ref()?.get(peer));
                match placed.map(|placed| (&placed.value, placed.origin)) {
                    Some((crate::policy::Peer::Pods(pods), origin)) => {
                        self.tell_selector(walk.cluster, pods, walk.peer, origin);
                    }
                    Some((crate::policy::Peer::Addresses(block), origin)) => {
                        self.tell_block(walk, block, answer, origin);
                    }
                    None => {}
                }
            }
        }
    }

    fn tell_ports(&mut self, walk: &Walk<'_>, policy: PolicyRef, rule: usize) {
        let rule = walk.set.policy(policy).and_then(|policy| policy.rules.get(rule));
        let destination = match walk.direction {
            Direction::Ingress => walk.subject,
            Direction::Egress => walk.peer,
        };
        for port in rule.into_iter().flat_map(|rule| rule.value.ports.iter().flatten()) {
            match &port.value.ports {
                Ports::Named(name) => {
                    let numbers = destination.pods().into_iter().flat_map(|pods| &pods.named_ports);
                    if numbers.into_iter().any(|entry| entry.name == *name && entry.number.is_none()) {
                        let workload = destination.workload();
                        self.reasons.push(Reason::NamedPort { workload, name: name.clone() });
                    }
                }
                Ports::Unknown => self.reasons.push(Reason::Placeholder(port.origin)),
                Ports::Every | Ports::Range(..) if port.value.protocol.is_none() => {
                    self.reasons.push(Reason::Placeholder(port.origin));
                }
                Ports::Every | Ports::Range(..) => {}
            }
        }
    }

    fn tell_block(&mut self, walk: &Walk<'_>, block: &AddressBlock, answer: Answer, origin: OriginId) {
        match &block.named_by {
            NamedBy::Block => {}
            NamedBy::Nodes(_) => return self.reasons.push(Reason::NodeLabels(origin)),
            NamedBy::Domains(names) => {
                return self.reasons.push(Reason::DomainNames { names: names.clone(), origin });
            }
        }
        let addresses: IpSet = block.addresses.in_family(walk.family);
        match (answer.truth, answer.is_assumed) {
            (Truth::Yes, true) => self.assumptions.push(Assumption::EveryPodIn(addresses)),
            (Truth::No, true) => self.assumptions.push(Assumption::NoPodIn(addresses)),
            _ if !block.unknown.is_empty_in(walk.family) => self.reasons.push(Reason::Placeholder(origin)),
            _ => {
                let workload = walk.peer.workload();
                self.reasons.push(match walk.peer {
                    Party::Node { .. } => Reason::NodeAddress { workload, origin },
                    _ => Reason::PodAddress { workload, origin },
                });
            }
        }
    }

    fn tell_selector(&mut self, cluster: &Cluster, selector: &PodMatch, party: &Party<'_>, origin: OriginId) {
        let (Some(pods), Some(namespace)) = (party.pods(), namespace_of(party)) else { return };
        if let NamespaceMatch::Selected(wanted) = &selector.namespaces {
            let known = pods.namespace.and_then(|id| cluster.namespace(id)).map(|entry| entry.labels.clone());
            let labels = known.unwrap_or_else(|| cluster.labels_of_unlisted_namespace(namespace));
            for requirement in open_requirements(wanted.requirements(), &labels) {
                self.tell_namespace_requirement(requirement, &labels, namespace, origin);
            }
        }
        for requirement in open_requirements(selector.pods.requirements(), &pods.labels) {
            match (&requirement.key, party.workload()) {
                (Some(key), Some(workload)) if has_unknown_value(&pods.labels, key) => {
                    self.reasons.push(Reason::Label { workload, key: key.clone() });
                }
                _ => self.reasons.push(Reason::Placeholder(origin)),
            }
        }
    }

    fn tell_namespace_requirement(
        &mut self,
        requirement: &Requirement,
        labels: &Labels,
        namespace: &str,
        origin: OriginId,
    ) {
        let Some(key) = requirement.key.clone() else {
            self.reasons.push(Reason::Placeholder(origin));
            return;
        };
        let namespace = namespace.to_owned();
        if requirement.matches(labels).is_assumed {
            self.assumptions.push(Assumption::NamespaceWithoutLabel { namespace, key });
        } else if has_unknown_value(labels, &key)
            || labels.get(&key).is_none() && labels.unlisted() != Unlisted::Absent
        {
            self.reasons.push(Reason::NamespaceLabel { namespace, key });
        } else {
            self.reasons.push(Reason::Placeholder(origin));
        }
    }
}

/// The requirements that are neither firmly met nor firmly failed.
fn open_requirements<'r>(
    requirements: &'r [Requirement],
    labels: &'r Labels,
) -> impl Iterator<Item = &'r Requirement> {
    requirements.iter().filter(|requirement| {
        let answer = requirement.matches(labels);
        answer.truth == Truth::Unknown || answer.is_assumed
    })
}

fn has_unknown_value(labels: &Labels, key: &str) -> bool {
    labels.get(key) == Some(&LabelValue::Unknown)
}

fn namespace_of<'p>(party: &'p Party<'_>) -> Option<&'p str> {
    match party {
        Party::Pods { namespace, .. } => Some(namespace),
        Party::Hypothetical { namespace, .. } => Some(namespace.as_str()),
        Party::Doubted { .. } | Party::Selected(_) | Party::Node { .. } | Party::Outside { .. } => None,
    }
}
