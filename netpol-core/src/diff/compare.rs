//! Compares two maps.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::causes::Causes;
use super::changes::{Change, Changes, Kind, Revision};
use super::ends::{self, Common, Point};
use super::unjudged::unjudged;
use crate::net::{Decided, IpSet};
use crate::reach::{Map, Rectangle, ShareId, Side as MapSide};

/// The causes of so many changes are looked for.
const MOST_EXPLAINED: usize = 20_000;

/// What changed from the old input to the new one.
pub fn diff(old: Revision<'_>, new: Revision<'_>) -> Changes {
    let (common, ends) = ends::matched(old, new);
    let mut found = inside(old, new, &common);
    found.extend(outside(old, new, &common));
    let causes = Causes::new(old, new);
    let total = found.len();
    let mut connections: Vec<Change> = Vec::with_capacity(total);
    for (number, (from, to, before, after)) in found.into_iter().enumerate() {
        let Some(kind) = Kind::of(&before, &after) else { continue };
        let causes =
            if number < MOST_EXPLAINED { causes.of((&from, &to), (&before, &after)) } else { Vec::new() };
        let (from, to) = (from.end(), to.end());
        connections.push(Change { kind, from, to, before, after, causes });
    }
    let unexplained = total.saturating_sub(MOST_EXPLAINED);
    let is_void = [old, new].iter().all(|revision| revision.cluster.workloads.is_empty());
    let (namespaces, unjudged) = (ends::namespaces(old, new), unjudged(old, new));
    let mut changes = Changes { connections, ends, namespaces, unexplained, unjudged, is_void };
    changes.sort();
    changes
}

/// A pair of ends, what might flow before, and what may now.
type Found<'c> = (Point<'c>, Point<'c>, Decided, Decided);

/// The rectangles that each share is a source and a destination of, by their places.
#[derive(Debug)]
struct Memberships {
    from: Vec<Vec<u32>>,
    to: Vec<Vec<u32>>,
}

impl Memberships {
    fn new(map: &Map) -> Self {
        let mut all =
            Self { from: vec![Vec::new(); map.shares.len()], to: vec![Vec::new(); map.shares.len()] };
        for (place, rectangle) in (0u32..).zip(&map.rectangles) {
            add(&mut all.from, rectangle.from.pods(), place);
            add(&mut all.to, rectangle.to.pods(), place);
        }
        all
    }

    fn of(lists: &[Vec<u32>], share: ShareId) -> &[u32] {
        lists.get(share.0 as usize).map(Vec::as_slice).unwrap_or_default()
    }
}

fn add(lists: &mut [Vec<u32>], shares: &[ShareId], place: u32) {
    for share in shares {
        if let Some(list) = lists.get_mut(share.0 as usize) {
            list.push(place);
        }
    }
}

/// What tells pods apart: the rectangles that they are in, in the old map and in the new one.
type Signature<'m> = [&'m [u32]; 4];

/// Pods that neither map tells apart.
type Alike<'m, 'c> = IndexMap<Signature<'m>, Vec<&'c Common>, FxBuildHasher>;

fn alike<'m, 'c>(old: &'m Memberships, new: &'m Memberships, common: &'c [Common]) -> Alike<'m, 'c> {
    let mut alike: Alike<'m, 'c> = IndexMap::default();
    for pods in common {
        let signature = [
            Memberships::of(&old.from, pods.old),
            Memberships::of(&old.to, pods.old),
            Memberships::of(&new.from, pods.new),
            Memberships::of(&new.to, pods.new),
        ];
        alike.entry(signature).or_default().push(pods);
    }
    alike
}

