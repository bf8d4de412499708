//! How the ends of a connection are spelled: as a user would type them.

use super::layout::count;
use crate::cluster::{Asked, Cluster, Endpoint, GroupId, Hypothetical, Owner, Workload, WorkloadId};
use crate::evaluate::End;
use crate::net::IpSet;

/// So many blocks or pods are spelled out; of more, the rest is counted.
const SPELLED_OUT: usize = 4;

/// One end of a pair: `shop/cart`, `shop/db [db-0, db-1]`, `10.0.0.0/8`, `node/n1`, `shop/@app=x`.
pub fn end(cluster: &Cluster, end: &End) -> String {
    let whole = whole_endpoint(cluster, &end.endpoint);
    let pods = pod_names(cluster, end);
    if pods.is_empty() { whole } else { format!("{whole} [{}]", capped(&pods, "pod", "pods")) }
}

/// An endpoint, as a question names it.
pub fn endpoint(cluster: &Cluster, endpoint: &Endpoint) -> String {
    end(cluster, &End { endpoint: endpoint.clone(), groups: None, pods: None })
}

/// The ends of one side of a question: the one, or how many of what.
pub fn end_list(cluster: &Cluster, endpoints: &[Endpoint]) -> String {
    match endpoints {
        [one] => endpoint(cluster, one),
        many if many.len() <= SPELLED_OUT => {
            let names: Vec<String> = many.iter().map(|one| endpoint(cluster, one)).collect();
            names.join(", ")
        }
        many => format!("{} endpoints", many.len()),
    }
}

/// The names of the pods that are meant, when some but not all of an endpoint's are; sorted as they are given.
pub(crate) fn pod_names(cluster: &Cluster, end: &End) -> Vec<String> {
    if let Some(pods) = &end.pods {
        return pods.clone();
    }
    let ((Some(groups), _) | (None, Endpoint::Pods(_, groups))) = (&end.groups, &end.endpoint) else {
        return Vec::new();
    };
    let is_named = |id: &&GroupId| {
        let group = cluster.group(**id).and_then(|group| cluster.workload(group.workload));
        group.is_some_and(|workload| workload.owner != Owner::Pod)
    };
    groups.iter().filter(is_named).map(|id| cluster.pod_name(*id, None)).collect()
}

/// The ports of a question behind the ends, with a blank before: ` tcp/7070`; empty when none was asked for.
pub(crate) fn asked(ports: &Asked) -> String {
    match ports {
        Asked::Every => String::new(),
        Asked::Protocol(protocol) => format!(" {}", protocol.lower()),
        Asked::Range(protocol, first, last) if first == last => format!(" {}/{first}", protocol.lower()),
        Asked::Range(protocol, first, last) => format!(" {}/{first}-{last}", protocol.lower()),
        Asked::Named(Some(protocol), name) => format!(" {}/{name}", protocol.lower()),
        Asked::Named(None, name) => format!(" {name}"),
    }
}

/// The blocks of a set, the first of them spelled out.
pub(crate) fn blocks(addresses: &IpSet) -> String {
    let cidrs = addresses.cidrs().into_iter();
    let texts: Vec<String> = cidrs
        .map(|cidr| {
            if cidr.prefix_len() == cidr.max_prefix_len() {
                cidr.addr().to_string()
            } else {
                cidr.to_string()
            }
        })
        .collect();
    capped(&texts, "block", "blocks")
}

/// The name of a workload: `shop/cart`, or `shop/deploy/cart` when another workload has the same name.
pub(crate) fn workload(cluster: &Cluster, id: WorkloadId) -> String {
    let Some(workload) = cluster.workload(id) else { return "?".to_owned() };
    let namespace = cluster.namespace(workload.namespace).map_or("?", |it| it.name.as_str());
    let neighbours = [id.0.checked_sub(1), id.0.checked_add(1)].into_iter().flatten();
    let is_same = |other: &Workload| other.namespace == workload.namespace && other.name == workload.name;
    let is_shared = neighbours.filter_map(|at| cluster.workload(WorkloadId(at))).any(is_same);
    match kind_prefix(&workload.owner).filter(|_| is_shared) {
        Some(kind) => format!("{namespace}/{kind}/{}", workload.name),
        None => format!("{namespace}/{}", workload.name),
    }
}

fn whole_endpoint(cluster: &Cluster, endpoint: &Endpoint) -> String {
    match endpoint {
        Endpoint::Workload(id) | Endpoint::Pods(id, _) => workload(cluster, *id),
        Endpoint::Hypothetical(Hypothetical { namespace, labels }) => {
            let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
            format!("{namespace}/@{}", labels.join(","))
        }
        Endpoint::Addresses(addresses) => blocks(addresses),
        Endpoint::Node(id) => cluster.node(*id).map_or_else(
            || "?".to_owned(),
            |node| if node.name.is_empty() { blocks(&node.addresses) } else { format!("node/{}", node.name) },
        ),
    }
}

/// The kind of a workload as kubectl shortens it, where endpoints can be spelled with it.
fn kind_prefix(owner: &Owner) -> Option<&'static str> {
    match owner {
        Owner::Pod => Some("po"),
        Owner::Unnamed => None,
        Owner::Kind(kind) => match kind.as_str() {
            "Deployment" => Some("deploy"),
            "StatefulSet" => Some("sts"),
            "DaemonSet" => Some("ds"),
            "ReplicaSet" => Some("rs"),
            "Job" => Some("job"),
            "CronJob" => Some("cj"),
            _ => None,
        },
    }
}

/// The first few of a list; the rest is counted.
fn capped(texts: &[String], one: &str, many: &str) -> String {
    match texts.get(..SPELLED_OUT) {
        Some(first) if texts.len() > SPELLED_OUT + 1 => {
            let rest = texts.len() - SPELLED_OUT;
            format!(
                "{} and {}",
                first.join(", "),
                count(rest, &format!("more {one}"), &format!("more {many}"))
            )
        }
        _ => texts.join(", "),
    }
}
