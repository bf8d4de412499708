//! `database-port-open-to-world`.

use std::collections::BTreeMap;

use ipnet::IpNet;

use crate::cluster::WorkloadId;
use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::lint::{Context, Isolated, Level, Levels, Needs, Rule, RuleAt, words};
use crate::net::{IpSet, Protocol};
use crate::policy::{Direction, OriginId, Peer, PortMatch, Ports};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("database-port-open-to-world"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "policies let the internet in on the port of a database",
    page: include_str!("database-port-open-to-world.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

/// The TCP ports of databases, caches and queues, by number.
const DATABASES: [(u16, &str); 19] = [
    (1433, "SQL Server"),
    (1521, "Oracle"),
    (2379, "etcd"),
    (3306, "MySQL"),
    (5432, "PostgreSQL"),
    (5672, "AMQP"),
    (5984, "CouchDB"),
    (6379, "Redis"),
    (7687, "Neo4j"),
    (8086, "InfluxDB"),
    (9042, "Cassandra"),
    (9092, "Kafka"),
    (9200, "Elasticsearch"),
    (9300, "Elasticsearch"),
    (11211, "memcached"),
    (26257, "CockroachDB"),
    (27017, "MongoDB"),
    (27018, "MongoDB"),
    (50000, "Db2"),
];

/// A block with so few fixed bits is the world.
const WORLD: [u8; 2] = [4, 8];

type Doors<'a> = BTreeMap<(OriginId, u16), (RuleAt<'a>, &'static str, Vec<WorkloadId>)>;

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let internet = context.cluster.internet();
    let mut doors = Doors::new();
    for isolated in context.isolated(Direction::Ingress) {
        let admitting: Vec<RuleAt<'_>> =
            isolated.rules(context).filter(|rule| is_world(rule, &internet)).collect();
        // Rows cost; most pods are closed to the world.
        if admitting.is_empty() {
            continue;
        }
        for (port, name) in allowed(context, isolated, &internet) {
            if let Some(rule) = admitting.iter().find(|rule| is_meant(context, isolated, rule, port)) {
                let entry = doors.entry((place(rule, port), port)).or_insert((*rule, name, Vec::new()));
                entry.2.extend(&isolated.workloads);
            }
        }
    }
    let told = doors.into_iter();
    told.filter_map(|((origin, port), (rule, name, workloads))| {
        finding(context, (origin, port, name), &rule, workloads)
    })
    .collect()
}

/// The ports of databases that the policies of some pods, combined, allow to the internet.
fn allowed(context: &Context<'_>, isolated: &Isolated, internet: &IpSet) -> Vec<(u16, &'static str)> {
    let row = context.rows().outside_of(isolated.subject, Direction::Ingress);
    let is_allowed = |port: u16| {
        row.outside.iter().any(|part| {
            part.decided.allowed.contains(Protocol::Tcp, port) && is_wide(&part.peers.intersection(internet))
        })
    };
    DATABASES.into_iter().filter(|(port, _)| is_allowed(*port)).collect()
}

/// Whether a rule lets the internet in, on whatever port.
fn is_world(rule: &RuleAt<'_>, internet: &IpSet) -> bool {
    rule.rule.value.peers.as_ref().is_none_or(|peers| {
        peers.iter().any(|peer| match &peer.value {
            Peer::Addresses(block) => is_wide(&block.addresses.intersection(internet)),
            Peer::Pods(_) => false,
        })
    })
}

fn is_wide(addresses: &IpSet) -> bool {
    let [v4, v6] = WORLD;
    addresses.cidrs().iter().any(|cidr| match cidr {
        IpNet::V4(cidr) => cidr.prefix_len() <= v4,
        IpNet::V6(cidr) => cidr.prefix_len() <= v6,
    })
}

/// Whether a rule that lets everybody in is about the port: it names the port, or the pods say that they listen on it.
fn is_meant(context: &Context<'_>, isolated: &Isolated, rule: &RuleAt<'_>, port: u16) -> bool {
    let names = rule.rule.value.ports.iter().flatten().any(|item| is_about(&item.value, port));
    let listens = || {
        let pods = context.pods();
        let groups = pods.of_class(isolated.subject.class).iter().filter_map(|id| context.cluster.group(*id));
        let mut ports = groups.filter_map(|group| pods.ports(group)).flatten();
        ports.any(|own| own.protocol == Protocol::Tcp && own.number == Some(port))
    };
    let ports = &rule.indexed.ports;
    let admits = || ports.fixed.contains(Protocol::Tcp, port) || !ports.named.is_empty();
    names || (admits() && listens())
}

/// Whether a port item names one port, this one.
fn is_about(item: &PortMatch, port: u16) -> bool {
    item.ports == Ports::Range(port, port) && item.protocol == Some(Protocol::Tcp)
}

/// What to point at: the port, else the rule.
fn place(rule: &RuleAt<'_>, port: u16) -> OriginId {
    let mut items = rule.rule.value.ports.iter().flatten();
    items.find(|item| is_about(&item.value, port)).map_or(rule.rule.origin, |item| item.origin)
}

fn finding(
    context: &Context<'_>,
    (origin, port, name): (OriginId, u16, &str),
    rule: &RuleAt<'_>,
    mut workloads: Vec<WorkloadId>,
) -> Option<Diagnostic> {
    workloads.sort_unstable();
    workloads.dedup();
    let message = format!(
        "the internet is let in to {} on tcp/{port}, the port of {name}",
        words::count(context, &workloads)
    );
    let whom = if rule.rule.value.peers.is_some() {
        "every address of a block for the world"
    } else {
        "everybody: it names no peer"
    };
    let found = RULE
        .finding(context.head(context.span(origin)?), message)
        .with_label(format!("this rule lets in {whom}"))
        .with_object(rule.policy.object.clone());
    Some(found.with_help("name those who use it under `from`: `- podSelector: {matchLabels: {…}}`"))
}
