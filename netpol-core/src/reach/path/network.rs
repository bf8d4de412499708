//! The connections between two ends as a network whose smallest cut is looked for.
//!
//! Shares that are sources and destinations of the same connections are one node: of all smallest cuts there is one
//! that has them on the same side, because each can be swapped for the other. An edge weighs as many connections as
//! it stands for.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::Graph;
use petgraph::algo::dinics;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;
use rustc_hash::FxHashMap;

use super::between::{Between, Place};
use crate::reach::{Rectangle, ShareId};

/// So many edges are laid at most.
const MOST_EDGES: usize = 5_000_000;

/// The network would have too many edges.
#[derive(Debug, Clone, Copy)]
pub(super) struct TooMany;

/// An end of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Point {
    /// All sources together.
    Source,
    /// Shares that lie between, by the number of their node.
    Node(u32),
    /// All destinations together.
    Goal,
}

/// The network.
#[derive(Debug)]
pub(super) struct Network {
    graph: Graph<(), u64, petgraph::Directed, u32>,
    flow: u64,
    flows: Vec<u64>,
    /// For each share, its node.
    node_of: Vec<Option<u32>>,
}

impl Network {
    /// Lays the network and finds the greatest flow through it.
    pub(super) fn new(between: &Between) -> Result<Self, TooMany> {
        let (node_of, sizes) = nodes(between);
        let edges = Edges::of(between, &node_of, &sizes)?;
        let mut graph = Graph::with_capacity(sizes.len() + 2, edges.weights.len());
        for _ in 0..sizes.len() + 2 {
            graph.add_node(());
        }
        for ((from, to), weight) in edges.weights.into_iter().filter(|(_, weight)| *weight > 0) {
            graph.add_edge(index(from), index(to), weight);
        }
        let (flow, flows) = dinics(&graph, index(Point::Source), index(Point::Goal));
        Ok(Self { graph, flow, flows, node_of })
    }

    /// The greatest flow, which is the size of the smallest cut.
    pub(super) const fn flow(&self) -> u64 {
        self.flow
    }

    /// For each share between, whether the sources still reach it when the cut is made.
    pub(super) fn reach(&self) -> Vec<bool> {
        let mut reached = vec![false; self.graph.node_count()];
        let mut open = vec![index(Point::Source)];
        while let Some(node) = open.pop() {
            match reached.get_mut(node.index()) {
                Some(slot) if !*slot => *slot = true,
                _ => continue,
            }
            let flow = |edge: usize| self.flows.get(edge).copied().unwrap_or_default();
            let onward = self.graph.edges(node).filter(|edge| flow(edge.id().index()) < *edge.weight());
            open.extend(onward.map(|edge| edge.target()));
            let back = self.graph.edges_directed(node, petgraph::Direction::Incoming);
            open.extend(back.filter(|edge| flow(edge.id().index()) > 0).map(|edge| edge.source()));
        }
        let is_reached = |node: &Option<u32>| {
            node.is_some_and(|node| reached.get(index(Point::Node(node)).index()) == Some(&true))
        };
        self.node_of.iter().map(is_reached).collect()
    }
}

fn index(point: Point) -> NodeIndex<u32> {
    NodeIndex::from(match point {
        Point::Source => 0,
        Point::Goal => 1,
        Point::Node(number) => number + 2,
    })
}

