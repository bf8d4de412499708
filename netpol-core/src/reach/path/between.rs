//! The part of a map that lies between two ends.

use std::collections::{BTreeMap, BTreeSet};

use super::search::Search;
use super::ways::{Goal, Links, Parts, Ways};
use crate::net::IpSet;
use crate::reach::{Rectangle, ShareId, Side};

/// Where in a chain a connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Before the last.
    Inner,
    /// At its end.
    Last,
}

/// The part of the map that lies on some way from the sources to the destinations.
#[derive(Debug)]
pub(super) struct Between {
    /// The connections, without what a chain may end with.
    steps: Vec<Rectangle>,
    /// The sources.
    sources: Vec<ShareId>,
    outside: IpSet,
    /// The connections that a chain may end with.
    last: Vec<Rectangle>,
    /// For each share, whether it lies between, neither source nor a mere destination.
    pub(super) is_inner: Vec<bool>,
    /// For each share, whether it is a single pod.
    is_one_pod: Vec<bool>,
    /// For each share, whether it is a source.
    is_source: Vec<bool>,
}

impl Between {
    /// What lies between the ends of a goal.
    pub(super) fn new(ways: &Ways<'_>, goal: &Goal, ((sources, outside), to): (Parts, Parts)) -> Self {
        let last = ways.last(goal, to);
        let search = Search::new(ways, (&sources, &outside), u32::MAX);
        let mut is_source = vec![false; ways.map.shares.len()];
        for share in &sources {
            if let Some(slot) = is_source.get_mut(share.0 as usize) {
                *slot = true;
            }
        }
        let leading = leading(ways, &last);
        let is_inner = (0u32..)
            .map(ShareId)
            .zip(&is_source)
            .zip(&leading)
            .map(|((share, source), leads)| *leads && !source && search.arrival(share).is_some());
        let is_inner = is_inner.collect();
        let is_one_pod = ways.map.shares.iter().map(|(_, share)| share.is_one_pod()).collect();
        Self { steps: inner(&ways.steps, &last), sources, outside, last, is_inner, is_one_pod, is_source }
    }

    /// The connections between, and where in a chain they stand.
    pub(super) fn connections(&self) -> impl Iterator<Item = (&Rectangle, Place)> {
        let steps = self.steps.iter().map(|step| (step, Place::Inner));
        steps.chain(self.last.iter().map(|last| (last, Place::Last)))
    }

    /// The sources among the shares of a side, or whether its addresses are sources.
    pub(super) fn sources_of(&self, side: &Side) -> (Vec<ShareId>, bool) {
        let is_source = |share: &&ShareId| self.is_source.get(share.0 as usize) == Some(&true);
        let shares = if self.sources.is_empty() {
            Vec::new()
        } else {
            side.pods().iter().filter(is_source).copied().collect()
        };
        let is_outside = side.addresses().is_some_and(|addresses| addresses.overlaps(&self.outside));
        (shares, is_outside)
    }

    /// Whether a share is a single pod, whose connection to itself is none.
    pub(super) fn is_one_pod(&self, share: ShareId) -> bool {
        self.is_one_pod.get(share.0 as usize) == Some(&true)
    }

    /// The shares of a side that lie between.
    pub(super) fn between_of<'s>(&'s self, side: &'s Side) -> impl Iterator<Item = ShareId> + 's {
        side.pods().iter().copied().filter(|share| self.is_inner.get(share.0 as usize) == Some(&true))
    }

    /// What of a connection leads out of what is still reached without the cut.
    pub(super) fn cut_of(&self, rectangle: &Rectangle, reach: &[bool], place: Place) -> Option<Rectangle> {
        let is_reached = |share: &ShareId| reach.get(share.0 as usize) == Some(&true);
        let (sources, is_outside) = self.sources_of(&rectangle.from);
        let from = if let Some(addresses) = rectangle.from.addresses() {
            is_outside.then(|| Side::Addresses(addresses.intersection(&self.outside)))?
        } else {
            let mut from: Vec<ShareId> =
                self.between_of(&rectangle.from).filter(is_reached).chain(sources).collect();
            from.sort_unstable();
            (!from.is_empty()).then(|| Side::Pods(from.into()))?
        };
        let to = if place == Place::Last {
            rectangle.to.clone()
        } else {
            let to: Vec<ShareId> = self.between_of(&rectangle.to).filter(|it| !is_reached(it)).collect();
            (!to.is_empty()).then(|| Side::Pods(to.into()))?
        };
        Some(Rectangle { from, to, ..rectangle.clone() })
    }
}

/// The connections of which none may be the last of a chain: whoever is at a destination need not go on.
fn inner(steps: &[Rectangle], last: &[Rectangle]) -> Vec<Rectangle> {
    let mut ending: BTreeMap<&Side, BTreeSet<ShareId>> = BTreeMap::new();
    for rectangle in last {
        ending.entry(&rectangle.from).or_default().extend(rectangle.to.pods());
    }
    let inner = steps.iter().filter_map(|step| {
        let Some(ends) = ending.get(&step.from) else { return Some(step.clone()) };
        let to: Vec<ShareId> = step.to.pods().iter().copied().filter(|share| !ends.contains(share)).collect();
        (!to.is_empty()).then(|| Rectangle { to: Side::Pods(to.into()), ..step.clone() })
    });
    inner.filter(|step| step.to.addresses().is_none()).collect()
}

/// For each share, whether a chain leads from it to one of the connections that may be the last.
fn leading(ways: &Ways<'_>, last: &[Rectangle]) -> Vec<bool> {
    let into = Links::new(&ways.steps, |rectangle| &rectangle.to);
    let mut leads = vec![false; ways.map.shares.len()];
    let mut seen = vec![false; ways.steps.len()];
    let mut open: Vec<ShareId> = Vec::new();
    let mut mark = |shares: &[ShareId], open: &mut Vec<ShareId>| {
        for share in shares {
            if let Some(slot) = leads.get_mut(share.0 as usize).filter(|slot| !**slot) {
                *slot = true;
                open.push(*share);
            }
        }
    };
    for rectangle in last {
        mark(rectangle.from.pods(), &mut open);
    }
    while let Some(share) = open.pop() {
        for number in into.of(share) {
            let Some(slot) = seen.get_mut(*number as usize).filter(|slot| !**slot) else { continue };
            *slot = true;
            if let Some(step) = ways.step(*number) {
                mark(step.from.pods(), &mut open);
            }
        }
    }
    leads
}
