//! The cluster: built once, then only read.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::{
    Facts, GroupId, Namespace, NamespaceId, Node, NodeId, Owner, PodGroup, PodNames, Workload, WorkloadId,
};
use crate::manifest::Service;
use crate::net::{Family, IpSet};
use crate::selector::{Labels, Unlisted};

/// What a name within a namespace may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named {
    /// A workload.
    Workload(WorkloadId),
    /// One pod of a workload.
    Pod(GroupId),
    /// The pods that an object of the input makes for its owner, which is another workload.
    Template(GroupId),
    /// A Service, by its place in [`Cluster::services`].
    Service(u32),
}

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
    /// The families of the space outside: IPv4, and IPv6 when something in the input or the facts is.
    pub outside_families: Vec<Family>,
    /// The workloads and pods of a namespace by name: for each (namespace, name), what it may mean, sorted.
    pub by_name: BTreeMap<(NamespaceId, String), Vec<Named>>,
    /// The pods that have succeeded or failed, and the Jobs of such pods, by namespace and name: they are no endpoints.
    pub finished: BTreeSet<(String, String)>,
    /// The labels of the pods that have succeeded or failed, by namespace.
    pub finished_labels: Vec<(String, Labels)>,
    /// Which Service holds an address, by its place in `services`.
    pub by_service_address: BTreeMap<IpAddr, u32>,
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

    /// The labels of a namespace that is not in the cluster, as far as they are known.
    pub fn labels_of_unlisted_namespace(&self, name: &str) -> Labels {
        let configured = self.facts.namespaces.get(name);
        let labels = configured.into_iter().flatten().map(|(key, value)| (key.clone(), value.clone()));
        let own = [(Namespace::NAME_LABEL.to_owned(), name.to_owned())];
        let unlisted =
            if configured.is_some() { Unlisted::Absent } else { self.facts.undescribed_namespaces };
        Labels::known(labels.chain(own)).with_unlisted(unlisted)
    }

    /// The name of the pods of a group: of the pod, of the replica with an ordinal, or `NAME-…` for any replica.
    pub fn pod_name(&self, id: GroupId, ordinal: Option<u32>) -> String {
        let Some(group) = self.group(id) else { return String::new() };
        match (&group.names, ordinal) {
            (PodNames::Pod(name), _) => name.clone(),
            (_, Some(ordinal)) => format!("{}-{ordinal}", self.maker_name(group)),
            (_, None) => format!("{}-…", self.maker_name(group)),
        }
    }

    /// What the names of the pods of a template begin with: the name of the object that has it, not of what owns that.
    pub fn maker_name<'a>(&'a self, group: &'a PodGroup) -> &'a str {
        let workload = || self.workload(group.workload).map(|workload| workload.name.as_str());
        let maker = group.maker.as_ref().map(|maker| maker.name.as_str());
        maker.or_else(workload).unwrap_or_default()
    }

    /// What a name within a namespace may mean.
    pub fn named(&self, namespace: NamespaceId, name: &str) -> &[Named] {
        self.by_name.get(&(namespace, name.to_owned())).map(Vec::as_slice).unwrap_or_default()
    }

    /// The addresses outside the cluster.
    pub fn outside(&self) -> IpSet {
        let space = self
            .outside_families
            .iter()
            .fold(IpSet::empty(), |all, family| all.union(&IpSet::every(*family)));
        let facts = &self.facts;
        space.difference(&facts.pod_cidrs).difference(&facts.service_cidrs).difference(&facts.node_addresses)
    }

    /// Fills `by_name`. A pod without an owner is its own workload and stands once, and so does what makes its own pods.
    pub(super) fn index_names(&mut self) {
        let mut names: BTreeMap<(NamespaceId, String), Vec<Named>> = BTreeMap::new();
        for (number, workload) in (0u32..).zip(&self.workloads) {
            let key = (workload.namespace, workload.name.clone());
            names.entry(key).or_default().push(Named::Workload(WorkloadId(number)));
        }
        for (number, group) in (0u32..).zip(&self.groups) {
            let Some(workload) = self.workload(group.workload) else { continue };
            let named = match (&group.names, &group.maker) {
                (PodNames::Pod(name), _) if workload.owner != Owner::Pod => {
                    (name, Named::Pod(GroupId(number)))
                }
                (_, Some(maker)) if !workload.is(maker) => (&maker.name, Named::Template(GroupId(number))),
                _ => continue,
            };
            names.entry((group.namespace, named.0.clone())).or_default().push(named.1);
        }
        for (number, service) in (0u32..).zip(&self.services) {
            for address in &service.cluster_ips {
                self.by_service_address.entry(address.value).or_insert(number);
            }
            if let Some(namespace) = self.namespace_named(&service.metadata.namespace.value) {
                let key = (namespace, service.metadata.name.value.clone());
                names.entry(key).or_default().push(Named::Service(number));
            }
        }
        self.by_name = names;
    }
}
