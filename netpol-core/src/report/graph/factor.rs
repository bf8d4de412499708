//! Folds links that whole groups share: from each workload of a namespace, to each workload of the cluster.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Graph, Node};
use super::picture::{Link, Open, Picture, PictureBox, Shape};
use super::words;
use crate::diff::Kind;
use crate::net::ConnectionSet;

/// A group is worth a box of its own from this number of members on.
const MEMBERS: usize = 4;

/// Which end of links is folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    From,
    To,
}

/// A set of nodes with a name.
struct Group {
    label: String,
    namespace: Option<String>,
    members: BTreeSet<usize>,
}

/// What folded links have in common: the other end, what flows, and whether policies have a say.
type Shared = (usize, ConnectionSet, ConnectionSet, bool, Option<Kind>);

/// Replaces links that all members of a group share by one link of the group.
pub(super) fn fold(graph: &Graph, picture: &mut Picture) {
    let before = picture.links.len();
    for side in [Side::From, Side::To] {
        fold_side(graph, picture, side);
    }
    if picture.links.len() < before {
        picture.notes.push(format!(
            "{} are drawn as {}: what all workloads of a group share is one line",
            words::count(before, "connection"),
            words::count(picture.links.len(), "line"),
        ));
    }
}

fn fold_side(graph: &Graph, picture: &mut Picture, side: Side) {
    let groups = groups(graph, side);
    let mut shared: BTreeMap<Shared, BTreeMap<usize, Link>> = BTreeMap::new();
    for link in std::mem::take(&mut picture.links) {
        let (end, other) = match side {
            Side::From => (link.from, link.to),
            Side::To => (link.to, link.from),
        };
        let key = (other, link.allowed.clone(), link.unknown.clone(), link.is_isolated, link.change);
        shared.entry(key).or_default().insert(end, link);
    }
    let mut boxes: BTreeMap<usize, usize> = BTreeMap::new();
    for ((other, ..), mut links) in shared {
        for (at, group) in groups.iter().enumerate() {
            let Some(folded) = take_group(group, other, &mut links) else { continue };
            let place = *boxes.entry(at).or_insert_with(|| {
                picture.boxes.push(group_box(group));
                picture.boxes.len() - 1
            });
            picture.links.push(match side {
                Side::From => Link { from: place, ..folded },
                Side::To => Link { to: place, ..folded },
            });
        }
        picture.links.extend(links.into_values());
    }
    picture.links.sort_by_key(|link| (link.from, link.to));
}

/// One link for those of all members of a group, which leave the list; `None` when a member lacks the link.
fn take_group(group: &Group, other: usize, links: &mut BTreeMap<usize, Link>) -> Option<Link> {
    if links.len() < MEMBERS || links.len() + 1 < group.members.len() {
        return None;
    }
    let members: Vec<usize> = group.members.iter().copied().filter(|member| *member != other).collect();
    let is_shared = members.len() >= MEMBERS && members.iter().all(|member| links.contains_key(member));
    if !is_shared {
        return None;
    }
    let mut taken = members.iter().filter_map(|member| links.remove(member));
    let mut folded = taken.next()?;
    for link in taken {
        folded.edges.extend(link.edges);
    }
    Some(folded)
}

/// The groups that a fold tries, widest first.
fn groups(graph: &Graph, side: Side) -> Vec<Group> {
    let open = match side {
        Side::From => "not isolated for egress",
        Side::To => "not isolated for ingress",
    };
    let is_open = |node: &Node| match side {
        Side::From => !node.egress_isolated,
        Side::To => !node.ingress_isolated,
    };
    let mut every = Group { label: "every workload".to_owned(), namespace: None, members: BTreeSet::new() };
    let mut every_open =
        Group { label: format!("every workload {open}"), namespace: None, members: BTreeSet::new() };
    let mut within: BTreeMap<&str, [BTreeSet<usize>; 2]> = BTreeMap::new();
    for (at, node) in graph.nodes.iter().enumerate().filter(|(_, node)| node.is_pods()) {
        let [all, some] = within.entry(node.namespace.as_deref().unwrap_or_default()).or_default();
        all.insert(at);
        every.members.insert(at);
        if is_open(node) {
            some.insert(at);
            every_open.members.insert(at);
        }
    }
    let mut found = vec![every, every_open];
    for (namespace, [all, some]) in within {
        let group = |label: String, members| Group { label, namespace: Some(namespace.to_owned()), members };
        found.push(group("every workload here".to_owned(), all));
        found.push(group(format!("every workload here {open}"), some));
    }
    found.retain(|group| group.members.len() >= MEMBERS);
    found
}

fn group_box(group: &Group) -> PictureBox {
    PictureBox {
        label: group.label.clone(),
        detail: words::count(group.members.len(), "workload"),
        namespace: group.namespace.clone(),
        shape: Shape::Group,
        exposed: false,
        open: Open::default(),
        members: group.members.iter().copied().collect(),
    }
}