/// For each share, its node; and how many shares each node stands for.
fn nodes(between: &Between) -> (Vec<Option<u32>>, Vec<u64>) {
    let mut signatures: Vec<Vec<(u32, bool)>> = vec![Vec::new(); between.is_inner.len()];
    for (number, (rectangle, _)) in (0u32..).zip(between.connections()) {
        for (side, is_to) in [(&rectangle.from, false), (&rectangle.to, true)] {
            for share in between.between_of(side) {
                if let Some(signature) = signatures.get_mut(share.0 as usize) {
                    signature.push((number, is_to));
                }
            }
        }
    }
    let mut numbers: FxHashMap<(Vec<(u32, bool)>, bool), u32> = FxHashMap::default();
    let mut sizes: Vec<u64> = Vec::new();
    let shares = (0u32..).map(ShareId).zip(signatures).zip(&between.is_inner);
    let node_of = shares.map(|((share, signature), is_between)| {
        if !is_between {
            return None;
        }
        let number = *numbers.entry((signature, between.is_one_pod(share))).or_insert_with(|| {
            sizes.push(0);
            u32::try_from(sizes.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(size) = sizes.get_mut(number as usize) {
            *size += 1;
        }
        Some(number)
    });
    (node_of.collect(), sizes)
}

/// How many connections lead from point to point.
#[derive(Debug, Default)]
struct Edges {
    weights: BTreeMap<(Point, Point), u64>,
    /// The same where one end is addresses outside, which are one end however many blocks they are.
    outside: BTreeMap<(Point, Point), u64>,
    /// The destinations that addresses of the sources lead to, and the sources that lead to addresses.
    direct: BTreeSet<ShareId>,
}

impl Edges {
    fn of(between: &Between, node_of: &[Option<u32>], sizes: &[u64]) -> Result<Self, TooMany> {
        let mut edges = Self::default();
        let points = |shares: &mut dyn Iterator<Item = ShareId>| -> Vec<(Point, u64)> {
            let nodes = shares.filter_map(|share| node_of.get(share.0 as usize).copied().flatten());
            let nodes: BTreeSet<u32> = nodes.collect();
            let size = |number: u32| sizes.get(number as usize).copied().unwrap_or_default();
            nodes.into_iter().map(|number| (Point::Node(number), size(number))).collect()
        };
        for (rectangle, place) in between.connections() {
            let from = points(&mut between.between_of(&rectangle.from));
            let to = if place == Place::Last {
                vec![(Point::Goal, number_of(rectangle.to.pods().len()))]
            } else {
                points(&mut between.between_of(&rectangle.to))
            };
            if edges.weights.len() + (from.len() + 1) * to.len() > MOST_EDGES {
                return Err(TooMany);
            }
            let selves =
                if place == Place::Last { selves(between, node_of, rectangle) } else { BTreeMap::new() };
            edges.lay(between.sources_of(&rectangle.from), (from, to, selves), rectangle);
        }
        edges.join();
        Ok(edges)
    }

    /// Lays the edges of a connection from sources and nodes to nodes, or to the destinations.
    fn lay(
        &mut self,
        sources: (Vec<ShareId>, bool),
        (from, to, selves): (Points, Points, BTreeMap<Point, u64>),
        rectangle: &Rectangle,
    ) {
        let (sources, is_outside) = sources;
        let is_exit = rectangle.to.addresses().is_some();
        for (end, ends) in &to {
            for (start, count) in &from {
                if is_exit {
                    self.outside.insert((*start, *end), *count);
                } else if start != end {
                    let selves = selves.get(start).copied().unwrap_or_default();
                    *self.weights.entry((*start, *end)).or_default() += count * ends - selves;
                }
            }
            match (is_outside, *end) {
                (true, Point::Goal) => self.direct.extend(rectangle.to.pods()),
                (true, _) => {
                    self.outside.insert((Point::Source, *end), *ends);
                }
                (false, Point::Goal) if is_exit => self.direct.extend(&sources),
                (false, _) if !sources.is_empty() => {
                    let weight = number_of(sources.len()) * ends;
                    *self.weights.entry((Point::Source, *end)).or_default() += weight;
                }
                (false, _) => {}
            }
        }
    }

    fn join(&mut self) {
        if !self.direct.is_empty() {
            self.outside.insert((Point::Source, Point::Goal), number_of(self.direct.len()));
        }
        for (edge, weight) in std::mem::take(&mut self.outside) {
            *self.weights.entry(edge).or_default() += weight;
        }
    }
}

/// For each node, how many of its shares are single pods that a last connection leads to as well as from.
fn selves(between: &Between, node_of: &[Option<u32>], last: &Rectangle) -> BTreeMap<Point, u64> {
    let mut selves = BTreeMap::new();
    let to = last.to.pods();
    for share in between.between_of(&last.from).filter(|share| between.is_one_pod(*share)) {
        if let (Ok(_), Some(Some(node))) = (to.binary_search(&share), node_of.get(share.0 as usize)) {
            *selves.entry(Point::Node(*node)).or_default() += 1;
        }
    }
    selves
}

/// Ends of edges, with how many shares each stands for.
type Points = Vec<(Point, u64)>;

fn number_of(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
