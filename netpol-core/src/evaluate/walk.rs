//! The walk: one direction of one connection through the stages. The only code that knows how they follow each other.

use std::borrow::Cow;

use super::causes::{Cause, Causes};
use super::matching;
use super::party::Party;
use super::steps::Steps;
use super::tier::{self, Isolated, Notes};
use super::{Decider, Exemption, Isolation, PolicyTrace, Step, TierTrace};
use crate::cluster::Cluster;
use crate::index::{PolicyIndex, Selecting, term};
use crate::net::{ConnectionSet, Decided, Family};
use crate::policy::{Action, Certainty, Direction, NodeRule, PolicyRef, PolicySet, Stage, TierId};
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
    /// What decided what, if it was asked for.
    pub(super) steps: Vec<Step>,
}

impl Walk<'_> {
    /// What the direction allows of what is asked.
    pub(super) fn run(&self) -> Found {
        self.noting(Notes::default())
    }

    /// The same, and what decided what.
    pub(super) fn run_in_steps(&self) -> Found {
        self.noting(Notes { steps: Some(Steps::new(self.asked)), ..Notes::default() })
    }

    fn noting(&self, notes: Notes) -> Found {
        if self.subject.doubted().is_some() {
            return self.doubt();
        }
        if let Some(exemption) = self.exemption() {
            let decided = Decided { allowed: self.asked.clone(), unknown: ConnectionSet::empty() };
            return Found { decided, exemption: Some(exemption), ..Found::default() };
        }
        let selecting = self.selecting();
        let mut passage = Passage::new(self, notes);
        for stage in &self.set.pipeline.stages {
            if passage.open.is_empty() {
                break;
            }
            match stage {
                Stage::Rules(tier) => passage.rules(*tier, of_tier(&selecting, *tier)),
                Stage::DefaultDeny(tiers) => passage.deny_by_default(tiers),
            }
        }
        passage.end(&selecting)
    }

    /// Pods that the API server refuses may be anything once they are put right.
    fn doubt(&self) -> Found {
        let mut causes = Causes::default();
        causes.add(Cause::Doubted, self.asked);
        let decided = Decided { unknown: self.asked.clone(), ..Decided::nothing() };
        Found { decided, causes, ..Found::default() }
    }

    /// Everything that the walk sees, tier by tier, whether it matters or not.
    pub(super) fn trace(&self) -> Vec<TierTrace> {
        if self.subject.doubted().is_some() || self.exemption().is_some() {
            return Vec::new();
        }
        let selecting = self.selecting();
        let mut tiers = Vec::new();
        for id in self.set.pipeline.in_turn() {
            let own = of_tier(&selecting, id);
            let policies: Vec<PolicyTrace> = own
                .iter()
                .filter(|entry| entry.answer.truth != Truth::No)
                .map(|entry| self.policy_trace(*entry))
                .collect();
            if !policies.is_empty() {
                let isolates = own.iter().any(|entry| self.isolates(*entry).is_yes());
                tiers.push(TierTrace { tier: id, isolates, policies });
            }
        }
        // What is not evaluated is told of last.
        tiers.sort_by_key(|tier| !tier.policies.iter().any(PolicyTrace::is_evaluated));
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
            isolation.policies.push(entry.policy);
            // Of what is not evaluated nobody knows what it does to a pod.
            let isolates = match entry.policy {
                PolicyRef::Evaluated(_) => self.isolates(*entry),
                PolicyRef::Opaque(_) => Truth::Unknown,
            };
            isolation.isolated = isolation.isolated.or(isolates);
        }
        isolation
    }

    /// Whether a policy isolates the subject.
    fn isolates(&self, entry: Selecting) -> Truth {
        let isolates = self.index.acting(entry.policy).map(|policy| policy.isolates(self.direction));
        let isolates = match isolates.filter(|_| self.set.pipeline.denies_by_default(entry.tier)) {
            Some(Certainty::Yes) => Truth::Yes,
            Some(Certainty::Maybe(_)) => Truth::Unknown,
            Some(Certainty::No) | None => Truth::No,
        };
        isolates.and(entry.answer.truth)
    }

    /// The rules of the network plugin in a tier that speak of this connection.
    pub(super) fn node_rules(&self, tier: TierId) -> impl Iterator<Item = NodeRule> + '_ {
        let rules = if self.is_own_node { self.set.pipeline.node_rules.as_slice() } else { &[] };
        rules.iter().copied().filter(move |rule| {
            (rule.tier, rule.direction) == (tier, self.direction) && rule.certainty != Certainty::No
        })
    }

    fn policy_trace(&self, entry: Selecting) -> PolicyTrace {
        let PolicyRef::Evaluated(place) = entry.policy else {
            return PolicyTrace { policy: entry.policy, selects: Answer::UNKNOWN, rules: Vec::new() };
        };
        let rules = self.index.policy(place).map(|policy| policy.rules.as_slice()).unwrap_or_default();
        let own = rules.iter().enumerate().filter(|(_, rule)| rule.direction == self.direction);
        PolicyTrace {
            policy: entry.policy,
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

    /// That a rule of the network plugin surely allows what comes from the own node, where policies would decide.
    fn node_exemption(&self, selecting: &[Selecting]) -> Option<Exemption> {
        if !self.is_own_node {
            return None;
        }
        let allows = |rule: NodeRule| rule.action == Action::Allow && rule.certainty.is_yes();
        let is_allowed = self.set.pipeline.in_turn().any(|tier| self.node_rules(tier).any(allows));
        let is_exempt =
            is_allowed && selecting.iter().any(|entry| self.set.pipeline.denies_by_default(entry.tier));
        is_exempt.then_some(Exemption::OwnNode)
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
        for turn in self.index.acting_order() {
            let Some(policy) = self.set.policy(turn.policy) else { continue };
            if !policy.directions.contains(self.direction) {
                continue;
            }
            let answer = self.subject_answer(&policy.subject.value);
            if answer != Answer::from(Truth::No) {
                selecting.push(turn.selecting(answer));
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
}

/// A connection on its way through the stages.
struct Passage<'w, 'a> {
    walk: &'w Walk<'a>,
    notes: Notes,
    /// What no stage has surely allowed or denied.
    open: ConnectionSet,
    allowed: ConnectionSet,
    denied: ConnectionSet,
    isolated: Vec<(TierId, Isolated)>,
}

impl<'w, 'a> Passage<'w, 'a> {
    fn new(walk: &'w Walk<'a>, notes: Notes) -> Self {
        let (allowed, denied) = Default::default();
        Self { walk, notes, open: walk.asked.clone(), allowed, denied, isolated: Vec::new() }
    }

    fn rules(&mut self, tier: TierId, selecting: &[Selecting]) {
        if selecting.is_empty() && self.walk.node_rules(tier).next().is_none() {
            return;
        }
        if let Some(steps) = &mut self.notes.steps {
            steps.begin_stage();
        }
        let fate = tier::fate(self.walk, (tier, selecting), &self.open, &mut self.notes);
        self.allowed.extend(&fate.allowed);
        self.denied.extend(&fate.denied);
        if !fate.isolated.possible.is_empty() {
            self.isolated.push((tier, fate.isolated));
        }
        self.open = fate.rest;
        self.open.extend(&fate.passed);
    }

    /// What no rule of these tiers matched and finds the subject isolated.
    fn deny_by_default(&mut self, tiers: &[TierId]) {
        if self.isolated.is_empty() {
            return;
        }
        let mut all = Isolated::default();
        while let Some(place) = self.isolated.iter().position(|(tier, _)| tiers.contains(tier)) {
            let (_, isolated) = self.isolated.swap_remove(place);
            all.join(isolated);
        }
        let Isolated { sure, possible, policies } = all;
        let possible = possible.intersection(&self.open);
        if let Some(steps) = &mut self.notes.steps {
            steps.begin_stage();
            steps.take((Decider::DefaultDeny(policies), Action::Deny), (&sure, &possible));
        }
        self.denied.extend(&possible);
        self.open = self.open.difference(&sure);
    }

    /// What the default holds for.
    fn end(mut self, selecting: &[Selecting]) -> Found {
        let default = self.walk.set.pipeline.default;
        match default {
            Action::Deny => self.denied.extend(&self.open),
            // Where nothing is denied, nobody looks at what is allowed.
            Action::Allow | Action::Pass if self.denied.is_empty() => {}
            Action::Allow | Action::Pass => self.allowed.extend(&self.open),
        }
        if let Some(steps) = &mut self.notes.steps {
            steps.begin_stage();
            steps.take((Decider::Default, default), (&self.open, &self.open));
        }
        let decided = if self.denied.is_empty() {
            Decided { allowed: self.walk.asked.clone(), unknown: ConnectionSet::empty() }
        } else {
            let allowed = self.walk.asked.difference(&self.denied);
            Decided { unknown: self.allowed.intersection(&self.denied), allowed }
        };
        let exemption = self.walk.node_exemption(selecting);
        let Notes { causes, steps } = self.notes;
        Found { decided, exemption, causes, steps: steps.map(Steps::into_list).unwrap_or_default() }
    }
}

/// The part of a list in acting order that belongs to a tier.
fn of_tier(selecting: &[Selecting], tier: TierId) -> &[Selecting] {
    let first = selecting.partition_point(|entry| entry.tier < tier);
    let end = selecting.partition_point(|entry| entry.tier <= tier);
    selecting.get(first..end).unwrap_or_default()
}
