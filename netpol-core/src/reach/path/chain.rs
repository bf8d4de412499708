//! The shortest chain of connections from one end to another.

use super::search::{Search, Start};
use super::ways::{Goal, Ways};
use crate::cluster::Endpoint;
use crate::evaluate::{End, Reason};
use crate::net::Decided;
use crate::reach::{Rectangle, Share, ShareId, Side};

/// One connection of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The source.
    pub from: End,
    /// The destination.
    pub to: End,
    /// What is allowed and what unknown; of the last hop, within what was asked.
    pub decided: Decided,
    /// Why something is unknown, sorted.
    pub reasons: Vec<Reason>,
}

/// A chain of connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// The connections, first to last; none where the destinations are sources.
    pub hops: Vec<Hop>,
}

impl Ways<'_> {
    /// The shortest chain that reaches the goal; of several, the one over ends that come first.
    pub fn shortest(&self, goal: &Goal) -> Option<Chain> {
        let Some(((shares, addresses), to)) = self.ends(goal) else {
            return Some(Chain { hops: Vec::new() });
        };
        let search = Search::new(self, (&shares, &addresses), u32::MAX);
        let last = self.last(goal, to);
        let places = places(&search, self.map.shares.len());
        let begins = last.iter().filter_map(|rectangle| {
            let (hops, place, start) = self.begin(&search, &places, rectangle)?;
            Some(((hops, place), (start, rectangle)))
        });
        let (_, (start, rectangle)) = begins.min_by_key(|(cost, _)| *cost)?;
        let mut hops = self.before(&search, start);
        hops.push(self.hop(&search, start, rectangle, self.first_end(&rectangle.to, start)?)?);
        Some(Chain { hops })
    }

    /// The hops from a source to where a step begins.
    fn before(&self, search: &Search, start: Start) -> Vec<Hop> {
        let mut hops = Vec::new();
        let mut at = start;
        while let Start::Share(share) = at {
            let Some((from, number)) = search.arrival(share).and_then(|arrival| arrival.last) else { break };
            let hop = self.step(number).zip(self.map.end(self.cluster, &[share]));
            hops.extend(hop.and_then(|(step, to)| self.hop(search, from, step, to)));
            at = from;
        }
        hops.reverse();
        hops
    }

    /// A step as a connection between two ends.
    pub(super) fn hop(&self, search: &Search, start: Start, step: &Rectangle, to: End) -> Option<Hop> {
        let from = match start {
            Start::Share(share) => self.map.end(self.cluster, &[share])?,
            Start::Outside => {
                let addresses = step.from.addresses()?.intersection(&search.outside);
                End { endpoint: Endpoint::Addresses(addresses), groups: None, pods: None }
            }
        };
        Some(Hop { from, to, decided: step.decided.clone(), reasons: step.reasons.clone() })
    }

    /// Where the chain that ends with a connection begins its last step: how many hops before, the place in the
    /// order, and the end.
    fn begin(&self, search: &Search, places: &[u32], last: &Rectangle) -> Option<(u32, u32, Start)> {
        if last.from.addresses().is_some() {
            return search.begins_outside(last).then_some((0, 0, Start::Outside));
        }
        let place = |share: &ShareId| places.get(share.0 as usize).copied().unwrap_or(u32::MAX);
        let arrived = last.from.pods().iter().filter(|share| search.arrival(**share).is_some());
        let first =
            arrived.filter(|share| self.leads_on(**share, &last.to)).min_by_key(|share| place(share))?;
        Some((search.arrival(*first)?.hops, place(first), Start::Share(*first)))
    }

    /// The first workload of a side, or its addresses.
    fn first_end(&self, side: &Side, start: Start) -> Option<End> {
        let ends = self.map.ends(self.cluster, side).into_iter();
        let own = match start {
            Start::Share(share) if self.map.shares.get(share).is_some_and(Share::is_one_pod) => {
                self.map.end(self.cluster, &[share])
            }
            _ => None,
        };
        ends.into_iter().find(|end| Some(end) != own.as_ref())
    }
}

/// For each share, its place in the order of the search.
fn places(search: &Search, shares: usize) -> Vec<u32> {
    let mut places = vec![u32::MAX; shares];
    for (place, share) in (0u32..).zip(&search.order) {
        if let Some(slot) = places.get_mut(share.0 as usize) {
            *slot = place;
        }
    }
    places
}
