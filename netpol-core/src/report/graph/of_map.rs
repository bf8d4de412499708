//! A map as a graph: its ends, and a connection for each pair, with the rules behind it.

use std::collections::BTreeMap;

use super::{Edge, Graph, Node, NodeKind, RulePlace, Subject};
use crate::cluster::{Cluster, Endpoint, Owner};
use crate::evaluate::{End, Engine, PolicyRef};
use crate::policy::Direction;
use crate::reach::path::{Behind, Hop, RuleRef, behind};
use crate::reach::{Because, Connection, Coverage, Map, Rectangle, expand};
use crate::report::Context;
use crate::report::context::rule_path;
use crate::report::text::{self, ends};
use crate::selector::Truth;

/// So many connections are kept; of more, the rest is counted.
const MOST_EDGES: usize = 300_000;
/// The rules behind so many connections are looked up.
const MOST_EXPLAINED: usize = 20_000;

/// What a graph is made of.
#[derive(Debug, Clone, Copy)]
pub struct GraphSource<'a> {
    /// What ids are looked up in.
    pub context: Context<'a>,
    /// Answers what is behind a connection.
    pub engine: Engine<'a>,
    /// Who is isolated and exposed.
    pub coverage: &'a Coverage,
    /// The map.
    pub map: &'a Map,
}

/// The graph of some rectangles of a map. `ends` are on it even if no connection is.
pub fn of_map(source: GraphSource<'_>, rectangles: &[Rectangle], ends: &[End]) -> Graph {
    let connections = expand(source.context.cluster, source.map, rectangles);
    let mut nodes = Nodes { source, places: BTreeMap::new(), list: Vec::new() };
    for end in ends {
        nodes.place(end);
    }
    let mut edges = Vec::new();
    let mut explained = 0;
    for connection in connections.iter().take(MOST_EDGES) {
        let is_governed = connection.rectangle.because == Because::Rules;
        let mut rules = Vec::new();
        if is_governed && explained < MOST_EXPLAINED {
            explained += 1;
            rules = rules_behind(source, connection);
        }
        let (from, to) = (nodes.place(&connection.from), nodes.place(&connection.to));
        let decided = &connection.rectangle.decided;
        let (allowed, unknown) = (decided.allowed.clone(), decided.unknown.clone());
        edges.push(Edge { from, to, allowed, unknown, is_isolated: is_governed, rules, change: None });
    }
    let notes = notes(source, connections.len(), explained);
    Graph { nodes: nodes.list, edges, notes, subject: Subject::Connections }
}

fn notes(source: GraphSource<'_>, connections: usize, explained: usize) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(rest) = connections.checked_sub(MOST_EDGES).filter(|rest| *rest > 0) {
        notes.push(format!("{rest} more connections are left out: narrow the filter, or use `netpol list`"));
    }
    if explained == MOST_EXPLAINED {
        notes.push(format!("the rules behind the first {MOST_EXPLAINED} connections are given"));
    }
    let assumptions = text::assumptions(source.context, &source.map.assumptions);
    notes.extend(assumptions.into_iter().map(|fact| format!("assumed: {}", fact.words)));
    notes
}

/// The nodes of a graph by their ends.
#[derive(Debug)]
struct Nodes<'a> {
    source: GraphSource<'a>,
    places: BTreeMap<End, usize>,
    list: Vec<Node>,
}

impl Nodes<'_> {
    fn place(&mut self, end: &End) -> usize {
        if let Some(place) = self.places.get(end) {
            return *place;
        }
        self.list.push(node(self.source, end));
        self.places.insert(end.clone(), self.list.len() - 1);
        self.list.len() - 1
    }
}

fn node(source: GraphSource<'_>, end: &End) -> Node {
    let cluster = source.context.cluster;
    let workload = match &end.endpoint {
        Endpoint::Workload(id) | Endpoint::Pods(id, _) => cluster.workload(*id).map(|it| (*id, it)),
        Endpoint::Replica(replica) => cluster.workload(replica.workload).map(|it| (replica.workload, it)),
        _ => None,
    };
    let Some((id, workload)) = workload else {
        let cidrs = match &end.endpoint {
            Endpoint::Addresses(addresses) => addresses.cidrs().iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        };
        let exposed = false;
        let (ingress_isolated, egress_isolated) = (false, false);
        let (label, kind) = (ends::end(cluster, end), NodeKind::Addresses { cidrs });
        return Node { label, namespace: None, kind, exposed, ingress_isolated, egress_isolated };
    };
    let own = || source.coverage.workloads.iter().filter(|it| it.workload == id);
    let is_isolated = |direction| own().all(|it| it.of(direction).isolated != Truth::No);
    let kind = match &workload.owner {
        Owner::Pod | Owner::Hypothetical(_) => NodeKind::Pod,
        Owner::Unnamed => NodeKind::Workload { workload_kind: None },
        Owner::Kind(kind) => NodeKind::Workload { workload_kind: Some(kind.clone()) },
    };
    Node {
        label: label(cluster, end, &workload.name),
        namespace: cluster.namespace(workload.namespace).map(|namespace| namespace.name.clone()),
        kind,
        exposed: own().any(|it| it.ingress.internet == Truth::Yes),
        ingress_isolated: is_isolated(Direction::Ingress),
        egress_isolated: is_isolated(Direction::Egress),
    }
}

/// The name of a workload, with the pods where only some are meant.
fn label(cluster: &Cluster, end: &End, name: &str) -> String {
    match &end.pods {
        None => name.to_owned(),
        Some(_) => {
            ends::end(cluster, end).split_once('/').map_or_else(String::new, |(_, rest)| rest.to_owned())
        }
    }
}

/// The rules that allow a connection, or make it unknown.
fn rules_behind(source: GraphSource<'_>, connection: &Connection<'_>) -> Vec<RulePlace> {
    let hop = Hop {
        from: connection.from.clone(),
        to: connection.to.clone(),
        decided: connection.rectangle.decided.clone(),
        reasons: Vec::new(),
    };
    let Behind { rules, .. } = behind(&source.engine, source.context.policies, &hop);
    rules.iter().filter_map(|rule| rule_place(source.context, rule)).collect()
}

fn rule_place(context: Context<'_>, rule: &RuleRef) -> Option<RulePlace> {
    let object = context.object(rule.policy)?;
    let PolicyRef::Evaluated(place) = rule.policy else { return None };
    let origin = context.policies.policies.get(place as usize)?.rules.get(rule.rule)?.origin;
    let (file, line) = context.file_line(context.span(origin)?)?;
    Some(RulePlace {
        object: object.to_string(),
        rule: rule_path(context, rule.policy, rule.rule),
        file: file.to_owned(),
        line: line as usize,
    })
}
