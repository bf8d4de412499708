//! Nodes.

use crate::net::IpSet;
use crate::selector::Labels;
use crate::text::Span;

/// Names a node of a [`super::Cluster`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// A node: from a Node object, or named by a pod's `spec.nodeName` or told apart by its `status.hostIP`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The name; empty for a node that is known by a host address alone.
    pub name: String,
    /// The labels.
    pub labels: Labels,
    /// Its known addresses.
    pub addresses: IpSet,
    /// Where its object stands; `None` for a node that only pods speak of.
    pub span: Option<Span>,
}
