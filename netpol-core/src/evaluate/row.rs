//! One direction of one subject towards everything at once.
//!
//! The walk is the same as for a single connection: peers that none of the subject's rules tells apart are walked
//! once, by one of them. So a row costs what its rules and its answers cost, not one walk for each peer.

use super::{Assumption, Reason};
use crate::cluster::{GroupId, NamedPort, NodeId, WorkloadId};
use crate::index::{ClassId, ClassSet, Selecting};
use crate::net::{ConnectionSet, Decided, Family, IpSet};
use crate::policy::Direction;

/// Pods of one class, on one node where that matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// The class.
    pub class: ClassId,
    /// The node, where rules treat the pods' own node in a way of their own.
    pub node: Option<NodeId>,
    /// A workload that has such pods.
    pub workload: WorkloadId,
}

/// What a row depends on: subjects with equal keys have the same row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RowKey {
    /// The direction.
    pub direction: Direction,
    pub(super) selecting: Vec<Selecting>,
    pub(super) families: Vec<Family>,
    pub(super) named_ports: Vec<NamedPort>,
    pub(super) node: Option<NodeId>,
    pub(super) is_node: bool,
    pub(super) doubted: Option<GroupId>,
}

/// Peers with the same answer.
#[derive(Debug, Clone)]
pub struct RowPart<S> {
    /// The peers.
    pub peers: S,
    /// What may flow, over every family that both ends have.
    pub decided: Decided,
    /// Why some of it is unknown, and for which connections.
    pub reasons: Vec<(Reason, ConnectionSet)>,
}

/// What one direction of a subject lets through.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// The peers inside the cluster that something is or may be allowed for; all others are denied.
    pub inside: Vec<RowPart<ClassSet>>,
    /// The addresses outside that something is or may be allowed for; each part is of one family.
    pub outside: Vec<RowPart<IpSet>>,
    /// What the row rests on, sorted.
    pub assumptions: Vec<Assumption>,
    /// Whether no policy selects the subject in this direction, nor may.
    pub is_open: bool,
}
