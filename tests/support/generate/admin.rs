//! Policies for administrators, of every shape that their definitions accept.

use serde_json::{Map, Value, json};

use super::Random;
use super::policy::{CIDRS, NUMBERS, PORT_NAMES, namespace_selector, pod_selector, selector};

/// A `ClusterNetworkPolicy`, or an `AdminNetworkPolicy`. Few priorities make for many equal ones.
pub fn admin_policy(random: &mut Random, name: &str) -> Value {
    let priority = random.below(5) * 10;
    if random.chance(30) {
        let spec = spec(random, Kind::Admin, json!({"priority": priority}));
        return object("v1alpha1", "AdminNetworkPolicy", name, &spec);
    }
    let tier = *random.pick(&["Admin", "Admin", "Baseline"]);
    let spec = spec(random, Kind::Cluster, json!({"tier": tier, "priority": priority}));
    object("v1alpha2", "ClusterNetworkPolicy", name, &spec)
}

/// The one `BaselineAdminNetworkPolicy` that a cluster may have.
pub fn baseline_policy(random: &mut Random) -> Value {
    let spec = spec(random, Kind::Baseline, json!({}));
    object("v1alpha1", "BaselineAdminNetworkPolicy", "default", &spec)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Cluster,
    Admin,
    Baseline,
}

fn object(version: &str, kind: &str, name: &str, spec: &Value) -> Value {
    json!({
        "apiVersion": format!("policy.networking.k8s.io/{version}"),
        "kind": kind,
        "metadata": {"name": name},
        "spec": without_nulls(spec),
    })
}

/// The server drops keys without a value before it looks at an object of these kinds.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(key, value)| (key.clone(), without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_nulls).collect()),
        other => other.clone(),
    }
}

fn spec(random: &mut Random, kind: Kind, mut spec: Value) -> Value {
    spec["subject"] = pods(random);
    for (direction, peers) in [("ingress", "from"), ("egress", "to")] {
        if random.chance(70) {
            let count = random.between(1, 4);
            let rules = (0..count).map(|_| rule(random, kind, peers));
            spec[direction] = Value::Array(rules.collect());
        }
    }
    spec
}

fn pods(random: &mut Random) -> Value {
    match random.below(6) {
        0 => json!({"namespaces": {}}),
        1..=2 => json!({"namespaces": namespace_selector(random)}),
        _ => {
            let pods = if random.chance(30) { json!({}) } else { pod_selector(random) };
            json!({"pods": {"namespaceSelector": namespace_selector(random), "podSelector": pods}})
        }
    }
}

fn rule(random: &mut Random, kind: Kind, peers: &str) -> Value {
    let allow = if kind == Kind::Cluster { "Accept" } else { "Allow" };
    let actions = if kind == Kind::Baseline { vec![allow, "Deny"] } else { vec![allow, "Deny", "Pass"] };
    let mut rule = json!({"action": random.pick(&actions)});
    let count = random.between(1, 3);
    let listed: Vec<Value> = (0..count).map(|_| peer(random, kind, peers)).collect();
    if random.chance(65) {
        let count = random.between(1, 3);
        let key = if kind == Kind::Cluster { "protocols" } else { "ports" };
        let ports = (0..count).map(|_| port(random, kind, &listed));
        rule[key] = Value::Array(ports.collect());
    }
    rule[peers] = Value::Array(listed);
    rule
}

fn peer(random: &mut Random, kind: Kind, peers: &str) -> Value {
    let is_egress = peers == "to";
    match random.below(20) {
        0..=4 if is_egress => {
            let count = random.between(1, 3);
            let mut networks: Vec<&str> = (0..count).map(|_| *random.pick(&CIDRS)).collect();
            networks.sort_unstable();
            networks.dedup();
            json!({"networks": networks})
        }
        5..=6 if is_egress => {
            let nodes = if random.chance(40) { json!({}) } else { selector(random, &["zone"], &["a", "b"]) };
            json!({"nodes": nodes})
        }
        7 if is_egress && kind != Kind::Baseline => {
            json!({"domainNames": ["api.example.com", "*.example.org"]})
        }
        _ => pods(random),
    }
}

fn port(random: &mut Random, kind: Kind, peers: &[Value]) -> Value {
    let may_be_named = peers.iter().all(|peer| peer["pods"].is_object() || peer["namespaces"].is_object());
    if may_be_named && random.chance(20) {
        let key = if kind == Kind::Cluster { "destinationNamedPort" } else { "namedPort" };
        return json!({key: random.pick(&PORT_NAMES)});
    }
    let number = *random.pick(&NUMBERS[..5]);
    let range = (number, number + u16::try_from(random.between(1, 2000)).unwrap());
    let is_range = random.chance(30);
    if kind == Kind::Cluster {
        let port = if is_range {
            json!({"range": {"start": range.0, "end": range.1}})
        } else {
            json!({"number": number})
        };
        return json!({*random.pick(&["tcp", "tcp", "udp", "sctp"]): {"destinationPort": port}});
    }
    let mut port = Map::new();
    if random.chance(70) {
        port.insert("protocol".to_owned(), json!(random.pick(&["TCP", "UDP", "SCTP"])));
    }
    if is_range {
        port.insert("start".to_owned(), json!(range.0));
        port.insert("end".to_owned(), json!(range.1));
        return json!({"portRange": port});
    }
    port.insert("port".to_owned(), json!(number));
    json!({"portNumber": port})
}