/// The pairs of pods between which something changed.
fn inside<'c>(old: Revision<'_>, new: Revision<'_>, common: &'c [Common]) -> Vec<Found<'c>> {
    let (before, after) = (Memberships::new(old.map), Memberships::new(new.map));
    let alike = alike(&before, &after, common);
    // For each rectangle, the groups of pods alike that are destinations of it.
    let mut old_targets: Vec<Vec<usize>> = vec![Vec::new(); old.map.rectangles.len()];
    let mut new_targets: Vec<Vec<usize>> = vec![Vec::new(); new.map.rectangles.len()];
    for (group, [_, into_old, _, into_new]) in alike.keys().enumerate() {
        for (targets, places) in [(&mut old_targets, into_old), (&mut new_targets, into_new)] {
            for place in *places {
                if let Some(list) = targets.get_mut(*place as usize) {
                    list.push(group);
                }
            }
        }
    }
    let mut found = Vec::new();
    for ([from_old, _, from_new, _], sources) in &alike {
        let mut targets: BTreeMap<usize, (Option<u32>, Option<u32>)> = BTreeMap::new();
        for place in *from_old {
            for group in old_targets.get(*place as usize).into_iter().flatten() {
                targets.entry(*group).or_default().0 = Some(*place);
            }
        }
        for place in *from_new {
            for group in new_targets.get(*place as usize).into_iter().flatten() {
                targets.entry(*group).or_default().1 = Some(*place);
            }
        }
        for (group, (then, now)) in targets {
            let (then, now) = (decided(old.map, then), decided(new.map, now));
            if then == now {
                continue;
            }
            let Some((_, goals)) = alike.get_index(group) else { continue };
            for (from, to) in sources.iter().flat_map(|from| goals.iter().map(move |to| (*from, *to))) {
                if from != to || from.pod.as_ref().is_none_or(|pod| pod.ends_with('…')) {
                    found.push((Point::Pods(from), Point::Pods(to), then.clone(), now.clone()));
                }
            }
        }
    }
    found
}

fn decided(map: &Map, place: Option<u32>) -> Decided {
    let rectangle = place.and_then(|place| map.rectangles.get(place as usize));
    rectangle.map(|rectangle| rectangle.decided.clone()).unwrap_or_default()
}

/// The addresses between which and pods something changed.
fn outside<'c>(old: Revision<'_>, new: Revision<'_>, common: &'c [Common]) -> Vec<Found<'c>> {
    let (before, after) = (Memberships::new(old.map), Memberships::new(new.map));
    let mut found = Vec::new();
    for pods in common {
        let outward = |map: &'_ Map, places: &[u32]| by_address(map, places, |it| &it.to);
        let inward = |map: &'_ Map, places: &[u32]| by_address(map, places, |it| &it.from);
        let (then, now) = (
            outward(old.map, Memberships::of(&before.from, pods.old)),
            outward(new.map, Memberships::of(&after.from, pods.new)),
        );
        found.extend(changed(&then, &now).into_iter().map(|(addresses, before, after)| {
            (Point::Pods(pods), Point::Addresses(addresses), before, after)
        }));
        let (then, now) = (
            inward(old.map, Memberships::of(&before.to, pods.old)),
            inward(new.map, Memberships::of(&after.to, pods.new)),
        );
        found.extend(changed(&then, &now).into_iter().map(|(addresses, before, after)| {
            (Point::Addresses(addresses), Point::Pods(pods), before, after)
        }));
    }
    found
}

type ByAddress = Vec<(IpSet, Decided)>;

fn by_address(map: &Map, places: &[u32], side: impl Fn(&Rectangle) -> &MapSide) -> ByAddress {
    let rectangles = places.iter().filter_map(|place| map.rectangles.get(*place as usize));
    rectangles.filter_map(|it| Some((side(it).addresses()?.clone(), it.decided.clone()))).collect()
}

/// The addresses whose answers differ, by what was before and what is now.
fn changed(then: &ByAddress, now: &ByAddress) -> Vec<(IpSet, Decided, Decided)> {
    if then == now {
        return Vec::new();
    }
    let nothing = |others: &ByAddress, all: &ByAddress| {
        let of = |list: &ByAddress| list.iter().fold(IpSet::empty(), |all, (set, _)| all.union(set));
        (of(all).difference(&of(others)), Decided::nothing())
    };
    let with_rest = |own: &ByAddress, others: &ByAddress| {
        let mut all = own.clone();
        all.push(nothing(own, others));
        all
    };
    let mut changed: BTreeMap<(Decided, Decided), IpSet> = BTreeMap::new();
    for (old_set, before) in &with_rest(then, now) {
        for (new_set, after) in &with_rest(now, then) {
            let both = old_set.intersection(new_set);
            if before != after && !both.is_empty() {
                let entry = changed.entry((before.clone(), after.clone())).or_insert_with(IpSet::empty);
                *entry = entry.union(&both);
            }
        }
    }
    changed.into_iter().map(|((before, after), set)| (set, before, after)).collect()
}
