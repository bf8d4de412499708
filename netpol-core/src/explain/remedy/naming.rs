//! How a policy would name an end: pods by the labels that no others have, and what is outside by its addresses.

use super::side::{Side, groups, is_part_of_group, may_select, own_groups, selects};
use super::{LabelNeeded, Remedy, blocks};
use crate::cluster::{Cluster, Endpoint, GroupId, Namespace, POD_NAME, PodAddresses, PodGroup};
use crate::evaluate::End;
use crate::explain::pod_view::PodView;
use crate::explain::stage::Stage;
use crate::net::IpSet;
use crate::policy::{Certainty, NamespaceMatch, Peer, PodMatch};
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
const UNSTABLE_KEYS: [&str; 6] = [
    "pod-template-hash",
    "controller-revision-hash",
    "pod-template-generation",
    "controller-uid",
    "batch.kubernetes.io/controller-uid",
    "apps.kubernetes.io/pod-index",
];

/// Keys of which use is made where no others tell pods apart: a single replica, a release.
const LAST_KEYS: [&str; 4] = ["app.kubernetes.io/version", "helm.sh/chart", "version", POD_NAME];

/// The peers that name the other end for a policy of a namespace; `in_use` are keys that it uses already.
///
/// # Errors
/// What is missing, where no peers would name this end alone.
pub(super) fn peers(stage: &Stage<'_>, namespace: &str, in_use: &[&str]) -> Result<Vec<Peer>, Box<Remedy>> {
    let side = Side::peers(stage.scene, stage.trace.direction);
    let cluster = stage.scene.cluster;
    match &stage.peer.endpoint {
        Endpoint::Addresses(addresses) => blocks::peers(stage.scene, &side, addresses),
        Endpoint::Node(id) => {
            let addresses = cluster.node(*id).map(|node| node.addresses.clone()).unwrap_or_default();
            of_host(stage, &side, &addresses)
        }
        _ if stage.peer_pods.iter().any(|pod| pod.is_node) => {
            let addresses = host_addresses(cluster, stage.peer).unwrap_or_default();
            of_host(stage, &side, &addresses)
        }
        _ => {
            let free = |id: GroupId| side.groups.contains(&id);
            let (pod, pods) = selector(cluster, (stage.peer, &stage.peer_pods), in_use, free)?;
            let is_own = namespace == pod.namespace;
            let namespaces = if is_own {
                NamespaceMatch::Named(pod.namespace.to_owned())
            } else {
                let label = Requirement::equals(Namespace::NAME_LABEL, pod.namespace);
                NamespaceMatch::Selected(Selector::new([label]))
            };
            Ok(vec![Peer::Pods(PodMatch { namespaces, pods })])
        }
    }
}

/// The namespace and the labels of the subject.
///
/// # Errors
/// What is missing, where no selector would select this end alone. Other pods that were asked of may be selected when
/// they are isolated as well: those that are not must not become so.
pub(super) fn subject(stage: &Stage<'_>) -> Result<(String, Selector), Box<Remedy>> {
    let side = Side::subjects(stage.scene, stage.trace.direction);
    let own = own_groups(stage.scene.cluster, stage.subject);
    let free = |id: GroupId| own.contains(&id) || side.groups.contains(&id) && is_isolated(stage, id);
    if stage.subject_pods.iter().any(|pod| pod.is_node) {
        return Err(Remedy::SharedAddress(stage.subject.clone()).into());
    }
    let ends = (stage.subject, stage.subject_pods.as_slice());
    let (pod, selector) = selector(stage.scene.cluster, ends, &[], free)?;
    Ok((pod.namespace.to_owned(), selector))
}

