//! What a picture shows: ends, and who may open connections to whom. A plain value that anyone can fill.

use crate::diff::Kind;
use crate::net::ConnectionSet;

/// Who can reach whom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Graph {
    /// The ends. An edge names them by their place in this list.
    pub nodes: Vec<Node>,
    /// The connections that are allowed or unknown.
    pub edges: Vec<Edge>,
    /// What was left out, or hangs on an assumption.
    pub notes: Vec<String>,
    /// What its edges are.
    pub subject: Subject,
}

/// What the edges of a graph are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Subject {
    /// Connections.
    #[default]
    Connections,
    /// What changed in connections.
    Changes,
}

/// An end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub label: String,
    /// Its namespace; addresses have none.
    pub namespace: Option<String>,
    /// What it is.
    pub kind: NodeKind,
    /// Whether the internet can reach it.
    pub exposed: bool,
    /// Whether a policy isolates it for ingress, or may.
    pub ingress_isolated: bool,
    /// Whether a policy isolates it for egress, or may.
    pub egress_isolated: bool,
}

impl Node {
    /// Whether it is pods, not addresses outside.
    pub const fn is_pods(&self) -> bool {
        !matches!(self.kind, NodeKind::Addresses { .. })
    }
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeKind {
    /// The pods of an owner.
    Workload {
        /// The kind of the owner, when it is known.
        workload_kind: Option<String>,
    },
    /// A pod without an owner.
    Pod,
    /// Addresses outside the cluster.
    Addresses {
        /// The blocks, merged.
        cidrs: Vec<String>,
    },
}

/// What may flow from one node to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The source: its place in [`Graph::nodes`].
    pub from: usize,
    /// The destination: its place in [`Graph::nodes`].
    pub to: usize,
    /// What is allowed.
    pub allowed: ConnectionSet,
    /// What is not decided by the input.
    pub unknown: ConnectionSet,
    /// Whether an end is isolated in its direction; else no policy has a say.
    pub is_isolated: bool,
    /// The rules that allow it, or make it unknown.
    pub rules: Vec<RulePlace>,
    /// How it changed, in a picture of changes.
    pub change: Option<Kind>,
}

/// A rule, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RulePlace {
    /// The policy, with its kind: `NetworkPolicy shop/cart-ingress`.
    pub object: String,
    /// The rule within it: `ingress[0]`.
    pub rule: String,
    /// The file, as it was given.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}
