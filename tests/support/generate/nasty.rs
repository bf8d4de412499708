//! Small clusters with every feature at once, drawn from tiny alphabets so that things meet.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Random, admin, faulty, policy};
use crate::naive::{Blocks, Options, Unlisted};

/// A generated input.
#[derive(Debug, Clone)]
pub struct Generated {
    /// The objects.
    pub objects: Vec<Value>,
    /// What they do not tell.
    pub options: Options,
}

/// A cluster of two to five namespaces, three to twelve workloads and up to eight policies; in every third, policies for administrators too.
pub fn nasty(seed: u64) -> Generated {
    let mut random = Random::new(seed);
    let namespaces: Vec<String> = (0..random.between(2, 5)).map(|index| format!("n{index}")).collect();
    let mut objects = Vec::new();
    for name in &namespaces {
        if random.chance(70) {
            objects.push(namespace(&mut random, name));
        }
    }
    let nodes = random.below(3);
    let style = *random.pick(&[Style::V4, Style::V4, Style::V6, Style::Dual, Style::Mixed]);
    for index in 0..nodes {
        objects.push(node(index, style));
    }
    for index in 0..random.between(3, 12) {
        let namespace = random.pick(&namespaces).clone();
        objects.push(workload(&mut random, &Place { index, namespace, nodes, style }));
    }
    if random.chance(15) {
        let address = *random.pick(&["10.96.0.10", "fd02::a", "None"]);
        let metadata = json!({"name": "service", "namespace": "n0"});
        objects.push(json!({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"clusterIP": address}}));
    }
    for index in 0..random.below(9) {
        let namespace = if random.chance(3) { "n9" } else { random.pick(&namespaces) };
        objects.push(policy::policy(&mut random, &format!("p{index}"), namespace));
    }
    let options = options(&mut random);
    let is_spoilable =
        |object: &Value| !matches!(object["kind"].as_str(), Some("Node" | "Service" | "NetworkPolicy"));
    for object in objects.iter_mut().filter(|object| is_spoilable(object)) {
        if random.chance(3) {
            faulty::spoil(&mut random, object);
        }
    }
    if seed.is_multiple_of(3) {
        objects.extend(admin_policies(&mut Random::new(seed ^ 0xAD_317)));
    }
    Generated { objects, options }
}

/// Up to five policies for administrators.
fn admin_policies(random: &mut Random) -> Vec<Value> {
    let count = random.between(1, 5);
    let mut policies: Vec<Value> =
        (0..count).map(|index| admin::admin_policy(random, &format!("admin-{index}"))).collect();
    if random.chance(30) {
        policies.push(admin::baseline_policy(random));
    }
    policies
}

/// The families of addresses in a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    V4,
    V6,
    Dual,
    Mixed,
}

/// Where a workload stands.
struct Place {
    index: usize,
    namespace: String,
    nodes: usize,
    style: Style,
}

fn options(random: &mut Random) -> Options {
    let pod_cidrs = match random.below(8) {
        0 => vec!["10.0.0.0/16"],
        1 => vec!["10.0.0.0/24", "10.0.1.0/24"],
        2 => vec!["10.0.0.0/16", "fd00::/64"],
        _ => vec![],
    };
    let mut namespaces = BTreeMap::new();
    if random.chance(15) {
        namespaces.insert("n1".to_owned(), BTreeMap::from([("team".to_owned(), "a".to_owned())]));
    }
    Options {
        pod_cidrs: pod_cidrs.into_iter().map(|text| text.parse().unwrap()).collect(),
        namespaces,
        unlisted: if random.chance(15) { Unlisted::Unknown } else { Unlisted::AssumedAbsent },
        blocks: if random.chance(10) { Blocks::OutsideOnly } else { Blocks::PodsToo },
        ..Options::default()
    }
}

