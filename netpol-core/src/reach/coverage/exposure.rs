//! To whom an end is open beyond the pods that exist.

use std::collections::BTreeSet;

use crate::cluster::Cluster;
use crate::evaluate::{PolicyRef, Row, Rows, Subject};
use crate::index::term;
use crate::net::{Decided, IpSet};
use crate::policy::{Direction, Peer, PodMatch, PolicySet, Ports, Rule};
use crate::selector::Truth;

/// Some of those that an end is open to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Exposure {
    /// Who.
    pub peer: Exposed,
    /// On which ports.
    pub decided: Decided,
    /// The ports that rules allow by name: their numbers are those of pods that are yet to be created, and so they are
    /// unknown. Sorted.
    pub named: Vec<String>,
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
    let scene = (set, cluster, isolation.policies.as_slice());
    exposure.extend(selectors.into_iter().map(|(pods, decided)| {
        let named = match direction {
            Direction::Egress => names(scene, &pods),
            Direction::Ingress => Vec::new(),
        };
        Exposure { peer: Exposed::Pods(pods), decided, named }
    }));
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
    let entry =
        |(addresses, decided)| Exposure { peer: Exposed::Addresses(addresses), decided, named: Vec::new() };
    exposure.into_iter().map(entry).collect()
}

/// The ports that egress rules allow by name to every pod that a selector selects.
fn names((set, cluster, policies): (&PolicySet, &Cluster, &[PolicyRef]), pods: &PodMatch) -> Vec<String> {
    let selects_all = |peer: &Peer| match peer {
        Peer::Pods(peer) => term::selects_all(peer, pods, cluster).is_yes(),
        Peer::Addresses(_) => false,
    };
    let rules = rules(set, policies, Direction::Egress).filter(|rule| {
        rule.peers.as_ref().is_none_or(|peers| peers.iter().any(|peer| selects_all(&peer.value)))
    });
    let ports = rules.flat_map(|rule| rule.ports.iter().flatten());
    let mut names: Vec<String> = ports
        .filter_map(|port| match &port.value.ports {
            Ports::Named(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The rules of a direction of some policies.
fn rules<'s>(
    set: &'s PolicySet,
    policies: &'s [PolicyRef],
    direction: Direction,
) -> impl Iterator<Item = &'s Rule> {
    let selecting = policies.iter().filter_map(|policy| match policy {
        PolicyRef::Evaluated(place) => set.policies.get(*place as usize),
        PolicyRef::Opaque(_) => None,
    });
    let rules = selecting.flat_map(|policy| &policy.rules).map(|rule| &rule.value);
    rules.filter(move |rule| rule.direction == direction)
}

/// Every pod, and what the peers of the policies that select a subject select.
fn candidates(set: &PolicySet, policies: &[PolicyRef], direction: Direction) -> BTreeSet<PodMatch> {
    let peers = rules(set, policies, direction).flat_map(|rule| rule.peers.iter().flatten());
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
