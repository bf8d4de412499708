//! How a rule would best name the other end: by the labels that tell its pods apart, or by its addresses.

use super::pod_view::PodView;
use super::stage::Stage;
use crate::cluster::{Cluster, Endpoint, Namespace, PodAddresses};
use crate::net::{HoledBlock, IpSet};
use crate::policy::{AddressBlock, NamespaceMatch, Peer, PodMatch, Policy};
use crate::selector::{LabelValue, Requirement, Selector};

/// Keys that tell workloads apart, the most usual first.
const USUAL_KEYS: [&str; 7] = [
    "app",
    "app.kubernetes.io/name",
    "k8s-app",
    "name",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/component",
    "component",
];

/// Keys whose values controllers choose and change.
const UNSTABLE_KEYS: [&str; 8] = [
    "pod-template-hash",
    "controller-revision-hash",
    "pod-template-generation",
    "controller-uid",
    "batch.kubernetes.io/controller-uid",
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
    "helm.sh/chart",
];

/// The peers that name the other end for a policy; empty when its addresses would have to be known and are not.
pub(super) fn peers_naming(stage: &Stage<'_>, policy: &Policy) -> Vec<Peer> {
    match &stage.peer.endpoint {
        Endpoint::Addresses(addresses) => blocks(addresses),
        Endpoint::Node(id) => {
            stage.scene.cluster.node(*id).map(|node| blocks(&node.addresses)).unwrap_or_default()
        }
        _ if stage.peer_pods.iter().any(|pod| pod.is_node) => host_blocks(&stage.peer_pods),
        _ => pods_peer(stage, policy).into_iter().collect(),
    }
}

/// A peer for each block, with its excepts.
fn blocks(addresses: &IpSet) -> Vec<Peer> {
    let peer = |holed: HoledBlock| {
        let excepts = IpSet::blocks(holed.excepts);
        let addresses = IpSet::block(holed.block).difference(&excepts);
        Peer::Addresses(Box::new(AddressBlock { addresses, unknown: IpSet::empty() }))
    };
    addresses.holed_blocks().into_iter().map(peer).collect()
}

fn host_blocks(pods: &[PodView<'_>]) -> Vec<Peer> {
    let mut all = IpSet::empty();
    for pod in pods {
        let PodAddresses::Known(addresses) = pod.addresses else { return Vec::new() };
        all = addresses.iter().fold(all, |all, address| all.union(&IpSet::single(*address)));
    }
    blocks(&all)
}

fn pods_peer(stage: &Stage<'_>, policy: &Policy) -> Option<Peer> {
    let pod = stage.peer_pods.first()?;
    let is_own = policy.object.namespace.as_deref() == Some(pod.namespace);
    let namespaces = if is_own {
        NamespaceMatch::Named(pod.namespace.to_owned())
    } else {
        NamespaceMatch::Selected(Selector::new([Requirement::equals(Namespace::NAME_LABEL, pod.namespace)]))
    };
    let labels = shared_labels(&stage.peer_pods, &keys_in_use(policy));
    let pods = Selector::new(distinguishing(stage.scene.cluster, pod, labels));
    Some(Peer::Pods(PodMatch { namespaces, pods }))
}

/// The keys that peers of the policy's rules use.
fn keys_in_use(policy: &Policy) -> Vec<&str> {
    let peers = policy.rules.iter().flat_map(|rule| rule.value.peers.iter().flatten());
    let selectors = peers.filter_map(|peer| match &peer.value {
        Peer::Pods(pods) => Some(&pods.pods),
        Peer::Addresses(_) => None,
    });
    let keys = selectors.flat_map(Selector::requirements);
    keys.filter_map(|requirement| requirement.key.as_deref()).collect()
}

/// The labels that all pods of the end have with one known value, the best to select by first.
fn shared_labels<'a>(pods: &'a [PodView<'_>], in_use: &[&str]) -> Vec<(&'a str, &'a str)> {
    let Some((first, rest)) = pods.split_first() else { return Vec::new() };
    let known = first.labels.iter().filter_map(|(key, value)| match value {
        LabelValue::Known(value) => Some((key, value.as_str())),
        LabelValue::Unknown => None,
    });
    let is_shared = |key: &str, value: &str| {
        let same =
            |pod: &PodView<'_>| matches!(pod.labels.get(key), Some(LabelValue::Known(it)) if it == value);
        rest.iter().all(same)
    };
    let mut labels: Vec<(&str, &str)> =
        known.filter(|(key, value)| !UNSTABLE_KEYS.contains(key) && is_shared(key, value)).collect();
    labels.sort_by_key(|(key, _)| {
        let usual = USUAL_KEYS.iter().position(|usual| usual == key).unwrap_or(USUAL_KEYS.len());
        (!in_use.contains(key), usual)
    });
    labels
}

/// As many of the labels, best first, as it takes to select no pods of other workloads in the namespace, if
/// that can be had. A pod that does not exist is named by all of its labels.
fn distinguishing(cluster: &Cluster, pod: &PodView<'_>, labels: Vec<(&str, &str)>) -> Vec<Requirement> {
    let equals = |(key, value): (&str, &str)| Requirement::equals(key, value);
    if pod.workload.is_none() {
        return labels.into_iter().map(equals).collect();
    }
    let has = |group: &&crate::cluster::PodGroup, (key, value): (&str, &str)| matches!(group.labels.get(key), Some(LabelValue::Known(found)) if found == value);
    let namespace = cluster.namespace_named(pod.namespace);
    let others = cluster.groups.iter().filter(|group| {
        Some(group.namespace) == namespace && Some(group.workload) != pod.workload && !group.is_host_network
    });
    let mut others: Vec<_> = others.collect();
    let mut chosen = Vec::new();
    for label in labels {
        let left: Vec<_> = others.iter().copied().filter(|group| has(group, label)).collect();
        if chosen.is_empty() || left.len() < others.len() {
            chosen.push(equals(label));
            others = left;
        }
        if others.is_empty() {
            break;
        }
    }
    chosen
}
