//! The ends of two maps side by side.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::{ChangedEnd, Revision, Side};
use crate::cluster::{Endpoint, Owner, WorkloadId};
use crate::evaluate::End;
use crate::net::IpSet;
use crate::reach::{Map, ShareId};

/// Pods that both inputs have, and the shares that they are in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Common {
    /// The workload, in the new input.
    pub(super) workload: WorkloadId,
    /// The workload, in the old input.
    pub(super) old_workload: WorkloadId,
    /// The name of the one pod, where an input tells the pods of the workload apart.
    pub(super) pod: Option<String>,
    pub(super) old: ShareId,
    pub(super) new: ShareId,
}

impl Common {
    /// The pods as an end.
    pub(super) fn end(&self) -> End {
        let endpoint = Endpoint::Workload(self.workload);
        End { endpoint, groups: None, pods: self.pod.clone().map(|pod| vec![pod]) }
    }
}

/// One end of a change.
#[derive(Debug, Clone)]
pub(super) enum Point<'c> {
    Pods(&'c Common),
    Addresses(IpSet),
}

impl Point<'_> {
    /// As the end of a change.
    pub(super) fn end(&self) -> End {
        match self {
            Self::Pods(common) => common.end(),
            Self::Addresses(addresses) => {
                End { endpoint: Endpoint::Addresses(addresses.clone()), groups: None, pods: None }
            }
        }
    }
}

/// What a workload is known by in both inputs.
type Key = (String, String, String);

fn keys(revision: Revision<'_>) -> BTreeMap<Key, WorkloadId> {
    let key = |workload: &crate::cluster::Workload| {
        let namespace = revision.cluster.namespace(workload.namespace);
        let kind = match &workload.owner {
            Owner::Pod => "Pod".to_owned(),
            Owner::Unnamed | Owner::Hypothetical(_) => String::new(),
            Owner::Kind(kind) => kind.clone(),
        };
        (namespace.map(|it| it.name.clone()).unwrap_or_default(), workload.name.clone(), kind)
    };
    let workloads = (0u32..).map(WorkloadId).zip(&revision.cluster.workloads);
    workloads.map(|(id, workload)| (key(workload), id)).collect()
}

/// The pods that both inputs have, and the workloads that one of them has alone.
pub(super) fn matched(old: Revision<'_>, new: Revision<'_>) -> (Vec<Common>, Vec<ChangedEnd>) {
    let (old_keys, new_keys) = (keys(old), keys(new));
    let mut common = Vec::new();
    let mut alone = Vec::new();
    for (key, workload) in &old_keys {
        match new_keys.get(key) {
            Some(now) => common.extend(pods((old, *workload), (new, *now))),
            None => alone.push(ChangedEnd { side: Side::Old, workload: *workload }),
        }
    }
    let came = new_keys.iter().filter(|(key, _)| !old_keys.contains_key(*key));
    alone.extend(came.map(|(_, workload)| ChangedEnd { side: Side::New, workload: *workload }));
    common.sort_unstable();
    (common, alone)
}

/// The namespaces that one input has alone.
pub(super) fn namespaces(old: Revision<'_>, new: Revision<'_>) -> Vec<(Side, String)> {
    let names = |revision: Revision<'_>| -> BTreeSet<String> {
        let described = revision.cluster.namespaces.iter().filter(|namespace| namespace.is_described);
        described.map(|namespace| namespace.name.clone()).collect()
    };
    let (old, new) = (names(old), names(new));
    let went = old.difference(&new).map(|name| (Side::Old, name.clone()));
    went.chain(new.difference(&old).map(|name| (Side::New, name.clone()))).collect()
}

/// The pods of one workload: all of them, or, where an input tells them apart, one by one.
fn pods(
    (old, old_workload): (Revision<'_>, WorkloadId),
    (new, workload): (Revision<'_>, WorkloadId),
) -> Vec<Common> {
    let (old_shares, new_shares) = (named(old, old_workload), named(new, workload));
    let distinct = |names: &BTreeMap<String, ShareId>| names.values().collect::<BTreeSet<_>>().len();
    let common =
        |pod: Option<&String>, old, new| Common { workload, old_workload, pod: pod.cloned(), old, new };
    if let (1, 1, Some(before), Some(after)) =
        (distinct(&old_shares), distinct(&new_shares), old_shares.values().next(), new_shares.values().next())
    {
        return vec![common(None, *before, *after)];
    }
    let names: BTreeSet<&String> = old_shares.keys().chain(new_shares.keys()).collect();
    let pods = names
        .into_iter()
        .filter_map(|name| Some(common(Some(name), share(&old_shares, name)?, share(&new_shares, name)?)));
    pods.collect()
}

/// The share of a pod; of a replica that is not told from others, theirs.
fn share(shares: &BTreeMap<String, ShareId>, name: &str) -> Option<ShareId> {
    let others = || shares.iter().find(|(name, _)| name.ends_with('…')).map(|(_, share)| *share);
    shares.get(name).copied().or_else(others)
}

fn named(revision: Revision<'_>, workload: WorkloadId) -> BTreeMap<String, ShareId> {
    let map: &Map = revision.map;
    let shares = map.shares.of_workload(workload).filter_map(|id| Some((id, map.shares.get(id)?)));
    let names = shares.flat_map(|(id, share)| {
        let names = share.members.iter().map(|it| revision.cluster.pod_name(it.group, it.ordinal));
        names.map(move |name| (name, id)).collect::<Vec<_>>()
    });
    names.collect()
}
