//! Whether isolated pods can ask the cluster's DNS, and whether somebody meant them to.

use std::collections::BTreeSet;

use super::{Context, Isolated, RuleAt, hints, words};
use crate::cluster::{Dns, Hypothetical, Namespace, PodGroup, Resolver, Workload, WorkloadId};
use crate::index::{IndexedPeer, TermId, usual_pod_blocks};
use crate::net::{Decided, Family, IpSet, Protocol};
use crate::policy::{Direction, NamespaceMatch, OriginId, Peer, PodMatch, Policy, PortMatch, Ports};
use crate::selector::{Labels, Requirement, Selector, Truth, Unlisted, near};
use crate::text::Span;

/// A range of at most so many ports that holds the DNS' is about DNS.
const NARROW: u16 = 16;

/// Words that say that pods are closed on purpose.
const CLOSING: [&str; 14] = [
    "baseline",
    "block",
    "default",
    "deny",
    "denied",
    "isolate",
    "isolated",
    "isolation",
    "limit",
    "limited",
    "lockdown",
    "only",
    "restrict",
    "restricted",
];

/// What the policies of some pods let through to the cluster's DNS. Unknown too when a rule may be meant for a DNS that
/// the input does not show.
#[derive(Debug, Clone, Copy)]
pub(super) struct DnsReach<'a> {
    /// Over UDP.
    pub udp: Truth,
    /// Over TCP.
    pub tcp: Truth,
    /// A peer that somebody took for the DNS.
    pub mistaken: Option<Mistaken<'a>>,
}

/// A peer that is allowed the port of a DNS, and does not let pods ask it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mistaken<'a> {
    /// The peer.
    pub peer: OriginId,
    /// The DNS that it is after all, which listens on another port.
    pub resolver: Option<&'a Resolver>,
}

/// What isolated pods may exchange with the cluster's DNS.
pub(super) fn reach<'a>(context: &Context<'a>, isolated: &Isolated) -> DnsReach<'a> {
    let dns = &context.cluster.facts.dns;
    let mut reach = DnsReach { udp: Truth::No, tcp: Truth::No, mistaken: None };
    for resolver in &dns.resolvers {
        let pod = Hypothetical { namespace: resolver.namespace.clone(), labels: resolver.labels.clone() };
        let decided = context.rows().towards_pod(isolated.subject, Direction::Egress, &pod);
        for port in &resolver.ports {
            reach.udp = reach.udp.or(truth(&decided, Protocol::Udp, *port));
            reach.tcp = reach.tcp.or(truth(&decided, Protocol::Tcp, *port));
        }
    }
    for rule in isolated.rules(context) {
        let (meant, mistaken) = meant(context, dns, &rule);
        reach.udp = reach.udp.or(meant.and(admits(&rule, Protocol::Udp, dns)));
        reach.tcp = reach.tcp.or(meant.and(admits(&rule, Protocol::Tcp, dns)));
        reach.mistaken = reach.mistaken.or(mistaken);
    }
    reach
}

/// The workloads that do not ask the cluster's DNS: itself, and those whose pods are told to ask another.
pub(super) fn exempt(context: &Context<'_>) -> BTreeSet<WorkloadId> {
    let cluster = context.cluster;
    let pods = context.manifests.pods.iter().map(|pod| (pod.span, &pod.spec));
    let templates = context.manifests.workloads.iter().map(|workload| (workload.span, &workload.pod_spec));
    let asks_another = |policy: &str| matches!(policy, "None" | "Default");
    let elsewhere: BTreeSet<Span> = pods
        .chain(templates)
        .filter(|(_, spec)| spec.dns_policy.as_ref().is_some_and(|it| asks_another(&it.value)))
        .map(|(span, _)| span)
        .collect();
    let resolvers: Vec<_> = cluster.facts.dns.resolvers.iter().map(|it| (it, pods_of(it))).collect();
    let is_exempt = |workload: &Workload| {
        let namespace = cluster.namespace(workload.namespace).map(|namespace| namespace.name.as_str());
        let mut groups = workload.groups.iter().filter_map(|id| cluster.group(*id));
        elsewhere.contains(&workload.span)
            || groups.any(|group| {
                resolvers.iter().any(|(resolver, pods)| {
                    namespace == Some(&resolver.namespace) && pods.pods.matches(&group.labels).truth.is_yes()
                })
            })
    };
    context.workloads().filter(|(_, workload)| is_exempt(workload)).map(|(id, _)| id).collect()
}

/// The DNS to speak of: one whose namespace is in the input, else the first.
pub(super) fn resolver<'a>(context: &Context<'a>) -> Option<&'a Resolver> {
    likely(context, &context.cluster.facts.dns).first().copied()
}

