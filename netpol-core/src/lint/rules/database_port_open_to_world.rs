//! `database-port-open-to-world`.

use std::collections::BTreeMap;

use ipnet::IpNet;

use crate::cluster::WorkloadId;
use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::lint::{Context, Isolated, Level, Levels, Needs, Rule, RuleAt, comments, words};
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

/// A TCP port, whose it usually is, and words that say that it is.
type Database = (u16, &'static str, &'static [&'static str]);

/// The TCP ports of databases, caches and queues, by number.
const DATABASES: [Database; 19] = [
    (1433, "SQL Server", &["mssql", "sqlserver", "sql-server"]),
    (1521, "Oracle", &["oracle"]),
    (2379, "etcd", &["etcd"]),
    (3306, "MySQL", &["mysql", "mariadb", "percona", "galera"]),
    (5432, "PostgreSQL", &["postgres", "pgsql", "pgbouncer", "timescale", "patroni"]),
    (5672, "AMQP", &["amqp", "rabbit", "activemq", "qpid"]),
    (5984, "CouchDB", &["couch"]),
    (6379, "Redis", &["redis", "valkey", "keydb", "dragonfly"]),
    (7687, "Neo4j", &["neo4j", "memgraph"]),
    (8086, "InfluxDB", &["influx"]),
    (9042, "Cassandra", &["cassandra", "scylla"]),
    (9092, "Kafka", &["kafka", "redpanda"]),
    (9200, "Elasticsearch", &["elastic", "opensearch", "search"]),
    (9300, "Elasticsearch", &["elastic", "opensearch", "search"]),
    (11211, "memcached", &["memcache"]),
    (26257, "CockroachDB", &["cockroach"]),
    (27017, "MongoDB", &["mongo", "ferretdb"]),
    (27018, "MongoDB", &["mongo", "ferretdb"]),
    (50000, "Db2", &["db2"]),
];

/// Words in a name that say of pods that they keep data, whatever they run.
const KEEPS_DATA: [&str; 7] = ["broker", "cache", "database", "datastore", "db", "queue", "sql"];

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
        for database in allowed(context, isolated, &internet) {
            let (port, name, _) = database;
            let Some(rule) = admitting.iter().find(|rule| is_meant(context, isolated, rule, port)) else {
                continue;
            };
            let own = isolated.workloads.iter().filter(|id| is_database(context, **id, rule, database));
            let own: Vec<WorkloadId> = own.copied().collect();
            if !own.is_empty() {
                doors.entry((place(rule, port), port)).or_insert((*rule, name, Vec::new())).2.extend(own);
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
fn allowed(context: &Context<'_>, isolated: &Isolated, internet: &IpSet) -> Vec<Database> {
    let row = context.rows().outside_of(isolated.subject, Direction::Ingress);
    let is_allowed = |port: u16| {
        row.outside.iter().any(|part| {
            part.decided.allowed.contains(Protocol::Tcp, port) && is_wide(&part.peers.intersection(internet))
        })
    };
    DATABASES.into_iter().filter(|(port, ..)| is_allowed(*port)).collect()
}

/// Whether something says that a port is a database's: many things listen on such numbers. The text of the workload has
/// its image, its names and its labels.
fn is_database(context: &Context<'_>, id: WorkloadId, rule: &RuleAt<'_>, (_, _, words): Database) -> bool {
    let Some(workload) = context.cluster.workload(id) else { return false };
    let text = context.files.slice(workload.span).to_lowercase();
    let policy = rule.policy.object.name.to_lowercase();
    let is_named = [&text, &policy].iter().any(|text| words.iter().any(|word| text.contains(word)));
    is_named || [&workload.name, &policy].iter().any(|name| comments::has_word(name, &KEEPS_DATA))
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
