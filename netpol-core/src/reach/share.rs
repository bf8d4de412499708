//! The ends of the map inside the cluster.

use std::collections::BTreeMap;

use crate::cluster::{Cluster, Endpoint, GroupId, NodeId, Owner, Replica, WorkloadId};
use crate::evaluate::{End, Rows, Subject};
use crate::index::{ClassId, Member, PolicyIndex};

/// Names a share of a [`Shares`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShareId(pub u32);

/// The pods of a workload that no policy tells apart: all of them, for most workloads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The workload.
    pub workload: WorkloadId,
    /// The pods.
    pub members: Vec<Member>,
    /// Whether these are all pods of the workload.
    pub is_whole: bool,
    /// Whether it is one pod without an owner, which always reaches itself.
    pub is_bare_pod: bool,
}

impl Share {
    /// Whether it is a single pod, which has no other like it to talk to.
    pub fn is_one_pod(&self) -> bool {
        matches!(self.members.as_slice(), [member] if member.is_one_pod)
    }
}

/// Pods that the map treats alike: those of a class, on one node where that matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) subject: Subject,
    pub(super) shares: Vec<ShareId>,
}

/// The ends of a map inside the cluster, in the order of workloads.
#[derive(Debug, Clone, Default)]
pub struct Shares {
    list: Vec<Share>,
    /// For each workload, its first share and the one after the last.
    of_workload: Vec<(u32, u32)>,
}

impl Shares {
    /// How many there are.
    pub const fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// A share.
    pub fn get(&self, id: ShareId) -> Option<&Share> {
        self.list.get(id.0 as usize)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (ShareId, &Share)> {
        (0u32..).map(ShareId).zip(&self.list)
    }

    /// The shares of a workload.
    pub fn of_workload(&self, workload: WorkloadId) -> impl Iterator<Item = ShareId> + use<> {
        let (first, end) = self.of_workload.get(workload.0 as usize).copied().unwrap_or_default();
        (first..end).map(ShareId)
    }

    /// The share that holds a replica: of its own where its ordinal is told apart, else with its like.
    pub fn of_replica(&self, replica: Replica) -> Option<ShareId> {
        let holds = |wanted: Option<u32>| {
            self.of_workload(replica.workload).find(|id| {
                let mut members = self.get(*id).into_iter().flat_map(|share| &share.members);
                members.any(|member| member.group == replica.group && member.ordinal == wanted)
            })
        };
        holds(Some(replica.ordinal)).or_else(|| holds(None))
    }

    /// Whether an end is a single pod, which has no other like it to talk to.
    pub fn is_one_pod(&self, cluster: &Cluster, end: &End) -> bool {
        let (Endpoint::Workload(workload) | Endpoint::Pods(workload, _)) = end.endpoint else { return false };
        let shares = self.of_workload(workload).filter_map(|id| self.get(id));
        let is_meant = |member: &&Member| {
            let name = || cluster.pod_name(member.group, member.ordinal);
            end.pods.as_ref().is_none_or(|pods| pods.contains(&name()))
        };
        let members: Vec<&Member> = shares.flat_map(|share| &share.members).filter(is_meant).collect();
        matches!(members.as_slice(), [member] if member.is_one_pod)
    }

    /// Some shares of one workload as an end.
    pub fn end(&self, cluster: &Cluster, workload: WorkloadId, shares: &[ShareId]) -> End {
        let endpoint = Endpoint::Workload(workload);
        if self.of_workload(workload).count() == shares.len() {
            return End { endpoint, groups: None, pods: None };
        }
        let members = || shares.iter().filter_map(|id| self.get(*id)).flat_map(|share| &share.members);
        let mut groups: Vec<GroupId> = members().map(|member| member.group).collect();
        groups.sort_unstable();
        groups.dedup();
        let mut pods: Vec<String> =
            members().map(|member| cluster.pod_name(member.group, member.ordinal)).collect();
        pods.sort_unstable();
        End { endpoint, groups: Some(groups), pods: Some(pods) }
    }
}

/// The shares of a cluster, and the cells that they lie in, sorted by class.
pub(super) fn shares(cluster: &Cluster, index: &PolicyIndex, rows: &Rows<'_>) -> (Shares, Vec<Cell>) {
    let mut shares = Shares::default();
    let mut cells: BTreeMap<(ClassId, Option<NodeId>), Cell> = BTreeMap::new();
    for (id, workload) in (0u32..).map(WorkloadId).zip(&cluster.workloads) {
        let mut pieces: BTreeMap<(ClassId, Option<NodeId>), Vec<Member>> = BTreeMap::new();
        for part in index.parts(id) {
            for member in &part.members {
                let node = cluster.group(member.group).and_then(|group| group.node);
                let node = rows.telling_node(part.class, node);
                pieces.entry((part.class, node)).or_default().push(member.clone());
            }
        }
        let first = shares.next_id();
        let is_whole = pieces.len() == 1;
        for ((class, node), members) in pieces {
            let share = shares.next_id();
            let is_bare_pod = matches!(workload.owner, Owner::Pod | Owner::Hypothetical(_));
            shares.list.push(Share { workload: id, members, is_whole, is_bare_pod });
            let subject = Subject { class, node, workload: id };
            let cell = cells.entry((class, node)).or_insert_with(|| Cell { subject, shares: Vec::new() });
            cell.shares.push(share);
        }
        shares.of_workload.push((first.0, shares.next_id().0));
    }
    (shares, cells.into_values().collect())
}

impl Shares {
    fn next_id(&self) -> ShareId {
        ShareId(u32::try_from(self.list.len()).unwrap_or(u32::MAX))
    }
}
