//! What can send or receive, as a question names it.

use super::{GroupId, NodeId, WorkloadId};
use crate::net::IpSet;

/// A pod that does not exist, with exactly these labels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hypothetical {
    /// The namespace, which may be one that is not in the cluster.
    pub namespace: String,
    /// The labels, sorted by key.
    pub labels: Vec<(String, String)>,
}

/// One pod of a StatefulSet whose pods are not in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Replica {
    /// The workload.
    pub workload: WorkloadId,
    /// The pods of the template.
    pub group: GroupId,
    /// Its number, with which its name ends.
    pub ordinal: u32,
}

/// One end of a question.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// Every pod of a workload.
    Workload(WorkloadId),
    /// Some pods of a workload.
    Pods(WorkloadId, Vec<GroupId>),
    /// One pod of a template.
    Replica(Replica),
    /// A pod that does not exist.
    Hypothetical(Hypothetical),
    /// Addresses outside the cluster; never empty.
    Addresses(IpSet),
    /// A node.
    Node(NodeId),
}
