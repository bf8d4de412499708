//! The pods of an end, as selectors see them.

use std::borrow::Cow;

use crate::cluster::{
    Cluster, Endpoint, GroupId, Hypothetical, NamedPort, POD_INDEX, POD_NAME, PodAddresses, PodGroup,
    PodNames, WorkloadId,
};
use crate::evaluate::{Assumption, End};
use crate::selector::{LabelValue, Labels};

/// Pods that nothing tells apart, as selectors see them.
#[derive(Debug, Clone)]
pub(super) struct PodView<'a> {
    /// The workload; `None` for a pod that does not exist.
    pub(super) workload: Option<WorkloadId>,
    /// The name of the namespace.
    pub(super) namespace: &'a str,
    /// The labels of the namespace.
    pub(super) namespace_labels: Cow<'a, Labels>,
    /// The labels of the pods.
    pub(super) labels: Cow<'a, Labels>,
    /// The ports that they declare by name.
    pub(super) named_ports: &'a [NamedPort],
    /// Their addresses.
    pub(super) addresses: &'a PodAddresses,
    /// Whether they are taken to be their node, whose network they share: selectors do not see them.
    pub(super) is_node: bool,
    /// Whether the API server takes them as they stand; else all of this may be otherwise.
    pub(super) is_known: bool,
}

/// The pods of an end; empty for addresses and nodes.
pub(super) fn pods<'a>(cluster: &'a Cluster, assumptions: &[Assumption], end: &'a End) -> Vec<PodView<'a>> {
    let groups: &[GroupId] = match (&end.groups, &end.endpoint) {
        (Some(groups), _) | (None, Endpoint::Pods(_, groups)) => groups,
        (None, Endpoint::Replica(replica)) => std::slice::from_ref(&replica.group),
        (None, Endpoint::Workload(id)) => cluster.workload(*id).map_or(&[], |workload| &workload.groups),
        (None, Endpoint::Hypothetical(pod)) => return vec![hypothetical(cluster, pod)],
        (None, Endpoint::Addresses(_) | Endpoint::Node(_)) => &[],
    };
    let one = match (&end.endpoint, &end.pods) {
        (Endpoint::Replica(replica), None) => {
            Some(vec![cluster.pod_name(replica.group, Some(replica.ordinal))])
        }
        _ => None,
    };
    let names = end.pods.as_deref().or(one.as_deref());
    let is_node = |group: &PodGroup| assumptions.contains(&Assumption::HostNetworkIsNode(group.workload));
    let groups = groups.iter().filter_map(|id| cluster.group(*id));
    groups
        .filter_map(|group| {
            let view = of_group(cluster, group, names)?;
            Some(PodView { is_node: group.is_host_network && is_node(group), ..view })
        })
        .collect()
}

fn of_group<'a>(cluster: &'a Cluster, group: &'a PodGroup, names: Option<&[String]>) -> Option<PodView<'a>> {
    let namespace = cluster.namespace(group.namespace)?;
    Some(PodView {
        workload: Some(group.workload),
        namespace: &namespace.name,
        namespace_labels: Cow::Borrowed(&namespace.labels),
        labels: labels(group, names),
        named_ports: &group.named_ports,
        addresses: &group.addresses,
        is_node: false,
        is_known: group.admission.is_known(),
    })
}

/// The labels of a group; the replicas of a StatefulSet have two more, which are known when one pod is meant.
fn labels<'a>(group: &'a PodGroup, names: Option<&[String]>) -> Cow<'a, Labels> {
    if !matches!(group.names, PodNames::Ordinals { .. }) {
        return Cow::Borrowed(&group.labels);
    }
    let mut labels = group.labels.clone();
    let (name, index) = match names {
        Some([name]) => {
            let index = name.rsplit_once('-').map_or("", |(_, index)| index);
            (LabelValue::Known(name.clone()), LabelValue::Known(index.to_owned()))
        }
        _ => (LabelValue::Unknown, LabelValue::Unknown),
    };
    labels.insert(POD_NAME.to_owned(), name);
    labels.insert(POD_INDEX.to_owned(), index);
    Cow::Owned(labels)
}

fn hypothetical<'a>(cluster: &'a Cluster, pod: &'a Hypothetical) -> PodView<'a> {
    let known = cluster.namespace_named(&pod.namespace).and_then(|id| cluster.namespace(id));
    let namespace_labels = known.map_or_else(
        || Cow::Owned(cluster.labels_of_unlisted_namespace(&pod.namespace)),
        |namespace| Cow::Borrowed(&namespace.labels),
    );
    let labels = Labels::known(pod.labels.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    PodView {
        workload: None,
        namespace: &pod.namespace,
        namespace_labels,
        labels: Cow::Owned(labels),
        named_ports: &[],
        addresses: &PodAddresses::Unknown,
        is_node: false,
        is_known: true,
    }
}
