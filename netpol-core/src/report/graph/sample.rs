//! Graphs for the tests of pictures.

use super::model::{Edge, Graph, Node, NodeKind, RulePlace};
use crate::net::{ConnectionSet, PortSet, Protocol};

/// Some TCP ports.
pub(super) fn tcp(ports: &[u16]) -> ConnectionSet {
    ConnectionSet::of(Protocol::Tcp, PortSet::from_ranges(ports.iter().map(|port| (*port, *port))))
}

/// A Deployment that is isolated in both directions.
pub(super) fn workload(namespace: &str, name: &str) -> Node {
    Node {
        label: name.to_owned(),
        namespace: Some(namespace.to_owned()),
        kind: NodeKind::Workload { workload_kind: Some("Deployment".to_owned()) },
        exposed: false,
        ingress_isolated: true,
        egress_isolated: true,
    }
}

/// A connection that a rule allows.
pub(super) fn ruled(from: usize, to: usize, ports: &[u16]) -> Edge {
    let place = RulePlace {
        object: format!("NetworkPolicy shop/to-{to}"),
        rule: "ingress[0]".to_owned(),
        file: "shop/policies.yaml".to_owned(),
        line: 10 + to,
    };
    let (allowed, unknown) = (tcp(ports), ConnectionSet::empty());
    Edge { from, to, allowed, unknown, is_isolated: true, rules: vec![place], change: None }
}

/// A small shop with a database, an outside and a monitor.
pub(super) fn shop() -> Graph {
    let mut nodes = vec![
        workload("shop", "frontend"),
        workload("shop", "cart"),
        workload("shop", "db"),
        workload("monitoring", "prometheus"),
        Node {
            label: "internet".to_owned(),
            namespace: None,
            kind: NodeKind::Addresses { cidrs: vec!["0.0.0.0/0".to_owned(), "::/0".to_owned()] },
            exposed: false,
            ingress_isolated: false,
            egress_isolated: false,
        },
    ];
    if let Some(frontend) = nodes.first_mut() {
        frontend.exposed = true;
        frontend.ingress_isolated = false;
    }
    let mut unsure = ruled(3, 2, &[]);
    unsure.unknown = tcp(&[9187]);
    let open = Edge {
        from: 4,
        to: 0,
        allowed: ConnectionSet::every(),
        unknown: ConnectionSet::empty(),
        is_isolated: false,
        rules: Vec::new(),
        change: None,
    };
    let edges = vec![open, ruled(0, 1, &[7070]), ruled(1, 2, &[5432]), ruled(3, 0, &[9090]), unsure];
    Graph { nodes, edges, notes: vec!["1 connection hangs on `pod-cidrs`".to_owned()], ..Graph::default() }
}

/// `count` workloads in namespaces of 25 that no policy isolates, all of which reach each other.
pub(super) fn all_open(count: usize) -> Graph {
    let open = |at: usize| Node {
        ingress_isolated: false,
        egress_isolated: false,
        ..workload(&format!("team-{}", at / 25), &format!("app-{at}"))
    };
    let nodes: Vec<Node> = (0..count).map(open).collect();
    let edge = |from: usize, to: usize| Edge {
        allowed: ConnectionSet::every(),
        is_isolated: false,
        rules: Vec::new(),
        change: None,
        ..ruled(from, to, &[])
    };
    let edges = (0..count).flat_map(|from| (0..count).map(move |to| edge(from, to)));
    Graph { nodes, edges: edges.collect(), ..Graph::default() }
}

/// Names that try to leave the text they stand in.
pub(super) fn hostile() -> Graph {
    let mut graph = shop();
    let names = [
        "\"]; evil [label=\"",
        "</script><script>document.title='owned'</script>",
        "<img src=x onerror=alert(1)>",
        "a\u{2028}b\nc\\",
        "&lt;]]>#quot;{}|",
    ];
    for (node, name) in graph.nodes.iter_mut().zip(names) {
        name.clone_into(&mut node.label);
        if let Some(namespace) = &mut node.namespace {
            namespace.push_str(name);
        }
    }
    graph.notes.push(names.concat());
    for (edge, name) in graph.edges.iter_mut().zip(names) {
        for rule in &mut edge.rules {
            rule.object.push_str(name);
            rule.file.push_str(name);
        }
    }
    graph
}

/// `count` isolated workloads in namespaces of 20, with ten connections each that differ.
pub(super) fn dense(count: usize) -> Graph {
    let nodes = (0..count).map(|at| workload(&format!("team-{}", at / 20), &format!("app-{at}"))).collect();
    let port = |at: usize| u16::try_from(at % 9000 + 1).unwrap_or(1);
    let edges = (0..count * 10).map(|at| ruled(at % count, (at * at + at / count) % count, &[port(at)]));
    Graph { nodes, edges: edges.filter(|edge| edge.from != edge.to).collect(), ..Graph::default() }
}
