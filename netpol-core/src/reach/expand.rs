//! Rectangles as pairs of ends.

use std::collections::BTreeMap;

use super::{Map, Rectangle, Share, ShareId};
use crate::cluster::{Cluster, WorkloadId};
use crate::evaluate::End;

/// One source and one destination, with the rectangle that says what may flow.
#[derive(Debug, Clone)]
pub struct Connection<'r> {
    /// The source.
    pub from: End,
    /// The destination.
    pub to: End,
    /// Where it comes from.
    pub rectangle: &'r Rectangle,
}

/// The pairs of some rectangles of a map, in the order of their ends.
pub fn expand<'r>(cluster: &Cluster, map: &Map, rectangles: &'r [Rectangle]) -> Vec<Connection<'r>> {
    let mut connections = Vec::new();
    let mut parted: BTreeMap<(WorkloadId, WorkloadId), Vec<Parted<'r>>> = BTreeMap::new();
    for rectangle in rectangles {
        if rectangle.from.addresses().is_some() || rectangle.to.addresses().is_some() {
            let (from, to) = (map.ends(cluster, &rectangle.from), map.ends(cluster, &rectangle.to));
            for from in &from {
                connections.extend(to.iter().map(|to| Connection {
                    from: from.clone(),
                    to: to.clone(),
                    rectangle,
                }));
            }
            continue;
        }
        for (from, to) in pairs(rectangle) {
            let (Some(source), Some(target)) = (map.shares.get(from), map.shares.get(to)) else { continue };
            if source.is_whole && target.is_whole {
                let end = |id| map.end(cluster, &[id]);
                connections.extend(end(from).zip(end(to)).map(|(from, to)| Connection {
                    from,
                    to,
                    rectangle,
                }));
            } else {
                parted.entry((source.workload, target.workload)).or_default().push((from, to, rectangle));
            }
        }
    }
    for pairs in parted.into_values() {
        connections.extend(together(cluster, map, pairs));
    }
    connections
        .sort_by(|a, b| (&a.from, &a.to, &a.rectangle.decided).cmp(&(&b.from, &b.to, &b.rectangle.decided)));
    connections
}

/// A destination, and what may flow to it.
type Target<'r> = (ShareId, &'r Rectangle);

/// A share of one workload towards a share of another.
type Parted<'r> = (ShareId, ShareId, &'r Rectangle);

fn pairs(rectangle: &Rectangle) -> impl Iterator<Item = (ShareId, ShareId)> {
    let to = rectangle.to.pods();
    rectangle.from.pods().iter().flat_map(move |from| to.iter().map(move |to| (*from, *to)))
}

/// The shares of two workloads with the same answers as one end. A single pod is no destination of its own.
fn together<'r>(cluster: &Cluster, map: &Map, mut pairs: Vec<Parted<'r>>) -> Vec<Connection<'r>> {
    pairs.sort_by_key(|(from, to, _)| (*from, *to));
    let mut rows: Vec<(Vec<Target<'r>>, Vec<ShareId>)> = Vec::new();
    for row in pairs.chunk_by(|a, b| a.0 == b.0) {
        let Some((from, ..)) = row.first() else { continue };
        let cells: Vec<Target<'_>> = row.iter().map(|(_, to, rectangle)| (*to, *rectangle)).collect();
        match rows.iter_mut().find(|(seen, _)| same(seen, &cells)) {
            Some((_, sources)) => sources.push(*from),
            None => rows.push((cells, vec![*from])),
        }
    }
    let mut connections = Vec::new();
    for (cells, from) in rows {
        let mut by_answer: Vec<(&'r Rectangle, Vec<ShareId>)> = Vec::new();
        for (to, rectangle) in cells {
            match by_answer.iter_mut().find(|(seen, _)| is_same(seen, rectangle)) {
                Some((_, targets)) => targets.push(to),
                None => by_answer.push((rectangle, vec![to])),
            }
        }
        for (rectangle, mut to) in by_answer {
            if let [own] = from.as_slice()
                && map.shares.get(*own).is_some_and(Share::is_one_pod)
            {
                to.retain(|share| share != own);
            }
            let ends = map.end(cluster, &from).zip(map.end(cluster, &to));
            connections.extend(ends.map(|(from, to)| Connection { from, to, rectangle }));
        }
    }
    connections
}

fn same(one: &[(ShareId, &Rectangle)], other: &[(ShareId, &Rectangle)]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|((a, x), (b, y))| a == b && is_same(x, y))
}

fn is_same(one: &Rectangle, other: &Rectangle) -> bool {
    one.decided == other.decided && one.because == other.because
}