pub(super) fn whom(resolver: &Resolver) -> String {
    let ports: Vec<String> = resolver.ports.iter().map(ToString::to_string).collect();
    let ports = format!("UDP and TCP {}", words::some(&ports));
    if *resolver == Resolver::usual() {
        return format!("{ports} to kube-dns");
    }
    format!("{ports} to the pods `{}` of namespace `{}`", resolver.selector(), resolver.namespace)
}

/// The rule that lets pods ask the DNS over a protocol: one that is about the DNS, else one that allows more.
pub(super) fn admitting<'a>(
    context: &Context<'a>,
    isolated: &Isolated,
    protocol: Protocol,
) -> Option<RuleAt<'a>> {
    let dns = &context.cluster.facts.dns;
    let all: Vec<&Resolver> = dns.resolvers.iter().collect();
    let reaches = |rule: &RuleAt<'_>| match &rule.rule.value.peers {
        None => true,
        Some(peers) => peers.iter().any(|peer| match &peer.value {
            Peer::Pods(pods) => may_resolve(context, &all, pods, Unlisted::Absent) != Truth::No,
            Peer::Addresses(block) => block_truth(context, dns, &block.addresses) != Truth::No,
        }),
    };
    let is_about =
        |rule: &RuleAt<'_>| rule.rule.value.ports.iter().flatten().any(|port| is_about_dns(&port.value, dns));
    let admits = |rule: &RuleAt<'_>| admits(rule, protocol, dns) == Truth::Yes && reaches(rule);
    let rules: Vec<RuleAt<'a>> = isolated.rules(context).filter(admits).collect();
    rules.iter().find(|rule| is_about(rule)).or_else(|| rules.first()).copied()
}

/// The pods of a resolver, whether they are in the input or not.
pub(super) fn pods_of(resolver: &Resolver) -> PodMatch {
    let labels = resolver.labels.iter().map(|(key, value)| Requirement::equals(key, value));
    PodMatch { namespaces: NamespaceMatch::Named(resolver.namespace.clone()), pods: Selector::new(labels) }
}

/// Whether a port item is about the DNS: it names its port alone, or a few around it.
pub(super) fn is_about_dns(port: &PortMatch, dns: &Dns) -> bool {
    match &port.ports {
        Ports::Range(first, last) => {
            last - first < NARROW && ports(dns).any(|port| (*first..=*last).contains(&port))
        }
        Ports::Named(name) => name.contains("dns"),
        Ports::Every | Ports::Unknown => false,
    }
}

/// Whether a policy allows egress for DNS and for nothing else, and its name says so and no more.
pub(super) fn is_for_dns_alone(context: &Context<'_>, policy: &Policy) -> bool {
    let words = hints::words_of(&policy.object.name);
    let facts = &context.cluster.facts.dns;
    let mut rules = policy.rules.iter().filter(|rule| rule.value.direction == Direction::Egress).peekable();
    policy.directions.contains(Direction::Egress)
        && words.iter().any(|word| word.contains("dns"))
        && !words.iter().any(|word| CLOSING.contains(&word.as_str()))
        && rules.peek().is_some()
        && rules.all(|rule| {
            let ports = rule.value.ports.as_ref().filter(|ports| !ports.is_empty());
            ports.is_some_and(|ports| ports.iter().all(|port| is_about_dns(&port.value, facts)))
        })
}

fn ports(dns: &Dns) -> impl Iterator<Item = u16> + '_ {
    dns.resolvers.iter().flat_map(|resolver| resolver.ports.iter().copied())
}

fn truth(decided: &Decided, protocol: Protocol, port: u16) -> Truth {
    match (decided.allowed.contains(protocol, port), decided.unknown.contains(protocol, port)) {
        (true, _) => Truth::Yes,
        (_, true) => Truth::Unknown,
        _ => Truth::No,
    }
}

/// Whether a rule may let pods ask a DNS, or is for the port of one whomever it names.
pub(super) fn may_be_for(context: &Context<'_>, rule: &RuleAt<'_>) -> bool {
    let dns = &context.cluster.facts.dns;
    let is_about = || rule.rule.value.ports.iter().flatten().any(|port| is_about_dns(&port.value, dns));
    let has_port = Protocol::ALL.into_iter().any(|protocol| may_admit_over(context, rule, protocol));
    let may_resolve = || rule.rule.value.peers.is_none() || meant(context, dns, rule).0 != Truth::No;
    has_port && (is_about() || may_resolve())
}

