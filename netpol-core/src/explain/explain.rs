//! From a verdict and its traces to an explanation.

use super::attribution::Attribution;
use super::edit::remedies;
use super::near_policy::near_policies;
use super::peer::peer_fact;
use super::pod_view::{PodView, pods};
use super::port::port_fact;
use super::{DirectionExplanation, Explanation, Isolation, PairExplanation, PolicyFact, RuleFact};
use crate::cluster::Cluster;
use crate::evaluate::{
    Assumption, Decision, DirectionTrace, End, Pair, PairTrace, PolicyRef, PolicyTrace, RuleTrace, TierTrace,
    UnknownAs, Verdict,
};
use crate::net::Family;
use crate::policy::{Direction, Policy, PolicySet};
use crate::selector::Truth;

/// Tells why a verdict is what it is, from the traces of its pairs, which are in the same order.
pub fn explain(
    cluster: &Cluster,
    policies: &PolicySet,
    verdict: Verdict,
    traces: Vec<PairTrace>,
) -> Explanation {
    let pairs = traces.into_iter().map(|trace| {
        let assumptions = &verdict.assumptions;
        let scene = Scene { cluster, policies, pair: &trace.pair, family: trace.family, assumptions };
        let egress = explain_direction(scene, &trace.egress);
        let ingress = explain_direction(scene, &trace.ingress);
        PairExplanation { egress, ingress, family: trace.family, pair: trace.pair }
    });
    let pairs = pairs.collect();
    Explanation { verdict, pairs }
}

/// What a pair is explained with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'a> {
    /// The cluster.
    pub(super) cluster: &'a Cluster,
    /// The policies.
    pub(super) policies: &'a PolicySet,
    /// The pair.
    pub(super) pair: &'a Pair,
    /// The family that the trace is of.
    pub(super) family: Family,
    /// What the verdict rests on.
    pub(super) assumptions: &'a [Assumption],
}

impl<'a> Scene<'a> {
    /// An evaluated policy.
    pub(super) fn policy(self, policy: PolicyRef) -> Option<&'a Policy> {
        match policy {
            PolicyRef::Evaluated(index) => self.policies.policies.get(index as usize).map(AsRef::as_ref),
            PolicyRef::Opaque(_) => None,
        }
    }
}

/// One direction with its two ends and the pods that they hold.
#[derive(Debug, Clone)]
pub(super) struct Stage<'a> {
    /// What the pair is explained with.
    pub(super) scene: Scene<'a>,
    /// What the walk saw.
    pub(super) trace: &'a DirectionTrace,
    /// The end whose policies were asked.
    pub(super) subject: &'a End,
    /// The other end.
    pub(super) peer: &'a End,
    /// The pods of the subject; empty for addresses and nodes.
    pub(super) subject_pods: Vec<PodView<'a>>,
    /// The pods of the other end; empty for addresses and nodes.
    pub(super) peer_pods: Vec<PodView<'a>>,
    /// Which rules decide, and what no rule takes.
    pub(super) attribution: Attribution,
}

impl<'a> Stage<'a> {
    fn new(scene: Scene<'a>, trace: &'a DirectionTrace) -> Self {
        let (subject, peer) = match trace.direction {
            Direction::Egress => (&scene.pair.from, &scene.pair.to),
            Direction::Ingress => (&scene.pair.to, &scene.pair.from),
        };
        Self {
            scene,
            trace,
            subject,
            peer,
            subject_pods: pods(scene.cluster, scene.assumptions, subject),
            peer_pods: pods(scene.cluster, scene.assumptions, peer),
            attribution: Attribution::of(scene, trace),
        }
    }

    /// The end that the traffic goes to.
    pub(super) const fn destination_pods(&self) -> &Vec<PodView<'a>> {
        match self.trace.direction {
            Direction::Egress => &self.peer_pods,
            Direction::Ingress => &self.subject_pods,
        }
    }
}

