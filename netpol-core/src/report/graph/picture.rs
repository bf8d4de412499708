//! What is drawn of a graph: boxes and links, few enough to be looked at.
//!
//! Where few policies are, everything reaches everything: 500 workloads without a policy are 250,000 connections.
//! Drawn, they would say nothing. So connections between ends that nothing isolates become marks on the ends, and a
//! link from each end of a namespace becomes one link from the namespace. What was folded is said in a note.

use std::collections::BTreeMap;

use super::factor;
use super::model::{Edge, Graph, Node, NodeKind, Subject};
use super::words;
use crate::diff::Kind;
use crate::net::ConnectionSet;

/// Connections between ends that are not isolated are drawn up to this number.
const OPEN_LINKS: usize = 24;
/// Links stand one by one up to this number; of more, those that groups share are folded.
const SINGLE_LINKS: usize = 60;

/// What is drawn.
#[derive(Debug, Clone, Default)]
pub struct Picture {
    /// The boxes: first one for each node, then the groups.
    pub boxes: Vec<PictureBox>,
    /// The links between boxes.
    pub links: Vec<Link>,
    /// What the picture does not show, and what it hangs on.
    pub notes: Vec<String>,
    /// Whether connections between ends that are not isolated are marks on the boxes, not links.
    pub hides_open: bool,
    /// What the links are.
    pub subject: Subject,
}

/// A box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureBox {
    /// Its name.
    pub label: String,
    /// What it is, in a word or two; may be empty.
    pub detail: String,
    /// The namespace around it.
    pub namespace: Option<String>,
    /// How it is drawn.
    pub shape: Shape,
    /// Whether the internet can reach it.
    pub exposed: bool,
    /// Whether nothing isolates it, for ingress and for egress.
    pub open: Open,
    /// The nodes of the graph that it stands for.
    pub members: Vec<usize>,
}

/// In which directions nothing isolates a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Open {
    /// Everyone who may send can reach it.
    pub ingress: bool,
    /// It can reach everyone who may receive.
    pub egress: bool,
}

/// How a box is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Pods.
    Pods,
    /// Addresses outside.
    Addresses,
    /// Several nodes at once: a group of ends, or a whole namespace.
    Group,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The box it starts at.
    pub from: usize,
    /// The box it ends at.
    pub to: usize,
    /// What is allowed.
    pub allowed: ConnectionSet,
    /// What is unknown.
    pub unknown: ConnectionSet,
    /// Whether a policy has a say; else neither end is isolated.
    pub is_isolated: bool,
    /// The edges of the graph that it stands for.
    pub edges: Vec<usize>,
    /// How it changed, in a picture of changes.
    pub change: Option<Kind>,
}

impl Link {
    /// The kind of change, as styles are named for it.
    pub fn change_name(&self) -> Option<&'static str> {
        self.change.map(words::change_name)
    }

    /// What stands at it: `tcp/80, tcp/443`, `every port`, with `?` before what is unknown.
    pub fn label(&self) -> String {
        format!("{}{}", words::change(self.change), words::ports(&self.allowed, &self.unknown))
    }
}

impl Picture {
    /// The picture with a box for each node.
    pub fn of(graph: &Graph) -> Self {
        let mut picture = Self { notes: graph.notes.clone(), subject: graph.subject, ..Self::default() };
        picture.boxes = graph.nodes.iter().enumerate().map(|(at, node)| boxed(at, node)).collect();
        if picture.boxes.is_empty() && picture.subject == Subject::Connections {
            picture.notes.push("there is nothing to draw: no workload, no pod and no address".to_owned());
        }
        let drawn = picture.drawn(graph);
        picture.links =
            drawn.into_iter().filter_map(|at| graph.edges.get(at).map(|edge| link(at, edge))).collect();
        if picture.links.len() > SINGLE_LINKS {
            factor::fold(graph, &mut picture);
        }
        picture
    }

    /// The picture with a box for each namespace.
    pub fn by_namespace(graph: &Graph) -> Self {
        let mut picture = Self { notes: graph.notes.clone(), subject: graph.subject, ..Self::default() };
        let mut boxes: BTreeMap<(bool, &str), usize> = BTreeMap::new();
        let mut of_node = Vec::new();
        for (at, node) in graph.nodes.iter().enumerate() {
            let name = node.namespace.as_deref().unwrap_or(&node.label);
            let place = *boxes.entry((node.is_pods(), name)).or_insert_with(|| {
                picture.boxes.push(namespace_box(node, name));
                picture.boxes.len() - 1
            });
            of_node.push(place);
            if let Some(group) = picture.boxes.get_mut(place) {
                group.take(at, node);
            }
        }
        for group in &mut picture.boxes {
            if group.shape == Shape::Group {
                group.detail = words::count(group.members.len(), "workload");
            }
        }
        let drawn = picture.drawn(graph);
        picture.links = merged(graph, &drawn, &of_node);
        picture.notes.push(format!(
            "drawn by namespace: {} and {} are too many to be drawn one by one",
            words::count(graph.nodes.len(), "endpoint"),
            words::count(drawn.len(), "connection"),
        ));
        picture
    }

