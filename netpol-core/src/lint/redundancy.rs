//! Policies and rules that can be taken away without changing an answer.

use std::collections::BTreeSet;

use super::Context;
use super::covering::{Covering, RuleId, Rules, Scope};
use crate::index::IndexedRule;
use crate::policy::{Direction, Policy};
use crate::text::Span;

/// A policy, or a rule of one, that changes nothing.
#[derive(Debug, Clone)]
pub struct Redundant {
    /// The place of the policy in the policy set.
    pub policy: u32,
    /// The place of the rule in its policy; `None` for the whole policy.
    pub rule: Option<usize>,
    /// The rules that allow the same.
    pub covered_by: BTreeSet<(u32, usize)>,
    /// The policies that isolate the same, when the whole policy is meant.
    pub isolated_by: BTreeSet<u32>,
}

/// What changes nothing for any pod that could exist, and what besides changes nothing for the pods of the input. All of
/// the former can be taken away together, and then all of the latter.
#[derive(Debug, Default)]
pub struct Redundancy {
    /// For any pod that could exist.
    pub always: Vec<Redundant>,
    /// For the pods of the input alone.
    pub now: Vec<Redundant>,
    /// For each policy, the others that select all of its pods, whatever pods there are.
    wider: Vec<Vec<u32>>,
}

impl Redundancy {
    pub(super) fn new(context: &Context<'_>) -> Self {
        let always = found(context, Scope::Any, &[]);
        let now = found(context, Scope::Existing, &always);
        let mut covering = Covering::new(context, Scope::Any);
        let wider = context.evaluated().map(|(place, _)| covering.wider(place)).collect();
        Self { always, now, wider }
    }

    /// The other policies that select all pods that a policy selects, whatever pods there are.
    pub fn wider(&self, policy: u32) -> Vec<u32> {
        self.wider.get(policy as usize).cloned().unwrap_or_default()
    }
}

/// The later of two that say the same is found, so the policies are asked from the last to the first.
fn found(context: &Context<'_>, scope: Scope, gone: &[Redundant]) -> Vec<Redundant> {
    let mut covering = Covering::new(context, scope);
    let mut gone_policies: BTreeSet<u32> = BTreeSet::new();
    for redundant in gone {
        if let Some(rule) = redundant.rule {
            covering.remove((redundant.policy, rule));
        } else {
            covering.remove_policy(redundant.policy);
            gone_policies.insert(redundant.policy);
        }
    }
    let mut found = Vec::new();
    let policies: Vec<(u32, &Policy)> = context.evaluated().collect();
    for (place, policy) in policies.into_iter().rev().filter(|(place, _)| !gone_policies.contains(place)) {
        if scope == Scope::Existing && !selects_some(context, place) {
            continue;
        }
        let wider = covering.wider(place);
        if let Some(redundant) = whole_policy(context, &mut covering, (place, policy), &wider) {
            covering.remove_policy(place);
            found.push(redundant);
            continue;
        }
        let others = covering.rules_of(wider.iter().copied().chain([place]));
        for rule in (0..policy.rules.len()).rev() {
            if covering.is_gone((place, rule)) {
                continue;
            }
            if let Some(covered_by) = one_rule(context, &mut covering, (place, rule), &others) {
                covering.remove((place, rule));
                let rule = Some(rule);
                found.push(Redundant { policy: place, rule, covered_by, isolated_by: BTreeSet::new() });
            }
        }
    }
    found.reverse();
    found
}

fn selects_some(context: &Context<'_>, place: u32) -> bool {
    let term = context.index.policy(place).and_then(|policy| context.index.term(policy.subject));
    term.is_some_and(|term| {
        !term.selected.is_empty() && term.unknown.is_empty() && term.assumed_not.is_empty()
    })
}

fn indexed<'a>(context: &Context<'a>, (place, rule): RuleId) -> Option<&'a IndexedRule> {
    context.index.policy(place)?.rules.get(rule)
}

/// The rules that cover one rule, among some others.
fn one_rule(
    context: &Context<'_>,
    covering: &mut Covering<'_, '_>,
    id: RuleId,
    others: &Rules<'_>,
) -> Option<BTreeSet<RuleId>> {
    let rule = indexed(context, id)?;
    if !covering.has_say(id.0, rule) {
        return None;
    }
    covering.covered((id, rule), others)
}

/// Why a whole policy changes nothing: others isolate its pods in its directions, and allow what its rules allow.
fn whole_policy(
    context: &Context<'_>,
    covering: &mut Covering<'_, '_>,
    (place, policy): (u32, &Policy),
    wider: &[u32],
) -> Option<Redundant> {
    let mut isolated_by = BTreeSet::new();
    for direction in Direction::ALL.into_iter().filter(|it| policy.directions.contains(*it)) {
        let isolates = |other: &&u32| {
            let other = context.policies.policies.get(**other as usize);
            // A policy that only closes is there to say so; another one that closes alone makes it needless.
            other.is_some_and(|other| {
                other.directions.contains(direction) && (!policy.rules.is_empty() || other.rules.is_empty())
            })
        };
        isolated_by.insert(*wider.iter().find(isolates)?);
    }
    let others = covering.rules_of(wider.iter().copied());
    let mut covered_by = BTreeSet::new();
    for at in (0..policy.rules.len()).filter(|at| !covering.is_gone((place, *at))).collect::<Vec<_>>() {
        covered_by.extend(one_rule(context, covering, (place, at), &others)?);
    }
    Some(Redundant { policy: place, rule: None, covered_by, isolated_by })
}

/// So many of the rules that say the same are pointed at.
const POINTED_AT: usize = 3;

/// The places that say the same, with what to say of them.
pub(super) fn covers(context: &Context<'_>, redundant: &Redundant) -> Vec<(Span, String)> {
    let policies = &context.policies.policies;
    let rules = redundant.covered_by.iter().filter_map(|(policy, rule)| {
        let policy = policies.get(*policy as usize)?;
        let place = context.span(policy.rules.get(*rule)?.origin)?;
        Some((context.head(place), "this allows it too".to_owned()))
    });
    let isolating = redundant.isolated_by.iter().filter_map(|policy| {
        let policy = policies.get(*policy as usize)?;
        let place = context.span(policy.origin)?;
        Some((context.head(place), format!("`{}` isolates the same pods", policy.object)))
    });
    let isolating = isolating.filter(|_| redundant.covered_by.is_empty());
    rules.chain(isolating).take(POINTED_AT).collect()
}
