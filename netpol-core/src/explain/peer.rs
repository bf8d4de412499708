//! Why a peer matches the other end, or does not.

use super::pod_view::PodView;
use super::scene::Scene;
use super::stage::Stage;
use super::{Has, Holder, Miss, NearMiss, PeerFact};
use crate::cluster::{Endpoint, Owner, PodAddresses};
use crate::evaluate::PeerTrace;
use crate::net::{Family, IpSet};
use crate::policy::{AddressBlock, NamedBy, NamespaceMatch, Peer, Placed, PodMatch, Policy};
use crate::selector::{
    Answer, LabelValue, Labels, Near, Operator, Requirement, Selector, Truth, Unlisted, near,
};

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
        (Peer::Addresses(block), truth) => match &block.named_by {
            NamedBy::Block => address_misses(stage, block, trace.answer),
            NamedBy::Nodes(_) => vec![if is_node(stage) { Miss::OtherNode } else { Miss::NotANode }],
            NamedBy::Domains(_) if truth == Truth::Unknown => vec![Miss::AddressesOfNamesNotKnown],
            NamedBy::Domains(_) => vec![Miss::NotAHostOutside],
        },
    };
    PeerFact { peer: trace.peer, origin: peer.origin, answer: trace.answer, misses }
}

/// Whether the other end is a node, or pods in the network of theirs.
fn is_node(stage: &Stage<'_>) -> bool {
    matches!(stage.peer.endpoint, Endpoint::Node(_)) || stage.peer_pods.iter().any(|pod| pod.is_node)
}

fn pod_misses(stage: &Stage<'_>, policy: &Policy, wanted: &PodMatch) -> Vec<Miss> {
    if stage.peer_pods.is_empty() {
        return vec![Miss::NotAPod];
    }
    // Of several groups of pods, one that fails says why the endpoint as a whole does.
    let misses = stage.peer_pods.iter().map(|pod| misses_of_pod(stage.scene, policy, wanted, pod));
    misses.max_by_key(Vec::len).unwrap_or_default()
}

fn misses_of_pod(scene: Scene<'_>, policy: &Policy, wanted: &PodMatch, pod: &PodView<'_>) -> Vec<Miss> {
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
            misses.extend(label_misses(selector, &pod.namespace_labels, &holder, |requirement| {
                let near = near(requirement, &pod.namespace_labels)?;
                let labels = scene.cluster.namespaces.iter().map(|namespace| &namespace.labels);
                (!is_meant(&near, requirement, labels)).then_some(NearMiss::OfPolicy(near))
            }));
        }
    }
    misses.extend(label_misses(&wanted.pods, &pod.labels, &Holder::Pod, |requirement| {
        near_miss(scene, pod, requirement)
    }));
    misses
}