fn namespace(random: &mut Random, name: &str) -> Value {
    let mut labels = Map::new();
    for key in ["team", "env"] {
        if random.chance(60) {
            labels.insert(key.to_owned(), json!(label_value(random)));
        }
    }
    if random.chance(50) {
        labels.insert("kubernetes.io/metadata.name".to_owned(), json!(name));
    }
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})
}

fn node(index: usize, style: Style) -> Value {
    let zone = if index.is_multiple_of(2) { "a" } else { "b" };
    let addresses: Vec<Value> =
        addresses(style, &format!("192.168.1.{}", index + 1), &format!("fd01::{}", index + 1))
            .into_iter()
            .map(|address| json!({"type": "InternalIP", "address": address}))
            .chain([json!({"type": "Hostname", "address": format!("node-{index}")})])
            .collect();
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": format!("node-{index}"), "labels": {"zone": zone}},
        "status": {"addresses": addresses},
    })
}

fn addresses(style: Style, v4: &str, v6: &str) -> Vec<String> {
    match style {
        Style::V4 => vec![v4.to_owned()],
        Style::V6 => vec![v6.to_owned()],
        Style::Dual | Style::Mixed => vec![v4.to_owned(), v6.to_owned()],
    }
}

fn labels(random: &mut Random) -> Value {
    let mut labels = Map::new();
    for key in ["app", "tier", "env"] {
        if random.chance(60) {
            labels.insert(key.to_owned(), json!(label_value(random)));
        }
    }
    Value::Object(labels)
}

/// A value of a label, now and then one that is still to be substituted.
fn label_value(random: &mut Random) -> &'static str {
    let values = ["a", "b", ""];
    if random.chance(2) { "${LATER}" } else { values[random.below(values.len())] }
}

fn workload(random: &mut Random, place: &Place) -> Value {
    let template = |random: &mut Random| json!({"metadata": {"labels": labels(random)}, "spec": template_spec(random, place)});
    let (kind, version, name) = match random.below(16) {
        0..=1 => ("Deployment", "apps/v1", "deploy"),
        2 => ("DaemonSet", "apps/v1", "ds"),
        3 => ("StatefulSet", "apps/v1", "sts"),
        6 => ("ReplicationController", "v1", "rc"),
        7 => ("ReplicaSet", "apps/v1", "rs"),
        4 => ("Job", "batch/v1", "job"),
        5 => ("CronJob", "batch/v1", "cj"),
        _ => return pod(random, place),
    };
    let mut metadata = json!({"name": format!("{name}-{}", place.index), "namespace": place.namespace});
    if random.chance(15) {
        metadata["ownerReferences"] = json!([owner_of_template(random, place.index)]);
    }
    let spec = match kind {
        "CronJob" => json!({"jobTemplate": {"spec": {"template": template(random)}}}),
        "Job" | "DaemonSet" => json!({"template": template(random)}),
        "StatefulSet" => {
            let ordinals = json!({"start": random.below(2)});
            json!({"replicas": random.between(1, 3), "ordinals": ordinals, "template": template(random)})
        }
        _ => json!({"replicas": random.below(4), "template": template(random)}),
    };
    json!({"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec})
}

/// The spec of a template, now and then for a node of its own or for the node's network.
fn template_spec(random: &mut Random, place: &Place) -> Value {
    let mut spec = pod_spec(random);
    if place.nodes > 0 && random.chance(10) {
        spec["nodeName"] = json!(format!("node-{}", random.below(place.nodes)));
    }
    if random.chance(8) {
        spec["hostNetwork"] = json!(true);
    }
    spec
}

/// An owner outside the input, or an earlier workload, if `workload` made one of that kind.
fn owner_of_template(random: &mut Random, index: usize) -> Value {
    let (kind, version, name) = *random.pick(&[
        ("Rollout", "argoproj.io/v1alpha1", "rollout"),
        ("Deployment", "apps/v1", "deploy"),
        ("CronJob", "batch/v1", "cj"),
        ("StatefulSet", "apps/v1", "sts"),
    ]);
    let name = format!("{name}-{}", index.saturating_sub(1));
    let kind = if index == 0 { "Rollout" } else { kind };
    json!({"apiVersion": version, "kind": kind, "name": name, "controller": true})
}

fn pod(random: &mut Random, place: &Place) -> Value {
    let Place { index, namespace, nodes, style } = place;
    let mut spec = pod_spec(random);
    let mut status = json!({"phase": "Running"});
    if random.chance(10) {
        status["phase"] = json!(random.pick(&["Succeeded", "Failed", "Pending"]));
    }
    let node = (*nodes > 0 && random.chance(70)).then(|| random.below(*nodes));
    if let Some(node) = node {
        if random.chance(80) {
            spec["nodeName"] = json!(format!("node-{node}"));
        } else if *style != Style::V6 {
            status["hostIP"] = json!(format!("192.168.1.{}", node + 1));
        }
    }
    if node.is_some() && random.chance(12) {
        spec["hostNetwork"] = json!(true);
    }
    let (v4, v6) = (format!("10.0.{}.{index}", index % 2), format!("fd00::{}:{index}", index % 2));
    let own = match (style, random.below(3)) {
        (Style::Mixed, 0) => vec![v4],
        (Style::Mixed, 1) => vec![v6],
        _ => addresses(*style, &v4, &v6),
    };
    if let (Some(node), true) = (node, spec["hostNetwork"] == true && random.chance(50)) {
        status["podIP"] =
            json!(addresses(*style, &format!("192.168.1.{}", node + 1), &format!("fd01::{}", node + 1))[0]);
    }
    if random.chance(75) && spec["hostNetwork"] != true {
        status["podIP"] = json!(own[0]);
        status["podIPs"] = own.iter().map(|address| json!({"ip": address})).collect();
    }
    let mut metadata =
        json!({"name": format!("pod-{index}"), "namespace": namespace, "labels": labels(random)});
    if random.chance(25) {
        metadata["ownerReferences"] = json!([owner(random)]);
    }
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": spec,
        "status": status,
    })
}

