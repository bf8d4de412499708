//! From manifests to a cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::pods::{self, Key, Template, labels_of};
use super::{
    Cluster, Facts, GroupId, Maker, Namespace, NamespaceId, Node, NodeId, Owner, PodAddresses, PodGroup,
    PodNames, Workload, WorkloadId,
};
use crate::manifest::{self, Admission, Manifests, Phase, WorkloadKind};
use crate::net::{Family, IpSet};
use crate::selector::{LabelValue, Labels, Unlisted};

impl Cluster {
    /// The cluster that manifests describe. `namespaces` are those that policies name, and `families` those that
    /// their blocks are of.
    pub fn new<P>(
        manifests: Manifests<P>,
        facts: Facts,
        namespaces: &BTreeSet<String>,
        families: &[Family],
    ) -> Self {
        let mut cluster = Self { facts, ..Self::default() };
        let hosts = cluster.add_nodes(&manifests);
        cluster.add_namespaces(&manifests, namespaces);
        cluster.add_workloads(manifests.pods, &manifests.workloads, &hosts);
        cluster.services = manifests.services;
        cluster.add_families(families);
        cluster.index_names();
        cluster
    }

    /// Adds the nodes, and tells which has which host address.
    fn add_nodes<P>(&mut self, manifests: &Manifests<P>) -> BTreeMap<IpAddr, String> {
        let mut nodes: BTreeMap<String, Node> = BTreeMap::new();
        for node in &manifests.nodes {
            let addresses = node.addresses.iter().map(|address| IpSet::single(address.value));
            let entry = Node {
                name: node.metadata.name.value.clone(),
                labels: labels_of(node.metadata.labels.iter().cloned()),
                addresses: addresses.fold(IpSet::empty(), |all, address| all.union(&address)),
                span: Some(node.span),
            };
            nodes.insert(entry.name.clone(), entry);
        }
        let (named, unnamed): (Vec<_>, Vec<_>) =
            manifests.pods.iter().partition(|pod| spelled_node(pod).is_some());
        for pod in named {
            if let Some(name) = spelled_node(pod) {
                add_host_addresses(&mut nodes, name, pod);
            }
        }
        // The pods that name no node run on the node that has their host address, if one is known.
        let mut by_address: BTreeMap<IpAddr, String> = BTreeMap::new();
        for node in &manifests.nodes {
            for address in &node.addresses {
                by_address.entry(address.value).or_insert_with(|| node.metadata.name.value.clone());
            }
        }
        for pod in manifests.pods.iter().filter(|pod| spelled_node(pod).is_some()) {
            for address in &pod.status.host_addresses {
                let name = || spelled_node(pod).unwrap_or_default().to_owned();
                by_address.entry(address.value).or_insert_with(name);
            }
        }
        for pod in unnamed {
            let Some(first) = pod.status.host_addresses.first() else { continue };
            let name = by_address.entry(first.value).or_insert_with(|| first.value.to_string());
            add_host_addresses(&mut nodes, name, pod);
        }
        self.nodes = nodes.into_values().collect();
        by_address
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
                let name = name.to_owned();
                let admission = Admission::Admitted;
                let entry = Namespace { name: name.clone(), labels, is_described, admission, span: None };
                namespaces.insert(name, entry);
            }
        }
        for namespace in &manifests.namespaces {
            let name = namespace.metadata.name.value.clone();
            let admission = namespace.admission;
            let mut labels = match admission.doubt() {
                None => labels_of(namespace.metadata.labels.iter().cloned()),
                Some(_) => Labels::default().with_unlisted(Unlisted::Unknown),
            };
            labels.insert(Namespace::NAME_LABEL.to_owned(), LabelValue::Known(name.clone()));
            let (is_described, span) = (true, Some(namespace.span));
            namespaces.insert(name.clone(), Namespace { name, labels, is_described, admission, span });
        }
        self.namespaces = namespaces.into_values().collect();
    }

    /// Pods in the input stand for their owner. For an owner without live pods its own template stands, and for one
    /// that is not in the input the templates of what it owns (each ReplicaSet of a Deployment, say), in the order
    /// of their names. A Job whose pods are all finished runs no more: it is no endpoint. A CronJob will run again.
    fn add_workloads(
        &mut self,
        pods: Vec<manifest::Pod>,
        workloads: &[manifest::Workload],
        hosts: &BTreeMap<IpAddr, String>,
    ) {
        let owners = pods::Owners::new(workloads);
        let mut members: BTreeMap<Key, Vec<PodGroup>> = BTreeMap::new();
        let mut done: BTreeSet<Key> = BTreeSet::new();
        for pod in pods {
            let key = owners.of_pod(&pod);
            if pod.status.phase == Phase::Live {
                members.entry(key).or_default().push(self.group_of_pod(pod, hosts));
                continue;
            }
            let name = &pod.metadata.name.value;
            self.finished.insert((key.0.clone(), name.clone()));
            self.finished_labels.push((key.0.clone(), labels_of(pod.metadata.labels.iter().cloned())));
            if key.2 == Owner::Kind(WorkloadKind::Job.name().to_owned()) {
                self.finished.insert((key.0.clone(), key.1.clone()));
                done.insert(key);
            }
        }
        let mut own: BTreeMap<Key, &manifest::Workload> = BTreeMap::new();
        let mut below: BTreeMap<Key, BTreeMap<&str, &manifest::Workload>> = BTreeMap::new();
        for workload in workloads {
            let key = owners.of_workload(workload);
            let name = workload.metadata.name.value.as_str();
            if key.2 == Owner::Kind(workload.kind.name().to_owned()) && key.1 == name {
                own.insert(key, workload);
            } else if !is_old_replica_set(workload) {
                below.entry(key).or_default().insert(name, workload);
            }
        }
        for (key, workload) in own.iter().filter(|(key, _)| !done.contains(key)) {
            members.entry(key.clone()).or_insert_with(|| vec![self.group_of_template(workload)]);
        }
        for (key, templates) in below.into_iter().filter(|(key, _)| !own.contains_key(key)) {
            let groups =
                || templates.into_values().map(|workload| self.group_of_template(workload)).collect();
            members.entry(key).or_insert_with(groups);
        }
        for (number, (key, mut groups)) in (0u32..).zip(members) {
            groups.sort_by(|a, b| pod_of(a).cmp(&pod_of(b)));
            self.add_workload(WorkloadId(number), &key, groups, own.get(&key).copied());
        }
    }

    fn add_workload(
        &mut self,
        id: WorkloadId,
        key: &Key,
        groups: Vec<PodGroup>,
        own: Option<&manifest::Workload>,
    ) {
        let namespace = self.namespace_named(&key.0).unwrap_or(NamespaceId(0));
        let first = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        let span = own.map(|workload| workload.span);
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
            labels: own.map(own_labels).unwrap_or_default(),
            groups: ids,
            span: place,
        });
    }

    fn group_of_pod(&self, pod: manifest::Pod, hosts: &BTreeMap<IpAddr, String>) -> PodGroup {
        let is_host_network = pod.spec.host_network.as_ref().is_some_and(|flag| flag.value);
        let by_host = || hosts.get(&pod.status.host_addresses.first()?.value).map(String::as_str);
        let node = spelled_node(&pod).or_else(by_host).and_then(|name| self.node_named(name));
        let mut addresses = one_a_family(pod.status.addresses.iter().map(|address| address.value));
        if addresses.is_empty() && is_host_network {
            addresses = one_a_family(pod.status.host_addresses.iter().map(|address| address.value));
        }
        if addresses.is_empty() && is_host_network {
            addresses = self.addresses_of_node(node);
        }
        PodGroup {
            workload: WorkloadId(0),
            namespace: self.namespace_named(&pod.metadata.namespace.value).unwrap_or(NamespaceId(0)),
            names: PodNames::Pod(pod.metadata.name.value),
            maker: None,
            labels: labels_of(pod.metadata.labels),
            named_ports: pods::named_ports(pod.spec.ports),
            addresses: known_or_not(addresses),
            node,
            is_host_network,
            admission: pod.admission,
            span: pod.span,
        }
    }

    fn group_of_template(&self, workload: &manifest::Workload) -> PodGroup {
        let Template { names, labels } = pods::template(workload);
        let node = workload.pod_spec.node_name.as_ref().and_then(|name| self.node_named(&name.value));
        let is_host_network = workload.pod_spec.host_network.as_ref().is_some_and(|flag| flag.value);
        let addresses = if is_host_network { self.addresses_of_node(node) } else { Vec::new() };
        PodGroup {
            workload: WorkloadId(0),
            namespace: self.namespace_named(&workload.metadata.namespace.value).unwrap_or(NamespaceId(0)),
            names,
            maker: Some(Maker { kind: workload.kind, name: workload.metadata.name.value.clone() }),
            labels,
            named_ports: pods::named_ports(workload.pod_spec.ports.iter().cloned()),
            addresses: known_or_not(addresses),
            node,
            is_host_network,
            admission: workload.admission,
            span: workload.pod_labels_span,
        }
    }

    /// The first address of each family of a node.
    fn addresses_of_node(&self, node: Option<NodeId>) -> Vec<IpAddr> {
        let Some(node) = node.and_then(|id| self.node(id)) else { return Vec::new() };
        let v4 = node.addresses.v4.ranges().first().map(|range| IpAddr::V4(Ipv4Addr::from_bits(range.0)));
        let v6 = node.addresses.v6.ranges().first().map(|range| IpAddr::V6(Ipv6Addr::from_bits(range.0)));
        v4.into_iter().chain(v6).collect()
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
        let is_of_pod = |family: Family| {
            self.groups.iter().any(|group| match &group.addresses {
                PodAddresses::Known(addresses) => {
                    addresses.iter().any(|address| Family::of(*address) == family)
                }
                PodAddresses::Unknown => false,
            })
        };
        let has_node = |family: Family| self.nodes.iter().any(|node| !node.addresses.is_empty_in(family));
        let outside = Family::ALL.into_iter().filter(|family| {
            *family == Family::V4
                || self.families.contains(family)
                || of_blocks.contains(family)
                || is_known(*family)
                || has_node(*family)
                || is_of_pod(*family)
        });
        self.outside_families = outside.collect();
    }
}

