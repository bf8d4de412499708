//! The model that the public scale test `k8s-netpol-scale` loads a cluster with: in every namespace a few pods and
//! many policies, with a rule for each of several selectors and blocks, and the same ports and ranges in every rule.

use serde_json::{Map, Value, json};

/// How much of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Model {
    pub namespaces: usize,
    pub pods: usize,
    /// How many pods of a namespace its policies select.
    pub local_pods: usize,
    /// How many pods of a namespace the rules select.
    pub peer_pods: usize,
    pub ingress_policies: usize,
    pub egress_policies: usize,
    pub ports: usize,
    pub ranges: usize,
    pub selectors: usize,
    pub peer_namespaces: usize,
    pub blocks: usize,
}

impl Model {
    /// The size of the public runs.
    pub const PUBLIC: Self = Self {
        namespaces: 240,
        pods: 10,
        local_pods: 3,
        peer_pods: 3,
        ingress_policies: 20,
        egress_policies: 20,
        ports: 5,
        ranges: 5,
        selectors: 5,
        peer_namespaces: 5,
        blocks: 5,
    };
}

/// The objects of the model.
pub fn scale(model: Model) -> Vec<Value> {
    let mut objects = Vec::new();
    let mut peers = Combinations::new(model.namespaces, model.peer_namespaces);
    for index in 0..model.namespaces {
        let name = namespace(index);
        let labels = json!({NAME: name});
        objects.push(
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}),
        );
        objects.extend((1..=model.pods).map(|number| pod(index, number)));
        // Policies of both directions speak of the same namespaces.
        let of_policies: Vec<Vec<Value>> = (0..model.ingress_policies.max(model.egress_policies))
            .map(|_| {
                peers.by_ref().take(model.selectors).map(|chosen| selector_peer(model, &chosen)).collect()
            })
            .collect();
        let policies = |direction, count| {
            let numbered = of_policies.iter().enumerate().take(count);
            numbered.map(move |(number, selectors)| policy(model, (index, number), direction, selectors))
        };
        objects.extend(policies("ingress", model.ingress_policies));
        objects.extend(policies("egress", model.egress_policies));
    }
    objects
}

const NAME: &str = "kubernetes.io/metadata.name";

fn namespace(index: usize) -> String {
    format!("network-policy-scale-{index}")
}

/// Pod 1 has the label `1`, pod 2 the labels `1` and `2`, and so on: a label selects as many pods as one likes.
fn pod(namespace_index: usize, number: usize) -> Value {
    let mut labels: Map<String, Value> =
        (1..=number).map(|label| (label.to_string(), json!("true"))).collect();
    labels.insert("num".to_owned(), json!(number.to_string()));
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": format!("test-pod-{number}"),
            "namespace": namespace(namespace_index),
            "labels": labels,
        },
        "spec": {
            "containers": [{
                "name": "sleeper",
                "image": "registry.test/pause:1",
                "ports": [{"containerPort": 8080, "protocol": "TCP"}],
            }],
        },
    })
}

/// The label of the last `count` pods of a namespace.
fn last_pods(model: Model, count: usize) -> Value {
    json!({"matchLabels": {(model.pods + 1 - count).to_string(): "true"}})
}

fn selector_peer(model: Model, namespaces: &[usize]) -> Value {
    let names: Vec<String> = namespaces.iter().map(|index| namespace(*index)).collect();
    json!({
        "podSelector": last_pods(model, model.peer_pods),
        "namespaceSelector": {"matchExpressions": [{"key": NAME, "operator": "In", "values": names}]},
    })
}

fn policy(
    model: Model,
    (namespace_index, number): (usize, usize),
    direction: &str,
    selectors: &[Value],
) -> Value {
    let (peers, policy_type) = if direction == "ingress" { ("from", "Ingress") } else { ("to", "Egress") };
    let ranges = (0..model.ranges).map(|range| {
        let start = 5000 + range * 10;
        json!({"protocol": "TCP", "port": start, "endPort": start + 5})
    });
    let ports = (0..model.ports).map(|port| json!({"protocol": "TCP", "port": 1001 + port}));
    let ports: Vec<Value> = ports.chain(ranges).collect();
    let blocks = (0..model.blocks).map(|block| {
        let serial = number * model.blocks + block + 1;
        json!({"ipBlock": {"cidr": format!("1.{}.{}.0/24", serial / 256, serial % 256)}})
    });
    let rules = selectors.iter().cloned().chain(blocks);
    let rules: Vec<Value> = rules.map(|peer| json!({peers: [peer], "ports": ports})).collect();
    json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": format!("{direction}-{}", number + 1), "namespace": namespace(namespace_index)},
        "spec": {
            "podSelector": last_pods(model, model.local_pods),
            "policyTypes": [policy_type],
            direction: rules,
        },
    })
}

/// The ways to choose some of the first numbers, in order.
#[derive(Debug)]
struct Combinations {
    of: usize,
    next: Option<Vec<usize>>,
}

impl Combinations {
    fn new(of: usize, size: usize) -> Self {
        Self { of, next: (size <= of).then(|| (0..size).collect()) }
    }
}

impl Iterator for Combinations {
    type Item = Vec<usize>;

    fn next(&mut self) -> Option<Vec<usize>> {
        let chosen = self.next.take()?;
        let last = |place: usize| self.of - chosen.len() + place;
        self.next = (0..chosen.len()).rev().find(|place| chosen[*place] < last(*place)).map(|place| {
            let kept = chosen[..place].iter().copied();
            kept.chain((chosen[place] + 1..).take(chosen.len() - place)).collect()
        });
        Some(chosen)
    }
}
