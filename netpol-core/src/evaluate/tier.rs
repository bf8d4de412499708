//! What one tier does with what reaches it.
//!
//! Rank after rank takes what its rules match of what is left. A rule takes for sure what it surely matches when its policy
//! surely selects the subject; what it may match, it may take. The one tie between doubtful answers is that a policy which
//! may select the subject selects it for all of its rules and for its isolation or for none: what an earlier rule of it
//! surely matches, none of its later ones can get, nor its isolation.

use std::borrow::Cow;

use super::causes::{Cause, Causes};
use super::matching::{self, Matched};
use super::rank::{self, Group, Rank};
use super::steps::Steps;
use super::trace::{Decider, RuleHit};
use super::walk::Walk;
use crate::index::{IndexedRule, Selecting};
use crate::net::{ConnectionSet, Decided};
use crate::policy::{Action, Certainty, PolicyRef, Tier, TierId, Ties};
use crate::selector::{Answer, Truth};

/// What may come of the connections that reach a tier. The sets overlap where something is unknown.
#[derive(Debug, Clone, Default)]
pub(super) struct Fate {
    /// What it may allow.
    pub(super) allowed: ConnectionSet,
    /// What it may deny.
    pub(super) denied: ConnectionSet,
    /// What it may pass on.
    pub(super) passed: ConnectionSet,
    /// What no rule surely matches.
    pub(super) rest: ConnectionSet,
    /// What of it finds the subject isolated.
    pub(super) isolated: Isolated,
}

/// What no rule of a tier matches while a policy of it isolates the subject.
#[derive(Debug, Clone, Default)]
pub(super) struct Isolated {
    /// For sure, if it reaches the tier.
    pub(super) sure: ConnectionSet,
    /// For sure or perhaps.
    pub(super) possible: ConnectionSet,
    /// The policies that isolate it, or may; when steps are recorded.
    pub(super) policies: Vec<PolicyRef>,
}

impl Isolated {
    /// Adds what another tier isolates.
    pub(super) fn join(&mut self, other: Self) {
        if self.possible.is_empty() {
            *self = other;
            return;
        }
        self.sure.extend(&other.sure);
        self.possible.extend(&other.possible);
        self.policies.extend(other.policies);
    }
}

/// What the walk notes on its way.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// What made something unknown, or is assumed.
    pub(super) causes: Causes,
    /// What decided what, if it is asked for.
    pub(super) steps: Option<Steps>,
}

/// What the tier `id` does with `open`; `entries` are its policies that may select the subject, in the order they act in.
pub(super) fn fate(
    walk: &Walk<'_>,
    (id, entries): (TierId, &[Selecting]),
    open: &ConnectionSet,
    notes: &mut Notes,
) -> Fate {
    let mut asking = Asking { walk, id, notes, fate: Fate::default(), own: Own::default() };
    asking.note_assumed(entries, open);
    let mut left = asking.node_rules(open.clone());
    if let Some(tier) = walk.set.pipeline.tier(id) {
        for group in rank::groups(walk, tier, entries) {
            if left.is_empty() {
                break;
            }
            left = asking.group(&group, left);
        }
    }
    asking.isolate(entries, &left);
    Fate { rest: left, ..asking.fate }
}

/// Whether no answer depends on which of several such rules of one rank with equal ports matches.
pub(super) fn is_one_of_any(tier: &Tier, entry: Selecting, rule: &IndexedRule) -> bool {
    tier.ties == Ties::Together
        && entry.answer == Answer::from(Truth::Yes)
        && rule.action == Action::Allow
        && rule.certainty.is_yes()
        && rule.ports.named.is_empty()
        && rule.ports.unknown.is_empty()
}

/// A tier while it is asked.
struct Asking<'r, 'w, 'a> {
    walk: &'w Walk<'a>,
    id: TierId,
    notes: &'r mut Notes,
    fate: Fate,
    own: Own,
}

