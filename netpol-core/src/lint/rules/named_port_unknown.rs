//! `named-port-unknown`.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::cluster::{GroupId, NamedPort};
use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::index::{IndexedPeer, TermId};
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt, words};
use crate::net::Protocol;
use crate::policy::{Direction, Placed, PortMatch, Ports};
use crate::text::nearest;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("named-port-unknown"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a rule names a port that no pod which it speaks of has, so that it allows nothing there",
    page: include_str!("named-port-unknown.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

/// Names of ports that service meshes give to containers which they add to pods.
const OF_MESHES: [&str; 4] = ["http-envoy-prom", "http-envoy-status", "linkerd-admin", "linkerd-proxy"];

/// The destinations of a rule that names a port.
enum Destinations {
    /// Pods that some selectors select.
    Pods(Vec<TermId>),
    /// Addresses outside alone, which have no names for their ports.
    Addresses,
    /// Anyone, or nobody that the input shows.
    Any,
}

/// What is known of a name among the pods of some selectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// A pod has the port, or may, or there is no pod.
    Fine,
    /// No pod has it.
    Missing,
}

type Cache<'p> = FxHashMap<(Vec<TermId>, Option<Protocol>, &'p str), Known>;

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut cache = Cache::default();
    for rule in context.rules() {
        for port in rule.rule.value.ports.iter().flatten() {
            if let Ports::Named(name) = &port.value.ports
                && !OF_MESHES.contains(&name.as_str())
            {
                found.extend(finding(context, &rule, (port, name), &mut cache));
            }
        }
    }
    found
}

fn destinations(context: &Context<'_>, rule: &RuleAt<'_>) -> Destinations {
    if rule.rule.value.direction == Direction::Ingress {
        let subject = context.index.policy(rule.place).map(|policy| policy.subject);
        return Destinations::Pods(subject.into_iter().collect());
    }
    let Some(peers) = &rule.indexed.peers else { return Destinations::Any };
    let mut terms = Vec::new();
    let mut has_block = false;
    for peer in peers {
        match peer {
            IndexedPeer::Term(id) => terms.push(*id),
            IndexedPeer::Block(_) => has_block = true,
        }
    }
    match (terms.is_empty(), has_block) {
        (true, true) => Destinations::Addresses,
        (false, false) => Destinations::Pods(terms),
        _ => Destinations::Any,
    }
}

fn finding<'p>(
    context: &Context<'_>,
    rule: &RuleAt<'_>,
    (port, name): (&'p Placed<PortMatch>, &'p str),
    cache: &mut Cache<'p>,
) -> Option<Diagnostic> {
    let place = context.span(port.origin)?;
    let found =
        |message: String| RULE.finding(context.head(place), message).with_object(rule.policy.object.clone());
    match destinations(context, rule) {
        Destinations::Any => None,
        Destinations::Addresses => Some(
            found(format!("port `{name}` has no number at addresses outside the cluster, so that nothing is allowed there"))
                .with_help("only containers have names for ports: write the number"),
        ),
        Destinations::Pods(terms) => {
            let key = (terms, port.value.protocol, name);
            let known = *cache.entry(key.clone()).or_insert_with_key(|key| known(context, key));
            (known == Known::Missing).then(|| missing(context, &key.0, &port.value, name, found)).flatten()
        }
    }
}

fn known(context: &Context<'_>, (terms, protocol, name): &(Vec<TermId>, Option<Protocol>, &str)) -> Known {
    let terms = || terms.iter().filter_map(|id| context.index.term(*id));
    if terms().any(|term| !term.unknown.is_empty() || !term.assumed_not.is_empty()) {
        return Known::Fine;
    }
    let mut classes = terms().flat_map(|term| term.selected.iter()).peekable();
    let is_meant = |port: &NamedPort| port.name == *name && protocol.is_none_or(|own| own == port.protocol);
    let has = |class| context.index.class(class).is_none_or(|class| class.named_ports.iter().any(is_meant));
    if classes.peek().is_none() || classes.any(has) { Known::Fine } else { Known::Missing }
}

fn missing(
    context: &Context<'_>,
    terms: &[TermId],
    port: &PortMatch,
    name: &str,
    found: impl Fn(String) -> Diagnostic,
) -> Option<Diagnostic> {
    let groups = || {
        let terms = terms.iter().filter_map(|id| context.index.term(*id));
        terms.flat_map(|term| context.pods().of_classes(&term.selected)).collect::<Vec<GroupId>>()
    };
    let groups = groups();
    let group = |id: &GroupId| context.cluster.group(*id);
    let first = groups.first().and_then(group)?;
    // Labels that every pod has may select more than the input shows.
    let is_wide =
        terms.iter().filter_map(|id| context.index.term(*id)).any(|term| term.pods.pods.is_everything());
    let ports: BTreeSet<&NamedPort> =
        groups.iter().filter_map(group).flat_map(|it| &it.named_ports).collect();
    let workloads: BTreeSet<_> = groups.iter().filter_map(group).map(|it| it.workload).collect();
    let workloads: Vec<_> = workloads.into_iter().collect();
    let of = words::workloads(context, &workloads);
    let whose = if workloads.len() == 1 {
        format!("the pods of {of} have no port")
    } else {
        format!("no pod of {of} has a port")
    };
    if let Some(other) = ports.iter().find(|it| it.name == name) {
        let own = port.protocol.map_or("", Protocol::name);
        let message =
            format!("port `{name}` is {} at {of}, and the rule allows {own}", other.protocol.name());
        let help = format!("write `protocol: {}`; a port without a protocol is TCP", other.protocol.name());
        return Some(found(message).with_help(help));
    }
    let near = near(name, &ports);
    let found = found(format!("{whose} `{name}`, so that the rule allows nothing there"));
    let found = if is_wide && near.is_none() { found.with_severity(Severity::Info) } else { found };
    let names: Vec<String> = ports.iter().map(|it| format!("`{}`", it.name)).collect();
    Some(match near {
        Some(near) => found
            .with_related(context.head(first.span), format!("these pods have a port `{near}`"))
            .with_help(format!("did you mean `{near}`?")),
        None if names.is_empty() => found.with_help(
            "no container port here has a name: give it one (`ports[].name` of the container), or write the number",
        ),
        None => found.with_help(format!(
            "the containers name {}; what counts is the name in the pod, not the one in the Service",
            words::some(&names)
        )),
    })
}

/// The port that was meant, when it is a letter or two away, or contains the name.
fn near<'p>(name: &str, ports: &BTreeSet<&'p NamedPort>) -> Option<&'p str> {
    nearest(name, ports.iter().map(|port| port.name.as_str()), (name.chars().count() / 4).max(1))
}
