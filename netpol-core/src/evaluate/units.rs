//! An endpoint as units: pods of one class, or addresses that no policy at hand tells apart.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;

use super::alike::Named;
use super::party::Party;
use crate::cluster::{Cluster, Endpoint, GroupId, Hypothetical, NodeId, Replica, WorkloadId};
use crate::index::{
    ClassId, IndexedPeer, Member, NamedPortQuery, PolicyIndex, class::Class, class::ClassAddresses,
};
use crate::net::{Bound, Family, IpSet, RangeSet};
use crate::policy::{Direction, PolicyRef, PolicySet};
use crate::selector::Labels;

/// A piece of an endpoint.
#[derive(Debug)]
pub(super) struct Unit<'a> {
    pub(super) party: Party<'a>,
    /// The pods; empty for what is no pod of the cluster.
    pub(super) members: Vec<Member>,
}

impl Unit<'_> {
    /// Whether the unit holds two different pods, or is no pod of the cluster.
    pub(super) fn has_two_pods(&self) -> bool {
        self.members.len() != 1 || self.members.iter().any(|member| !member.is_one_pod)
    }
}

/// Where the pieces come from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) set: &'a PolicySet,
    pub(super) index: &'a PolicyIndex,
}

/// The units of an endpoint that is no block of addresses. Pods are told apart by their nodes when the other end
/// may be a node.
pub(super) fn of_endpoint<'a>(source: Source<'a>, endpoint: &Endpoint, other: &Endpoint) -> Vec<Unit<'a>> {
    match endpoint {
        Endpoint::Workload(workload) => of_workload(source, *workload, None, other),
        Endpoint::Pods(workload, groups) => of_workload(source, *workload, Some(groups), other),
        Endpoint::Replica(replica) => of_replica(source, *replica, other),
        Endpoint::Hypothetical(pod) => {
            vec![Unit { party: hypothetical(source.cluster, pod), members: Vec::new() }]
        }
        Endpoint::Node(node) => {
            let addresses = source.cluster.node(*node).map(|node| node.addresses.clone()).unwrap_or_default();
            let party = Party::Node { node: Some(*node), addresses, workload: None };
            vec![Unit { party, members: Vec::new() }]
        }
        Endpoint::Addresses(addresses) => of_families(addresses),
    }
}

fn of_families<'a>(addresses: &IpSet) -> Vec<Unit<'a>> {
    Family::ALL
        .into_iter()
        .map(|family| addresses.in_family(family))
        .filter(|addresses| !addresses.is_empty())
        .map(|addresses| Unit { party: Party::Outside { addresses }, members: Vec::new() })
        .collect()
}

pub(super) fn hypothetical(cluster: &Cluster, pod: &Hypothetical) -> Party<'static> {
    let view = Class {
        namespace: cluster.namespace_named(&pod.namespace),
        labels: Labels::known(pod.labels.iter().cloned()),
        named_ports: Vec::new(),
        addresses: ClassAddresses::Unknown,
        node: None,
        is_node: false,
        doubted: None,
    };
    Party::Hypothetical { view, namespace: pod.namespace.clone() }
}

fn of_workload<'a>(
    source: Source<'a>,
    workload: WorkloadId,
    only: Option<&[GroupId]>,
    other: &Endpoint,
) -> Vec<Unit<'a>> {
    let by_node = may_be_a_node(source.cluster, other);
    let parts = source.index.parts(workload);
    if let ([part], false, None) = (parts, by_node, only) {
        let unit = source.index.class(part.class).map(|view| Unit {
            party: party(source.cluster, (part.class, view), None, workload),
            members: part.members.clone(),
        });
        return unit.into_iter().collect();
    }
    let mut pieces: BTreeMap<(ClassId, Option<NodeId>), Vec<Member>> = BTreeMap::new();
    for part in parts {
        let members =
            part.members.iter().filter(|member| only.is_none_or(|groups| groups.contains(&member.group)));
        for member in members {
            let node_of = || source.cluster.group(member.group).and_then(|group| group.node);
            let node = if by_node { node_of() } else { None };
            pieces.entry((part.class, node)).or_default().push(member.clone());
        }
    }
    pieces
        .into_iter()
        .filter_map(|((class, node), members)| {
            let view = source.index.class(class)?;
            let party = party(source.cluster, (class, view), node, workload);
            Some(Unit { party, members })
        })
        .collect()
}

