//! The cluster: built once, then only read.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::{Facts, GroupId, Namespace, NamespaceId, Node, NodeId, PodGroup, Workload, WorkloadId};
use crate::manifest::Service;
use crate::net::Family;

/// Everything that can send or receive, and what is known of it.
#[derive(Debug, Clone, Default)]
pub struct Cluster {
    /// The namespaces, sorted by name; a [`NamespaceId`] is a place in this list.
    pub namespaces: Vec<Namespace>,
    /// The workloads, sorted by namespace, name and owner; a [`WorkloadId`] is a place in this list.
    pub workloads: Vec<Workload>,
    /// The pods, in the order of their workloads; a [`GroupId`] is a place in this list.
    pub groups: Vec<PodGroup>,
    /// The nodes, sorted by name; a [`NodeId`] is a place in this list.
    pub nodes: Vec<Node>,
    /// The Services, in the order of the input.
    pub services: Vec<Service>,
    /// The families that pods without an address have: those of the cluster's pods, Services and pod blocks; else IPv4.
    pub families: Vec<Family>,
    /// Which pod holds an address. Host-network pods and finished pods are not here.
    pub by_address: BTreeMap<IpAddr, GroupId>,
    /// What the configuration says.
    pub facts: Facts,
}

impl Cluster {
    /// The namespace of an id of this cluster.
    pub fn namespace(&self, id: NamespaceId) -> Option<&Namespace> {
        self.namespaces.get(id.0 as usize)
    }

    /// The workload of an id of this cluster.
    pub fn workload(&self, id: WorkloadId) -> Option<&Workload> {
        self.workloads.get(id.0 as usize)
    }

    /// The pod group of an id of this cluster.
    pub fn group(&self, id: GroupId) -> Option<&PodGroup> {
        self.groups.get(id.0 as usize)
    }

    /// The node of an id of this cluster.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0 as usize)
    }

    /// The namespace of this name.
    pub fn namespace_named(&self, name: &str) -> Option<NamespaceId> {
        let index = self.namespaces.binary_search_by(|namespace| namespace.name.as_str().cmp(name)).ok()?;
        u32::try_from(index).ok().map(NamespaceId)
    }
}
