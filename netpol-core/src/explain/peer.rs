//! Why a peer matches the other end, or does not.

use super::explain::Stage;
use super::pod_view::PodView;
use super::{Has, Holder, Miss, PeerFact};
use crate::cluster::{Cluster, Endpoint, PodAddresses};
use crate::evaluate::PeerTrace;
use crate::net::{Family, IpSet};
use crate::policy::{AddressBlock, NamespaceMatch, Peer, Placed, PodMatch, Policy};
use crate::selector::{LabelValue, Labels, Near, Requirement, Selector, Truth, Unlisted, near};

/// Tells why a peer matches or not.
pub(super) fn peer_fact(
    stage: &Stage<'_>,
    policy: &Policy,
    trace: &PeerTrace,
    peer: &Placed<Peer>,
) -> PeerFact {
    let misses = match (&peer.value, trace.answer.truth) {
        (_, Truth::Yes) => Vec::new(),
        (Peer::Pods(pods), _) => pod_misses(stage, policy, pods),
        (Peer::Addresses(block), truth) => address_misses(stage, block, truth),
    };
    PeerFact { peer: trace.peer, origin: peer.origin, answer: trace.answer, misses }
}

fn pod_misses(stage: &Stage<'_>, policy: &Policy, wanted: &PodMatch) -> Vec<Miss> {
    if stage.peer_pods.is_empty() {
        return vec![Miss::NotAPod];
    }
    // Of several groups of pods, one that fails says why the endpoint as a whole does.
    let misses = stage.peer_pods.iter().map(|pod| misses_of_pod(stage.scene.cluster, policy, wanted, pod));
    misses.max_by_key(Vec::len).unwrap_or_default()
}

fn misses_of_pod(cluster: &Cluster, policy: &Policy, wanted: &PodMatch, pod: &PodView<'_>) -> Vec<Miss> {
    if pod.is_node {
        return vec![Miss::HostNetwork];
    }
    let mut misses = Vec::new();
    match &wanted.namespaces {
        NamespaceMatch::Named(name) if name != pod.namespace => misses.push(Miss::OtherNamespace {
            wanted: name.clone(),
            has: pod.namespace.to_owned(),
            is_own: policy.object.namespace.as_ref() == Some(name),
        }),
        NamespaceMatch::Named(_) => {}
        NamespaceMatch::Selected(selector) => {
            let holder = Holder::Namespace(pod.namespace.to_owned());
            misses.extend(label_misses(selector, &pod.namespace_labels, &holder).map(|miss| {
                without_false_slip(miss, |key, value| {
                    let labels = cluster.namespaces.iter().map(|namespace| &namespace.labels);
                    is_in_use(labels, key, value)
                })
            }));
        }
    }
    misses.extend(label_misses(&wanted.pods, &pod.labels, &Holder::Pod).map(|miss| {
        without_false_slip(miss, |key, value| {
            is_in_use(cluster.groups.iter().map(|group| &group.labels), key, value)
        })
    }));
    misses
}

/// The requirements that labels do not meet, or may not meet.
fn label_misses<'a>(
    selector: &'a Selector,
    labels: &'a Labels,
    holder: &'a Holder,
) -> impl Iterator<Item = Miss> + 'a {
    let failing = selector.requirements().iter().filter(|it| !it.matches(labels).truth.is_yes());
    failing.map(|requirement| Miss::Label {
        holder: holder.clone(),
        requirement: requirement.clone(),
        has: has(requirement, labels),
        near: near(requirement, labels),
    })
}

/// What is there in place of what a requirement wants.
fn has(requirement: &Requirement, labels: &Labels) -> Has {
    let found = requirement.key.as_deref().map(|key| labels.get(key));
    match (found, labels.unlisted()) {
        (Some(Some(LabelValue::Known(value))), _) => Has::Value(value.clone()),
        (Some(Some(LabelValue::Unknown)), _) => Has::UnknownValue,
        (Some(None), Unlisted::Absent) => Has::Nothing,
        (Some(None), Unlisted::AssumedAbsent) if !requirement.operator.accepts_absent() => {
            Has::NothingAssumed
        }
        (None | Some(None), _) => Has::NotKnown,
    }
}

