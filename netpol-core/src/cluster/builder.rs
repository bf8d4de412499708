//! From manifests to a cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use rustc_hash::FxHashMap;

use super::pods::{self, Template};
use super::{
    Cluster, Facts, GroupId, Namespace, NamespaceId, Node, NodeId, Owner, PodAddresses, PodGroup, PodNames,
    Workload, WorkloadId,
};
use crate::manifest::{self, Manifests, Metadata, Phase, WorkloadKind};
use crate::net::{Family, IpSet};
use crate::selector::{LabelValue, Labels};

/// A workload before it has an id: namespace, name, owner.
pub(super) type Key = (String, String, Owner);

impl Cluster {
    /// The cluster that manifests describe. `namespaces` are those that policies name, and `families` those that
    /// their blocks are of.
    pub fn new<P>(
        manifests: &Manifests<P>,
        facts: Facts,
        namespaces: &BTreeSet<String>,
        families: &[Family],
    ) -> Self {
        let mut cluster = Self { services: manifests.services.clone(), facts, ..Self::default() };
        cluster.add_nodes(manifests);
        cluster.add_namespaces(manifests, namespaces);
        cluster.add_workloads(manifests);
        cluster.add_families(families);
        cluster.index_names();
        cluster
    }

    fn add_nodes<P>(&mut self, manifests: &Manifests<P>) {
        let mut nodes: BTreeMap<String, Node> = BTreeMap::new();
        for node in &manifests.nodes {
            let addresses = node.addresses.iter().map(|address| IpSet::single(address.value));
            let entry = Node {
                name: node.metadata.name.value.clone(),
                labels: labels_of(&node.metadata.labels),
                addresses: addresses.fold(IpSet::empty(), |all, address| all.union(&address)),
                span: Some(node.span),
            };
            nodes.insert(entry.name.clone(), entry);
        }
        for pod in &manifests.pods {
            let Some(name) = node_name(pod) else { continue };
            let entry = nodes.entry(name.clone()).or_insert_with(|| Node {
                name: name.clone(),
                labels: Labels::default(),
                addresses: IpSet::empty(),
                span: None,
            });
            for address in &pod.status.host_addresses {
                entry.addresses = entry.addresses.union(&IpSet::single(address.value));
            }
        }
        self.nodes = nodes.into_values().collect();
    }

    fn add_namespaces<P>(&mut self, manifests: &Manifests<P>, named: &BTreeSet<String>) {
        let mut namespaces: BTreeMap<String, Namespace> = BTreeMap::new();
        let pods = manifests.pods.iter().map(|pod| &pod.metadata);
        let workloads = manifests.workloads.iter().map(|workload| &workload.metadata);
        let services = manifests.services.iter().map(|service| &service.metadata);
        let mentioned =
            pods.chain(workloads).chain(services).map(|metadata| metadata.namespace.value.as_str());
        let configured = self.facts.namespaces.keys().map(String::as_str);
        for name in mentioned.chain(configured).chain(named.iter().map(String::as_str)) {
            if !namespaces.contains_key(name) {
                let labels = self.labels_of_unlisted_namespace(name);
                let is_described = self.facts.namespaces.contains_key(name);
                let entry = Namespace { name: name.to_owned(), labels, is_described, span: None };
                namespaces.insert(name.to_owned(), entry);
            }
        }
        for namespace in &manifests.namespaces {
            let name = namespace.metadata.name.value.clone();
            let mut labels = labels_of(&namespace.metadata.labels);
            labels.insert(Namespace::NAME_LABEL.to_owned(), LabelValue::Known(name.clone()));
            let entry =
                Namespace { name: name.clone(), labels, is_described: true, span: Some(namespace.span) };
            namespaces.insert(name, entry);
        }
        self.namespaces = namespaces.into_values().collect();
    }

    /// Pods in the input stand for their owner; a template stands for an owner without pods in the input.
    fn add_workloads<P>(&mut self, manifests: &Manifests<P>) {
        let owners = pods::Owners::new(&manifests.workloads);
        let mut spans: FxHashMap<Key, crate::text::Span> = FxHashMap::default();
        let mut members: BTreeMap<Key, Vec<PodGroup>> = BTreeMap::new();
        for pod in manifests.pods.iter().filter(|pod| pod.status.phase == Phase::Live) {
            let key = owners.of_pod(pod);
            let group = self.group_of_pod(pod);
            members.entry(key).or_default().push(group);
        }
        for workload in &manifests.workloads {
            let key = owners.of_workload(workload);
            if key.2 == Owner::Kind(workload.kind.name().to_owned()) && key.1 == workload.metadata.name.value
            {
                spans.insert(key.clone(), workload.span);
            }
            if is_old_replica_set(workload) {
                continue;
            }
            // A template that belongs to an owner with pods, or with a template of its own, adds nothing.
            members.entry(key).or_insert_with(|| vec![self.group_of_template(workload)]);
        }
        for (number, (key, groups)) in (0u32..).zip(members) {
            self.add_workload(WorkloadId(number), &key, groups, spans.get(&key).copied());
        }
    }

