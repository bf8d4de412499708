//! Policies and rules that can be taken away without changing an answer.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::Context;
use super::by_peer::RuleId;
use super::covering::{Among, Covering, Scope, Wider};
use super::ordered;
use crate::index::{IndexedRule, TermId};
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

/// What changes nothing for any pod that could exist. All of it can be taken away together.
#[derive(Debug, Default)]
pub struct Redundancy {
    /// What can be taken away.
    pub always: Vec<Redundant>,
    /// For each subject of a policy, the policies that select all of its pods, whatever pods there are.
    wider: FxHashMap<TermId, Vec<u32>>,
}

impl Redundancy {
    pub(super) fn new(context: &Context<'_>) -> Self {
        let mut covering = Covering::new(context, Scope::Any);
        let always = found(context, &mut covering);
        Self { always, wider: covering.into_policies() }
    }

    /// What besides changes nothing for the pods of the input alone, and can be taken away then.
    pub(super) fn now(&self, context: &Context<'_>) -> Vec<Redundant> {
        let mut covering = Covering::new(context, Scope::Existing);
        for redundant in &self.always {
            match redundant.rule {
                Some(rule) => covering.remove((redundant.policy, rule)),
                None => covering.remove_policy(redundant.policy),
            }
        }
        found(context, &mut covering)
    }

    /// The policies that select all pods of a subject, whatever pods there are: those with this subject among them.
    pub fn wider(&self, subject: TermId) -> &[u32] {
        self.wider.get(&subject).map(Vec::as_slice).unwrap_or_default()
    }
}

/// The later of two that say the same is found, so the policies are asked from the last to the first.
fn found<'a>(context: &Context<'a>, covering: &mut Covering<'_, 'a>) -> Vec<Redundant> {
    let mut found = Vec::new();
    // Where administrators have policies too, what one of a namespace changes hangs on theirs.
    if ordered::is_spoken_of(context) {
        return found;
    }
    let policies: Vec<(u32, &Policy)> = context.evaluated().collect();
    for (place, policy) in policies.into_iter().rev() {
        let is_asked = covering.scope() == Scope::Any || selects_some(context, place);
        if covering.is_policy_gone(place) || !is_asked {
            continue;
        }
        let Some(wider) = covering.wider(place) else { continue };
        if let Some(redundant) = whole_policy(context, covering, (place, policy), &wider) {
            covering.remove_policy(place);
            found.push(redundant);
            continue;
        }
        for rule in (0..policy.rules.len()).rev() {
            if covering.is_gone((place, rule)) {
                continue;
            }
            if let Some(covered_by) = one_rule(context, covering, (place, rule), (Among::OtherRules, &wider))
            {
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
fn one_rule<'a>(
    context: &Context<'a>,
    covering: &mut Covering<'_, 'a>,
    id: RuleId,
    (among, wider): (Among, &Wider<'a>),
) -> Option<BTreeSet<RuleId>> {
    let rule = indexed(context, id)?;
    if !covering.has_say(id.0, rule) {
        return None;
    }
    covering.covered((id, rule), among, wider)
}

/// Why a whole policy changes nothing: others isolate its pods in its directions, and allow what its rules allow.
fn whole_policy<'a>(
    context: &Context<'a>,
    covering: &mut Covering<'_, 'a>,
    (place, policy): (u32, &Policy),
    wider: &Wider<'a>,
) -> Option<Redundant> {
    let mut isolated_by = BTreeSet::new();
    for direction in Direction::ALL.into_iter().filter(|it| policy.directions.contains(*it)) {
        let isolates = |other: &&u32| {
            let is_other = **other != place && !covering.is_policy_gone(**other);
            let other = context.policies.policies.get(**other as usize).filter(|_| is_other);
            // A policy that only closes is there to say so; another one that closes alone makes it needless.
            other.is_some_and(|other| {
                other.directions.contains(direction) && (!policy.rules.is_empty() || other.rules.is_empty())
            })
        };
        isolated_by.insert(*wider.policies.iter().find(isolates)?);
    }
    let mut covered_by = BTreeSet::new();
    for at in (0..policy.rules.len()).filter(|at| !covering.is_gone((place, *at))).collect::<Vec<_>>() {
        covered_by.extend(one_rule(context, covering, (place, at), (Among::OtherPolicies, wider))?);
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
