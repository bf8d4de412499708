//! Policies for administrators, as their text has it: ordered rules with Accept, Deny and Pass, before and behind
//! NetworkPolicy.

use std::collections::BTreeSet;

use ipnet::IpNet;
use serde_json::Value;

use super::Truth;
use super::address::{Block, Family, networks_hold_some_pod};
use super::cluster::{Cluster, PodSide, Side};
use super::labels::{Known, Labels, Rest, items, selects};
use super::options::Blocks;
use super::policy::Direction;

/// Before NetworkPolicy, or behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    Admin,
    Baseline,
}

/// What a tier may say of one flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Say {
    Accept,
    Deny,
    /// It leaves the flow to the next tier.
    Next,
}

/// A policy of one of the kinds.
#[derive(Debug, Clone)]
pub struct AdminPolicy {
    pub tier: Tier,
    priority: i64,
    spec: Value,
    /// Whether the API server refuses it, so that it is in no cluster as it stands.
    is_refused: bool,
}

/// What a policy looks at of a flow.
#[derive(Debug, Clone, Copy)]
pub struct Packet<'a> {
    pub direction: Direction,
    /// The other end, seen from the subject.
    pub other: &'a Side,
    pub to: &'a Side,
    pub family: Family,
    pub protocol: &'a str,
    pub port: u16,
}

impl AdminPolicy {
    /// The policy of an object; `None` when it is none of these kinds.
    pub fn new(object: &Value) -> Option<Self> {
        let spec = object["spec"].clone();
        let has_priority = spec["priority"].is_i64();
        let (tier, is_complete) = match (object["apiVersion"].as_str()?, object["kind"].as_str()?) {
            ("policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy") => match spec["tier"].as_str() {
                Some("Baseline") => (Tier::Baseline, has_priority),
                tier => (Tier::Admin, tier.is_some() && has_priority),
            },
            ("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy") => (Tier::Admin, has_priority),
            ("policy.networking.k8s.io/v1alpha1", "BaselineAdminNetworkPolicy") => {
                (Tier::Baseline, object["metadata"]["name"] == "default")
            }
            _ => return None,
        };
        let is_refused = !(is_complete && is_selection(&spec["subject"]) && has_good_rules(&spec));
        let priority = if is_refused { i64::MIN } else { spec["priority"].as_i64().unwrap_or_default() };
        Some(Self { tier, priority, spec, is_refused })
    }
}

/// Whether a subject or peer is `namespaces` or `pods`, whole.
fn is_selection(selection: &Value) -> bool {
    let (namespaces, pods) = (&selection["namespaces"], &selection["pods"]);
    namespaces.is_object() != pods.is_object() && (namespaces.is_object() || pods["podSelector"].is_object())
}

/// Whether each rule has an action and peers, and each of its ports a number or a name.
fn has_good_rules(spec: &Value) -> bool {
    let is_peer = |peer: &Value| {
        is_selection(peer) || ["networks", "nodes", "domainNames"].iter().any(|name| !peer[name].is_null())
    };
    [Direction::Ingress, Direction::Egress].into_iter().all(|direction| {
        items(&spec[direction.rules()]).iter().all(|rule| {
            let peers = items(&rule[direction.peers()]);
            let ports = ["protocols", "ports"].iter().flat_map(|name| items(&rule[name]));
            let has_ports = ports.into_iter().all(|port| numbers(port).1 > 0 || name_of(port).is_some());
            rule["action"].is_string() && !peers.is_empty() && peers.iter().all(is_peer) && has_ports
        })
    })
}

/// All that a tier may say of a flow of a pod. Policies of one priority may act in any order.
pub fn said(
    policies: &[&AdminPolicy],
    pod: &PodSide,
    packet: &Packet<'_>,
    cluster: &Cluster,
) -> BTreeSet<Say> {
    let priorities: BTreeSet<i64> = policies.iter().map(|policy| policy.priority).collect();
    let mut said = BTreeSet::new();
    for priority in priorities {
        let equal = policies.iter().filter(|policy| policy.priority == priority);
        let each: Vec<(BTreeSet<Say>, bool)> =
            equal.map(|policy| of_policy(policy, pod, packet, cluster)).collect();
        said.extend(each.iter().flat_map(|(said, _)| said));
        // The next priority is asked where every policy of this one may be silent.
        if !each.iter().all(|(_, may_be_silent)| *may_be_silent) {
            return said;
        }
    }
    said.insert(Say::Next);
    said
}

/// What a policy may say, and whether it may say nothing.
fn of_policy(
    policy: &AdminPolicy,
    pod: &PodSide,
    packet: &Packet<'_>,
    cluster: &Cluster,
) -> (BTreeSet<Say>, bool) {
    let mut said = BTreeSet::new();
    if policy.is_refused {
        let selects = !is_selection(&policy.spec["subject"])
            || selects_pod(&policy.spec["subject"], pod, cluster) != Truth::No;
        let has_rules = |direction: Direction| !items(&policy.spec[direction.rules()]).is_empty();
        let may_act =
            has_rules(packet.direction) || !has_rules(Direction::Ingress) && !has_rules(Direction::Egress);
        if selects && may_act {
            said.extend([Say::Accept, Say::Deny, Say::Next]);
        }
        return (said, true);
    }
    let selected = selects_pod(&policy.spec["subject"], pod, cluster);
    if selected == Truth::No {
        return (said, true);
    }
    for rule in items(&policy.spec[packet.direction.rules()]) {
        let matched = matches(rule, packet, cluster);
        if matched != Truth::No {
            said.insert(say(rule));
        }
        if matched == Truth::Yes {
            return (said, selected == Truth::Unknown);
        }
    }
    (said, true)
}

