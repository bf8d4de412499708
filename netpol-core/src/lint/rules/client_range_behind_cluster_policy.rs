//! `client-range-behind-cluster-policy`.

use std::collections::BTreeMap;

use ipnet::IpNet;

use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::lint::exposed;
use crate::lint::{Context, Isolated, Level, Levels, Needs, Rule, RuleAt};
use crate::manifest::Service;
use crate::net::{IpSet, Protocol};
use crate::policy::{OriginId, Peer};
use crate::text::Span;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("client-range-behind-cluster-policy"),
    category: Category::Policy,
    levels: Levels { minimal: Level::Off, recommended: Level::Info, strict: Level::Warning },
    summary: "a rule names the addresses of clients, which a Service may have replaced by a node's",
    page: include_str!("client-range-behind-cluster-policy.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

/// So many blocks are pointed at beside the first.
const POINTED_AT: usize = 2;

/// A block with so few fixed bits is everybody.
const EVERYBODY: [u8; 2] = [4, 8];

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let hides = |service: &Service| {
        let policy = service.external_traffic_policy.as_ref().map(|policy| policy.value.as_str());
        exposed::is_open(service) && policy.is_none_or(|policy| policy == "Cluster")
    };
    let mut ranges: BTreeMap<Span, (&Service, BTreeMap<OriginId, RuleAt<'_>>)> = BTreeMap::new();
    for exposed in exposed::exposed(context, hides) {
        for (isolated, port) in &exposed.behind {
            let own = client_ranges(context, isolated, (exposed.port.protocol, *port));
            let service = exposed.service;
            ranges.entry(service.span).or_insert_with(|| (service, BTreeMap::new())).1.extend(own);
        }
    }
    ranges.into_values().filter_map(|(service, ranges)| finding(context, service, &ranges)).collect()
}

/// The peers that let some clients in on a port, where not everybody is.
fn client_ranges<'a>(
    context: &Context<'a>,
    isolated: &Isolated,
    (protocol, port): (Protocol, u16),
) -> Vec<(OriginId, RuleAt<'a>)> {
    let mut ranges = Vec::new();
    for rule in isolated.rules(context) {
        let ports = &rule.indexed.ports;
        if !ports.fixed.contains(protocol, port) && ports.named.is_empty() {
            continue;
        }
        let Some(peers) = &rule.rule.value.peers else { return Vec::new() };
        for peer in peers {
            let Peer::Addresses(block) = &peer.value else { continue };
            if is_everybody(&block.addresses) {
                return Vec::new();
            }
            if is_of_clients(context, &block.addresses) {
                ranges.push((peer.origin, rule));
            }
        }
    }
    ranges
}

fn is_everybody(addresses: &IpSet) -> bool {
    let [v4, v6] = EVERYBODY;
    addresses.cidrs().iter().any(|cidr| match cidr {
        IpNet::V4(cidr) => cidr.prefix_len() <= v4,
        IpNet::V6(cidr) => cidr.prefix_len() <= v6,
    })
}

/// Whether a block is for clients, and not for the nodes: it holds addresses of the internet, or the nodes' are known to
/// be others.
fn is_of_clients(context: &Context<'_>, addresses: &IpSet) -> bool {
    let nodes = &context.cluster.facts.node_addresses;
    let is_public = addresses.overlaps(&context.cluster.internet());
    !addresses.overlaps(nodes) && (is_public || !nodes.is_empty())
}

fn finding(
    context: &Context<'_>,
    service: &Service,
    ranges: &BTreeMap<OriginId, RuleAt<'_>>,
) -> Option<Diagnostic> {
    let mut ranges = ranges.iter();
    let (origin, rule) = ranges.next()?;
    let name = format!("Service {}/{}", service.metadata.namespace.value, service.metadata.name.value);
    let message =
        format!("clients of `{name}` may arrive with the address of a node, which this block does not hold");
    let place = context.head(context.span(*origin)?);
    let mut found = RULE.finding(place, message).with_object(rule.policy.object.clone());
    for span in ranges.take(POINTED_AT).filter_map(|(origin, _)| context.span(*origin)) {
        found = found.with_related(context.head(span), "nor this one");
    }
    let (place, words) = match &service.external_traffic_policy {
        Some(policy) => (policy.span, "replaces the address of the client where the pod is on another node"),
        None => (
            service.type_span.unwrap_or(service.metadata.name.span),
            "`externalTrafficPolicy` is `Cluster` when nothing is said",
        ),
    };
    let help = "set `externalTrafficPolicy: Local` on the Service, or sift clients where they enter \
                (`loadBalancerSourceRanges`)";
    Some(found.with_related(place, words).with_help(help))
}