    /// The edges that become links. The others are marks, or an end that reaches itself.
    fn drawn(&mut self, graph: &Graph) -> Vec<usize> {
        let is_open = |edge: &Edge| !edge.is_isolated && edge.unknown.is_empty();
        let (mut ruled, mut open) = (Vec::new(), Vec::new());
        for (at, edge) in graph.edges.iter().enumerate().filter(|(_, edge)| edge.from != edge.to) {
            if is_open(edge) { open.push(at) } else { ruled.push(at) }
        }
        if open.len() > OPEN_LINKS {
            self.hides_open = true;
            self.notes.push(format!(
                "{} between endpoints that no policy isolates are not drawn: whatever is marked `sends to all` reaches whatever is marked `open to all`",
                words::count(open.len(), "connection"),
            ));
        } else {
            ruled.append(&mut open);
            ruled.sort_unstable();
        }
        ruled
    }
}

impl PictureBox {
    fn take(&mut self, at: usize, node: &Node) {
        self.exposed |= node.exposed;
        self.open.ingress |= !node.ingress_isolated;
        self.open.egress |= !node.egress_isolated;
        self.members.push(at);
    }

    /// What its marks say, in words; empty when it has none.
    pub fn marks(&self) -> Vec<&'static str> {
        let marks = [
            (self.exposed, "internet"),
            (self.open.ingress, "open to all"),
            (self.open.egress, "sends to all"),
        ];
        if self.shape == Shape::Addresses {
            return Vec::new();
        }
        marks.into_iter().filter(|(is_set, _)| *is_set).map(|(_, words)| words).collect()
    }
}

fn boxed(at: usize, node: &Node) -> PictureBox {
    let (shape, detail) = match &node.kind {
        NodeKind::Workload { workload_kind } => (Shape::Pods, workload_kind.clone().unwrap_or_default()),
        NodeKind::Pod => (Shape::Pods, "Pod".to_owned()),
        NodeKind::Addresses { cidrs } => (Shape::Addresses, blocks(cidrs, &node.label)),
    };
    let open = Open { ingress: !node.ingress_isolated, egress: !node.egress_isolated };
    let (label, namespace) = (node.label.clone(), node.namespace.clone());
    PictureBox { label, detail, namespace, shape, exposed: node.exposed, open, members: vec![at] }
}

/// The first blocks, unless the name says them already.
fn blocks(cidrs: &[String], label: &str) -> String {
    if cidrs.join(", ") == label {
        return String::new();
    }
    match cidrs {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one}, {two}"),
        [one, two, rest @ ..] => format!("{one}, {two} +{}", rest.len()),
    }
}

fn namespace_box(node: &Node, name: &str) -> PictureBox {
    let mut group = boxed(0, node);
    group.members.clear();
    group.exposed = false;
    group.open = Open::default();
    group.namespace = None;
    if node.is_pods() {
        group.shape = Shape::Group;
        name.clone_into(&mut group.label);
    }
    group
}

fn link(at: usize, edge: &Edge) -> Link {
    Link {
        from: edge.from,
        to: edge.to,
        allowed: edge.allowed.clone(),
        unknown: edge.unknown.clone(),
        is_isolated: edge.is_isolated,
        edges: vec![at],
        change: edge.change,
    }
}

/// One link for all edges between the same two boxes; it allows what any of them allows.
fn merged(graph: &Graph, drawn: &[usize], of_node: &[usize]) -> Vec<Link> {
    let mut links: BTreeMap<(usize, usize), Link> = BTreeMap::new();
    for at in drawn {
        let Some(edge) = graph.edges.get(*at) else { continue };
        let (Some(&from), Some(&to)) = (of_node.get(edge.from), of_node.get(edge.to)) else { continue };
        if from == to {
            continue;
        }
        let next = Link { from, to, ..link(*at, edge) };
        links
            .entry((from, to))
            .and_modify(|link| {
                link.allowed = link.allowed.union(&next.allowed);
                link.unknown = link.unknown.union(&next.unknown).difference(&link.allowed);
                link.is_isolated |= next.is_isolated;
                if link.change != next.change {
                    link.change = Some(Kind::Changed);
                }
                link.edges.push(*at);
            })
            .or_insert(next);
    }
    links.into_values().collect()
}
