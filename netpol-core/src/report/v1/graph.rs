//! A graph on the wire.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Ports, SCHEMA};
use crate::report::graph;

/// Who can reach whom, as nodes and edges: `netpol graph -o json`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Graph<'a> {
    /// `netpol/v1`.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// `Graph`.
    #[schemars(extend("const" = "Graph"))]
    pub kind: &'static str,
    /// The ends.
    pub nodes: Vec<GraphNode<'a>>,
    /// The connections that are allowed or unknown.
    pub edges: Vec<GraphEdge<'a>>,
    /// What was left out, or hangs on an assumption.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    #[schemars(default)]
    pub notes: &'a [String],
}

impl<'a> Graph<'a> {
    /// The view of a graph.
    pub fn new(graph: &'a graph::Graph) -> Self {
        let nodes = graph.nodes.iter().enumerate().map(|(id, node)| GraphNode::new(id, node)).collect();
        let edges = graph.edges.iter().map(GraphEdge::new).collect();
        Self { schema: SCHEMA, kind: "Graph", nodes, edges, notes: &graph.notes }
    }
}

/// An end, with its number.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GraphNode<'a> {
    /// Its number, by which edges name it.
    pub id: usize,
    /// The endpoint.
    #[serde(flatten)]
    pub endpoint: GraphEndpoint<'a>,
    /// Whether the internet can reach it.
    pub exposed: bool,
    /// Whether a policy isolates it for ingress.
    pub ingress_isolated: bool,
    /// Whether a policy isolates it for egress.
    pub egress_isolated: bool,
}

impl<'a> GraphNode<'a> {
    fn new(id: usize, node: &'a graph::Node) -> Self {
        let (namespace, name) = (node.namespace.as_deref().unwrap_or_default(), node.label.as_str());
        let endpoint = match &node.kind {
            graph::NodeKind::Workload { workload_kind } => {
                GraphEndpoint::Workload { namespace, name, workload_kind: workload_kind.as_deref() }
            }
            graph::NodeKind::Pod => GraphEndpoint::Pod { namespace, name },
            graph::NodeKind::Addresses { cidrs } => GraphEndpoint::Addresses { cidrs },
        };
        let graph::Node { exposed, ingress_isolated, egress_isolated, .. } = *node;
        Self { id, endpoint, exposed, ingress_isolated, egress_isolated }
    }
}

/// The endpoint of a node.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum GraphEndpoint<'a> {
    /// The pods of an owner.
    Workload {
        /// Its namespace.
        namespace: &'a str,
        /// Its name.
        name: &'a str,
        /// Its kind; absent when the owner is not in the input and its reference names no kind.
        #[serde(skip_serializing_if = "Option::is_none")]
        workload_kind: Option<&'a str>,
    },
    /// A pod without an owner.
    Pod {
        /// Its namespace.
        namespace: &'a str,
        /// Its name.
        name: &'a str,
    },
    /// Addresses outside the cluster: disjoint, merged, sorted, IPv4 first.
    Addresses {
        /// The blocks.
        cidrs: &'a [String],
    },
}

/// A connection.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct GraphEdge<'a> {
    /// The number of its source.
    pub from: usize,
    /// The number of its destination.
    pub to: usize,
    /// What is allowed.
    pub allowed: Ports<'a>,
    /// What is not decided by the input.
    pub unknown: Ports<'a>,
    /// Whether rules have a say.
    pub because: BecauseField,
    /// The rules that allow it, or make it unknown.
    pub rules: Vec<GraphRule<'a>>,
}

impl<'a> GraphEdge<'a> {
    fn new(edge: &'a graph::Edge) -> Self {
        let because = if edge.is_isolated { BecauseField::Rules } else { BecauseField::NotIsolated };
        let rules = edge.rules.iter().map(|place| GraphRule {
            object: &place.object,
            rule: &place.rule,
            file: &place.file,
            line: place.line,
        });
        let (allowed, unknown) = (Ports(&edge.allowed), Ports(&edge.unknown));
        Self { from: edge.from, to: edge.to, allowed, unknown, because, rules: rules.collect() }
    }
}

/// Why a connection is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BecauseField {
    /// An end is isolated, and rules allow it.
    Rules,
    /// Neither end is isolated in its direction.
    NotIsolated,
}

/// A rule, and where it stands.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct GraphRule<'a> {
    /// The policy, with its kind.
    pub object: &'a str,
    /// The rule within it.
    pub rule: &'a str,
    /// The file, as it was given.
    pub file: &'a str,
    /// The line, from 1.
    pub line: usize,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::{ConnectionSet, PortSet, Protocol};

    #[test]
    fn nodes_carry_their_endpoint_and_edges_their_rules() {
        let node = |label: &str, kind| graph::Node {
            label: label.to_owned(),
            namespace: Some("shop".to_owned()),
            kind,
            exposed: false,
            ingress_isolated: true,
            egress_isolated: false,
        };
        let place = graph::RulePlace {
            object: "NetworkPolicy shop/db".to_owned(),
            rule: "ingress[0]".to_owned(),
            file: "a.yaml".to_owned(),
            line: 7,
        };
        let edge = graph::Edge {
            from: 1,
            to: 0,
            allowed: ConnectionSet::of(Protocol::Tcp, PortSet::from_ranges([(80, 80)])),
            unknown: ConnectionSet::empty(),
            is_isolated: true,
            rules: vec![place],
            change: None,
        };
        let graph = graph::Graph {
            nodes: vec![
                node("db", graph::NodeKind::Workload { workload_kind: Some("StatefulSet".to_owned()) }),
                node("internet", graph::NodeKind::Addresses { cidrs: vec!["0.0.0.0/0".to_owned()] }),
            ],
            edges: vec![edge],
            ..graph::Graph::default()
        };
        assert_eq!(
            serde_json::to_string(&Graph::new(&graph)).unwrap(),
            r#"{"schema":"netpol/v1","kind":"Graph","nodes":[{"id":0,"kind":"workload","namespace":"shop","name":"db","workloadKind":"StatefulSet","exposed":false,"ingressIsolated":true,"egressIsolated":false},{"id":1,"kind":"addresses","cidrs":["0.0.0.0/0"],"exposed":false,"ingressIsolated":true,"egressIsolated":false}],"edges":[{"from":1,"to":0,"allowed":{"TCP":[[80,80]]},"unknown":{},"because":"rules","rules":[{"object":"NetworkPolicy shop/db","rule":"ingress[0]","file":"a.yaml","line":7}]}]}"#
        );
    }
}
