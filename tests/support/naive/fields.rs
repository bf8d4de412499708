//! What the fields of a pod, or of what makes pods, say.

use std::net::IpAddr;

use serde_json::Value;

use super::cluster::NamedPort;
use super::labels::{Known, items};

pub fn node_name(pod: &Value) -> Option<String> {
    pod["spec"]["nodeName"].as_str().filter(|name| !name.is_empty()).map(str::to_owned)
}

pub fn is_finished(pod: &Value) -> bool {
    pod["status"]["phase"] == "Succeeded" || pod["status"]["phase"] == "Failed"
}

pub fn is_in_host_network(pod: &Value) -> bool {
    pod["spec"]["hostNetwork"] == true
}

pub fn pod_addresses(pod: &Value) -> Vec<IpAddr> {
    addresses(&pod["status"], "podIPs", "podIP")
}

pub fn host_addresses(pod: &Value) -> Vec<IpAddr> {
    addresses(&pod["status"], "hostIPs", "hostIP")
}

fn addresses(status: &Value, list: &str, single: &str) -> Vec<IpAddr> {
    let listed = items(&status[list]).iter().map(|item| &item["ip"]).chain([&status[single]]);
    let mut addresses: Vec<IpAddr> = listed.filter_map(|text| text.as_str()?.parse().ok()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

/// The named ports of all containers, and of init containers that keep running.
pub fn named_ports(spec: &Value) -> Vec<NamedPort> {
    let sidecars =
        items(&spec["initContainers"]).iter().filter(|container| container["restartPolicy"] == "Always");
    let containers = items(&spec["containers"]).iter().chain(sidecars);
    let ports = containers.flat_map(|container| items(&container["ports"]));
    let read = |port: &Value| {
        Some(NamedPort {
            name: port["name"].as_str()?.to_owned(),
            protocol: port["protocol"].as_str().unwrap_or("TCP").to_owned(),
            number: u16::try_from(port["containerPort"].as_u64()?).ok()?,
        })
    };
    ports.filter_map(read).collect()
}

/// The replicas of a template that can be told apart, with the labels that the controller gives them.
pub fn replicas(object: &Value, kind: &str, name: &str) -> Vec<(Option<String>, Known)> {
    let known = |key: &str, value: String| (key.to_owned(), Some(value));
    let hidden = |key: &str| (key.to_owned(), None);
    let spec = &object["spec"];
    let added: Known = match kind {
        "Deployment" => [hidden("pod-template-hash")].into(),
        "DaemonSet" => [hidden("controller-revision-hash")].into(),
        "Job" => [
            known("job-name", name.to_owned()),
            known("batch.kubernetes.io/job-name", name.to_owned()),
            hidden("controller-uid"),
            hidden("batch.kubernetes.io/controller-uid"),
        ]
        .into(),
        "CronJob" => [
            "job-name",
            "batch.kubernetes.io/job-name",
            "controller-uid",
            "batch.kubernetes.io/controller-uid",
        ]
        .map(hidden)
        .into(),
        "StatefulSet" => {
            let first = spec["ordinals"]["start"].as_u64().unwrap_or(0);
            let count = spec["replicas"].as_u64().unwrap_or(1);
            let replica = |ordinal: u64| {
                let pod = format!("{name}-{ordinal}");
                let labels = [
                    known("statefulset.kubernetes.io/pod-name", pod.clone()),
                    known("apps.kubernetes.io/pod-index", ordinal.to_string()),
                    hidden("controller-revision-hash"),
                ];
                (Some(format!("{kind}/{pod}")), Known::from(labels))
            };
            return (first..first + count).map(replica).collect();
        }
        _ => Known::new(),
    };
    vec![(None, added)]
}
