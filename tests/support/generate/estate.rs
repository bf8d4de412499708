//! Realistic estates of microservices of any size, for benches and for laws over something that looks lived in.
//!
//! Every namespace is a product of a few services. It denies by default, lets its own gateway in, lets services
//! call one another, resolves names, is scraped by the monitoring and reaches the internet from one service.

use serde_json::{Value, json};

use super::Random;

/// How large an estate is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub pods: usize,
    pub policies: usize,
}

impl Size {
    /// 200 pods, 40 policies.
    pub const SMALL: Self = Self { pods: 200, policies: 40 };
    /// 10,000 pods, 1,000 policies.
    pub const MID: Self = Self { pods: 10_000, policies: 1_000 };
    /// 100,000 pods, 10,000 policies.
    pub const LARGE: Self = Self { pods: 100_000, policies: 10_000 };
}

/// How many policies a namespace has.
const POLICIES: usize = 10;
/// How many services a namespace has.
const SERVICES: usize = 5;
/// How many pods a node has.
const PODS_ON_NODE: usize = 50;

/// The objects of an estate.
pub fn estate(size: Size) -> Vec<Value> {
    let mut random = Random::new(7);
    let namespaces = (size.policies / POLICIES).max(1);
    let nodes = size.pods.div_ceil(PODS_ON_NODE);
    let mut objects: Vec<Value> = (0..nodes).map(node).collect();
    objects.extend([namespace("kube-system", "platform"), namespace("monitoring", "platform")]);
    for index in 0..namespaces {
        let team = ["red", "green", "blue", "gold"][index % 4];
        let name = product(index);
        objects.push(namespace(&name, team));
        objects.extend(policies(&name, &product(random.below(namespaces))).into_iter().take(size.policies));
    }
    for index in 0..size.pods {
        objects.push(match index % 100 {
            0 => platform_pod(index, "kube-system", "kube-dns"),
            1 => platform_pod(index, "monitoring", "prometheus"),
            _ => product_pod(index, namespaces),
        });
    }
    objects
}

fn product(index: usize) -> String {
    format!("product-{index:04}")
}

fn namespace(name: &str, team: &str) -> Value {
    let labels = json!({"kubernetes.io/metadata.name": name, "team": team});
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})
}

fn node(index: usize) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": node_name(index)},
        "status": {"addresses": [{"type": "InternalIP", "address": node_address(index)}]},
    })
}

fn node_name(index: usize) -> String {
    format!("node-{index:05}")
}

fn node_address(index: usize) -> String {
    format!("172.20.{}.{}", index / 250, index % 250 + 1)
}

fn platform_pod(index: usize, namespace: &str, app: &str) -> Value {
    let labels = json!({"k8s-app": app, "app": app});
    let ports = json!([{"name": "dns", "containerPort": 53, "protocol": "UDP"}, {"name": "metrics", "containerPort": 9090}]);
    pod(index, namespace, &Template { app: app.to_owned(), labels, ports })
}

fn product_pod(index: usize, namespaces: usize) -> Value {
    let service = (index / namespaces) % SERVICES;
    let (app, tier) =
        [("gateway", "edge"), ("web", "frontend"), ("api", "backend"), ("worker", "backend"), ("db", "data")]
            [service];
    let labels = json!({"app": app, "tier": tier, "version": format!("v{}", index % 3)});
    let number = if app == "db" { 5432 } else { 8080 };
    let ports = json!([{"name": "main", "containerPort": number}, {"name": "metrics", "containerPort": 9100 + service}]);
    pod(index, &product(index % namespaces), &Template { app: app.to_owned(), labels, ports })
}

struct Template {
    app: String,
    labels: Value,
    ports: Value,
}

fn pod(index: usize, namespace: &str, template: &Template) -> Value {
    let Template { app, labels, ports } = template;
    let address = format!("10.{}.{}.{}", 64 + index / 62_500, index / 250 % 250, index % 250 + 1);
    let host = index / PODS_ON_NODE;
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": format!("{app}-{index:06}"),
            "namespace": namespace,
            "labels": labels,
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": format!("{app}-6d4cf56db6"), "controller": true}],
        },
        "spec": {
            "nodeName": node_name(host),
            "containers": [{"name": "main", "image": "registry.test/app:1", "ports": ports}],
        },
        "status": {
            "phase": "Running",
            "hostIP": node_address(host),
            "podIP": address,
            "podIPs": [{"ip": address}],
        },
    })
}

/// The policies of a namespace; `friend` is the namespace that may call its API.
fn policies(namespace: &str, friend: &str) -> [Value; POLICIES] {
    let app = |app: &str| json!({"matchLabels": {"app": app}});
    let named = |name: &str| json!({"matchLabels": {"kubernetes.io/metadata.name": name}});
    let main = json!([{"port": "main"}]);
    let dns = json!([{"port": 53, "protocol": "UDP"}, {"port": 53}]);
    let ingress = |name: &str, subject: Value, from: Value, ports: &Value| {
        let rules = json!([{"from": from, "ports": ports}]);
        policy(
            namespace,
            name,
            &json!({"podSelector": subject, "policyTypes": ["Ingress"], "ingress": rules}),
        )
    };
    let egress = |name: &str, subject: Value, to: Value, ports: &Value| {
        let rules = json!([{"to": to, "ports": ports}]);
        policy(namespace, name, &json!({"podSelector": subject, "policyTypes": ["Egress"], "egress": rules}))
    };
    let internet = json!([{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]}}]);
    let backends =
        json!({"matchExpressions": [{"key": "tier", "operator": "In", "values": ["backend", "frontend"]}]});
    [
        policy(namespace, "default-deny", &json!({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})),
        ingress("internet-to-gateway", app("gateway"), json!([{"ipBlock": {"cidr": "0.0.0.0/0"}}]), &main),
        ingress("gateway-to-web", app("web"), json!([{"podSelector": app("gateway")}]), &main),
        ingress(
            "callers-to-api",
            app("api"),
            json!([{"podSelector": app("web")}, {"namespaceSelector": named(friend), "podSelector": app("worker")}]),
            &main,
        ),
        ingress(
            "backends-to-db",
            app("db"),
            json!([{"podSelector": {"matchLabels": {"tier": "backend"}}}]),
            &json!([{"port": 5432}]),
        ),
        ingress(
            "scrape",
            json!({}),
            json!([{"namespaceSelector": named("monitoring"), "podSelector": app("prometheus")}]),
            &json!([{"port": "metrics"}]),
        ),
        egress(
            "resolve-names",
            json!({}),
            json!([{"namespaceSelector": named("kube-system"), "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}]),
            &dns,
        ),
        egress(
            "call-neighbours",
            backends,
            json!([{"podSelector": {}}]),
            &json!([{"port": "main"}, {"port": 5432}]),
        ),
        egress("gateway-out", app("gateway"), json!([{"podSelector": app("web")}]), &main),
        egress("worker-to-internet", app("worker"), internet, &json!([{"port": 443}])),
    ]
}

fn policy(namespace: &str, name: &str, spec: &Value) -> Value {
    let metadata = json!({"name": name, "namespace": namespace});
    json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec})
}
