//! To whom an end is open beyond the pods that exist.

use std::collections::{BTreeMap, BTreeSet};

use crate::cluster::Cluster;
use crate::evaluate::{PolicyRef, Row, Rows, Subject};
use crate::index::{Around, term};
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
    let names = match direction {
        Direction::Egress => Names::of(rules(set, &isolation.policies, direction)),
        Direction::Ingress => Names::default(),
    };
    exposure.extend(selectors.into_iter().map(|(pods, decided)| {
        let named = names.towards(&pods, cluster);
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
    let mut by_answer: BTreeMap<&Decided, Vec<&IpSet>> = BTreeMap::new();
    for part in &outside.outside {
        by_answer.entry(&part.decided).or_default().push(&part.peers);
    }
    let together = by_answer.into_iter().map(|(decided, sets)| (IpSet::union_of(sets), decided.clone()));
    let mut exposure: Vec<(IpSet, Decided)> = together.collect();
    exposure.sort_unstable();
    let entry =
        |(addresses, decided)| Exposure { peer: Exposed::Addresses(addresses), decided, named: Vec::new() };
    exposure.into_iter().map(entry).collect()
}

/// The ports that rules allow by name.
#[derive(Debug, Default)]
struct Names<'s> {
    /// To every peer.
    to_all: Vec<&'s str>,
    /// To peers, with the names.
    peers: Vec<(&'s PodMatch, Vec<&'s str>)>,
    around: Around<'s>,
}

impl<'s> Names<'s> {
    fn of(rules: impl Iterator<Item = &'s Rule>) -> Self {
        let mut names = Self::default();
        for rule in rules {
            let ports = rule.ports.iter().flatten();
            let own: Vec<&str> = ports
                .filter_map(|port| match &port.value.ports {
                    Ports::Named(name) => Some(name.as_str()),
                    _ => None,
                })
                .collect();
            match &rule.peers {
                _ if own.is_empty() => {}
                None => names.to_all.extend(own),
                Some(peers) => {
                    names
                        .peers
                        .extend(peers.iter().filter_map(|peer| Some((pods(&peer.value)?, own.clone()))));
                }
            }
        }
        names.around = Around::new(names.peers.iter().map(|(pods, _)| *pods));
        names
    }

    /// Those that are allowed to every pod that a selector selects.
    fn towards(&self, narrow: &PodMatch, cluster: &Cluster) -> Vec<String> {
        let candidates = self.around.candidates(narrow, cluster).into_iter();
        let candidates = candidates.filter_map(|place| self.peers.get(place as usize));
        let wider = candidates.filter(|(wide, _)| term::selects_all(wide, narrow, cluster).is_yes());
        let mut names: Vec<&str> = wider.flat_map(|(_, names)| names).chain(&self.to_all).copied().collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(str::to_owned).collect()
    }
}

const fn pods(peer: &Peer) -> Option<&PodMatch> {
    match peer {
        Peer::Pods(pods) => Some(pods),
        Peer::Addresses(_) => None,
    }
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
    let pods = peers.filter_map(|peer| pods(&peer.value)).filter(|pods| !pods.is_contradictory());
    pods.cloned().chain([PodMatch::everything()]).collect()
}

/// Without selectors whose pods another selects, with the same ports or more.
fn without_redundant(cluster: &Cluster, entries: Vec<(PodMatch, Decided)>) -> Vec<(PodMatch, Decided)> {
    let around = Around::new(entries.iter().map(|(pods, _)| pods));
    let covers = |(wide, more): &(PodMatch, Decided), (narrow, less): &(PodMatch, Decided)| {
        wide != narrow
            && less.allowed.is_subset(&more.allowed)
            && less.possible().is_subset(&more.possible())
            && term::selects_all(wide, narrow, cluster).is_yes()
    };
    let mut is_kept = vec![true; entries.len()];
    for (place, entry) in entries.iter().enumerate().rev() {
        let candidates = around.candidates(&entry.0, cluster).into_iter().map(|other| other as usize);
        let mut others = candidates.filter(|other| is_kept.get(*other) == Some(&true));
        let is_covered = others.any(|other| entries.get(other).is_some_and(|other| covers(other, entry)));
        if let Some(slot) = is_kept.get_mut(place) {
            *slot = !is_covered;
        }
    }
    let mut kept = is_kept.into_iter();
    let mut entries = entries;
    entries.retain(|_| kept.next() == Some(true));
    entries.sort_unstable();
    entries
}
