//! The shape of an explanation.

use super::{NearMiss, PolicyFact, Proposal, Remedy};
use crate::evaluate::{Decision, End, Exemption, Pair, PolicyRef, UnknownAs, Verdict};
use crate::net::{ConnectionSet, Decided, Family};
use crate::policy::{Direction, OriginId, PolicySet};
use crate::selector::Requirement;

/// An answer with its whole reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The answer.
    pub verdict: Verdict,
    /// The reason, pair by pair, in the order of the verdict's pairs.
    pub pairs: Vec<PairExplanation>,
}

impl Explanation {
    /// Decides what is unknown, as [`Verdict::decide_unknown`] does. The reasons stay as they are, with what was made of
    /// them; what is now allowed needs no remedy.
    pub fn decide_unknown(&mut self, unknown: UnknownAs) -> usize {
        let decided = self.verdict.decide_unknown(unknown);
        for (explained, pair) in self.pairs.iter_mut().zip(&self.verdict.pairs) {
            explained.pair.clone_from(pair);
            explained.egress.take_unknown(unknown);
            explained.ingress.take_unknown(unknown);
        }
        decided
    }

    /// Every change that is proposed, in the order in which they are met: what several pairs ask of one place is one. New
    /// policies have names that no other policy has.
    pub fn proposals(&self, policies: &PolicySet) -> Vec<Proposal> {
        let directions = self.pairs.iter().flat_map(PairExplanation::directions);
        Proposal::of_all(directions.flat_map(|direction| &direction.remedies), policies)
    }
}

/// Why one source may or may not reach one destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairExplanation {
    /// The answer.
    pub pair: Pair,
    /// The family of addresses that the reason is told for; both ends have it.
    pub family: Family,
    /// The egress of the source.
    pub egress: DirectionExplanation,
    /// The ingress of the destination.
    pub ingress: DirectionExplanation,
}

impl PairExplanation {
    /// Both directions, egress first, as a packet meets them.
    pub const fn directions(&self) -> [&DirectionExplanation; 2] {
        [&self.egress, &self.ingress]
    }
}

/// Why one direction of a pair is allowed or denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectionExplanation {
    /// The direction.
    pub direction: Direction,
    /// The end whose policies were asked.
    pub subject: End,
    /// The other end.
    pub peer: End,
    /// What was asked.
    pub asked: ConnectionSet,
    /// What this direction allows, within what was asked.
    pub decided: Decided,
    /// The decision of this direction alone.
    pub decision: Decision,
    /// What is made of what it does not decide.
    pub taken: UnknownAs,
    /// Whether the subject is isolated.
    pub isolation: Isolation,
    /// The policies that select the subject or may select it, in the order the engine met them.
    pub policies: Vec<PolicyFact>,
    /// What would turn a denial round; empty for an allowed direction.
    pub remedies: Vec<Remedy>,
    /// Policies that nearly select the subject, where it is denied something.
    pub nearly: Vec<NearPolicy>,
}

impl DirectionExplanation {
    fn take_unknown(&mut self, unknown: UnknownAs) {
        let mut decided = self.decided.clone();
        if !unknown.decide(&mut decided) {
            return;
        }
        self.taken = unknown;
        if Decision::of(&self.asked, &decided) == Decision::Allow {
            self.remedies.clear();
            self.nearly.clear();
        }
    }
}

/// Whether an end is isolated in a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Isolation {
    /// No rule was asked.
    Exempt(Exemption),
    /// No policy selects it in this direction.
    NotSelected,
    /// Policies select it, but none that isolates.
    NotIsolated,
    /// It is isolated.
    Isolated {
        /// By how many policies.
        by: usize,
    },
    /// Nothing is known of its pods, since the API server refuses them as they stand.
    Doubted,
    /// Whether it is isolated is not known: it is not known whether the policies select it.
    NotKnown {
        /// How many policies may isolate it.
        by: usize,
    },
}

/// A policy that does not select the subject, but nearly does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearPolicy {
    /// The policy, by its place in the policy set.
    pub policy: PolicyRef,
    /// Where its subject stands.
    pub origin: OriginId,
    /// The requirement that is nearly met.
    pub requirement: Requirement,
    /// How.
    pub near: NearMiss,
}
