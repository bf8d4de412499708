//! Everybody that an end can reach, nearest first.

use std::collections::BTreeMap;

use super::search::{Search, Start};
use super::ways::Ways;
use crate::cluster::Endpoint;
use crate::evaluate::End;
use crate::net::{Decided, IpSet};
use crate::reach::filter::Wanted;
use crate::reach::{Rectangle, ShareId, Side};

/// Ends that are reached over one connection of one end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// So many hops from a source.
    pub hops: u32,
    /// The end that the last hop begins at.
    pub from: End,
    /// The ends that it leads to.
    pub to: Side,
    /// What the last hop allows.
    pub decided: Decided,
}

impl Ways<'_> {
    /// Everybody that the sources can reach with so many hops, nearest first. Each end stands once, with the first
    /// shortest way to it.
    pub fn reached(&self, from: &Wanted, most_hops: u32) -> Vec<Reached> {
        let (shares, addresses) = self.wanted(from);
        let search = Search::new(self, (&shares, &addresses), most_hops);
        let mut by_way: BTreeMap<(u32, usize), (Start, u32, Vec<ShareId>)> = BTreeMap::new();
        let mut numbers: BTreeMap<(Start, u32), usize> = BTreeMap::new();
        for share in &search.order {
            let Some(arrival) = search.arrival(*share) else { continue };
            let Some((start, step)) = arrival.last else { continue };
            let number = numbers.len();
            let number = *numbers.entry((start, step)).or_insert(number);
            by_way.entry((arrival.hops, number)).or_insert((start, step, Vec::new())).2.push(*share);
        }
        let mut reached: Vec<Reached> = by_way
            .into_iter()
            .filter_map(|((hops, _), (start, step, mut shares))| {
                shares.sort_unstable();
                self.way(&search, hops, (start, self.step(step)?), Side::Pods(shares.into()))
            })
            .collect();
        reached.extend(self.addresses(&search, &addresses));
        reached.sort_by_key(|entry| entry.hops);
        reached
    }

    /// The addresses outside that are reached, each once.
    fn addresses(&self, search: &Search, sources: &IpSet) -> Vec<Reached> {
        let mut known = sources.clone();
        let mut reached = Vec::new();
        for exit in &search.exits {
            let Some(step) = self.step(exit.step) else { continue };
            let Some(addresses) = step.to.addresses().map(|addresses| addresses.difference(&known)) else {
                continue;
            };
            if !addresses.is_empty() {
                known = known.union(&addresses);
                let way = (Start::Share(exit.from), step);
                reached.extend(self.way(search, exit.hops, way, Side::Addresses(addresses)));
            }
        }
        reached
    }

    fn way(
        &self,
        search: &Search,
        hops: u32,
        (start, step): (Start, &Rectangle),
        to: Side,
    ) -> Option<Reached> {
        let anybody = End { endpoint: Endpoint::Addresses(IpSet::empty()), groups: None, pods: None };
        let hop = self.hop(search, start, step, anybody)?;
        Some(Reached { hops, from: hop.from, to, decided: hop.decided })
    }
}