/// Whether a rule may admit a port of the DNS over a protocol, to whomever.
pub(super) fn may_admit_over(context: &Context<'_>, rule: &RuleAt<'_>, protocol: Protocol) -> bool {
    admits(rule, protocol, &context.cluster.facts.dns) != Truth::No
}

/// Whether a rule admits a port of the DNS over a protocol, to whomever.
fn admits(rule: &RuleAt<'_>, protocol: Protocol, dns: &Dns) -> Truth {
    dns.resolvers.iter().map(|it| admits_any(rule, protocol, &it.ports)).fold(Truth::No, Truth::or)
}

fn admits_any(rule: &RuleAt<'_>, protocol: Protocol, ports: &[u16]) -> Truth {
    let ports_of = &rule.indexed.ports;
    let has = |set: &crate::net::ConnectionSet| ports.iter().any(|port| set.contains(protocol, *port));
    let named = || ports_of.named.iter().any(|it| it.protocol.is_none_or(|own| own == protocol));
    match has(&ports_of.fixed) {
        true => Truth::Yes,
        false if has(&ports_of.unknown) || named() => Truth::Unknown,
        false => Truth::No,
    }
}

/// Whether a rule may be meant for a DNS that the input does not show, or is for the cache on the node; and a peer of
/// it that somebody took for the DNS.
fn meant<'a>(context: &Context<'a>, dns: &'a Dns, rule: &RuleAt<'_>) -> (Truth, Option<Mistaken<'a>>) {
    let is_about = rule.rule.value.ports.iter().flatten().any(|port| is_about_dns(&port.value, dns));
    let all: Vec<&Resolver> = dns.resolvers.iter().collect();
    let (mut best, mut mistaken) = (Truth::No, None);
    for (peer, indexed) in rule.peers().into_iter().flatten() {
        let elsewhere = match &peer.value {
            Peer::Pods(pods) if is_about => on_another_port(context, rule, &all, pods),
            _ => None,
        };
        let truth = match (&peer.value, indexed) {
            (Peer::Addresses(block), _) => {
                let truth = block_truth(context, dns, &block.addresses);
                if is_about { truth.or(Truth::Unknown) } else { truth }
            }
            _ if elsewhere.is_some() => Truth::No,
            (Peer::Pods(pods), IndexedPeer::Term(id)) if is_about => {
                if listens(context, dns, id) {
                    Truth::Unknown
                } else {
                    may_be_dns(context, dns, pods)
                }
            }
            (Peer::Pods(pods), _) => may_resolve(context, &all, pods, Unlisted::Absent),
        };
        if truth == Truth::No && is_about {
            mistaken = mistaken.or(Some(Mistaken { peer: peer.origin, resolver: elsewhere }));
        }
        best = best.or(truth);
    }
    (best, mistaken)
}

/// The DNS that a peer certainly selects, when the rule allows the port of another and none of its own.
fn on_another_port<'a>(
    context: &Context<'_>,
    rule: &RuleAt<'_>,
    resolvers: &[&'a Resolver],
    peer: &PodMatch,
) -> Option<&'a Resolver> {
    let is_meant = |it: &&&Resolver| may_resolve(context, &[it], peer, Unlisted::Absent) == Truth::Yes;
    let meant: Vec<&Resolver> = resolvers.iter().filter(is_meant).copied().collect();
    let is_closed = |it: &&Resolver| {
        let admits = |protocol| admits_any(rule, protocol, &it.ports);
        Protocol::ALL.into_iter().all(|protocol| admits(protocol) == Truth::No)
    };
    meant.iter().all(is_closed).then(|| meant.first().copied()).flatten()
}

/// Whether a peer selects the cluster's DNS, which every cluster has, whatever the input shows.
pub(super) fn is_dns(context: &Context<'_>, peer: &PodMatch) -> bool {
    let all: Vec<&Resolver> = context.cluster.facts.dns.resolvers.iter().collect();
    !peer.pods.is_everything() && may_resolve(context, &all, peer, Unlisted::Absent) == Truth::Yes
}

/// Whether a block holds a cache on the node, or may hold a DNS.
fn block_truth(context: &Context<'_>, dns: &Dns, block: &IpSet) -> Truth {
    let facts = &context.cluster.facts;
    let usual = IpSet::single(Dns::USUAL_NODE_LOCAL);
    let is_link_local = || block.cidrs().iter().all(|cidr| cidr.prefix_len() >= 16);
    if block.overlaps(&dns.node_local) || (block.overlaps(&usual) && is_link_local()) {
        return Truth::Yes;
    }
    let known = facts.pod_cidrs.union(&facts.service_cidrs);
    let usual = || Family::ALL.into_iter().flat_map(usual_pod_blocks).any(|usual| block.overlaps(&usual));
    let holds_pods = if known.is_empty() { usual() } else { block.overlaps(&known) };
    if holds_pods { Truth::Unknown } else { Truth::No }
}

