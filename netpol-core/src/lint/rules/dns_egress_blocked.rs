//! `dns-egress-blocked`.

use std::collections::{BTreeMap, BTreeSet};

use crate::cluster::{NamespaceId, Resolver, WorkloadId};
use crate::diagnostic::{Applicability, Category, Diagnostic, Edit, Fix, RuleName, Severity};
use crate::dialect::network_policy::raise;
use crate::lint::dns::{self, Mistaken};
use crate::lint::{Context, Isolated, Level, Levels, Needs, Rule, RuleAt, words};
use crate::net::Protocol;
use crate::policy::{self, Direction, NamespaceMatch, OriginId, Peer, Placed, Policy, PortMatch, Ports};
use crate::selector::{Selector, Truth};
use crate::text::Span;
use crate::yaml::edit;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("dns-egress-blocked"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Error),
    summary: "pods may send something, and no policy lets them ask the cluster's DNS",
    page: include_str!("dns-egress-blocked.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

/// So many policies and rules are pointed at beside the first.
const POINTED_AT: usize = 2;

/// Pods that cannot resolve names.
#[derive(Debug)]
struct Blocked<'i> {
    isolated: &'i Isolated,
    workloads: Vec<WorkloadId>,
    severity: Severity,
    mistaken: Option<Mistaken<'i>>,
}

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let exempt = dns::exempt(context);
    // Policies act in their own namespace alone.
    let mut namespaces: BTreeMap<Option<NamespaceId>, Vec<Blocked<'_>>> = BTreeMap::new();
    for isolated in context.isolated(Direction::Egress) {
        if let Some(blocked) = blocked(context, isolated, &exempt) {
            let namespace = context.index.class(isolated.subject.class).and_then(|class| class.namespace);
            namespaces.entry(namespace).or_default().push(blocked);
        }
    }
    namespaces.into_values().flat_map(|blocked| findings(context, blocked)).collect()
}

/// One finding for each policy that has to be mended: the one that isolates most of the pods, and so on.
fn findings(context: &Context<'_>, mut left: Vec<Blocked<'_>>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    while let Some(widest) = widest(context, &left) {
        let (own, rest) = left.into_iter().partition(|it| it.isolated.policies.contains(&widest));
        left = rest;
        found.extend(finding(context, widest, &own));
    }
    found
}

/// Pods that may send something, and for certain nothing to a DNS. Pods that may send nothing at all are shut on purpose.
fn blocked<'i>(
    context: &'i Context<'_>,
    isolated: &'i Isolated,
    exempt: &BTreeSet<WorkloadId>,
) -> Option<Blocked<'i>> {
    isolated.rules(context).next()?;
    let workloads: Vec<WorkloadId> =
        isolated.workloads.iter().copied().filter(|id| !exempt.contains(id)).collect();
    let reach = dns::reach(context, isolated);
    let is_blocked = reach.udp == Truth::No && reach.tcp == Truth::No && !workloads.is_empty();
    let severity = severity(context, isolated);
    is_blocked.then_some(Blocked { isolated, workloads, severity, mistaken: reach.mistaken })
}

/// The port of API servers.
const API_SERVER: u16 = 6443;

/// Whether a rule is for the API server alone: pods have its address from their environment, and need no name for it.
fn is_for_api_server(rule: &RuleAt<'_>) -> bool {
    let names_it = |selector: &Selector| {
        let values = selector.requirements().iter().flat_map(|requirement| &requirement.values);
        values.into_iter().any(|value| value.replace('-', "").contains("apiserver"))
    };
    let is_it = |peer: &Placed<Peer>| match &peer.value {
        Peer::Pods(pods) => {
            let of_namespace = matches!(&pods.namespaces, NamespaceMatch::Selected(it) if names_it(it));
            of_namespace || names_it(&pods.pods)
        }
        Peer::Addresses(_) => false,
    };
    let is_port = |port: &Placed<PortMatch>| port.value.ports == Ports::Range(API_SERVER, API_SERVER);
    let by_port =
        || rule.rule.value.ports.as_ref().is_some_and(|it| !it.is_empty() && it.iter().all(is_port));
    rule.rule.value.peers.as_ref().is_some_and(|peers| peers.iter().all(is_it)) || by_port()
}

