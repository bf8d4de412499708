//! Policies of every shape that the API accepts, and some that it refuses.

use serde_json::{Map, Value, json};

use super::Random;

const KEYS: [&str; 3] = ["app", "tier", "env"];
const VALUES: [&str; 3] = ["a", "b", ""];
const CONTROLLER_KEYS: [&str; 6] = [
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/job-name",
    "job-name",
    "pod-template-hash",
    "controller-revision-hash",
];
const CONTROLLER_VALUES: [&str; 6] = ["sts-1-0", "sts-2-1", "0", "1", "job-3", "6d4cf56db6"];
const NAMESPACE_KEYS: [&str; 3] = ["team", "env", "kubernetes.io/metadata.name"];
pub(super) const CIDRS: [&str; 16] = [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.0/16",
    "10.0.0.0/24",
    "10.0.1.0/24",
    "10.0.0.4/30",
    "10.0.0.5/32",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "192.168.1.1/32",
    "8.8.0.0/16",
    "8.8.8.0/24",
    "::/0",
    "fd00::/8",
    "fd00::/64",
    "2001:db8::/32",
];
pub(super) const PORT_NAMES: [&str; 3] = ["web", "dns", "peer"];
pub(super) const NUMBERS: [u16; 6] = [53, 80, 81, 8080, 9000, 65535];

/// A `NetworkPolicy` in a namespace.
pub fn policy(random: &mut Random, name: &str, namespace: &str) -> Value {
    let mut spec = Map::new();
    if random.chance(92) {
        spec.insert("podSelector".to_owned(), subject(random));
    }
    for (direction, peers) in [("ingress", "from"), ("egress", "to")] {
        if random.chance(65) {
            spec.insert(direction.to_owned(), rules(random, peers));
        }
    }
    if random.chance(75) {
        spec.insert("policyTypes".to_owned(), policy_types(random));
    }
    let version = if random.chance(4) { "extensions/v1beta1" } else { "networking.k8s.io/v1" };
    let mut policy = json!({
        "apiVersion": version,
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    });
    if random.chance(2) {
        policy.as_object_mut().unwrap().remove("spec");
    }
    policy
}

fn policy_types(random: &mut Random) -> Value {
    match random.below(20) {
        0 => json!([]),
        1 => Value::Null,
        2 => json!(["Ingress", "Ingress"]),
        3..=7 => json!(["Ingress"]),
        8..=12 => json!(["Egress"]),
        13 => json!(["Egress", "Ingress"]),
        _ => json!(["Ingress", "Egress"]),
    }
}

fn subject(random: &mut Random) -> Value {
    match random.below(10) {
        0 => Value::Null,
        1..=3 => json!({}),
        _ => pod_selector(random),
    }
}

/// A selector over the labels of pods, now and then over those that controllers add.
pub(super) fn pod_selector(random: &mut Random) -> Value {
    if random.chance(90) {
        return selector(random, &KEYS, &VALUES);
    }
    let key = *random.pick(&CONTROLLER_KEYS);
    match random.below(4) {
        0 => json!({"matchExpressions": [{"key": key, "operator": "Exists"}]}),
        1 => json!({"matchExpressions": [{"key": key, "operator": "DoesNotExist"}]}),
        2 => json!({"matchExpressions": [{"key": key, "operator": "NotIn", "values": CONTROLLER_VALUES}]}),
        _ => json!({"matchLabels": {key: random.pick(&CONTROLLER_VALUES)}}),
    }
}

/// A selector over the keys and values.
pub(super) fn selector(random: &mut Random, keys: &[&str], values: &[&str]) -> Value {
    let mut selector = Map::new();
    if random.chance(60) {
        let mut labels = Map::new();
        for _ in 0..random.below(3) {
            let value = match random.below(60) {
                0..=1 => Value::Null,
                2 => json!("${LATER}"),
                _ => json!(random.pick(values)),
            };
            labels.insert((*random.pick(keys)).to_owned(), value);
        }
        selector.insert("matchLabels".to_owned(), Value::Object(labels));
    }
    if random.chance(45) {
        let count = random.below(3);
        let expressions: Vec<Value> = (0..count).map(|_| expression(random, keys, values)).collect();
        selector.insert("matchExpressions".to_owned(), Value::Array(expressions));
    }
    Value::Object(selector)
}