    fn add_workload(
        &mut self,
        id: WorkloadId,
        key: &Key,
        groups: Vec<PodGroup>,
        span: Option<crate::text::Span>,
    ) {
        let namespace = self.namespace_named(&key.0).unwrap_or(NamespaceId(0));
        let first = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        let Some(place) = span.or_else(|| groups.first().map(|group| group.span)) else { return };
        let ids: Vec<GroupId> = (first..).map(GroupId).take(groups.len()).collect();
        for (group_id, mut group) in ids.iter().zip(groups) {
            group.workload = id;
            if let (PodAddresses::Known(addresses), false) = (&group.addresses, group.is_host_network) {
                for address in addresses {
                    self.by_address.entry(*address).or_insert(*group_id);
                }
            }
            self.groups.push(group);
        }
        self.workloads.push(Workload {
            namespace,
            name: key.1.clone(),
            owner: key.2.clone(),
            groups: ids,
            span: place,
        });
    }

    fn group_of_pod(&self, pod: &manifest::Pod) -> PodGroup {
        let is_host_network = pod.spec.host_network.as_ref().is_some_and(|flag| flag.value);
        let node = node_name(pod).and_then(|name| self.node_named(&name));
        let own = pod.status.addresses.iter().map(|address| address.value);
        let hosts = pod.status.host_addresses.iter().map(|address| address.value);
        let mut addresses = one_a_family(own);
        if addresses.is_empty() && is_host_network {
            addresses = one_a_family(hosts);
        }
        PodGroup {
            workload: WorkloadId(0),
            namespace: self.namespace_named(&pod.metadata.namespace.value).unwrap_or(NamespaceId(0)),
            names: PodNames::Pod(pod.metadata.name.value.clone()),
            labels: labels_of(&pod.metadata.labels),
            named_ports: pods::named_ports(&pod.spec),
            addresses: if addresses.is_empty() {
                PodAddresses::Unknown
            } else {
                PodAddresses::Known(addresses)
            },
            node,
            is_host_network,
            span: pod.span,
        }
    }

    fn group_of_template(&self, workload: &manifest::Workload) -> PodGroup {
        let Template { names, labels } = pods::template(workload);
        let node = workload.pod_spec.node_name.as_ref().and_then(|name| self.node_named(&name.value));
        PodGroup {
            workload: WorkloadId(0),
            namespace: self.namespace_named(&workload.metadata.namespace.value).unwrap_or(NamespaceId(0)),
            names,
            labels,
            named_ports: pods::named_ports(&workload.pod_spec),
            addresses: PodAddresses::Unknown,
            node,
            is_host_network: workload.pod_spec.host_network.as_ref().is_some_and(|flag| flag.value),
            span: workload.pod_labels_span,
        }
    }

    /// The node of this name.
    pub fn node_named(&self, name: &str) -> Option<NodeId> {
        let index = self.nodes.binary_search_by(|node| node.name.as_str().cmp(name)).ok()?;
        u32::try_from(index).ok().map(NodeId)
    }

    fn add_families(&mut self, of_blocks: &[Family]) {
        let of_pods = self.by_address.keys().copied().map(Family::of);
        let services = self.services.iter().flat_map(|service| &service.cluster_ips);
        let of_services = services.map(|address| Family::of(address.value));
        let pod_cidrs = &self.facts.pod_cidrs;
        let of_facts = Family::ALL.into_iter().filter(|family| !pod_cidrs.is_empty_in(*family));
        let pods: BTreeSet<Family> = of_pods.chain(of_services).chain(of_facts).collect();
        self.families = if pods.is_empty() { vec![Family::V4] } else { pods.into_iter().collect() };
        let known = [&self.facts.pod_cidrs, &self.facts.service_cidrs, &self.facts.node_addresses];
        let is_known = |family: Family| known.iter().any(|set| !set.is_empty_in(family));
        let has_node = |family: Family| self.nodes.iter().any(|node| !node.addresses.is_empty_in(family));
        let outside = Family::ALL.into_iter().filter(|family| {
            *family == Family::V4
                || self.families.contains(family)
                || of_blocks.contains(family)
                || is_known(*family)
                || has_node(*family)
        });
        self.outside_families = outside.collect();
    }
}

/// The key of the node that a pod runs on: its name, else its first host address.
fn node_name(pod: &manifest::Pod) -> Option<String> {
    let named = pod.spec.node_name.as_ref().map(|name| name.value.clone()).filter(|name| !name.is_empty());
    named.or_else(|| pod.status.host_addresses.first().map(|address| address.value.to_string()))
}

/// A ReplicaSet that a Deployment has scaled down when it made a new one.
fn is_old_replica_set(workload: &manifest::Workload) -> bool {
    workload.kind == WorkloadKind::ReplicaSet
        && workload.replicas.as_ref().is_some_and(|count| count.value == 0)
}

fn one_a_family(addresses: impl Iterator<Item = IpAddr>) -> Vec<IpAddr> {
    let mut kept: Vec<IpAddr> = Vec::new();
    for address in addresses {
        if !kept.iter().any(|other| Family::of(*other) == Family::of(address)) {
            kept.push(address);
        }
    }
    kept.sort_unstable();
    kept
}

/// Labels as they stand in a manifest; a placeholder is a value that is not known.
pub(super) fn labels_of(labels: &[manifest::Label]) -> Labels {
    Labels::new(labels.iter().map(|label| {
        let value = label.value.value.clone().map_or(LabelValue::Unknown, LabelValue::Known);
        (label.key.value.clone(), value)
    }))
}

/// The workload that `metadata` names as its own.
pub(super) fn own_key(metadata: &Metadata, owner: Owner) -> Key {
    (metadata.namespace.value.clone(), metadata.name.value.clone(), owner)
}
