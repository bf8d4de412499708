//! What was asked of on one side of a question, and whether a selector or a block takes more than that.

use std::collections::BTreeSet;

use crate::cluster::{Cluster, Endpoint, GroupId, PodAddresses, PodGroup, PodNames};
use crate::evaluate::End;
use crate::explain::scene::Scene;
use crate::index::block::Block;
use crate::net::IpSet;
use crate::policy::{AddressBlock, Direction, NamespaceMatch, Peer, PodMatch};
use crate::selector::Truth;

/// Everything that one side of a question names.
#[derive(Debug, Clone, Default)]
pub(super) struct Side {
    /// The pods.
    pub(super) groups: BTreeSet<GroupId>,
    /// The addresses, those of nodes among them.
    pub(super) addresses: IpSet,
}

impl Side {
    /// The subjects of a direction.
    pub(super) fn subjects(scene: Scene<'_>, direction: Direction) -> Self {
        match direction {
            Direction::Egress => Self::of(scene.cluster, &scene.request.from),
            Direction::Ingress => Self::of(scene.cluster, &scene.request.to),
        }
    }

    /// The other ends of a direction.
    pub(super) fn peers(scene: Scene<'_>, direction: Direction) -> Self {
        Self::subjects(scene, direction.opposite())
    }

    fn of(cluster: &Cluster, endpoints: &[Endpoint]) -> Self {
        let mut side = Self::default();
        for endpoint in endpoints {
            match endpoint {
                Endpoint::Workload(id) => {
                    side.groups.extend(cluster.workload(*id).into_iter().flat_map(|it| &it.groups));
                }
                Endpoint::Pods(_, groups) => side.groups.extend(groups),
                Endpoint::Replica(replica) => side.groups.extend([replica.group]),
                Endpoint::Hypothetical(_) => {}
                Endpoint::Addresses(addresses) => side.addresses = side.addresses.union(addresses),
                Endpoint::Node(id) => {
                    let addresses = cluster.node(*id).map(|node| node.addresses.clone());
                    side.addresses = side.addresses.union(&addresses.unwrap_or_default());
                }
            }
        }
        side
    }

    /// Whether a peer takes nothing but what this side names.
    pub(super) fn holds(&self, cluster: &Cluster, peer: &Peer) -> bool {
        match peer {
            Peer::Pods(pods) => selected(cluster, pods).all(|id| self.groups.contains(&id)),
            Peer::Addresses(block) => {
                block.unknown.is_empty()
                    && block.addresses.is_subset(&self.addresses)
                    && !self.lets_in_others(cluster, &block.addresses)
            }
        }
    }

    /// Whether addresses may be those of pods or nodes that this side does not name.
    pub(super) fn lets_in_others(&self, cluster: &Cluster, addresses: &IpSet) -> bool {
        let block = AddressBlock::known(addresses.clone());
        let block = Block::new(block, cluster);
        let others = groups(cluster).filter(|(id, _)| !self.groups.contains(id));
        let foreign = addresses.difference(&self.addresses);
        others.into_iter().any(|(_, group)| may_hold(cluster, &block, group))
            || cluster.nodes.iter().any(|node| node.addresses.overlaps(&foreign))
    }
}

/// Whether a block may hold a pod.
fn may_hold(cluster: &Cluster, block: &Block, group: &PodGroup) -> bool {
    match &group.addresses {
        PodAddresses::Known(addresses) => {
            addresses.iter().any(|address| block.holds_pod(*address) != Truth::No)
        }
        // A node of which nothing is known may have any address: it keeps no other from being named.
        PodAddresses::Unknown if group.is_host_network => false,
        PodAddresses::Unknown => {
            cluster.families.iter().any(|family| block.unknown_pod(*family).truth != Truth::No)
        }
    }
}

/// All pods with their ids.
pub(super) fn groups(cluster: &Cluster) -> impl Iterator<Item = (GroupId, &PodGroup)> {
    (0u32..).map(GroupId).zip(&cluster.groups)
}

/// The pods that a selector selects or may select.
pub(super) fn selected<'c>(cluster: &'c Cluster, pods: &'c PodMatch) -> impl Iterator<Item = GroupId> + 'c {
    groups(cluster).filter(|(_, group)| may_select(cluster, pods, group)).map(|(id, _)| id)
}

/// Whether a selector selects a pod or may. Pods in their node's network are seen by no selector, save where the network
/// plugin takes them for pods.
pub(super) fn may_select(cluster: &Cluster, pods: &PodMatch, group: &PodGroup) -> bool {
    selects(cluster, pods, group) != Truth::No
}

/// Whether a selector selects a pod.
pub(super) fn selects(cluster: &Cluster, pods: &PodMatch, group: &PodGroup) -> Truth {
    let Some(namespace) = cluster.namespace(group.namespace) else { return Truth::No };
    let in_namespace = match &pods.namespaces {
        NamespaceMatch::Named(name) => Truth::from(*name == namespace.name),
        NamespaceMatch::Selected(selector) => selector.matches(&namespace.labels).truth,
    };
    in_namespace.and(pods.pods.matches(&group.labels).truth)
}

/// The groups that hold the pods of an end.
pub(super) fn own_groups(cluster: &Cluster, end: &End) -> Vec<GroupId> {
    match (&end.groups, &end.endpoint) {
        (Some(groups), _) | (None, Endpoint::Pods(_, groups)) => groups.clone(),
        (None, Endpoint::Workload(id)) => {
            cluster.workload(*id).map(|it| it.groups.clone()).unwrap_or_default()
        }
        (None, Endpoint::Replica(replica)) => vec![replica.group],
        (None, Endpoint::Hypothetical(_) | Endpoint::Addresses(_) | Endpoint::Node(_)) => Vec::new(),
    }
}

/// Whether an end is some replicas of a template, which only their ordinals tell from the others.
pub(super) fn is_part_of_group(cluster: &Cluster, end: &End) -> bool {
    let is_template =
        |id: &GroupId| cluster.group(*id).is_some_and(|group| !matches!(group.names, PodNames::Pod(_)));
    let is_some = end.pods.is_some() || matches!(end.endpoint, Endpoint::Replica(_));
    is_some && own_groups(cluster, end).iter().any(is_template)
}
