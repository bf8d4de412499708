//! To whom an end is open beyond the pods that exist.

use std::collections::BTreeSet;

use crate::cluster::Cluster;
use crate::evaluate::{Row, Rows, Subject};
use crate::index::term;
use crate::net::{Decided, IpSet};
use crate::policy::{Direction, Peer, PodMatch, PolicySet};
use crate::selector::Truth;

/// Some of those that an end is open to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Exposure {
    /// Who.
    pub peer: Exposed,
    /// On which ports.
    pub decided: Decided,
}

/// Whom an end is open to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exposed {
    /// Addresses outside the cluster.
    Addresses(IpSet),
    /// Every pod that a selector selects, those that do not exist yet among them.
    Pods(PodMatch),
}

/// The exposure of a subject, of whose row `outside` is the part about addresses.
pub(super) fn exposure(
    rows: &Rows<'_>,
    (set, cluster): (&PolicySet, &Cluster),
    (subject, direction): (Subject, Direction),
    outside: &Row,
) -> Vec<Exposure> {
    let mut exposure = addresses(outside);
    let isolation = rows.isolation(subject, direction);
    let peers: Vec<PodMatch> = candidates(set, &isolation.policies, direction).into_iter().collect();
    let decided = rows.towards_every(subject, direction, &peers);
    let selectors = peers.into_iter().zip(decided).filter(|(_, decided)| !decided.is_nothing()).collect();
    let selectors = without_redundant(cluster, selectors);
    exposure
        .extend(selectors.into_iter().map(|(pods, decided)| Exposure { peer: Exposed::Pods(pods), decided }));
    exposure
}

/// Whether globally routable addresses are among those that an end is open to.
pub(super) fn to_internet(exposure: &[Exposure], internet: &IpSet) -> Truth {
    let answers =
        exposure.iter().map(|entry| match &entry.peer {
            Exposed::Addresses(addresses) if addresses.overlaps(internet) => {
                if entry.decided.allowed.is_empty() { Truth::Unknown } else { Truth::Yes }
            }
            _ => Truth::No,
        });
    answers.fold(Truth::No, Truth::or)
}

/// The addresses outside that something is or may be allowed for, those with the same ports together.
fn addresses(outside: &Row) -> Vec<Exposure> {
    let mut exposure: Vec<(IpSet, Decided)> = Vec::new();
    for part in &outside.outside {
        match exposure.iter_mut().find(|(_, decided)| *decided == part.decided) {
            Some((addresses, _)) => *addresses = addresses.union(&part.peers),
            None => exposure.push((part.peers.clone(), part.decided.clone())),
        }
    }
    exposure.sort_unstable();
    let entry = |(addresses, decided)| Exposure { peer: Exposed::Addresses(addresses), decided };
    exposure.into_iter().map(entry).collect()
}

/// Every pod, and what the peers of the policies that select a subject select.
fn candidates(
    set: &PolicySet,
    policies: &[crate::evaluate::PolicyRef],
    direction: Direction,
) -> BTreeSet<PodMatch> {
    let selecting = policies.iter().filter_map(|policy| match policy {
        crate::evaluate::PolicyRef::Evaluated(place) => set.policies.get(*place as usize),
        crate::evaluate::PolicyRef::Opaque(_) => None,
    });
    let rules = selecting.flat_map(|policy| &policy.rules).filter(|rule| rule.value.direction == direction);
    let peers = rules.flat_map(|rule| rule.value.peers.iter().flatten());
    let pods = peers.filter_map(|peer| match &peer.value {
        Peer::Pods(pods) if !pods.is_contradictory() => Some(pods.clone()),
        _ => None,
    });
    pods.chain([PodMatch::everything()]).collect()
}

/// Without selectors whose pods another selects, with the same ports or more.
fn without_redundant(cluster: &Cluster, mut entries: Vec<(PodMatch, Decided)>) -> Vec<(PodMatch, Decided)> {
    let covers = |(wide, more): &(PodMatch, Decided), (narrow, less): &(PodMatch, Decided)| {
        wide != narrow
            && less.allowed.is_subset(&more.allowed)
            && less.possible().is_subset(&more.possible())
            && term::selects_all(wide, narrow, cluster).is_yes()
    };
    let mut kept: Vec<(PodMatch, Decided)> = Vec::new();
    while let Some(entry) = entries.pop() {
        let is_covered = entries.iter().chain(&kept).any(|other| covers(other, &entry));
        if !is_covered {
            kept.push(entry);
        }
    }
    kept.sort_unstable();
    kept
}
