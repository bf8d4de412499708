//! Whose pods they are, and what controllers make of a template.

use rustc_hash::FxHashMap;

use super::{NamedPort, Owner, PodNames};
use crate::manifest::{self, ContainerPort, Metadata, OwnerReference, WorkloadKind};
use crate::selector::{LabelValue, Labels};

/// Owner references climb at most so far: a Pod, a ReplicaSet, a Deployment, and whatever owns that.
const LONGEST_CHAIN: usize = 8;

/// A workload before it has an id: namespace, name, owner.
pub(super) type Key = (String, String, Owner);

/// The owners that the input holds, by namespace, kind and name.
#[derive(Debug)]
pub(super) struct Owners<'a> {
    workloads: FxHashMap<(&'a str, &'a str, &'a str), &'a Metadata>,
}

impl<'a> Owners<'a> {
    pub(super) fn new(workloads: &'a [manifest::Workload]) -> Self {
        let entry = |workload: &'a manifest::Workload| {
            let metadata = &workload.metadata;
            let key = (metadata.namespace.value.as_str(), workload.kind.name(), metadata.name.value.as_str());
            (key, metadata)
        };
        Self { workloads: workloads.iter().map(entry).collect() }
    }

    /// The workload that a pod belongs to: its topmost owner as far as the input goes, else the pod itself.
    pub(super) fn of_pod(&self, pod: &manifest::Pod) -> Key {
        self.topmost(&pod.metadata).unwrap_or_else(|| own_key(&pod.metadata, Owner::Pod))
    }

    /// The workload that a template belongs to: its topmost owner, else the workload itself.
    pub(super) fn of_workload(&self, workload: &manifest::Workload) -> Key {
        let own = || own_key(&workload.metadata, Owner::Kind(workload.kind.name().to_owned()));
        self.topmost(&workload.metadata).unwrap_or_else(own)
    }

    fn topmost(&self, metadata: &Metadata) -> Option<Key> {
        let namespace = metadata.namespace.value.as_str();
        let mut owner = controller(&metadata.owners)?;
        for _ in 0..LONGEST_CHAIN {
            let above = self
                .workloads
                .get(&(namespace, owner.kind.as_str(), owner.name.as_str()))
                .and_then(|metadata| controller(&metadata.owners));
            match above {
                Some(above) => owner = above,
                None => break,
            }
        }
        if let Some(deployment) = self.deployment_of(metadata, owner) {
            let own = || own_key(deployment, Owner::Kind(WorkloadKind::Deployment.name().to_owned()));
            return Some(self.topmost(deployment).unwrap_or_else(own));
        }
        let kind = if owner.kind.is_empty() { Owner::Unnamed } else { Owner::Kind(owner.kind.clone()) };
        Some((namespace.to_owned(), owner.name.clone(), kind))
    }

    /// The Deployment behind a ReplicaSet that is not in the input: the ReplicaSet is called after it and the hash of
    /// its template, which the pods have as a label.
    fn deployment_of(&self, metadata: &Metadata, owner: &OwnerReference) -> Option<&'a Metadata> {
        let namespace = metadata.namespace.value.as_str();
        let find =
            |kind: WorkloadKind, name: &str| self.workloads.get(&(namespace, kind.name(), name)).copied();
        if owner.kind != WorkloadKind::ReplicaSet.name()
            || find(WorkloadKind::ReplicaSet, &owner.name).is_some()
        {
            return None;
        }
        let hash = metadata.labels.iter().find(|label| label.key.value == "pod-template-hash")?;
        let name = owner.name.strip_suffix(hash.value.value.as_deref()?)?.strip_suffix('-')?;
        find(WorkloadKind::Deployment, name)
    }
}

/// The owner that controls an object, else its first; a node owns nothing.
fn controller(owners: &[OwnerReference]) -> Option<&OwnerReference> {
    let mut owners = owners.iter().filter(|owner| owner.kind != "Node" && !owner.name.is_empty());
    let first = owners.clone().next();
    owners.find(|owner| owner.controller == Some(true)).or(first)
}

/// The pods that a controller makes from a template.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) names: PodNames,
    pub(super) labels: Labels,
}

/// Names and labels of the pods of a template, those labels included that the controller adds.
pub(super) fn template(workload: &manifest::Workload) -> Template {
    let replicas = workload.replicas.as_ref().map(|count| count.value);
    let names = match workload.kind {
        WorkloadKind::StatefulSet => {
            PodNames::Ordinals { first: workload.first_ordinal, replicas: replicas.or(Some(1)) }
        }
        _ => PodNames::Template(replicas),
    };
    let mut labels = labels_of(workload.pod_labels.iter().cloned());
    for (key, value) in added_labels(workload) {
        labels.insert(key.to_owned(), value);
    }
    Template { names, labels }
}

fn added_labels(workload: &manifest::Workload) -> Vec<(&'static str, LabelValue)> {
    let own_name = || LabelValue::Known(workload.metadata.name.value.clone());
    let unknown = || LabelValue::Unknown;
    match workload.kind {
        WorkloadKind::Deployment => vec![("pod-template-hash", unknown())],
        WorkloadKind::ReplicaSet | WorkloadKind::ReplicationController => Vec::new(),
        WorkloadKind::StatefulSet => vec![("controller-revision-hash", unknown())],
        WorkloadKind::DaemonSet => {
            vec![("controller-revision-hash", unknown()), ("pod-template-generation", unknown())]
        }
        WorkloadKind::Job => vec![
            ("job-name", own_name()),
            ("batch.kubernetes.io/job-name", own_name()),
            ("controller-uid", unknown()),
            ("batch.kubernetes.io/controller-uid", unknown()),
        ],
        WorkloadKind::CronJob => vec![
            ("job-name", unknown()),
            ("batch.kubernetes.io/job-name", unknown()),
            ("controller-uid", unknown()),
            ("batch.kubernetes.io/controller-uid", unknown()),
        ],
    }
}

/// The ports that containers declare by name, sorted and unique.
pub(super) fn named_ports(ports: impl IntoIterator<Item = ContainerPort>) -> Vec<NamedPort> {
    let named = ports.into_iter().filter_map(|port| {
        let name = port.name?.value;
        Some(NamedPort { name, protocol: port.protocol, number: port.number })
    });
    let mut ports: Vec<NamedPort> = named.collect();
    ports.sort_unstable();
    ports.dedup();
    ports.shrink_to_fit();
    ports
}

/// The workload that `metadata` names as its own.
fn own_key(metadata: &Metadata, owner: Owner) -> Key {
    (metadata.namespace.value.clone(), metadata.name.value.clone(), owner)
}

/// Labels as they stand in a manifest; a placeholder is a value that is not known.
pub(super) fn labels_of(labels: impl IntoIterator<Item = manifest::Label>) -> Labels {
    Labels::new(labels.into_iter().map(|label| {
        let value = label.value.value.map_or(LabelValue::Unknown, LabelValue::Known);
        (label.key.value, value)
    }))
}