/// One pod of a template: of the class of its ordinal, or of those that no selector names.
fn of_replica<'a>(source: Source<'a>, replica: Replica, other: &Endpoint) -> Vec<Unit<'a>> {
    let Replica { workload, group, ordinal } = replica;
    let units = of_workload(source, workload, Some(&[group]), other);
    let holds = |unit: &Unit<'_>, wanted: Option<u32>| unit.members.iter().any(|it| it.ordinal == wanted);
    let named = units.iter().position(|unit| holds(unit, Some(ordinal)));
    let place = named.or_else(|| units.iter().position(|unit| holds(unit, None)));
    let unit = place.and_then(|place| units.into_iter().nth(place));
    let members = vec![Member { group, ordinal: Some(ordinal), is_one_pod: true }];
    unit.map(|unit| Unit { members, ..unit }).into_iter().collect()
}

/// The same with pods that declare a port apart from those that do not.
pub(super) fn by_port<'a>(cluster: &Cluster, units: Vec<Unit<'a>>, query: &NamedPortQuery) -> Vec<Unit<'a>> {
    let declares = |member: &Member| {
        let group = cluster.group(member.group);
        group.is_some_and(|group| group.named_ports.iter().any(|port| query.accepts(port)))
    };
    let apart = units.into_iter().flat_map(|unit| {
        let (with, without): (Vec<Member>, Vec<Member>) = unit.members.iter().cloned().partition(declares);
        if with.is_empty() || without.is_empty() {
            return vec![unit];
        }
        let other = Unit { party: unit.party.clone(), members: without };
        vec![Unit { members: with, ..unit }, other]
    });
    apart.collect()
}

/// Pods of a class, as one end of a connection.
pub(super) fn party<'a>(
    cluster: &'a Cluster,
    (class, view): (ClassId, &'a Class),
    node: Option<NodeId>,
    workload: WorkloadId,
) -> Party<'a> {
    if view.is_node {
        return node_party(cluster, view, workload);
    }
    if view.doubted.is_some() {
        return Party::Doubted { class, view, workload };
    }
    let namespace = view.namespace.and_then(|id| cluster.namespace(id));
    let namespace = namespace.map(|namespace| namespace.name.as_str()).unwrap_or_default();
    Party::Pods { class, view, namespace, node, workload }
}

/// A pod in its node's network has its node's addresses, as far as they are known; else its own.
fn node_party<'a>(cluster: &Cluster, view: &Class, workload: WorkloadId) -> Party<'a> {
    let of_node = view.node.and_then(|node| cluster.node(node)).map(|node| &node.addresses);
    let addresses = match (of_node, &view.addresses) {
        (Some(addresses), _) if !addresses.is_empty() => addresses.clone(),
        (_, ClassAddresses::Known(own)) => IpSet::blocks(own.iter().copied().map(IpNet::from)),
        (_, ClassAddresses::Unknown) => IpSet::empty(),
    };
    Party::Node { node: view.node, addresses, workload: Some(workload) }
}

/// Whether an endpoint is, or may hold, a node.
fn may_be_a_node(cluster: &Cluster, endpoint: &Endpoint) -> bool {
    match endpoint {
        Endpoint::Node(_) => true,
        Endpoint::Addresses(addresses) => cluster.nodes.iter().any(|node| node.addresses.overlaps(addresses)),
        Endpoint::Workload(workload)
        | Endpoint::Pods(workload, _)
        | Endpoint::Replica(Replica { workload, .. }) => {
            let groups = cluster.workload(*workload).map(|entry| entry.groups.as_slice()).unwrap_or_default();
            groups.iter().filter_map(|group| cluster.group(*group)).any(|group| group.is_host_network)
        }
        Endpoint::Hypothetical(_) => false,
    }
}

/// Cuts units of addresses into pieces that no block which the policies of `pods` speak of tells apart, and no
/// node that they run on.
pub(super) fn cut<'a>(
    source: Source<'a>,
    addresses: Vec<Unit<'a>>,
    pods: &[Unit<'a>],
    (direction, grain): (Direction, Grain),
) -> Vec<Unit<'a>> {
    let knives = match grain {
        Grain::Peers => knives(source, pods, direction),
        Grain::Rules => coarse_knives(source, pods, direction),
    };
    let mut pieces = Vec::new();
    for unit in addresses {
        let Party::Outside { addresses } = &unit.party else { continue };
        pieces.extend(
            pieces_of(addresses, knives.clone())
                .into_iter()
                .map(|addresses| Unit { party: Party::Outside { addresses }, members: Vec::new() }),
        );
    }
    pieces
}

/// What of the policies is to be told apart where addresses are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    /// Which peers match.
    Peers,
    /// Which ports are allowed, and which rules may match.
    Rules,
}