/// Tells why one direction comes to what it does.
fn explain_direction(scene: Scene<'_>, trace: &DirectionTrace) -> DirectionExplanation {
    let stage = Stage::new(scene, trace);
    let asked = &scene.pair.asked;
    let decision = Decision::of(asked, &trace.decided);
    let policies = trace.tiers.iter().flat_map(|tier| {
        let stage = &stage;
        tier.policies.iter().map(move |policy| policy_fact(stage, tier, policy))
    });
    let policies: Vec<PolicyFact> = policies.collect();
    let is_denied = matches!(decision, Decision::Deny | Decision::Partial);
    DirectionExplanation {
        direction: trace.direction,
        subject: stage.subject.clone(),
        peer: stage.peer.clone(),
        asked: asked.clone(),
        decided: trace.decided.clone(),
        decision,
        taken: UnknownAs::Unknown,
        isolation: isolation(trace),
        remedies: if is_denied { remedies(&stage, &policies) } else { Vec::new() },
        nearly: if is_denied { near_policies(&stage) } else { Vec::new() },
        policies,
    }
}

fn isolation(trace: &DirectionTrace) -> Isolation {
    if let Some(exemption) = trace.exemption {
        return Isolation::Exempt(exemption);
    }
    let isolating = || trace.tiers.iter().filter(|tier| tier.isolates).flat_map(|tier| &tier.policies);
    let by = isolating().filter(|policy| policy.selects.truth.is_yes()).count();
    if by > 0 {
        return Isolation::Isolated { by };
    }
    let may = trace.tiers.iter().flat_map(|tier| &tier.policies);
    let may = may.filter(|policy| policy.selects.truth == Truth::Unknown || is_opaque(policy)).count();
    match (may, trace.tiers.iter().all(|tier| tier.policies.is_empty())) {
        (0, true) => Isolation::NotSelected,
        (0, false) => Isolation::NotIsolated,
        (by, _) => Isolation::NotKnown { by },
    }
}

const fn is_opaque(policy: &PolicyTrace) -> bool {
    matches!(policy.policy, PolicyRef::Opaque(_))
}

fn policy_fact(stage: &Stage<'_>, tier: &TierTrace, trace: &PolicyTrace) -> PolicyFact {
    let policy = stage.scene.policy(trace.policy);
    let origin = match trace.policy {
        PolicyRef::Evaluated(_) => policy.map(|policy| policy.origin),
        PolicyRef::Opaque(index) => stage.scene.policies.opaque.get(index as usize).map(|it| it.origin),
    };
    let rules = policy.map(|policy| {
        let facts = trace.rules.iter().filter_map(|rule| rule_fact(stage, (trace.policy, policy), rule));
        facts.collect()
    });
    PolicyFact {
        policy: trace.policy,
        tier: tier.tier,
        isolates: tier.isolates && trace.selects.truth.is_yes(),
        selects: trace.selects,
        origin,
        rules: rules.unwrap_or_default(),
    }
}

fn rule_fact(
    stage: &Stage<'_>,
    (reference, policy): (PolicyRef, &Policy),
    trace: &RuleTrace,
) -> Option<RuleFact> {
    let placed = policy.rules.get(trace.rule)?;
    let rule = &placed.value;
    let peers = rule.peers.as_ref().map(|peers| {
        let facts =
            trace.peers.iter().filter_map(|it| Some(peer_fact(stage, policy, it, peers.get(it.peer)?)));
        facts.collect()
    });
    let ports = rule.ports.as_ref().map(|ports| {
        let facts = trace.ports.iter().filter_map(|it| Some(port_fact(stage, it, ports.get(it.port)?)));
        facts.collect()
    });
    Some(RuleFact {
        rule: trace.rule,
        action: rule.action,
        origin: placed.origin,
        matched: trace.matched.clone(),
        decides: stage.attribution.decides(reference, trace.rule),
        peers,
        ports,
    })
}
