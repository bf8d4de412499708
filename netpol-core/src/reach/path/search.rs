//! Breadth first through the map, from some sources.

use std::collections::VecDeque;

use super::ways::Ways;
use crate::net::IpSet;
use crate::reach::{Rectangle, ShareId};

/// Where a step begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Start {
    /// The addresses of the sources.
    Outside,
    /// A share.
    Share(ShareId),
}

/// How a share was come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arrival {
    /// So many hops from a source.
    pub(super) hops: u32,
    /// From where, and over which connection; `None` for a source.
    pub(super) last: Option<(Start, u32)>,
}

/// How addresses outside were come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exit {
    pub(super) hops: u32,
    pub(super) from: ShareId,
    pub(super) step: u32,
}

/// What a search found.
#[derive(Debug)]
pub(super) struct Search {
    /// The addresses of the sources.
    pub(super) outside: IpSet,
    /// For each share, how it was come to.
    arrivals: Vec<Option<Arrival>>,
    /// The shares in the order they were come to.
    pub(super) order: Vec<ShareId>,
    /// The connections to addresses outside, in the order they were come to.
    pub(super) exits: Vec<Exit>,
}

impl Search {
    /// Goes from some shares and addresses as far as `most` hops.
    pub(super) fn new(ways: &Ways<'_>, (shares, addresses): (&[ShareId], &IpSet), most: u32) -> Self {
        let arrivals = vec![None; ways.map.shares.len()];
        let mut search = Self { outside: addresses.clone(), arrivals, order: Vec::new(), exits: Vec::new() };
        let mut queue: VecDeque<ShareId> = VecDeque::new();
        let mut seen = vec![false; ways.steps.len()];
        for share in shares {
            search.arrive(*share, Arrival { hops: 0, last: None }, &mut queue);
        }
        if most > 0 {
            for (number, rectangle) in (0u32..).zip(&ways.steps) {
                if search.begins_outside(rectangle) {
                    search.take(
                        rectangle,
                        Arrival { hops: 1, last: Some((Start::Outside, number)) },
                        &mut queue,
                    );
                }
            }
        }
        while let Some(share) = queue.pop_front() {
            let hops = search.arrival(share).map_or(0, |arrival| arrival.hops) + 1;
            if hops > most {
                break;
            }
            for number in ways.out(share) {
                let Some(slot) = seen.get_mut(*number as usize).filter(|seen| !**seen) else { continue };
                *slot = true;
                let Some(rectangle) = ways.step(*number) else { continue };
                if rectangle.to.addresses().is_some() {
                    search.exits.push(Exit { hops, from: share, step: *number });
                }
                search.take(
                    rectangle,
                    Arrival { hops, last: Some((Start::Share(share), *number)) },
                    &mut queue,
                );
            }
        }
        search
    }

    /// How a share was come to, if it was.
    pub(super) fn arrival(&self, share: ShareId) -> Option<Arrival> {
        self.arrivals.get(share.0 as usize).copied().flatten()
    }

    /// Whether a connection begins at an address of the sources.
    pub(super) fn begins_outside(&self, rectangle: &Rectangle) -> bool {
        rectangle.from.addresses().is_some_and(|addresses| addresses.overlaps(&self.outside))
    }

    fn take(&mut self, rectangle: &Rectangle, arrival: Arrival, queue: &mut VecDeque<ShareId>) {
        for share in rectangle.to.pods() {
            self.arrive(*share, arrival, queue);
        }
    }

    fn arrive(&mut self, share: ShareId, arrival: Arrival, queue: &mut VecDeque<ShareId>) {
        if let Some(slot) = self.arrivals.get_mut(share.0 as usize).filter(|slot| slot.is_none()) {
            *slot = Some(arrival);
            self.order.push(share);
            queue.push_back(share);
        }
    }
}