fn say(rule: &Value) -> Say {
    match rule["action"].as_str() {
        Some("Accept" | "Allow") => Say::Accept,
        Some("Deny") => Say::Deny,
        _ => Say::Next,
    }
}

fn matches(rule: &Value, packet: &Packet<'_>, cluster: &Cluster) -> Truth {
    let peers = items(&rule[packet.direction.peers()]);
    let of_peer = Truth::any(peers.iter().map(|peer| peer_matches(peer, packet, cluster)));
    let ports = [&rule["protocols"], &rule["ports"]].into_iter().find(|list| !items(list).is_empty());
    let of_port = ports
        .map_or(Truth::Yes, |ports| Truth::any(items(ports).iter().map(|port| port_matches(port, packet))));
    of_peer.and(of_port)
}

/// Whether `namespaces` or `pods` of a subject or a peer select a pod.
fn selects_pod(selection: &Value, pod: &PodSide, cluster: &Cluster) -> Truth {
    let labels = cluster.namespace_labels(&pod.namespace);
    if !selection["namespaces"].is_null() {
        return selects(&selection["namespaces"], &labels);
    }
    let pods = &selection["pods"];
    selects(&pods["namespaceSelector"], &labels).and(selects(&pods["podSelector"], &pod.labels))
}

fn peer_matches(peer: &Value, packet: &Packet<'_>, cluster: &Cluster) -> Truth {
    let Packet { other, family, .. } = *packet;
    if !peer["namespaces"].is_null() || !peer["pods"].is_null() {
        return other.pod.as_ref().map_or(Truth::No, |pod| selects_pod(peer, pod, cluster));
    }
    // Of a pod that the server refuses, no address is known, nor what else it may be.
    if other.is_doubted {
        return Truth::Unknown;
    }
    if !peer["networks"].is_null() {
        let blocks = items(&peer["networks"]).iter().filter_map(|text| text.as_str()?.parse().ok());
        let blocks: Vec<IpNet> = blocks.map(|block: IpNet| block.trunc()).collect();
        let options = cluster.options();
        return match (&other.pod, &other.addresses) {
            (Some(_), None) if options.blocks == Blocks::PodsToo => {
                networks_hold_some_pod(&blocks, family, &options.pod_cidrs)
            }
            _ => Truth::any(
                blocks
                    .into_iter()
                    .map(|cidr| cluster.block_holds(&Block { cidr, except: Vec::new() }, other, family)),
            ),
        };
    }
    if !peer["nodes"].is_null() {
        return nodes_hold(&peer["nodes"], other, cluster);
    }
    // Which addresses a name has, the input does not tell; a pod or a node is not outside.
    let is_outside = other.pod.is_none() && !other.is_node;
    if !peer["domainNames"].is_null() && is_outside { Truth::Unknown } else { Truth::No }
}

/// A node is met at any of its addresses.
fn nodes_hold(selector: &Value, other: &Side, cluster: &Cluster) -> Truth {
    if other.pod.is_some() || !other.is_node {
        return Truth::No;
    }
    let described = other.node.as_ref().and_then(|node| cluster.node_labels(node));
    let unknown = || Labels { known: Known::new(), rest: Rest::Unknown };
    selects(selector, &described.unwrap_or_else(unknown))
}

fn port_matches(item: &Value, packet: &Packet<'_>) -> Truth {
    if let Some(name) = name_of(item) {
        if packet.to.is_doubted {
            return Truth::Unknown;
        }
        let ports = packet.to.pod.iter().flat_map(|pod| &pod.ports);
        return ports
            .into_iter()
            .any(|port| port.name == name && port.protocol == packet.protocol && port.number == packet.port)
            .into();
    }
    let (protocol, first, last) = numbers(item);
    (protocol == packet.protocol && (first..=last).contains(&u64::from(packet.port))).into()
}

fn name_of(item: &Value) -> Option<&str> {
    [&item["destinationNamedPort"], &item["namedPort"]].into_iter().find_map(Value::as_str)
}

/// The protocol, and the first and the last port.
fn numbers(item: &Value) -> (String, u64, u64) {
    let number = |value: &Value| value.as_u64().unwrap_or_default();
    for name in ["tcp", "udp", "sctp"] {
        let port = &item[name]["destinationPort"];
        if !port["number"].is_null() {
            return (name.to_uppercase(), number(&port["number"]), number(&port["number"]));
        }
        if !port["range"].is_null() {
            return (name.to_uppercase(), number(&port["range"]["start"]), number(&port["range"]["end"]));
        }
    }
    let protocol = |item: &Value| item["protocol"].as_str().unwrap_or("TCP").to_owned();
    let (single, range) = (&item["portNumber"], &item["portRange"]);
    if !single.is_null() {
        return (protocol(single), number(&single["port"]), number(&single["port"]));
    }
    (protocol(range), number(&range["start"]), number(&range["end"]))
}
