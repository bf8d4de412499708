//! Graphs to draw, made by hand.

use netpol_core::diff::Kind;
use netpol_core::net::{ConnectionSet, PortSet, Protocol};
use netpol_core::report::graph::{Edge, Graph, Node, NodeKind, RulePlace, Subject};

/// Namespaces of the shop and their workloads.
const SHOP: [(&str, &[&str]); 4] = [
    ("ingress", &["gateway"]),
    ("shop", &["frontend", "cart", "catalog", "checkout", "search"]),
    ("payments", &["payment", "ledger-db"]),
    ("monitoring", &["prometheus", "grafana"]),
];
/// Who reaches whom in the shop, by place in the list above, and the port.
const RULED: [(usize, usize, u16); 13] = [
    (10, 0, 443),
    (0, 1, 8080),
    (1, 2, 7070),
    (1, 3, 3550),
    (1, 4, 5050),
    (1, 5, 9200),
    (4, 2, 7070),
    (4, 6, 8443),
    (6, 7, 5432),
    (9, 8, 9090),
    (8, 2, 9100),
    (8, 7, 9187),
    (6, 10, 443),
];

/// Some ports of TCP.
pub(crate) fn tcp(ports: &[u16]) -> ConnectionSet {
    ConnectionSet::of(Protocol::Tcp, PortSet::from_ranges(ports.iter().map(|port| (*port, *port))))
}

/// A Deployment that is isolated in both directions.
pub(crate) fn workload(namespace: &str, name: &str) -> Node {
    let kind = NodeKind::Workload { workload_kind: Some("Deployment".to_owned()) };
    let (label, namespace) = (name.to_owned(), Some(namespace.to_owned()));
    Node { label, namespace, kind, exposed: false, ingress_isolated: true, egress_isolated: true }
}

/// What a rule allows.
pub(crate) fn edge(from: usize, to: usize, ports: &[u16]) -> Edge {
    let (allowed, unknown) = (tcp(ports), ConnectionSet::empty());
    let rules = vec![RulePlace {
        object: format!("NetworkPolicy demo/to-{to}"),
        rule: "ingress[0]".to_owned(),
        file: format!("manifests/policy-{to}.yaml"),
        line: 7 + to,
    }];
    Edge { from, to, allowed, unknown, is_isolated: true, rules, change: None }
}

/// A shop with payments, a monitor and the internet.
pub(crate) fn shop() -> Graph {
    let names = SHOP.iter().flat_map(|(namespace, names)| names.iter().map(|name| workload(namespace, name)));
    let mut nodes: Vec<Node> = names.collect();
    nodes.push(Node {
        label: "internet".to_owned(),
        namespace: None,
        kind: NodeKind::Addresses { cidrs: vec!["0.0.0.0/0".to_owned(), "::/0".to_owned()] },
        ..workload("", "")
    });
    nodes[0].exposed = true;
    nodes[9].ingress_isolated = false;
    nodes[3].egress_isolated = false;
    let mut edges: Vec<Edge> = RULED.iter().map(|(from, to, port)| edge(*from, *to, &[*port])).collect();
    edges[11].unknown = std::mem::take(&mut edges[11].allowed);
    edges.push(Edge {
        allowed: ConnectionSet::every(),
        is_isolated: false,
        rules: Vec::new(),
        change: None,
        ..edge(3, 9, &[])
    });
    let notes = vec!["1 connection is unknown: set `pod-cidrs` to settle it".to_owned()];
    Graph { nodes, edges, notes, ..Graph::default() }
}

/// The shop, of whose connections each has changed in one of the five ways.
pub(crate) fn changes() -> Graph {
    let kinds = [Kind::Added, Kind::Removed, Kind::Widened, Kind::Narrowed, Kind::Changed];
    let mut graph = Graph { subject: Subject::Changes, ..shop() };
    graph.edges.retain(|edge| edge.is_isolated);
    for (edge, kind) in graph.edges.iter_mut().zip(kinds.into_iter().cycle()) {
        edge.change = Some(kind);
    }
    graph
}

/// `count` workloads in namespaces of 20, every second of which is open: everyone there reaches everyone open. The
/// isolated ones have some connections each, and a database that a whole namespace reaches.
pub(crate) fn large(count: usize) -> Graph {
    let is_open = |at: usize| (at / 20).is_multiple_of(2);
    let node = |at: usize| Node {
        ingress_isolated: !is_open(at),
        egress_isolated: !is_open(at),
        ..workload(&format!("team-{:02}", at / 20), &format!("service-{at}"))
    };
    let nodes: Vec<Node> = (0..count).map(node).collect();
    let mut edges = Vec::new();
    for from in 0..count {
        for to in (0..count).filter(|to| *to != from) {
            if is_open(from) && is_open(to) {
                let rules = Vec::new();
                edges.push(Edge {
                    allowed: ConnectionSet::every(),
                    is_isolated: false,
                    rules,
                    ..edge(from, to, &[])
                });
            } else if !is_open(to) && (from / 20 == to / 20 && to % 20 == 0) {
                edges.push(edge(from, to, &[5432]));
            } else if !is_open(from) && !is_open(to) && (from * 31 + to * 17) % 97 == 0 {
                edges.push(edge(from, to, &[8080]));
            }
        }
    }
    Graph { nodes, edges, ..Graph::default() }
}

/// The shop with names that try to become markup or script.
pub(crate) fn hostile() -> Graph {
    let mut graph = shop();
    let names = [
        "</script><script>globalThis.owned=1</script>",
        "<img src=x onerror=globalThis.owned=1>",
        "\"'`};globalThis.owned=1;//",
        "a\u{2028}globalThis.owned=1\u{2029}",
        "<!--<script>",
        "&lt;b&gt;]]>",
        "javascript:globalThis.owned=1",
    ];
    for (at, node) in graph.nodes.iter_mut().enumerate() {
        names[at % names.len()].clone_into(&mut node.label);
        node.namespace = node.namespace.as_ref().map(|namespace| format!("{namespace}{}", names[at % 2]));
    }
    for rule in graph.edges.iter_mut().flat_map(|edge| &mut edge.rules) {
        rule.object.push_str(names[1]);
        rule.rule.push_str(names[0]);
        rule.file.push_str(names[4]);
    }
    graph.notes.extend(names.map(str::to_owned));
    graph
}
