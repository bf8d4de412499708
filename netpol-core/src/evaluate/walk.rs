//! The walk: one direction of one connection through the tiers. The only code that knows how tiers combine.

use std::borrow::Cow;

use super::causes::{Cause, Causes};
use super::matching;
use super::party::Party;
use super::tier::{self, Fate, Selected};
use super::{Exemption, Isolation, PolicyRef, PolicyTrace, TierTrace};
use crate::cluster::Cluster;
use crate::index::{PolicyIndex, Selecting, term};
use crate::net::{ConnectionSet, Decided, Family};
use crate::policy::{Action, Direction, Effect, NoMatch, PolicySet, Tier, TierId};
use crate::selector::{Answer, Truth};

/// One direction of one connection over one family.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    pub(super) index: &'a PolicyIndex,
    pub(super) cluster: &'a Cluster,
    pub(super) set: &'a PolicySet,
    pub(super) direction: Direction,
    pub(super) family: Family,
    pub(super) subject: &'a Party<'a>,
    pub(super) peer: &'a Party<'a>,
    pub(super) asked: &'a ConnectionSet,
    /// Whether the peer is the node that the subject runs on.
    pub(super) is_own_node: bool,
}

/// What the walk found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) decided: Decided,
    pub(super) exemption: Option<Exemption>,
    pub(super) causes: Causes,
}

