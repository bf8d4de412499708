//! What stands behind a connection: the rules that allow it, or that nobody isolates an end.

use super::chain::Hop;
use crate::cluster::Asked;
use crate::evaluate::{DirectionTrace, End, Engine, PolicyRef, Request};
use crate::net::ConnectionSet;
use crate::policy::{Action, Direction, PolicySet};
use crate::selector::Truth;

/// A rule of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleRef {
    /// The direction that it speaks of: egress of the source, or ingress of the destination.
    pub direction: Direction,
    /// The policy.
    pub policy: PolicyRef,
    /// The place of the rule in it.
    pub rule: usize,
}

/// What stands behind a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// The rules that allow something of it, egress first.
    pub rules: Vec<RuleRef>,
    /// Whether the source is isolated for egress.
    pub egress: Truth,
    /// Whether the destination is isolated for ingress.
    pub ingress: Truth,
}

/// What stands behind a hop: the rules that match what it allows, or may allow.
pub fn behind(engine: &Engine<'_>, set: &PolicySet, hop: &Hop) -> Behind {
    let request = Request {
        from: vec![hop.from.endpoint.clone()],
        to: vec![hop.to.endpoint.clone()],
        ports: Asked::Every,
    };
    let mut behind = Behind { rules: Vec::new(), egress: Truth::No, ingress: Truth::No };
    let told = hop.decided.possible();
    for trace in &engine.trace_rules(&request) {
        let is_meant = shares_pods(&trace.pair.from, &hop.from) && shares_pods(&trace.pair.to, &hop.to);
        if !is_meant || !trace.pair.decided.possible().overlaps(&told) {
            continue;
        }
        behind.egress = behind.egress.or(isolated(&trace.egress));
        behind.ingress = behind.ingress.or(isolated(&trace.ingress));
        behind.rules.extend(rules(set, &trace.egress, &told));
        behind.rules.extend(rules(set, &trace.ingress, &told));
    }
    behind.rules.sort_unstable_by_key(|rule| (rule.direction == Direction::Ingress, rule.policy, rule.rule));
    behind.rules.dedup();
    behind
}

/// Whether two ends of one endpoint have pods in common.
fn shares_pods(one: &End, other: &End) -> bool {
    match (&one.pods, &other.pods) {
        (Some(one), Some(other)) => one.iter().any(|pod| other.contains(pod)),
        _ => true,
    }
}

fn isolated(trace: &DirectionTrace) -> Truth {
    let is_isolated = trace.tiers.iter().any(|tier| tier.isolates);
    let may_be = trace.tiers.iter().any(|tier| !tier.policies.is_empty());
    match (is_isolated, may_be) {
        (true, _) => Truth::Yes,
        (false, true) => Truth::Unknown,
        (false, false) => Truth::No,
    }
}

fn rules<'t>(
    set: &'t PolicySet,
    trace: &'t DirectionTrace,
    told: &'t ConnectionSet,
) -> impl Iterator<Item = RuleRef> + 't {
    let policies = trace.tiers.iter().flat_map(|tier| &tier.policies);
    let rules = policies.flat_map(|policy| policy.rules.iter().map(move |rule| (policy.policy, rule)));
    let allowing = rules.filter(move |(policy, rule)| {
        let PolicyRef::Evaluated(place) = policy else { return false };
        let entry = set.policies.get(*place as usize).and_then(|policy| policy.rules.get(rule.rule));
        entry.is_some_and(|entry| entry.value.action == Action::Allow)
            && rule.matched.possible().overlaps(told)
    });
    allowing.map(|(policy, rule)| RuleRef { direction: trace.direction, policy, rule: rule.rule })
}