/// Whether a policy isolates a pod in the direction that is looked at.
fn is_isolated(stage: &Stage<'_>, id: GroupId) -> bool {
    let cluster = stage.scene.cluster;
    let Some(group) = cluster.group(id) else { return false };
    stage.scene.policies.policies.iter().any(|policy| {
        let is_here = Some(policy.tier) == stage.attribution.isolating_tier
            && policy.isolation(stage.trace.direction) == Certainty::Yes;
        is_here && selects(cluster, &policy.subject.value, group).is_yes()
    })
}

fn of_host(stage: &Stage<'_>, side: &Side, addresses: &IpSet) -> Result<Vec<Peer>, Box<Remedy>> {
    if addresses.is_empty() {
        return Err(Remedy::AddressNeeded.into());
    }
    let mut named = side.clone();
    named.addresses = named.addresses.union(addresses);
    if named.lets_in_others(stage.scene.cluster, addresses) {
        return Err(Remedy::SharedAddress(stage.peer.clone()).into());
    }
    Ok(blocks::of_set(addresses))
}

/// The addresses of the nodes of pods in their nodes' network, of every family; `None` when one is not known.
fn host_addresses(cluster: &Cluster, end: &End) -> Option<IpSet> {
    own_groups(cluster, end).into_iter().filter_map(|id| cluster.group(id)).try_fold(
        IpSet::empty(),
        |all, group| {
            let of_node = group.node.and_then(|id| cluster.node(id)).map(|node| node.addresses.clone());
            let own = match &group.addresses {
                PodAddresses::Known(addresses) => {
                    addresses.iter().fold(IpSet::empty(), |all, address| all.union(&IpSet::single(*address)))
                }
                PodAddresses::Unknown => IpSet::empty(),
            };
            let addresses = own.union(&of_node.unwrap_or_default());
            (!addresses.is_empty()).then(|| all.union(&addresses))
        },
    )
}

/// The labels that select the pods of an end and no others but those that are `free`.
fn selector<'p, 'c>(
    cluster: &Cluster,
    (end, pods): (&End, &'p [PodView<'c>]),
    in_use: &[&str],
    free: impl Fn(GroupId) -> bool,
) -> Result<(&'p PodView<'c>, Selector), Box<Remedy>> {
    let missing = || LabelNeeded { end: end.clone(), labels: Vec::new(), wanted_by: None };
    let Some(pod) = pods.first() else { return Err(Remedy::Label(missing()).into()) };
    let namespace = NamespaceMatch::Named(pod.namespace.to_owned());
    let own = |pods: Selector| PodMatch { namespaces: namespace.clone(), pods };
    let every = own(Selector::everything());
    let others = groups(cluster)
        .filter(|(id, group)| !group.is_host_network && may_select(cluster, &every, group) && !free(*id));
    let mut others: Vec<&PodGroup> = others.map(|(_, group)| group).collect();
    let labels = shared_labels(pods, in_use);
    // Replicas that only their ordinals tell apart are named by their one name, or not at all.
    let is_part = is_part_of_group(cluster, end);
    let is_replica = is_part && labels.iter().any(|(key, _)| *key == POD_NAME);
    let is_not_named = is_part && !is_replica;
    let is_hypothetical = pod.workload.is_none();
    let mut chosen: Vec<Requirement> = Vec::new();
    for (key, value) in labels {
        let requirement = Requirement::equals(key, value);
        let with = own(Selector::new([requirement.clone()]));
        let left: Vec<_> = others.iter().filter(|group| may_select(cluster, &with, group)).copied().collect();
        let is_needed = is_hypothetical || chosen.is_empty() || left.len() < others.len();
        if is_needed || is_replica && key == POD_NAME {
            chosen.push(requirement);
            others = left;
        }
        if others.is_empty() && !is_hypothetical && !is_replica {
            break;
        }
    }
    if chosen.is_empty() || !others.is_empty() || is_not_named {
        return Err(Remedy::Label(missing()).into());
    }
    Ok((pod, Selector::new(chosen)))
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
        (LAST_KEYS.contains(key), !in_use.contains(key), usual)
    });
    labels
}