impl Asking<'_, '_, '_> {
    /// What the rules of the network plugin leave.
    fn node_rules(&mut self, mut left: ConnectionSet) -> ConnectionSet {
        for rule in self.walk.node_rules(self.id) {
            let sure = if rule.certainty.is_yes() { left.clone() } else { ConnectionSet::empty() };
            if !rule.certainty.is_yes() {
                self.notes.causes.add(Cause::NodeRule, &left);
            }
            self.slot(rule.action).extend(&left);
            if let Some(steps) = &mut self.notes.steps {
                steps.take((Decider::NodeRule(self.id), rule.action), (&sure, &left));
            }
            left = left.difference(&sure);
        }
        left
    }

    /// What a group leaves. Where nobody knows which of its lists comes first, each is asked as if it did.
    fn group(&mut self, group: &Group<'_>, left: ConnectionSet) -> ConnectionSet {
        if let [list] = group.as_slice() {
            let mut own = std::mem::take(&mut self.own);
            let left = self.list(list, left, &mut own);
            self.own = own;
            return left;
        }
        let before = self.own.clone();
        let mut race = self.notes.steps.as_ref().map(Steps::begin_race);
        let mut rest = left.clone();
        for list in group {
            if let (Some(steps), Some(race)) = (&mut self.notes.steps, &mut race) {
                steps.begin_list(race);
            }
            let mut own = before.clone();
            rest = rest.intersection(&self.list(list, left.clone(), &mut own));
            self.own.join(own);
        }
        if let (Some(steps), Some(race)) = (&mut self.notes.steps, race) {
            steps.end_race(race);
        }
        rest
    }

    fn list(&mut self, list: &[Rank<'_>], mut left: ConnectionSet, own: &mut Own) -> ConnectionSet {
        for rank in list {
            if left.is_empty() {
                break;
            }
            left = self.rank(rank, &left, own);
        }
        left
    }

    /// What a rank leaves.
    fn rank(&mut self, rank: &Rank<'_>, left: &ConnectionSet, own: &mut Own) -> ConnectionSet {
        let (mut sure, mut grown) = (ConnectionSet::empty(), Own::default());
        let (mut hits, mut possible) = (Vec::new(), ConnectionSet::empty());
        for (entry, place, rule) in
            rank.rules(self.walk).filter(|(entry, ..)| entry.answer.truth != Truth::No)
        {
            let reach = own.without(entry.policy, left);
            let hit =
                matching::matched(self.walk, (entry.policy, place), rule, &reach, &mut self.notes.causes);
            if hit.possible.is_empty() {
                continue;
            }
            self.slot(rank.action).extend(&hit.possible);
            if self.notes.steps.is_some() {
                possible.extend(&hit.possible);
                hits.push(rule_hit((entry, place), &hit));
            }
            if entry.answer.truth.is_yes() {
                sure.extend(&hit.sure);
                if self.notes.steps.is_none() && left.is_subset(&sure) {
                    return ConnectionSet::empty();
                }
            } else {
                let cause = Cause::Subject { policy: entry.policy, answer: entry.answer };
                self.notes.causes.add(cause, &hit.possible);
                grown.add(entry.policy, hit.sure);
            }
        }
        if let Some(steps) = &mut self.notes.steps {
            steps.take((Decider::Rules { tier: self.id, rules: hits }, rank.action), (&sure, &possible));
        }
        own.join(grown);
        left.difference(&sure)
    }

    /// What of the rest finds the subject isolated.
    fn isolate(&mut self, entries: &[Selecting], left: &ConnectionSet) {
        let mut is_sure = false;
        for entry in entries.iter().filter(|entry| entry.answer.truth != Truth::No && !left.is_empty()) {
            let policy = self.walk.index.acting(entry.policy);
            let certainty = policy.map_or(Certainty::No, |policy| policy.isolates(self.walk.direction));
            if certainty == Certainty::No {
                continue;
            }
            let of = self.own.without(entry.policy, left);
            is_sure |= entry.answer.truth.is_yes() && certainty.is_yes();
            if !entry.answer.truth.is_yes() {
                let cause = Cause::Subject { policy: entry.policy, answer: entry.answer };
                self.notes.causes.add(cause, &of);
            }
            if !certainty.is_yes() {
                self.notes.causes.add(Cause::Doubt { policy: entry.policy, rule: None }, &of);
            }
            self.fate.isolated.possible.extend(&of);
            if self.notes.steps.is_some() && !of.is_empty() {
                self.fate.isolated.policies.push(entry.policy);
            }
        }
        if is_sure {
            self.fate.isolated.sure = left.difference(&self.fate.passed);
        }
    }

    /// Policies that do not select the subject by assumption.
    fn note_assumed(&mut self, entries: &[Selecting], open: &ConnectionSet) {
        for entry in entries.iter().filter(|entry| entry.answer.truth == Truth::No) {
            self.notes.causes.add(Cause::Subject { policy: entry.policy, answer: entry.answer }, open);
        }
    }

    const fn slot(&mut self, action: Action) -> &mut ConnectionSet {
        match action {
            Action::Allow => &mut self.fate.allowed,
            Action::Deny => &mut self.fate.denied,
            Action::Pass => &mut self.fate.passed,
        }
    }
}

fn rule_hit((entry, rule): (Selecting, usize), hit: &Matched) -> RuleHit {
    let sure = if entry.answer.truth.is_yes() { hit.sure.clone() } else { ConnectionSet::empty() };
    RuleHit { policy: entry.policy, rule, matched: Decided::new(sure, &hit.possible) }
}

/// For each policy that may select the subject, what its rules surely match if it does.
#[derive(Debug, Clone, Default)]
struct Own(Vec<(PolicyRef, ConnectionSet)>);

impl Own {
    fn add(&mut self, policy: PolicyRef, matched: ConnectionSet) {
        if matched.is_empty() {
            return;
        }
        match self.0.iter_mut().find(|(known, _)| *known == policy) {
            Some((_, all)) => all.extend(&matched),
            None => self.0.push((policy, matched)),
        }
    }

    fn join(&mut self, other: Self) {
        for (policy, matched) in other.0 {
            self.add(policy, matched);
        }
    }

    /// What a later part of a policy can get of a set.
    fn without<'s>(&self, policy: PolicyRef, set: &'s ConnectionSet) -> Cow<'s, ConnectionSet> {
        match self.0.iter().find(|(known, _)| *known == policy) {
            Some((_, matched)) => Cow::Owned(set.difference(matched)),
            None => Cow::Borrowed(set),
        }
    }
}
