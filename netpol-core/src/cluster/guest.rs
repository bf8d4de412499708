//! The cluster with pods that do not exist, so that maps and paths can begin and end at them.

use super::{
    Cluster, GroupId, Hypothetical, Namespace, NamespaceId, Owner, PodAddresses, PodGroup, PodNames,
    Workload, WorkloadId,
};
use crate::manifest::Admission;
use crate::selector::Labels;
use crate::text::Span;

impl Cluster {
    /// The cluster with some pods more, each a workload of its own behind all others, which keep their ids. No name
    /// leads to them. `place` stands for where they are written, which is nowhere.
    pub fn with_pods(&self, pods: &[Hypothetical], place: Span) -> (Self, Vec<WorkloadId>) {
        let mut cluster = self.clone();
        for pod in pods {
            cluster.add_namespace_of(pod);
        }
        let workloads = pods.iter().filter_map(|pod| cluster.add_pod(pod, place)).collect();
        (cluster, workloads)
    }

    fn add_namespace_of(&mut self, pod: &Hypothetical) {
        let name = pod.namespace.as_str();
        let Err(at) = self.namespaces.binary_search_by(|namespace| namespace.name.as_str().cmp(name)) else {
            return;
        };
        let namespace = Namespace {
            name: name.to_owned(),
            labels: self.labels_of_unlisted_namespace(name),
            is_described: self.facts.namespaces.contains_key(name),
            admission: Admission::Admitted,
            span: None,
        };
        self.namespaces.insert(at, namespace);
        let moved = |id: NamespaceId| if (id.0 as usize) < at { id } else { NamespaceId(id.0 + 1) };
        for workload in &mut self.workloads {
            workload.namespace = moved(workload.namespace);
        }
        for group in &mut self.groups {
            group.namespace = moved(group.namespace);
        }
        let names = std::mem::take(&mut self.by_name).into_iter();
        self.by_name = names.map(|((namespace, name), meant)| ((moved(namespace), name), meant)).collect();
    }

    fn add_pod(&mut self, pod: &Hypothetical, place: Span) -> Option<WorkloadId> {
        let namespace = self.namespace_named(&pod.namespace)?;
        let workload = WorkloadId(u32::try_from(self.workloads.len()).ok()?);
        let group = GroupId(u32::try_from(self.groups.len()).ok()?);
        let labels: Vec<String> = pod.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let name = format!("@{}", labels.join(","));
        self.groups.push(PodGroup {
            workload,
            namespace,
            names: PodNames::Pod(name.clone()),
            maker: None,
            labels: Labels::known(pod.labels.iter().cloned()),
            named_ports: Vec::new(),
            addresses: PodAddresses::Unknown,
            node: None,
            is_host_network: false,
            admission: Admission::Admitted,
            span: place,
        });
        let owner = Owner::Hypothetical(pod.labels.clone());
        let labels = Labels::default();
        self.workloads.push(Workload { namespace, name, owner, labels, groups: vec![group], span: place });
        Some(workload)
    }
}
