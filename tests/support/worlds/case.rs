//! A pipeline, and how sure each part of it is about the one connection that is asked.

use netpol_core::policy::{Action, Conflicts, Ties};

/// The ports that are asked.
pub const PORTS: [u16; 3] = [8000, 8001, 8002];

/// Whether something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It does not.
    No,
    /// Nobody knows.
    Maybe,
    /// It does.
    Yes,
}

/// A pipeline with its policies.
#[derive(Debug, Clone)]
pub struct Case {
    /// Whether the subject is the destination.
    pub is_ingress: bool,
    /// Whether the other end is the node that the subject runs on.
    pub is_own_node: bool,
    /// The tiers, in the order in which they are asked.
    pub tiers: Vec<Tier>,
    /// For each tier, the tiers whose default denials follow it.
    pub denials: Vec<Vec<usize>>,
    /// What holds at the end.
    pub default: Action,
}

/// A tier.
#[derive(Debug, Clone)]
pub struct Tier {
    /// Whose turn it is among policies of equal order.
    pub ties: Ties,
    /// What holds where rules that act at once contradict each other.
    pub conflicts: Conflicts,
    /// A rule about the own node, which comes before all policies.
    pub node_rule: Option<(Action, State)>,
    /// The policies.
    pub policies: Vec<Policy>,
}

/// A policy.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Its order; `None` for last.
    pub order: Option<i32>,
    /// Its tie key.
    pub tie: String,
    /// Whether it selects the subject.
    pub selects: State,
    /// Whether it isolates what it selects.
    pub isolates: State,
    /// Whether it is one that is not evaluated: all of it is in doubt.
    pub is_opaque: bool,
    /// Its rules, in no order.
    pub rules: Vec<Rule>,
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its turn.
    pub position: u32,
    /// What it does.
    pub action: Action,
    /// Whether it matches, on the ports that it names.
    pub matches: State,
    /// The ports: the first and the last.
    pub ports: (u16, u16),
    /// In which of several ways it comes to match so.
    pub way: usize,
}