/// Pods that are allowed single addresses alone, or the API server, need no names for them, and those that are allowed
/// blocks may not.
fn severity(context: &Context<'_>, isolated: &Isolated) -> Severity {
    let internet = context.cluster.internet();
    let of_peer = |peer: &Peer| match peer {
        Peer::Addresses(block) => {
            let is_single =
                block.addresses.cidrs().iter().all(|cidr| cidr.prefix_len() == cidr.max_prefix_len());
            let is_wide = |cidr: &ipnet::IpNet| cidr.max_prefix_len() - cidr.prefix_len() > 8;
            match block.addresses.intersection(&internet).cidrs().iter().any(is_wide) {
                true => Severity::Error,
                false if is_single => Severity::Info,
                false => Severity::Warning,
            }
        }
        Peer::Pods(_) => Severity::Error,
    };
    let of_rule = |rule: RuleAt<'_>| match &rule.rule.value.peers {
        _ if is_for_api_server(&rule) => None,
        None => Some(Severity::Error),
        Some(peers) => peers.iter().map(|peer| of_peer(&peer.value)).max(),
    };
    isolated.rules(context).filter_map(of_rule).max().unwrap_or(Severity::Info)
}

/// The policy that isolates most of some pods; of several, one that allows something, then the first.
fn widest(context: &Context<'_>, blocked: &[Blocked<'_>]) -> Option<u32> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for it in blocked {
        for policy in &it.isolated.policies {
            *counts.entry(*policy).or_default() += it.workloads.len();
        }
    }
    let allows = |place: u32| {
        let policy = context.policies.policies.get(place as usize);
        policy.is_some_and(|it| it.rules.iter().any(|rule| rule.value.direction == Direction::Egress))
    };
    let key = |(policy, count): &(u32, usize)| (*count, allows(*policy), std::cmp::Reverse(*policy));
    counts.into_iter().max_by_key(key).map(|(policy, _)| policy)
}

fn finding(context: &Context<'_>, widest: u32, blocked: &[Blocked<'_>]) -> Option<Diagnostic> {
    let policies = &context.policies.policies;
    let policy = policies.get(widest as usize)?;
    let workloads = sorted(blocked.iter());
    let message =
        format!("{} cannot resolve names once all policies are combined", words::count(context, &workloads));
    let isolates =
        |workloads: &[WorkloadId]| format!("isolates the egress of {}", words::workloads(context, workloads));
    let mut found = RULE
        .finding(subject(context, policy)?, message)
        .with_severity(blocked.iter().map(|it| it.severity).max().unwrap_or(Severity::Info))
        .with_label(isolates(&workloads))
        .with_object(policy.object.clone());
    let mut others: Vec<u32> = blocked.iter().flat_map(|it| it.isolated.policies.iter().copied()).collect();
    others.sort_unstable();
    others.dedup();
    for other in others.iter().filter(|it| **it != widest).take(POINTED_AT) {
        let own = sorted(blocked.iter().filter(|it| it.isolated.policies.contains(other)));
        let place = policies.get(*other as usize).and_then(|policy| subject(context, policy));
        found = place.into_iter().fold(found, |found, place| found.with_related(place, isolates(&own)));
    }
    found = with_rules(context, found, blocked);
    if let Some(mistaken) = blocked.iter().find_map(|it| it.mistaken)
        && let Some(place) = context.span(mistaken.peer)
    {
        found = found.with_related(context.head(place), mistaken_words(context, mistaken));
    }
    let whom = dns::whom(resolver(context, blocked)?);
    let rests_on = if rests_on_addresses(context, blocked) {
        "; pods are taken to have private addresses, unless `pod-cidrs` says otherwise"
    } else {
        ""
    };
    Some(match fix(context, widest, blocked) {
        Some(fix) => found
            .with_help(format!("allow {whom} (`netpol lint --fix --unsafe-fixes` adds it){rests_on}"))
            .with_fix(fix),
        None => found.with_help(format!("allow {whom}{rests_on}")),
    })
}

/// Whether a block is allowed the port of the DNS that would hold its pods if they had other addresses than is usual.
fn rests_on_addresses(context: &Context<'_>, blocked: &[Blocked<'_>]) -> bool {
    let facts = &context.cluster.facts;
    let ports: Vec<u16> = facts.dns.resolvers.iter().flat_map(|it| it.ports.iter().copied()).collect();
    let rules = || blocked.iter().flat_map(|it| it.isolated.rules(context));
    let mut blocks = rules().filter(|it| {
        let is_block = |peer: &Placed<Peer>| matches!(peer.value, Peer::Addresses(_));
        let fixed = &it.indexed.ports.fixed;
        let has_port = ports.iter().any(|port| fixed.contains(Protocol::Udp, *port));
        has_port && it.rule.value.peers.iter().flatten().any(is_block)
    });
    facts.pod_cidrs.is_empty() && blocks.next().is_some()
}

fn sorted<'b>(blocked: impl Iterator<Item = &'b Blocked<'b>>) -> Vec<WorkloadId> {
    let mut workloads: Vec<WorkloadId> = blocked.flat_map(|it| it.workloads.iter().copied()).collect();
    workloads.sort_unstable();
    workloads.dedup();
    workloads
}

