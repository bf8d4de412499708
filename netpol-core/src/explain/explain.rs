//! From a verdict and its traces to an explanation.

use super::near_policy::near_policies;
use super::peer::peer_fact;
use super::port::port_fact;
use super::remedy::remedies;
use super::scene::Scene;
use super::stage::Stage;
use super::{DirectionExplanation, Explanation, Isolation, PairExplanation, PolicyFact, RuleFact};
use crate::cluster::Cluster;
use crate::evaluate::{
    Decision, DirectionTrace, PairTrace, PolicyRef, PolicyTrace, RuleTrace, TierTrace, UnknownAs, Verdict,
};
use crate::policy::{Policy, PolicySet};
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
        let request = &verdict.request;
        let scene =
            Scene { cluster, policies, request, pair: &trace.pair, family: trace.family, assumptions };
        let egress = explain_direction(scene, &trace.egress);
        let ingress = explain_direction(scene, &trace.ingress);
        PairExplanation { egress, ingress, family: trace.family, pair: trace.pair }
    });
    let pairs = pairs.collect();
    Explanation { verdict, pairs }
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
    let are_known = stage.subject_pods.iter().chain(&stage.peer_pods).all(|pod| pod.is_known);
    let is_mendable = are_known && matches!(decision, Decision::Deny | Decision::Partial);
    DirectionExplanation {
        direction: trace.direction,
        subject: stage.subject.clone(),
        peer: stage.peer.clone(),
        asked: asked.clone(),
        decided: trace.decided.clone(),
        decision,
        taken: UnknownAs::Unknown,
        isolation: isolation(scene.policies, trace),
        remedies: if is_mendable { remedies(&stage, &policies) } else { Vec::new() },
        nearly: if is_mendable { near_policies(&stage) } else { Vec::new() },
        policies,
    }
}

fn isolation(set: &PolicySet, trace: &DirectionTrace) -> Isolation {
    if let Some(exemption) = trace.exemption {
        return Isolation::Exempt(exemption);
    }
    let isolating = || trace.tiers.iter().filter(|tier| tier.isolates).flat_map(|tier| &tier.policies);
    let by = isolating().filter(|policy| policy.selects.truth.is_yes()).count();
    if by > 0 {
        return Isolation::Isolated { by };
    }
    // A policy of a tier that denies nothing by default isolates nobody, whomever it selects.
    let may_isolate = |tier: &&TierTrace| set.pipeline.denies_by_default(tier.tier);
    let doubted = trace.tiers.iter().filter(may_isolate).flat_map(|tier| &tier.policies);
    let doubted =
        doubted.filter(|policy| policy.selects.truth == Truth::Unknown && !is_opaque(policy)).count();
    let all = || trace.tiers.iter().flat_map(|tier| &tier.policies);
    let may = doubted + all().filter(|policy| is_opaque(policy)).count();
    match (may, trace.tiers.iter().all(|tier| tier.policies.is_empty())) {
        (0, true) if trace.decided.unknown.is_empty() => Isolation::NotSelected,
        (0, true) => Isolation::Doubted,
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
        PolicyRef::Opaque(index) => {
            stage.scene.policies.opaque.get(index as usize).map(|it| it.policy.origin)
        }
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