impl Walk<'_> {
    /// What the direction allows of what is asked.
    pub(super) fn run(&self) -> Found {
        if self.subject.doubted().is_some() {
            return self.doubt();
        }
        if let Some(exemption) = self.exemption() {
            let decided = Decided { allowed: self.asked.clone(), unknown: ConnectionSet::empty() };
            return Found { decided, exemption: Some(exemption), causes: Causes::default() };
        }
        let mut causes = Causes::default();
        let selecting = self.selecting();
        let mut all = Fate { next: self.asked.clone(), ..Fate::default() };
        let mut took_own_node = false;
        for (number, tier) in (0u16..).zip(&self.set.pipeline.tiers) {
            let id = TierId(number);
            let own = of_tier(&selecting, id);
            let unread = self.opaque(|effect| effect == Effect::RulesUnknown(id));
            if (own.is_empty() && unread.is_empty()) || all.next.is_empty() {
                continue;
            }
            let open = all.next;
            let fate =
                tier::fate(self, tier, Selected { policies: own, unread: &unread }, &open, &mut causes);
            took_own_node |= self.is_own_node && fate.denied.is_empty();
            all = Fate {
                allowed: all.allowed.union(&fate.allowed),
                denied: all.denied.union(&fate.denied),
                next: fate.next,
            };
        }
        match self.set.pipeline.default {
            Action::Deny => all.denied = all.denied.union(&all.next),
            Action::Allow | Action::Pass => all.allowed = all.allowed.union(&all.next),
        }
        self.may_be_overruled(&mut all, &mut causes);
        let allowed = self.asked.difference(&all.denied);
        let decided = Decided { unknown: all.allowed.intersection(&all.denied), allowed };
        let exemption = (took_own_node && self.direction == Direction::Ingress).then_some(Exemption::OwnNode);
        Found { decided, exemption, causes }
    }

    /// Pods that the API server refuses may be anything once they are put right.
    fn doubt(&self) -> Found {
        let mut causes = Causes::default();
        causes.add(Cause::Doubted, self.asked);
        let decided = Decided { unknown: self.asked.clone(), ..Decided::nothing() };
        Found { decided, exemption: None, causes }
    }

    /// Everything that the walk sees, tier by tier, whether it matters or not.
    pub(super) fn trace(&self) -> Vec<TierTrace> {
        if self.subject.doubted().is_some() || self.exemption().is_some() {
            return Vec::new();
        }
        let selecting = self.selecting();
        let mut tiers = Vec::new();
        for (number, tier) in (0u16..).zip(&self.set.pipeline.tiers) {
            let id = TierId(number);
            let own = of_tier(&selecting, id);
            let mut policies: Vec<PolicyTrace> = own
                .iter()
                .filter(|entry| entry.answer.truth != Truth::No)
                .map(|entry| self.policy_trace(*entry))
                .collect();
            let opaque = self.opaque(|effect| effect == Effect::RulesUnknown(id));
            policies.extend(opaque.into_iter().map(opaque_trace));
            if !policies.is_empty() {
                let isolates = isolates(tier) && own.iter().any(|entry| entry.answer.truth.is_yes());
                tiers.push(TierTrace { tier: id, isolates, policies });
            }
        }
        let elsewhere = self.opaque(|effect| !matches!(effect, Effect::RulesUnknown(_)));
        if !elsewhere.is_empty() {
            let policies = elsewhere.into_iter().map(opaque_trace).collect();
            tiers.push(TierTrace { tier: TierId(u16::MAX), isolates: false, policies });
        }
        tiers
    }

    /// Whether some tier isolates the subject, and the policies that select it or may; whoever the peer is. A policy
    /// that is not evaluated may isolate it.
    pub(super) fn isolation(&self) -> Isolation {
        let mut isolation = Isolation::default();
        if self.exemption().is_some() {
            return isolation;
        }
        if self.subject.doubted().is_some() {
            return Isolation { isolated: Truth::Unknown, ..isolation };
        }
        for entry in self.selecting().iter().filter(|entry| entry.answer.truth != Truth::No) {
            isolation.policies.push(PolicyRef::Evaluated(entry.policy));
            let tier = self.set.pipeline.tiers.get(usize::from(entry.tier.0));
            if tier.is_some_and(isolates) {
                isolation.isolated = isolation.isolated.or(entry.answer.truth);
            }
        }
        for index in self.opaque(|_| true) {
            isolation.policies.push(PolicyRef::Opaque(index));
            isolation.isolated = isolation.isolated.or(Truth::Unknown);
        }
        isolation
    }

    fn policy_trace(&self, entry: Selecting) -> PolicyTrace {
        let rules = self.index.policy(entry.policy).map(|policy| policy.rules.as_slice()).unwrap_or_default();
        let own = rules.iter().enumerate().filter(|(_, rule)| rule.direction == self.direction);
        PolicyTrace {
            policy: PolicyRef::Evaluated(entry.policy),
            selects: entry.answer,
            rules: own.map(|(number, rule)| matching::trace(self, (entry.policy, number), rule)).collect(),
        }
    }

    /// Why no rule is to be asked.
    fn exemption(&self) -> Option<Exemption> {
        if !self.index.plugin().enforces {
            return Some(Exemption::NothingEnforced);
        }
        self.subject.pods().is_none().then_some(Exemption::NotAPod)
    }

    /// The policies that select the subject, or may, in the order they act in.
    pub(super) fn selecting(&self) -> Cow<'_, [Selecting]> {
        match self.subject {
            Party::Pods { class, .. } | Party::Doubted { class, .. } => match self.peer {
                Party::Selected(selected) => Cow::Owned(selected.selecting()),
                _ => Cow::Borrowed(self.index.selecting(*class, self.direction)),
            },
            Party::Hypothetical { .. } => Cow::Owned(self.selecting_hypothetical()),
            Party::Selected(_) | Party::Node { .. } | Party::Outside { .. } => Cow::Borrowed(&[]),
        }
    }

    fn selecting_hypothetical(&self) -> Vec<Selecting> {
        let mut selecting = Vec::new();
        for index in self.index.acting_order() {
            let Some(policy) = self.set.policies.get(*index as usize) else { continue };
            if !policy.directions.contains(self.direction) {
                continue;
            }
            let answer = self.subject_answer(&policy.subject.value);
            if answer != Answer::from(Truth::No) {
                selecting.push(Selecting { tier: policy.tier, policy: *index, answer });
            }
        }
        selecting
    }

    fn subject_answer(&self, pods: &crate::policy::PodMatch) -> Answer {
        match self.subject {
            Party::Hypothetical { view, namespace } => term::selects(pods, view, self.cluster, namespace),
            Party::Pods { view, namespace, .. } => term::selects(pods, view, self.cluster, namespace),
            Party::Doubted { .. } | Party::Selected(_) | Party::Node { .. } | Party::Outside { .. } => {
                Answer::from(Truth::No)
            }
        }
    }

    /// The opaque policies of some effect that may select the subject in this direction.
    fn opaque(&self, wanted: impl Fn(Effect) -> bool) -> Vec<u32> {
        if self.set.opaque.is_empty() {
            return Vec::new();
        }
        let may_act = |index: &u32| {
            let opaque = self.set.opaque.get(*index as usize);
            opaque.is_some_and(|opaque| wanted(opaque.effect) && opaque.directions.contains(self.direction))
        };
        match self.subject {
            Party::Pods { class, .. } | Party::Doubted { class, .. } => {
                self.index.opaque_selecting(*class).filter(may_act).collect()
            }
            Party::Hypothetical { .. } => {
                let all = (0u32..).zip(&self.set.opaque);
                let selecting = all.filter(|(_, opaque)| {
                    let subject = opaque.subject.as_ref();
                    subject.is_none_or(|pods| self.subject_answer(pods).truth != Truth::No)
                });
                selecting.map(|(index, _)| index).filter(may_act).collect()
            }
            Party::Selected(_) | Party::Node { .. } | Party::Outside { .. } => Vec::new(),
        }
    }

    /// What opaque policies outside the tiers could change becomes unknown.
    fn may_be_overruled(&self, all: &mut Fate, causes: &mut Causes) {
        for index in self.opaque(|effect| matches!(effect, Effect::MayDeny | Effect::MayDenyOrAllow)) {
            let effect = self.set.opaque.get(index as usize).map(|opaque| opaque.effect);
            causes.add(Cause::Opaque { opaque: index }, self.asked);
            all.denied = self.asked.clone();
            if effect == Some(Effect::MayDenyOrAllow) {
                all.allowed = self.asked.clone();
            }
        }
    }
}

/// Whether a tier denies what no rule of the policies that select a subject matches.
pub(super) fn isolates(tier: &Tier) -> bool {
    tier.no_match == NoMatch::Deny
}

fn opaque_trace(index: u32) -> PolicyTrace {
    PolicyTrace { policy: PolicyRef::Opaque(index), selects: Answer::UNKNOWN, rules: Vec::new() }
}

/// The part of a list in acting order that belongs to a tier.
fn of_tier(selecting: &[Selecting], tier: TierId) -> &[Selecting] {
    let first = selecting.partition_point(|entry| entry.tier < tier);
    let end = selecting.partition_point(|entry| entry.tier <= tier);
    selecting.get(first..end).unwrap_or_default()
}
