//! The model that the public scale test `k8s-netpol-scale` loads a cluster with: in every namespace a few pods and
//! many policies, whose rules each list ports, ranges, selectors over several namespaces, and blocks.

use serde_json::{Value, json};

/// How much of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Model {
    pub namespaces: usize,
    pub pods: usize,
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
    for index in 0..model.namespaces {
        let name = namespace(index);
        let labels = json!({"kubernetes.io/metadata.name": name, "number": index.to_string()});
        objects.push(
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}),
        );
        objects.extend((0..model.pods).map(|number| pod(model, index, number)));
        objects.extend((0..model.ingress_policies).map(|number| policy(model, index, number, "ingress")));
        objects.extend((0..model.egress_policies).map(|number| policy(model, index, number, "egress")));
    }
    objects
}

fn namespace(index: usize) -> String {
    format!("scale-{index:03}")
}

fn pod(model: Model, index: usize, number: usize) -> Value {
    let serial = index * model.pods + number;
    let address = format!("10.{}.{}.{}", 128 + serial / 62_500, serial / 250 % 250, serial % 250 + 1);
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": format!("pod-{number}"),
            "namespace": namespace(index),
            "labels": {"num": number.to_string(), "app": format!("app-{}", number % 5)},
        },
        "spec": {
            "nodeName": format!("node-{:03}", serial / 100),
            "containers": [{"name": "main", "image": "registry.test/app:1", "ports": [{"containerPort": 8080}]}],
        },
        "status": {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]},
    })
}

fn policy(model: Model, index: usize, number: usize, direction: &str) -> Value {
    let (peers, policy_type) = if direction == "ingress" { ("from", "Ingress") } else { ("to", "Egress") };
    let first = number * 10;
    let ports: Vec<Value> = (0..model.ports)
        .map(|port| json!({"port": 1000 + first + port}))
        .chain((0..model.ranges).map(|range| {
            let start = 5000 + (first + range) * 10;
            json!({"port": start, "endPort": start + 5})
        }))
        .collect();
    let selectors = (0..model.selectors).map(|selector| {
        let names: Vec<String> = (0..model.peer_namespaces)
            .map(|offset| {
                namespace((index + 1 + selector * model.peer_namespaces + offset) % model.namespaces)
            })
            .collect();
        let key = "kubernetes.io/metadata.name";
        json!({
            "namespaceSelector": {"matchExpressions": [{"key": key, "operator": "In", "values": names}]},
            "podSelector": {"matchLabels": {"num": ((number + selector) % model.pods).to_string()}},
        })
    });
    let blocks = (0..model.blocks).map(|block| {
        let cidr = format!("{}.{}.{}.0/24", 20 + block, index, number);
        json!({"ipBlock": {"cidr": cidr}})
    });
    let peer_items: Vec<Value> = selectors.chain(blocks).collect();
    json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": format!("{direction}-{number:02}"), "namespace": namespace(index)},
        "spec": {
            "podSelector": {"matchLabels": {"num": (number % model.pods).to_string()}},
            "policyTypes": [policy_type],
            direction: [{peers: peer_items, "ports": ports}],
        },
    })
}