/// What a policy selects, or the head of one that does not say.
fn subject(context: &Context<'_>, policy: &Policy) -> Option<Span> {
    let written = context.span(policy.subject.origin).filter(|span| !span.is_empty());
    written.or_else(|| context.span(policy.origin).map(|span| context.head(span)))
}

/// Points at what is allowed instead.
fn with_rules(context: &Context<'_>, found: Diagnostic, blocked: &[Blocked<'_>]) -> Diagnostic {
    let mut rules: BTreeMap<OriginId, String> = BTreeMap::new();
    for rule in blocked.iter().flat_map(|it| it.isolated.rules(context)) {
        let named = rule.indexed.ports.named.iter().map(|port| format!("port `{}`", port.name));
        let fixed =
            Some(&rule.indexed.ports.fixed).filter(|ports| !ports.is_empty()).map(ToString::to_string);
        let ports = words::some(&fixed.into_iter().chain(named).collect::<Vec<_>>());
        let peers = if rule.rule.value.peers.is_some() { " to these peers" } else { "" };
        rules.insert(rule.rule.origin, format!("{ports}{peers}"));
    }
    let is_only = rules.len() == 1;
    rules.into_iter().take(POINTED_AT).fold(found, |found, (origin, what)| {
        let words =
            if is_only { format!("{what} is allowed, and nothing else") } else { format!("allows {what}") };
        let place = context.span(origin);
        place.map_or(found.clone(), |place| found.with_related(context.head(place), words))
    })
}

fn mistaken_words(context: &Context<'_>, mistaken: Mistaken<'_>) -> String {
    if let Some(resolver) = mistaken.resolver {
        let ports: Vec<String> = resolver.ports.iter().map(ToString::to_string).collect();
        return format!("the DNS of namespace `{}` listens on {}", resolver.namespace, words::some(&ports));
    }
    let resolver = dns::resolver(context);
    resolver.map_or_else(String::new, |it| {
        format!("this is not the DNS, which is `{}` in namespace `{}`", it.selector(), it.namespace)
    })
}

/// The DNS to speak of: the one that a peer means, else the likely one.
fn resolver<'b>(context: &'b Context<'_>, blocked: &[Blocked<'b>]) -> Option<&'b Resolver> {
    let meant = blocked.iter().find_map(|it| it.mistaken?.resolver);
    meant.or_else(|| dns::resolver(context))
}

/// Lets the pods ask the DNS: in the policy that isolates them all, unless it shuts others on purpose; else in the
/// policies that allow them something.
fn fix(context: &Context<'_>, widest: u32, blocked: &[Blocked<'_>]) -> Option<Fix> {
    let is_shut = |it: &&Isolated| it.policies.contains(&widest) && it.rules(context).next().is_none();
    let mut targets = vec![widest];
    if context.isolated(Direction::Egress).iter().any(|it| is_shut(&it)) {
        targets = blocked.iter().filter_map(|it| Some(it.isolated.rules(context).next()?.place)).collect();
        targets.sort_unstable();
        targets.dedup();
    }
    let resolver = resolver(context, blocked)?;
    let edits: Option<Vec<Vec<Edit>>> =
        targets.into_iter().map(|place| edits(context, place, resolver)).collect();
    let edits = edits?.into_iter().flatten().collect();
    let message = format!("allow {}", dns::whom(resolver));
    Some(Fix { message, applicability: Applicability::Unsafe, edits })
}

fn edits(context: &Context<'_>, place: u32, resolver: &Resolver) -> Option<Vec<Edit>> {
    let policy = context.policies.policies.get(place as usize)?;
    let document = context.span(policy.origin)?;
    let rule = raise::rule(&dns_rule(resolver, policy.origin), policy.object.namespace.as_deref()?)?;
    let source = context.files.get(document.file)?;
    edit::add_items(document.file, source, document, "spec.egress", vec![rule.to_value(document)])
}

fn dns_rule(resolver: &Resolver, origin: OriginId) -> policy::Rule {
    let peer = Placed::new(Peer::Pods(dns::pods_of(resolver)), origin);
    let ports = resolver.ports.iter().flat_map(|port| {
        let ports = Ports::Range(*port, *port);
        let of = |protocol| PortMatch { protocol: Some(protocol), ports: ports.clone() };
        [of(Protocol::Udp), of(Protocol::Tcp)].map(|port| Placed::new(port, origin))
    });
    policy::Rule::allowing(Direction::Egress, Some(vec![peer]), Some(ports.collect()))
}
