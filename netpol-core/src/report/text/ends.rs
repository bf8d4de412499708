//! How the ends of a connection are spelled: as a user would type them.

use ipnet::IpNet;

use super::layout::count;
use crate::cluster::{
    Asked, Cluster, Endpoint, GroupId, Hypothetical, Owner, Workload, WorkloadId, internet,
};
use crate::evaluate::End;
use crate::net::{Family, HoledBlock, IpSet};

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
    if let Endpoint::Replica(replica) = &end.endpoint {
        return vec![cluster.pod_name(replica.group, Some(replica.ordinal))];
    }
    let ((Some(groups), _) | (None, Endpoint::Pods(_, groups))) = (&end.groups, &end.endpoint) else {
        return Vec::new();
    };
    let is_named = |id: &&GroupId| {
        let group = cluster.group(**id).and_then(|group| cluster.workload(group.workload));
        group.is_some_and(|workload| workload.owner != Owner::Pod)
    };
    let first = groups.first().and_then(|id| cluster.group(*id));
    let are_all = first
        .and_then(|group| cluster.workload(group.workload))
        .is_some_and(|workload| end.groups.is_none() && workload.groups.len() == groups.len());
    if are_all {
        return Vec::new();
    }
    groups.iter().filter(is_named).map(|id| cluster.pod_name(*id, None)).collect()
}

/// The ports of a question behind the ends, with a blank before: ` tcp/7070`; empty when none was asked for.
pub(crate) fn asked(ports: &Asked) -> String {
    match ports {
        Asked::Every => String::new(),
        Asked::Protocol(protocol) => format!(" {}", protocol.lower()),
        Asked::Range(protocol, first, last) if first == last => format!(" {}/{first}", protocol.lower()),
        Asked::Range(protocol, first, last) => format!(" {}/{first}-{last}", protocol.lower()),
        Asked::Several(ports) => format!(" {ports}"),
        Asked::Named(Some(protocol), name) => format!(" {}/{name}", protocol.lower()),
        Asked::Named(None, name) => format!(" {name}"),
    }
}

/// The addresses of a set: `internet` for all globally routable ones of a family; else the first blocks spelled out,
/// as in `10.0.0.0/9, 192.168.0.0/16`, or `10.0.0.0/8 except 10.1.0.0/16` where that is shorter.
pub(crate) fn blocks(addresses: &IpSet) -> String {
    let families = Family::ALL.into_iter().map(|family| (family, addresses.in_family(family)));
    let present: Vec<(Family, IpSet)> = families.filter(|(_, set)| !set.is_empty()).collect();
    if !present.is_empty() && present.iter().all(|(family, set)| *set == internet(*family)) {
        return "internet".to_owned();
    }
    if present.is_empty() {
        return "no address".to_owned();
    }
    let words: Vec<String> = present.iter().map(|(_, set)| blocks_of_family(set)).collect();
    words.join(", ")
}

fn blocks_of_family(addresses: &IpSet) -> String {
    match addresses.holed_blocks().as_slice() {
        [HoledBlock { block, excepts }] if !excepts.is_empty() => {
            format!("{block} except {}", capped(&spelled(excepts), "block", "blocks"))
        }
        _ => capped(&spelled(&addresses.cidrs()), "block", "blocks"),
    }
}

/// Each block; one of a single address without its prefix.
fn spelled(cidrs: &[IpNet]) -> Vec<String> {
    let spell = |cidr: &IpNet| {
        if cidr.prefix_len() == cidr.max_prefix_len() { cidr.addr().to_string() } else { cidr.to_string() }
    };
    cidrs.iter().map(spell).collect()
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
        Endpoint::Replica(replica) => workload(cluster, replica.workload),
        Endpoint::Hypothetical(Hypothetical { namespace, labels }) => {
            let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
            format!("{namespace}/@{}", labels.join(","))
        }
        Endpoint::Addresses(set) => addresses(cluster, set),
        Endpoint::Node(id) => cluster.node(*id).map_or_else(
            || "?".to_owned(),
            |node| if node.name.is_empty() { blocks(&node.addresses) } else { format!("node/{}", node.name) },
        ),
    }
}

/// Addresses outside: `outside` for all of them, `internet` for the globally routable ones, else their blocks.
pub(crate) fn addresses(cluster: &Cluster, addresses: &IpSet) -> String {
    named_addresses(cluster, addresses).unwrap_or_else(|| blocks(addresses))
}

/// The spelling of addresses that have one. Addresses that pods have do not count; of one of the families that the
/// cluster uses, the family is told.
pub(crate) fn named_addresses(cluster: &Cluster, addresses: &IpSet) -> Option<String> {
    let family = Family::ALL.into_iter().find(|family| !addresses.is_empty_in(*family))?;
    let is_whole = cluster.outside_families.iter().all(|family| !addresses.is_empty_in(*family));
    let in_families = |set: IpSet| if is_whole { set } else { set.in_family(family) };
    let (outside, internet) = (in_families(cluster.outside()), in_families(cluster.internet()));
    let pods = IpSet::blocks(cluster.by_address.keys().copied().map(IpNet::from));
    let is = |set: &IpSet| *set == *addresses || set.difference(&pods) == *addresses;
    let words = match () {
        () if is(&outside) => "outside",
        () if is(&internet) => "internet",
        () if is(&outside.difference(&internet)) => "outside except internet",
        () => return None,
    };
    Some(if is_whole { words.to_owned() } else { format!("{words} ({family})") })
}

/// The kind of a workload as kubectl shortens it, where endpoints can be spelled with it.
fn kind_prefix(owner: &Owner) -> Option<&'static str> {
    match owner {
        Owner::Pod => Some("po"),
        Owner::Unnamed | Owner::Hypothetical(_) => None,
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
pub(super) fn capped(texts: &[String], one: &str, many: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn set(cidrs: &[&str]) -> IpSet {
        IpSet::blocks(cidrs.iter().map(|cidr| cidr.parse().unwrap()))
    }

    #[test]
    fn a_block_with_a_hole_is_spelled_as_its_author_wrote_it() {
        let holed = set(&["10.0.0.0/8"]).difference(&set(&["10.1.0.0/16"]));
        assert_eq!(blocks(&holed), "10.0.0.0/8 except 10.1.0.0/16");
        let both = holed.union(&set(&["fd00::1/128"]));
        assert_eq!(blocks(&both), "10.0.0.0/8 except 10.1.0.0/16, fd00::1");
    }

    #[test]
    fn the_internet_is_called_so() {
        assert_eq!(blocks(&internet(Family::V4).union(&internet(Family::V6))), "internet");
        assert_eq!(blocks(&internet(Family::V4)), "internet");
    }

    #[test]
    fn separate_blocks_are_listed_and_many_are_counted() {
        assert_eq!(blocks(&set(&["10.0.0.0/9", "192.168.0.1/32"])), "10.0.0.0/9, 192.168.0.1");
        let many = set(&["1.0.0.0/32", "2.0.0.0/32", "3.0.0.0/32", "4.0.0.0/32", "5.0.0.0/32", "7.0.0.0/32"]);
        assert_eq!(blocks(&many), "1.0.0.0, 2.0.0.0, 3.0.0.0, 4.0.0.0 and 2 more blocks");
    }
}