/// The node that a pod says it runs on.
fn spelled_node(pod: &manifest::Pod) -> Option<&str> {
    pod.spec.node_name.as_ref().map(|name| name.value.as_str()).filter(|name| !name.is_empty())
}

/// Adds the host addresses of a pod to its node, which may be one that no Node object describes.
fn add_host_addresses(nodes: &mut BTreeMap<String, Node>, name: &str, pod: &manifest::Pod) {
    if !nodes.contains_key(name) {
        // Of a node that only pods speak of, no label is known.
        let (labels, addresses) = (Labels::default().with_unlisted(Unlisted::Unknown), IpSet::empty());
        nodes.insert(name.to_owned(), Node { name: name.to_owned(), labels, addresses, span: None });
    }
    let Some(node) = nodes.get_mut(name) else { return };
    for address in &pod.status.host_addresses {
        if !node.addresses.contains(address.value) {
            node.addresses = node.addresses.union(&IpSet::single(address.value));
        }
    }
}

const fn pod_of(group: &PodGroup) -> Option<&String> {
    match &group.names {
        PodNames::Pod(name) => Some(name),
        PodNames::Template(_) | PodNames::Ordinals { .. } => None,
    }
}

fn known_or_not(addresses: Vec<IpAddr>) -> PodAddresses {
    if addresses.is_empty() { PodAddresses::Unknown } else { PodAddresses::Known(addresses) }
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

/// The labels of an object that makes pods, and of the Jobs between.
fn own_labels(workload: &manifest::Workload) -> Labels {
    labels_of(workload.metadata.labels.iter().chain(&workload.job_labels).cloned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::selector::Unlisted;
    use crate::text::{FileSet, SourceFile};

    fn cluster_of(documents: &[&str], facts: Facts) -> Cluster {
        let mut files = FileSet::new();
        files.add(SourceFile::named("a.yaml", documents.join("\n---\n"))).unwrap();
        let manifests = manifest::read(&files, &manifest::ReadOptions::default(), |_, _| None::<()>);
        assert_eq!(manifests.diagnostics, []);
        Cluster::new(manifests, facts, &BTreeSet::new(), &[])
    }

    fn cluster(documents: &[&str]) -> Cluster {
        cluster_of(documents, Facts::default())
    }

    /// Each workload with the names of its pods: `Deployment web: web-1 web-2`.
    fn workloads(cluster: &Cluster) -> Vec<String> {
        let names = |workload: &Workload| -> Vec<String> {
            workload.groups.iter().map(|id| cluster.pod_name(*id, None)).collect()
        };
        let line = |workload: &Workload| match &workload.owner {
            Owner::Pod | Owner::Hypothetical(_) => format!("Pod {}", workload.name),
            Owner::Unnamed => format!("? {}: {}", workload.name, names(workload).join(" ")),
            Owner::Kind(kind) => format!("{kind} {}: {}", workload.name, names(workload).join(" ")),
        };
        cluster.workloads.iter().map(line).collect()
    }

    fn pod(name: &str, owner: Option<(&str, &str)>, status: &str) -> String {
        let owners = owner.map_or_else(String::new, |(kind, name)| {
            format!(", ownerReferences: [{{apiVersion: x/v1, kind: {kind}, name: {name}, uid: u, controller: true}}]")
        });
        format!(
            "{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: shop{owners}}}, \
             spec: {{containers: [{{name: c, image: i}}]}}, status: {{{status}}}}}"
        )
    }

    fn owner(kind: &str, name: &str, above: Option<(&str, &str)>, spec: &str) -> String {
        let group = if matches!(kind, "Job" | "CronJob") { "batch/v1" } else { "apps/v1" };
        let owners = above.map_or_else(String::new, |(kind, name)| {
            format!(", ownerReferences: [{{apiVersion: x/v1, kind: {kind}, name: {name}, uid: u, controller: true}}]")
        });
        let selector = if group == "apps/v1" { ", selector: {matchLabels: {app: x}}" } else { "" };
        let template = format!(
            "template: {{metadata: {{labels: {{app: x, from: {name}}}}}, spec: {{containers: [{{name: c, image: i}}]}}}}"
        );
        let body = match kind {
            "CronJob" => format!("schedule: '* * * * *', jobTemplate: {{spec: {{{template}}}}}"),
            _ => format!("{template}{selector}"),
        };
        format!(
            "{{apiVersion: {group}, kind: {kind}, metadata: {{name: {name}, namespace: shop{owners}}}, \
             spec: {{{body}{spec}}}}}"
        )
    }

    fn labels(cluster: &Cluster) -> &Labels {
        &cluster.groups[0].labels
    }

    #[test]
    fn owners_are_climbed_as_far_as_the_input_goes() {
        let deployment = owner("Deployment", "web", None, "");
        let set = owner("ReplicaSet", "web-1", Some(("Deployment", "web")), ", replicas: 2");
        let (a, b) =
            (pod("a", Some(("ReplicaSet", "web-1")), ""), pod("b", Some(("ReplicaSet", "web-1")), ""));
        assert_eq!(workloads(&cluster(&[&b, &set, &deployment, &a])), ["Deployment web: a b"]);
        assert_eq!(workloads(&cluster(&[&a, &set])), ["Deployment web: a"]);
        assert_eq!(workloads(&cluster(&[&a])), ["ReplicaSet web-1: a"]);
    }

    #[test]
    fn a_node_owns_no_pod_and_an_owner_may_have_no_kind() {
        assert_eq!(workloads(&cluster(&[&pod("etcd", Some(("Node", "n1")), "")])), ["Pod etcd"]);
        assert_eq!(workloads(&cluster(&[&pod("x", Some(("Rollout", "r")), "")])), ["Rollout r: x"]);
    }

    #[test]
    fn a_template_below_an_owner_in_the_input_adds_nothing_in_any_order() {
        let deployment = owner("Deployment", "web", None, ", replicas: 0");
        let set = owner("ReplicaSet", "web-1", Some(("Deployment", "web")), ", replicas: 2");
        for documents in [[&deployment, &set], [&set, &deployment]] {
            let cluster = cluster(&[documents[0].as_str(), documents[1].as_str()]);
            assert_eq!(workloads(&cluster), ["Deployment web: web-…"]);
            assert_eq!(labels(&cluster).get("from"), Some(&LabelValue::Known("web".to_owned())));
            assert_eq!(labels(&cluster).get("pod-template-hash"), Some(&LabelValue::Unknown));
        }
    }

    #[test]
    fn every_live_replica_set_stands_for_a_deployment_outside_the_input() {
        let set = |name: &str, replicas: u32| {
            owner("ReplicaSet", name, Some(("Deployment", "web")), &format!(", replicas: {replicas}"))
        };
        let cluster = cluster(&[&set("web-2", 1), &set("web-0", 0), &set("web-1", 3)]);
        assert_eq!(workloads(&cluster), ["Deployment web: web-1-… web-2-…"]);
        assert_eq!(labels(&cluster).get("from"), Some(&LabelValue::Known("web-1".to_owned())));
    }

    #[test]
    fn an_old_replica_set_is_no_endpoint_and_one_without_an_owner_is() {
        let old = owner("ReplicaSet", "web-1", Some(("Deployment", "web")), ", replicas: 0");
        assert_eq!(workloads(&cluster(&[&old])), Vec::<String>::new());
        let own = owner("ReplicaSet", "web", None, ", replicas: 0");
        assert_eq!(workloads(&cluster(&[&own])), ["ReplicaSet web: web-…"]);
    }

    #[test]
    fn finished_pods_are_no_endpoints_and_give_their_address_up() {
        let finished = pod("a", None, "phase: Succeeded, podIP: 10.0.0.1");
        let live = pod("b", None, "phase: Running, podIP: 10.0.0.1");
        let cluster = cluster(&[&finished, &live]);
        assert_eq!(workloads(&cluster), ["Pod b"]);
        assert_eq!(cluster.by_address.len(), 1);
    }

    #[test]
    fn a_finished_job_runs_no_more_and_a_cron_job_runs_again() {
        let job = owner("Job", "once", None, "");
        let done = pod("once-1", Some(("Job", "once")), "phase: Succeeded");
        assert_eq!(workloads(&cluster(&[&job, &done])), Vec::<String>::new());
        assert_eq!(workloads(&cluster(&[&job])), ["Job once: once-…"]);
        let cron = owner("CronJob", "nightly", None, "");
        let job = owner("Job", "nightly-1", Some(("CronJob", "nightly")), "");
        let done = pod("nightly-1-1", Some(("Job", "nightly-1")), "phase: Succeeded");
        assert_eq!(workloads(&cluster(&[&job, &done, &cron])), ["CronJob nightly: nightly-…"]);
    }

    #[test]
    fn labels_that_controllers_add_are_known_to_exist() {
        let job = cluster(&[&owner("Job", "once", None, "")]);
        assert_eq!(labels(&job).get("job-name"), Some(&LabelValue::Known("once".to_owned())));
        assert_eq!(labels(&job).get("controller-uid"), Some(&LabelValue::Unknown));
        let cron = cluster(&[&owner("CronJob", "nightly", None, "")]);
        assert_eq!(labels(&cron).get("batch.kubernetes.io/job-name"), Some(&LabelValue::Unknown));
        let set = cluster(&[&owner("StatefulSet", "db", None, ", serviceName: db, replicas: 3")]);
        assert_eq!(set.groups[0].names, PodNames::Ordinals { first: 0, replicas: Some(3) });
        assert_eq!(labels(&set).get("controller-revision-hash"), Some(&LabelValue::Unknown));
        assert_eq!(labels(&set).get("apps.kubernetes.io/pod-index"), None);
    }

    #[test]
    fn namespaces_have_their_name_for_a_label_whatever_is_said() {
        let given = "{apiVersion: v1, kind: Namespace, metadata: {name: given, labels: \
                     {team: a, kubernetes.io/metadata.name: forged}}}";
        let mut facts = Facts::default();
        for name in ["given", "configured"] {
            facts.namespaces.insert(name.to_owned(), [("team".to_owned(), "b".to_owned())].into());
        }
        let cluster = cluster_of(&[given, &pod("a", None, "")], facts);
        let namespace = |name| &cluster.namespaces[cluster.namespace_named(name).unwrap().0 as usize];
        let known = |text: &str| Some(LabelValue::Known(text.to_owned()));
        assert_eq!(namespace("given").labels.get("team").cloned(), known("a"));
        assert_eq!(namespace("given").labels.get(Namespace::NAME_LABEL).cloned(), known("given"));
        assert_eq!(namespace("configured").labels.get("team").cloned(), known("b"));
        assert_eq!(namespace("configured").labels.unlisted(), Unlisted::Absent);
        assert_eq!(namespace("shop").labels.unlisted(), Unlisted::AssumedAbsent);
        assert!(namespace("configured").is_described && !namespace("shop").is_described);
    }

    #[test]
    fn a_pod_runs_on_the_node_that_it_names_or_that_has_its_host_address() {
        let node = "{apiVersion: v1, kind: Node, metadata: {name: n1}, \
                    status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}}";
        let by_address = pod("a", None, "hostIP: 192.168.0.1, podIP: 10.0.0.1");
        let other = pod("b", None, "hostIP: 192.168.0.2");
        let cluster = cluster(&[&by_address, &other, node]);
        let name = |group: &PodGroup| cluster.node(group.node.unwrap()).unwrap().name.clone();
        assert_eq!(cluster.groups.iter().map(name).collect::<Vec<_>>(), ["n1", "192.168.0.2"]);
    }

    #[test]
    fn a_host_network_pod_has_the_addresses_of_its_node() {
        let node = "{apiVersion: v1, kind: Node, metadata: {name: n1}, \
                    status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}}";
        let pod = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {hostNetwork: true, nodeName: n1, \
                   containers: [{name: c, image: i}]}}";
        let cluster = cluster(&[pod, node]);
        let address: IpAddr = "192.168.0.1".parse().unwrap();
        assert_eq!(cluster.groups[0].addresses, PodAddresses::Known(vec![address]));
        assert!(cluster.groups[0].is_host_network && cluster.by_address.is_empty());
    }

    #[test]
    fn families_are_those_that_pods_show_else_ipv4() {
        assert_eq!(cluster(&[&pod("a", None, "")]).families, [Family::V4]);
        let dual = cluster(&[&pod("a", None, "podIPs: [{ip: 10.0.0.1}, {ip: 'fd00::1'}, {ip: 10.0.0.2}]")]);
        assert_eq!(
            (dual.families.as_slice(), dual.by_address.len()),
            ([Family::V4, Family::V6].as_slice(), 2)
        );
        let six = cluster(&[&pod("a", None, "podIP: 'fd00::1'")]);
        assert_eq!((six.families.as_slice(), six.outside_families.len()), ([Family::V6].as_slice(), 2));
        assert_eq!(cluster(&[]).outside().to_string(), "0.0.0.0/0");
    }
}