/// The sets of addresses that may make a difference to what the policies of `pods` allow, those of rules with equal ports
/// together.
fn coarse_knives(source: Source<'_>, pods: &[Unit<'_>], direction: Direction) -> Vec<IpSet> {
    let knives = pods.iter().flat_map(|unit| match &unit.party {
        Party::Pods { class, .. } => {
            let selecting = source.index.selecting(*class, direction);
            let own_node = own_node(source, &unit.party);
            Named::new(source, selecting, direction).addresses(source).into_iter().chain(own_node).collect()
        }
        _ => knives(source, std::slice::from_ref(unit), direction),
    });
    knives.collect()
}

/// The sets of addresses that may make a difference to the policies of `pods`.
fn knives(source: Source<'_>, pods: &[Unit<'_>], direction: Direction) -> Vec<IpSet> {
    let mut policies: Vec<PolicyRef> = Vec::new();
    for unit in pods {
        match &unit.party {
            Party::Pods { class, .. } => {
                policies.extend(source.index.selecting(*class, direction).iter().map(|entry| entry.policy));
            }
            Party::Hypothetical { .. } => {
                policies.extend(source.index.acting_order().iter().map(|turn| turn.policy));
            }
            Party::Doubted { .. } | Party::Selected(_) | Party::Node { .. } | Party::Outside { .. } => {}
        }
    }
    policies.sort_unstable();
    policies.dedup();
    let rules =
        policies.iter().filter_map(|policy| source.index.acting(*policy)).flat_map(|policy| &policy.rules);
    let peers = rules.filter(|rule| rule.direction == direction).flat_map(|rule| rule.peers.iter().flatten());
    let blocks = peers.filter_map(|peer| match peer {
        IndexedPeer::Block(id) => source.index.block(*id),
        IndexedPeer::Term(_) => None,
    });
    let blocks = blocks.flat_map(|block| [block.block.addresses.clone(), block.block.unknown.clone()]);
    blocks.chain(pods.iter().filter_map(|unit| own_node(source, &unit.party))).collect()
}

/// The addresses of the node that pods run on.
pub(super) fn own_node(source: Source<'_>, party: &Party<'_>) -> Option<IpSet> {
    let Party::Pods { node: Some(node), .. } = party else { return None };
    source.cluster.node(*node).map(|node| node.addresses.clone())
}

/// The pieces of `addresses` that no knife cuts, those with the same answer to all knives together.
pub(super) fn pieces_of(addresses: &IpSet, mut knives: Vec<IpSet>) -> Vec<IpSet> {
    knives.retain(|knife| !knife.is_empty());
    knives.sort_unstable();
    knives.dedup();
    let v4 = elementary(&addresses.v4, &knives.iter().map(|knife| &knife.v4).collect::<Vec<_>>());
    let v6 = elementary(&addresses.v6, &knives.iter().map(|knife| &knife.v6).collect::<Vec<_>>());
    let v4 = v4.into_iter().map(|v4| IpSet { v4, v6: RangeSet::empty() });
    v4.chain(v6.into_iter().map(|v6| IpSet { v4: RangeSet::empty(), v6 })).collect()
}

fn elementary<T: Bound>(set: &RangeSet<T>, knives: &[&RangeSet<T>]) -> Vec<RangeSet<T>> {
    let turns = knives.iter().enumerate().flat_map(|(number, knife)| {
        let ends = knife.ranges().iter().flat_map(|(first, last)| [Some(*first), last.next()]);
        ends.flatten().map(move |at| (at, Reverse(number)))
    });
    let mut turns: Vec<(T, Reverse<usize>)> = turns.collect();
    turns.sort_unstable();
    let mut turns = turns.chunk_by(|(at, _), (other, _)| at == other).peekable();
    // The knives around the numbers at hand. The order of pieces is that of the answers of all knives in turn.
    let mut around: BTreeSet<Reverse<usize>> = BTreeSet::new();
    let mut pieces: BTreeMap<Vec<Reverse<usize>>, Vec<(T, T)>> = BTreeMap::new();
    for (first, last) in set.ranges() {
        let mut start = *first;
        while let Some([(at, _), ..]) = turns.peek()
            && at <= last
        {
            if let Some(before) = at.previous().filter(|before| *before >= start) {
                pieces.entry(in_turn(&around)).or_default().push((start, before));
            }
            start = start.max(*at);
            for (_, knife) in turns.next().into_iter().flatten() {
                if !around.remove(knife) {
                    around.insert(*knife);
                }
            }
        }
        pieces.entry(in_turn(&around)).or_default().push((start, *last));
    }
    pieces.into_values().map(RangeSet::from_ranges).collect()
}

/// Knives by number, the lowest first.
fn in_turn(around: &BTreeSet<Reverse<usize>>) -> Vec<Reverse<usize>> {
    around.iter().rev().copied().collect()
}
