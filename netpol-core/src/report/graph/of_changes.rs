//! Changes as a graph: the ends between which something changed, and what.

use std::collections::BTreeMap;

use super::{Edge, Graph, Node, NodeKind, RulePlace, Subject, words};
use crate::cluster::{Endpoint, Owner};
use crate::diff::{Cause, Change, Changes, Kind, Side};
use crate::evaluate::End;
use crate::report::Context;
use crate::report::text::changes::{ends, summary};
use crate::report::text::end;

/// So many changes are drawn; of more, the rest is counted.
const MOST_EDGES: usize = 20_000;

/// The graph of some changes: what was removed shows what might flow before, all else what may flow now.
pub fn of_changes((old, new): (Context<'_>, Context<'_>), changes: &Changes) -> Graph {
    let mut graph = Graph { subject: Subject::Changes, ..Graph::default() };
    let mut places: BTreeMap<&End, usize> = BTreeMap::new();
    for change in changes.connections.iter().take(MOST_EDGES) {
        let [from, to] = [&change.from, &change.to].map(|it| {
            *places.entry(it).or_insert_with(|| {
                graph.nodes.push(node(new, it));
                graph.nodes.len() - 1
            })
        });
        let decided = if change.kind == Kind::Removed { &change.before } else { &change.after };
        graph.edges.push(Edge {
            from,
            to,
            allowed: decided.allowed.clone(),
            unknown: decided.unknown.clone(),
            is_isolated: true,
            rules: change.causes.iter().filter_map(|cause| place((old, new), cause)).collect(),
            change: Some(change.kind),
        });
    }
    graph.notes.push(summary(changes));
    let is_now = |kind| matches!(kind, Kind::Widened | Kind::Narrowed | Kind::Changed);
    if changes.connections.iter().any(|change| is_now(change.kind)) {
        graph.notes.push("what is wider, narrower or otherwise changed shows what may flow now".into());
    }
    graph.notes.extend(changes.connections.iter().filter_map(|change| within(new, change)));
    graph.notes.extend(ends((old, new), changes));
    if let Some(rest) = changes.connections.len().checked_sub(MOST_EDGES).filter(|rest| *rest > 0) {
        graph.notes.push(format!("{rest} more changes are not drawn"));
    }
    graph
}

/// A change between the pods of one end, which has no line.
fn within(context: Context<'_>, change: &Change) -> Option<String> {
    let decided = if change.kind == Kind::Removed { &change.before } else { &change.after };
    let name = || end(context.cluster, &change.from);
    let ports = words::ports(&decided.allowed, &decided.unknown);
    (change.from == change.to)
        .then(|| format!("between pods of {}: {}{ports}", name(), words::change(Some(change.kind))))
}

fn node(context: Context<'_>, it: &End) -> Node {
    let cluster = context.cluster;
    let name = end(cluster, it);
    let workload = match it.endpoint {
        Endpoint::Workload(id) => cluster.workload(id),
        _ => None,
    };
    let kind = match (workload.map(|workload| &workload.owner), &it.endpoint) {
        (Some(Owner::Kind(kind)), _) => NodeKind::Workload { workload_kind: Some(kind.clone()) },
        (Some(Owner::Unnamed), _) => NodeKind::Workload { workload_kind: None },
        (Some(Owner::Pod | Owner::Hypothetical(_)), _) => NodeKind::Pod,
        (None, Endpoint::Addresses(addresses)) => {
            NodeKind::Addresses { cidrs: addresses.cidrs().iter().map(ToString::to_string).collect() }
        }
        (None, _) => NodeKind::Addresses { cidrs: Vec::new() },
    };
    let namespace = workload.and_then(|workload| cluster.namespace(workload.namespace));
    let namespace = namespace.map(|namespace| namespace.name.clone());
    let label = match &namespace {
        Some(namespace) => name.strip_prefix(&format!("{namespace}/")).unwrap_or(&name).to_owned(),
        None => name,
    };
    Node { label, namespace, kind, exposed: false, ingress_isolated: true, egress_isolated: true }
}

fn place((old, new): (Context<'_>, Context<'_>), cause: &Cause) -> Option<RulePlace> {
    let context = match cause.side {
        Side::Old => old,
        Side::New => new,
    };
    let (file, line) = context.file_line(cause.span)?;
    let object = cause.object.to_string();
    Some(RulePlace { object, rule: String::new(), file: file.to_owned(), line: line as usize })
}
