//! What the walk saw: ids and answers, no words.

use super::{Exemption, Pair, PolicyRef};
use crate::cluster::Endpoint;
use crate::net::{ConnectionSet, Decided, Family};
use crate::policy::{Action, Direction, TierId};
use crate::selector::Answer;

/// One pair, with what each of its directions saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairTrace {
    /// The answer.
    pub pair: Pair,
    /// The family that the trace is of; the first that both ends have.
    pub family: Family,
    /// What the egress of the source saw.
    pub egress: DirectionTrace,
    /// What the ingress of the destination saw.
    pub ingress: DirectionTrace,
}

/// One direction of a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectionTrace {
    /// The direction.
    pub direction: Direction,
    /// The end whose policies were asked: the source for egress, the destination for ingress.
    pub subject: Endpoint,
    /// The other end.
    pub peer: Endpoint,
    /// Why no rule was asked, if none was.
    pub exemption: Option<Exemption>,
    /// What this direction allows, within what was asked.
    pub decided: Decided,
    /// The tiers that have a policy that selects the subject, in order.
    pub tiers: Vec<TierTrace>,
    /// What decided what, in order.
    pub steps: Vec<Step>,
}

/// What decided some of what was asked. What a step takes for sure, no other step takes that allows or denies, not even
/// perhaps; what it may take, others may take as well. What is passed on comes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What takes it.
    pub by: Decider,
    /// What happens to it.
    pub action: Action,
    /// What it takes for sure.
    pub sure: ConnectionSet,
    /// What it may take.
    pub maybe: ConnectionSet,
}

impl Step {
    /// What it takes, or may.
    pub fn possible(&self) -> ConnectionSet {
        self.sure.union(&self.maybe)
    }
}

/// What takes part of what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decider {
    /// A rule that the network plugin adds, about the node that the pod runs on.
    NodeRule(TierId),
    /// Rules of a tier that act at once.
    Rules {
        /// The tier.
        tier: TierId,
        /// The rules, in order.
        rules: Vec<RuleHit>,
    },
    /// That no rule matched and these policies isolate the subject, or may.
    DefaultDeny(Vec<PolicyRef>),
    /// That nothing else did.
    Default,
}

/// A rule that matches some of what reaches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleHit {
    /// The policy.
    pub policy: PolicyRef,
    /// The place of the rule in it.
    pub rule: usize,
    /// What it matches of what comes to it: for sure, and perhaps.
    pub matched: Decided,
}

/// One tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierTrace {
    /// The tier.
    pub tier: TierId,
    /// Whether the tier isolates the subject in this direction: what no rule matches is denied.
    pub isolates: bool,
    /// The policies that select the subject or may select it, in the order they act in.
    pub policies: Vec<PolicyTrace>,
}

/// One policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyTrace {
    /// The policy.
    pub policy: PolicyRef,
    /// Whether it selects the subject: yes or unknown.
    pub selects: Answer,
    /// Its rules of this direction, in order.
    pub rules: Vec<RuleTrace>,
}

impl PolicyTrace {
    /// Whether the policy is one that is evaluated.
    pub const fn is_evaluated(&self) -> bool {
        matches!(self.policy, PolicyRef::Evaluated(_))
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTrace {
    /// Its place among the policy's rules.
    pub rule: usize,
    /// Its peers; empty when it has none and so takes every peer.
    pub peers: Vec<PeerTrace>,
    /// Its ports; empty when it has none and so takes every port.
    pub ports: Vec<PortTrace>,
    /// What it matches of what was asked.
    pub matched: Decided,
}

/// One peer of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerTrace {
    /// Its place in the rule.
    pub peer: usize,
    /// Whether it matches the other end.
    pub answer: Answer,
}

/// One port item of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortTrace {
    /// Its place in the rule.
    pub port: usize,
    /// What it matches of what was asked.
    pub matched: Decided,
}