/// The requirements that labels do not meet, or may not meet; `judge` says how one is nearly met, and whose slip that is.
fn label_misses(
    selector: &Selector,
    labels: &Labels,
    holder: &Holder,
    judge: impl Fn(&Requirement) -> Option<NearMiss>,
) -> Vec<Miss> {
    let failing = selector.requirements().iter().filter(|it| !it.matches(labels).truth.is_yes());
    let misses = failing.map(|requirement| Miss::Label {
        holder: holder.clone(),
        requirement: requirement.clone(),
        has: has(requirement, labels),
        near: judge(requirement),
    });
    misses.collect()
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

/// How a pod nearly meets a requirement, if it does, and whose slip that is: its maker's, where that has the label; its own
/// where other pods have the wanted value, while no policy wants the value that this one has and it is not the name of its
/// workload.
pub(super) fn near_miss(scene: Scene<'_>, pod: &PodView<'_>, requirement: &Requirement) -> Option<NearMiss> {
    if let Some(slip) = slip_of_maker(scene, pod, requirement) {
        return Some(slip);
    }
    let near = near(requirement, &pod.labels)?;
    if matches!(near, Near::Version { .. })
        || !is_meant(&near, requirement, scene.cluster.groups.iter().map(|group| &group.labels))
    {
        return Some(NearMiss::OfPolicy(near));
    }
    let (Near::Value { wanted, has } | Near::ValueCase { wanted, has }) = near else { return None };
    let workload = pod.workload.and_then(|id| scene.cluster.workload(id));
    let is_name = workload.is_some_and(|workload| workload.name == has);
    let is_wanted = || {
        let selectors = scene.policies.policies.iter().flat_map(|policy| selectors_of_pods(policy));
        let mut requirements = selectors.flat_map(Selector::requirements);
        requirements.any(|other| {
            other.key == requirement.key && other.operator == Operator::In && other.values.contains(&has)
        })
    };
    (!is_name && !is_wanted()).then_some(NearMiss::OfPod { has, wanted })
}

/// A label that stands on the object that makes the pods, and not on them.
fn slip_of_maker(scene: Scene<'_>, pod: &PodView<'_>, requirement: &Requirement) -> Option<NearMiss> {
    let maker = scene.cluster.workload(pod.workload?)?;
    let Owner::Kind(kind) = &maker.owner else { return None };
    let key = requirement.key.as_deref()?;
    let Some(LabelValue::Known(value)) = maker.labels.get(key) else { return None };
    let is_missed = pod.labels.get(key).is_none() && !requirement.operator.accepts_absent();
    let is_met = is_missed && requirement.matches(&maker.labels).truth.is_yes();
    is_met.then(|| NearMiss::OfMaker { kind: kind.clone(), key: key.to_owned(), value: value.clone() })
}

/// The selectors of pods of a policy: of its subject and of its peers.
fn selectors_of_pods(policy: &Policy) -> impl Iterator<Item = &Selector> {
    let peers = policy.rules.iter().flat_map(|rule| rule.value.peers.iter().flatten());
    let selectors = peers.filter_map(|peer| match &peer.value {
        Peer::Pods(pods) => Some(&pods.pods),
        Peer::Addresses(_) => None,
    });
    selectors.chain([&policy.subject.value.pods])
}

/// Whether what a requirement wants is there elsewhere: then it is no slip of the policy.
fn is_meant<'a>(
    near: &Near,
    requirement: &Requirement,
    mut labels: impl Iterator<Item = &'a Labels>,
) -> bool {
    let Some(key) = requirement.key.as_deref() else { return false };
    match near {
        Near::Value { wanted, .. } | Near::ValueCase { wanted, .. } | Near::Version { wanted, .. } => {
            is_in_use(labels, key, wanted)
        }
        Near::Key { .. } | Near::OtherKey { .. } => {
            labels.any(|labels| requirement.values.iter().any(|value| has_value(labels, key, value)))
        }
    }
}

/// Whether some labels have this value under this key.
fn is_in_use<'a>(mut labels: impl Iterator<Item = &'a Labels>, key: &str, value: &str) -> bool {
    labels.any(|labels| has_value(labels, key, value))
}

fn has_value(labels: &Labels, key: &str, value: &str) -> bool {
    matches!(labels.get(key), Some(LabelValue::Known(known)) if known == value)
}

fn address_misses(stage: &Stage<'_>, block: &AddressBlock, answer: Answer) -> Vec<Miss> {
    let known = known_addresses(stage);
    if known.is_empty() {
        return vec![unknown_address_miss(stage, block, answer)];
    }
    let truth = answer.truth;
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

/// Why a block does not hold a pod whose address is not in the input, or why that is not known.
fn unknown_address_miss(stage: &Stage<'_>, block: &AddressBlock, answer: Answer) -> Miss {
    let Scene { cluster, family, .. } = stage.scene;
    let addresses = || block.addresses.clone();
    let pods = cluster.facts.pod_cidrs.in_family(family);
    match (answer.truth, answer.is_assumed) {
        (Truth::No, true) => Miss::AddressTakenOutside { block: addresses() },
        (Truth::No, false) if block.addresses.is_empty_in(family) => Miss::OtherFamily { family },
        (Truth::No, false) if !pods.is_empty() && !pods.overlaps(&block.addresses) => {
            Miss::OutsidePodCidrs { block: addresses() }
        }
        (Truth::No, false) => Miss::BlocksIgnorePods,
        _ if block.unknown.is_empty() => Miss::AddressNotKnown,
        _ => Miss::Placeholder,
    }
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