/// Whether some pods of the input that a selector selects may be a DNS: they listen on its port, or do not say.
fn listens(context: &Context<'_>, dns: &Dns, id: TermId) -> bool {
    let Some(term) = context.index.term(id) else { return false };
    let may_listen = |group: &PodGroup| match context.pods().ports(group) {
        None => true,
        Some([]) => !term.pods.pods.is_everything(),
        Some(own) => own.iter().any(|it| ports(dns).any(|port| it.number.is_none_or(|own| own == port))),
    };
    let mut groups = context.pods().of_classes(&term.selected).filter_map(|id| context.cluster.group(id));
    !term.unknown.is_empty() || groups.any(may_listen)
}

/// Whether a peer that is allowed the port of the DNS, and selects no pod of the input that listens on it, is a DNS
/// elsewhere or with other labels, rather than a slip.
fn may_be_dns(context: &Context<'_>, dns: &Dns, peer: &PodMatch) -> Truth {
    let likely = likely(context, dns);
    let selector = match &peer.namespaces {
        NamespaceMatch::Named(_) => return may_resolve(context, &likely, peer, Unlisted::Absent),
        NamespaceMatch::Selected(selector) => selector,
    };
    if likely.iter().all(|it| namespace_truth(context, it, peer) == Truth::No) {
        let speaks_of = |it: &&Resolver| {
            selector.requirements().iter().any(|requirement| requirement.values.contains(&it.namespace))
        };
        return if likely.iter().any(speaks_of) { Truth::No } else { Truth::Unknown };
    }
    let is_slip = |requirement: &Requirement| {
        likely.iter().any(|it| near(requirement, &Labels::known(it.labels.iter().cloned())).is_some())
    };
    let is_other = peer.pods.requirements().iter().any(|requirement| {
        requirement.values.iter().any(|value| value.contains("dns")) && !is_slip(requirement)
    });
    if is_other && !likely.iter().any(|it| exists(context, it)) {
        return Truth::Unknown;
    }
    may_resolve(context, &likely, peer, Unlisted::Unknown)
}

/// The resolvers to look for: those whose namespaces are in the input, else the first.
fn likely<'a>(context: &Context<'_>, dns: &'a Dns) -> Vec<&'a Resolver> {
    let is_here = |it: &&Resolver| context.cluster.namespace_named(&it.namespace).is_some();
    let here: Vec<&Resolver> = dns.resolvers.iter().filter(is_here).collect();
    if here.is_empty() { dns.resolvers.iter().take(1).collect() } else { here }
}

/// Whether the pods of a resolver are in the input.
fn exists(context: &Context<'_>, resolver: &Resolver) -> bool {
    let cluster = context.cluster;
    let Some(namespace) = cluster.namespace_named(&resolver.namespace) else { return false };
    let pods = pods_of(resolver).pods;
    let ids = context.workloads_in(namespace).iter().flat_map(|workload| &workload.groups);
    ids.filter_map(|id| cluster.group(*id)).any(|group| pods.matches(&group.labels).truth.is_yes())
}

/// Whether a peer may select the pods of a resolver, where nothing is assumed of the labels of namespaces.
fn may_resolve(context: &Context<'_>, resolvers: &[&Resolver], peer: &PodMatch, unlisted: Unlisted) -> Truth {
    let resolves = |resolver: &Resolver| {
        let labels = Labels::known(resolver.labels.iter().cloned()).with_unlisted(unlisted);
        namespace_truth(context, resolver, peer).and(peer.pods.matches(&labels).truth)
    };
    resolvers.iter().map(|it| resolves(it)).fold(Truth::No, Truth::or)
}

fn namespace_truth(context: &Context<'_>, resolver: &Resolver, peer: &PodMatch) -> Truth {
    let selector = match &peer.namespaces {
        NamespaceMatch::Named(name) => return Truth::from(*name == resolver.namespace),
        NamespaceMatch::Selected(selector) => selector,
    };
    let cluster = context.cluster;
    let known = cluster.namespace_named(&resolver.namespace).and_then(|id| cluster.namespace(id));
    let described = known.filter(|namespace| namespace.is_described).map(|it| it.labels.clone());
    let name = [(Namespace::NAME_LABEL, resolver.namespace.as_str())];
    let labels = described.unwrap_or_else(|| Labels::known(name).with_unlisted(Unlisted::Unknown));
    selector.matches(&labels).truth
}