/// An owner that may be in the input, by the names that `workload` gives.
fn owner(random: &mut Random) -> Value {
    let (kind, version, name) = *random.pick(&[
        ("ReplicaSet", "apps/v1", "rs-outside"),
        ("ReplicaSet", "apps/v1", "rs-2"),
        ("Deployment", "apps/v1", "deploy-1"),
        ("StatefulSet", "apps/v1", "sts-3"),
        ("DaemonSet", "apps/v1", "ds-0"),
        ("Job", "batch/v1", "job-2"),
        ("CronJob", "batch/v1", "cj-1"),
        ("Node", "v1", "node-0"),
    ]);
    json!({"apiVersion": version, "kind": kind, "name": name, "controller": true})
}

fn pod_spec(random: &mut Random) -> Value {
    let containers: Vec<Value> = (0..random.between(1, 2)).map(|index| container(random, index)).collect();
    let mut spec = json!({"containers": containers});
    if random.chance(15) {
        let mut init = container(random, 9);
        if random.chance(60) {
            init["restartPolicy"] = json!("Always");
        }
        spec["initContainers"] = json!([init]);
    }
    spec
}

fn container(random: &mut Random, index: usize) -> Value {
    let mut ports = Vec::new();
    for name in ["web", "dns", "peer"] {
        if random.chance(35) {
            let mut port = json!({"name": name, "containerPort": random.pick(&[53, 80, 8080, 9000])});
            if random.chance(70) {
                port["protocol"] = json!(random.pick(&["TCP", "TCP", "UDP", "SCTP"]));
            }
            ports.push(port);
        }
    }
    if random.chance(20) {
        ports.push(json!({"containerPort": 81}));
    }
    json!({"name": format!("c{index}"), "image": "registry.test/app:1", "ports": ports})
}
