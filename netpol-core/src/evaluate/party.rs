//! One end of a connection, as the walk sees it.

use super::admission::Selected;
use crate::cluster::{Admission, Cluster, NodeId, WorkloadId};
use crate::index::{BlockAnswer, Class, ClassId, IndexedPeer, PolicyIndex, term};
use crate::net::{Family, IpSet};
use crate::selector::{Answer, Truth};

/// One end: pods that no policy tells apart, a node, or addresses outside that no policy at hand tells apart.
#[derive(Debug, Clone)]
pub(super) enum Party<'a> {
    /// Pods of one class, on one node where that matters.
    Pods { class: ClassId, view: &'a Class, namespace: &'a str, node: Option<NodeId>, workload: WorkloadId },
    /// Pods of which nothing is known, since the API server refuses them as they stand. They may be anything.
    Doubted { class: ClassId, view: &'a Class, workload: WorkloadId },
    /// A pod that does not exist.
    Hypothetical { view: Class, namespace: String },
    /// Every pod that a selector selects, those that do not exist among them.
    Selected(Selected<'a>),
    /// A node, or a pod in its node's network. No addresses means that they are not known.
    Node { node: Option<NodeId>, addresses: IpSet, workload: Option<WorkloadId> },
    /// Addresses outside the cluster, of one family; never empty.
    Outside { addresses: IpSet },
}

impl Party<'_> {
    /// What the walk knows of the pods; `None` for a node and for addresses.
    pub(super) fn pods(&self) -> Option<&Class> {
        match self {
            Self::Pods { view, .. } | Self::Doubted { view, .. } => Some(view),
            Self::Hypothetical { view, .. } | Self::Selected(Selected { view, .. }) => Some(view),
            Self::Node { .. } | Self::Outside { .. } => None,
        }
    }

    /// The workload, if it is one.
    pub(super) const fn workload(&self) -> Option<WorkloadId> {
        match self {
            Self::Pods { workload, .. } | Self::Doubted { workload, .. } => Some(*workload),
            Self::Node { workload, .. } => *workload,
            Self::Hypothetical { .. } | Self::Selected(_) | Self::Outside { .. } => None,
        }
    }

    /// The families that the party has addresses of.
    pub(super) fn families(&self, cluster: &Cluster) -> Vec<Family> {
        match self {
            Self::Pods { view, .. } | Self::Doubted { view, .. } => view.families(cluster),
            Self::Hypothetical { view, .. } | Self::Selected(Selected { view, .. }) => view.families(cluster),
            Self::Node { addresses, .. } if addresses.is_empty() => cluster.families.clone(),
            Self::Node { addresses, .. } | Self::Outside { addresses } => {
                Family::ALL.into_iter().filter(|family| !addresses.is_empty_in(*family)).collect()
            }
        }
    }

    /// Whether `other` is the node that these pods run on.
    pub(super) fn runs_on(&self, other: &Party<'_>, cluster: &Cluster) -> bool {
        let Self::Pods { node: Some(own), .. } = self else { return false };
        match other {
            Party::Node { node, .. } => *node == Some(*own),
            Party::Outside { addresses } => {
                cluster.node(*own).is_some_and(|node| addresses.is_subset(&node.addresses))
            }
            Party::Pods { .. } | Party::Doubted { .. } | Party::Hypothetical { .. } | Party::Selected(_) => {
                false
            }
        }
    }

    /// The workload of pods of which nothing is known.
    pub(super) const fn doubted(&self) -> Option<WorkloadId> {
        match self {
            Self::Doubted { workload, .. } => Some(*workload),
            _ => None,
        }
    }
}

/// Whether a peer of a rule matches a party over a family.
pub(super) fn answer(
    index: &PolicyIndex,
    cluster: &Cluster,
    peer: IndexedPeer,
    party: &Party<'_>,
    family: Family,
) -> Answer {
    match (peer, party) {
        (IndexedPeer::Term(_), Party::Doubted { view, .. }) if is_misplaced(cluster, view) => Answer::UNKNOWN,
        (IndexedPeer::Term(id), Party::Pods { class, .. } | Party::Doubted { class, .. }) => {
            index.answer(id, *class)
        }
        (IndexedPeer::Block(_), Party::Doubted { .. }) => Answer::UNKNOWN,
        (IndexedPeer::Term(id), Party::Hypothetical { view, namespace }) => index
            .term(id)
            .map_or(Answer::UNKNOWN, |entry| term::selects(&entry.pods, view, cluster, namespace)),
        (IndexedPeer::Term(id), Party::Selected(Selected { pods, .. })) => index
            .term(id)
            .map_or(Answer::UNKNOWN, |entry| Answer::from(term::selects_all(&entry.pods, pods, cluster))),
        (IndexedPeer::Term(_), Party::Node { .. } | Party::Outside { .. }) => Answer::from(Truth::No),
        (IndexedPeer::Block(id), party) => {
            let answer = index.block(id).map(|block| match (party, party.pods()) {
                (_, Some(_)) if !index.plugin().blocks_select_pods => firm(Truth::No),
                (_, Some(pods)) => match pods.address(family) {
                    Some(address) => firm(block.holds_pod(address)),
                    None => block.unknown_pod(family),
                },
                (Party::Node { node, addresses, .. }, _) => {
                    block.holds_node(cluster, *node, addresses, family)
                }
                (Party::Outside { addresses }, _) => firm(block.holds(addresses)),
                (_, None) => firm(Truth::No),
            });
            answer.map_or(Answer::UNKNOWN, |answer| Answer {
                truth: answer.truth,
                is_assumed: answer.is_assumed,
            })
        }
    }
}

/// Whether it is not known in which namespace the pods are.
fn is_misplaced(cluster: &Cluster, view: &Class) -> bool {
    let group = view.doubted.and_then(|id| cluster.group(id));
    group.is_some_and(|group| matches!(group.admission, Admission::Misplaced(_)))
}

const fn firm(truth: Truth) -> BlockAnswer {
    BlockAnswer { truth, is_assumed: false }
}