/// A wanted value that some pod has is no slip of the keyboard.
pub(super) fn without_false_slip(miss: Miss, is_in_use: impl Fn(&str, &str) -> bool) -> Miss {
    let Miss::Label { holder, requirement, has, near: Some(near) } = miss else { return miss };
    let is_meant = match (&near, requirement.key.as_deref()) {
        (Near::Value { wanted, .. } | Near::ValueCase { wanted, .. }, Some(key)) => is_in_use(key, wanted),
        (Near::Key { .. } | Near::OtherKey { .. }, Some(key)) => {
            requirement.values.iter().any(|value| is_in_use(key, value))
        }
        (_, None) => false,
    };
    Miss::Label { holder, requirement, has, near: Some(near).filter(|_| !is_meant) }
}

/// Whether some labels have this value under this key.
pub(super) fn is_in_use<'a>(mut labels: impl Iterator<Item = &'a Labels>, key: &str, value: &str) -> bool {
    labels.any(|labels| matches!(labels.get(key), Some(LabelValue::Known(known)) if known == value))
}

fn address_misses(stage: &Stage<'_>, block: &AddressBlock, truth: Truth) -> Vec<Miss> {
    let known = known_addresses(stage);
    if known.is_empty() {
        return vec![match truth {
            Truth::No => Miss::AddressTakenOutside { block: block.addresses.clone() },
            _ if block.unknown.is_empty() => Miss::AddressNotKnown,
            _ => Miss::Placeholder,
        }];
    }
    let outside = known.difference(&block.addresses);
    if outside.is_empty() {
        return vec![Miss::BlocksIgnorePods];
    }
    if truth == Truth::Unknown && outside.overlaps(&block.unknown) {
        return vec![Miss::Placeholder];
    }
    if outside != known {
        return vec![Miss::PartlyInBlock { outside }];
    }
    if is_enclosed(&outside, &block.addresses) {
        return vec![Miss::InsideExcept { addresses: outside, block: block.addresses.clone() }];
    }
    vec![Miss::OutsideBlock { addresses: outside, block: block.addresses.clone() }]
}

/// The addresses of the other end, as far as they are known, in the family of the trace.
fn known_addresses(stage: &Stage<'_>) -> IpSet {
    let all = match &stage.peer.endpoint {
        Endpoint::Addresses(addresses) => addresses.clone(),
        Endpoint::Node(id) => {
            stage.scene.cluster.node(*id).map(|node| node.addresses.clone()).unwrap_or_default()
        }
        _ => stage.peer_pods.iter().fold(IpSet::empty(), |all, pod| match pod.addresses {
            PodAddresses::Known(addresses) => {
                addresses.iter().fold(all, |all, address| all.union(&IpSet::single(*address)))
            }
            PodAddresses::Unknown => all,
        }),
    };
    all.in_family(stage.scene.family)
}

/// Whether addresses lie between the first and the last of a block: where an except was cut out.
fn is_enclosed(addresses: &IpSet, block: &IpSet) -> bool {
    Family::ALL.into_iter().all(|family| match family {
        Family::V4 => lies_between(addresses.v4.ranges(), block.v4.ranges()),
        Family::V6 => lies_between(addresses.v6.ranges(), block.v6.ranges()),
    })
}

fn lies_between<T: Copy + Ord>(inner: &[(T, T)], outer: &[(T, T)]) -> bool {
    match (inner, outer) {
        ([], _) => true,
        ([first, ..], [low, .., high]) => low.0 < first.0 && inner.last().is_some_and(|last| last.1 < high.1),
        _ => false,
    }
}
