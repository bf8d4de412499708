//! What the walk saw: ids and answers, no words.

use super::{Exemption, Pair, PolicyRef};
use crate::cluster::Endpoint;
use crate::net::{Decided, Family};
use crate::policy::{Direction, TierId};
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