fn expression(random: &mut Random, keys: &[&str], values: &[&str]) -> Value {
    let key = *random.pick(keys);
    let operator = *random.pick(&["In", "NotIn", "Exists", "DoesNotExist"]);
    if operator.ends_with("In") {
        let count = random.between(1, 2);
        let value = |random: &mut Random| if random.chance(2) { "${LATER}" } else { *random.pick(values) };
        let values: Vec<&str> = (0..count).map(|_| value(random)).collect();
        return json!({"key": key, "operator": operator, "values": values});
    }
    let mut expression = json!({"key": key, "operator": operator});
    if random.chance(20) {
        expression["values"] = json!([]);
    }
    expression
}

pub(super) fn namespace_selector(random: &mut Random) -> Value {
    match random.below(10) {
        0..=2 => json!({}),
        3..=4 => json!({"matchLabels": {"kubernetes.io/metadata.name": format!("n{}", random.below(4))}}),
        _ => selector(random, &NAMESPACE_KEYS, &["a", "b", "n0", "n1"]),
    }
}

fn rules(random: &mut Random, peers: &str) -> Value {
    match random.below(20) {
        0 => Value::Null,
        1..=2 => json!([]),
        3 => json!([{}]),
        4 => json!([null]),
        _ => {
            let count = random.between(1, 3);
            Value::Array((0..count).map(|_| rule(random, peers)).collect())
        }
    }
}

fn rule(random: &mut Random, peers: &str) -> Value {
    let mut rule = Map::new();
    if random.chance(85) {
        rule.insert(peers.to_owned(), list(random, peer));
    }
    if random.chance(65) {
        rule.insert("ports".to_owned(), list(random, port));
    }
    Value::Object(rule)
}

/// Null, an empty list or some items.
fn list(random: &mut Random, item: fn(&mut Random) -> Value) -> Value {
    match random.below(20) {
        0 => Value::Null,
        1 => json!([]),
        _ => {
            let count = random.between(1, 3);
            Value::Array((0..count).map(|_| item(random)).collect())
        }
    }
}

fn peer(random: &mut Random) -> Value {
    match random.below(60) {
        0 => refused_peer(random),
        1..=18 => json!({"ipBlock": block(random)}),
        19..=22 => json!({"podSelector": {}}),
        23..=25 => json!({"namespaceSelector": {}}),
        26..=27 => json!({"podSelector": null, "namespaceSelector": namespace_selector(random)}),
        28..=29 => json!({"podSelector": pod_selector(random), "namespaceSelector": null}),
        30..=38 => json!({"podSelector": pod_selector(random)}),
        39..=47 => json!({"namespaceSelector": namespace_selector(random)}),
        _ => {
            let pods = pod_selector(random);
            json!({"podSelector": pods, "namespaceSelector": namespace_selector(random)})
        }
    }
}

fn refused_peer(random: &mut Random) -> Value {
    match random.below(5) {
        0 => json!({}),
        1 => Value::Null,
        2 => json!({"ipBlock": {"cidr": "10.0.0.5"}}),
        3 => json!({"ipBlock": {"cidr": "10.0.0.0/8"}, "podSelector": {}}),
        _ => json!({"ipBlock": {"cidr": "10.0.0.0/24", "except": ["10.0.0.0/16"]}}),
    }
}

fn block(random: &mut Random) -> Value {
    let cidr: ipnet::IpNet = random.pick(&CIDRS).parse().unwrap();
    let mut block = json!({"cidr": cidr.to_string()});
    if random.chance(50) {
        let inside = |text: &&&str| {
            let except: ipnet::IpNet = text.parse().unwrap();
            cidr.contains(&except) && except.prefix_len() > cidr.prefix_len()
        };
        let candidates: Vec<&str> = CIDRS.iter().filter(inside).copied().collect();
        if !candidates.is_empty() {
            let count = random.between(0, 2);
            let except: Vec<&str> = (0..count).map(|_| *random.pick(&candidates)).collect();
            block["except"] = json!(except);
        }
    }
    block
}

fn port(random: &mut Random) -> Value {
    let mut port = Map::new();
    if random.chance(65) {
        port.insert("protocol".to_owned(), json!(random.pick(&["TCP", "TCP", "UDP", "SCTP"])));
    }
    match random.below(40) {
        0 => return Value::Null,
        1 => return json!({"port": 80, "endPort": 70}),
        2..=6 => {}
        7..=16 => {
            port.insert("port".to_owned(), json!(random.pick(&PORT_NAMES)));
        }
        17..=24 => {
            let first = *random.pick(&NUMBERS[..4]);
            port.insert("port".to_owned(), json!(first));
            port.insert("endPort".to_owned(), json!(first + u16::try_from(random.below(2000)).unwrap()));
        }
        _ => {
            port.insert("port".to_owned(), json!(random.pick(&NUMBERS)));
        }
    }
    Value::Object(port)
}
