//! `undeclared-port`.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::cluster::{GroupId, PodGroup};
use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::index::TermId;
use crate::lint::{Context, Isolated, Level, Levels, Needs, Rule, RuleAt, pods, words};
use crate::manifest::TargetPort;
use crate::net::{ConnectionSet, PortSet, Protocol};
use crate::policy::{Direction, Placed, Policy, PortMatch, Ports};
use crate::text::Span;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("undeclared-port"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "rules allow only ports that the pods, which declare others, do not declare",
    page: include_str!("undeclared-port.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

/// Ports of sidecars that are injected when pods start, and of what runs on every node.
const INJECTED: [(u16, u16); 4] = [(4140, 4145), (4190, 4191), (10248, 10259), (15000, 15100)];
/// What the names of ports hold that are declared beside those that serve, for scrapers and probes.
const BESIDE: [&str; 9] =
    ["admin", "debug", "exporter", "health", "jmx", "metric", "monitor", "probe", "prom"];
/// Ports of nodes that lead to Services.
const NODE_PORTS: (u16, u16) = (30000, 32767);
/// So many pods are looked at for one rule.
const MOST: usize = 1_000;

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let led = Led::new(context);
    let ingress = context
        .isolated(Direction::Ingress)
        .iter()
        .filter_map(|isolated| of_ingress(context, isolated, &led));
    let mut found: Vec<Diagnostic> = ingress.collect();
    for policy in context.evaluated() {
        let rules = Towards::new(context, policy);
        let mut told: FxHashSet<&[TermId]> = FxHashSet::default();
        for terms in rules.terms.iter().flatten().filter(|terms| !terms.is_empty()) {
            if told.insert(terms) {
                found.extend(of_egress(context, &rules, terms, &led));
            }
        }
    }
    found
}

/// The egress rules of a policy, by the pods that they are for.
struct Towards<'a> {
    rules: Vec<RuleAt<'a>>,
    /// The selectors of each rule; `None` when it is for others too.
    terms: Vec<Option<Vec<TermId>>>,
    /// The places of the rules with a selector.
    of_term: FxHashMap<TermId, Vec<usize>>,
    /// What those for others too are for; `None` when it is not known or very much.
    others: Option<ConnectionSet>,
}

impl<'a> Towards<'a> {
    fn new(context: &Context<'a>, policy: (u32, &'a Policy)) -> Self {
        let rules = RuleAt::all(context.index, policy);
        let rules: Vec<RuleAt<'a>> =
            rules.filter(|rule| rule.rule.value.direction == Direction::Egress).collect();
        let terms: Vec<_> = rules.iter().map(|rule| pods::destinations(context, rule)).collect();
        let mut of_term: FxHashMap<TermId, Vec<usize>> = FxHashMap::default();
        let mut others = Vec::new();
        for (place, (rule, terms)) in rules.iter().zip(&terms).enumerate() {
            match terms {
                Some(terms) => terms.iter().for_each(|id| of_term.entry(*id).or_default().push(place)),
                None => others.push(*rule),
            }
        }
        let others = if others.is_empty() { Some(ConnectionSet::empty()) } else { opened(&others) };
        Self { rules, terms, of_term, others }
    }

    /// The rules that are for some of these pods, in order.
    fn of(&self, terms: &[TermId]) -> Vec<RuleAt<'a>> {
        let own = terms.iter().filter_map(|id| self.of_term.get(id)).flatten();
        let places: BTreeSet<usize> = own.copied().collect();
        places.into_iter().filter_map(|place| self.rules.get(place).copied()).collect()
    }
}

/// What policies open to pods, when none of it is a port that they declare.
fn of_ingress(context: &Context<'_>, isolated: &Isolated, led: &Led) -> Option<Diagnostic> {
    let rules: Vec<RuleAt<'_>> = isolated.rules(context).collect();
    let opened = opened(&rules)?;
    let ids = isolated.classes.iter().flat_map(|class| context.pods().of_class(*class)).copied();
    let is_opaque =
        isolated.classes.iter().any(|class| context.index.opaque_selecting(*class).next().is_some());
    let declared = Declared::of(context, ids.collect(), &opened, led).filter(|_| !is_opaque)?;
    finding(context, rules.first()?, &declared)
}

/// What a policy opens towards some pods, when none of it is a port that they declare.
fn of_egress(context: &Context<'_>, rules: &Towards<'_>, terms: &[TermId], led: &Led) -> Option<Diagnostic> {
    let own = rules.of(terms);
    let opened = opened(&own)?.union(rules.others.as_ref()?);
    let all: Vec<_> = terms.iter().filter_map(|id| context.index.term(*id)).collect();
    let is_plain = |term: &crate::index::Term| {
        term.unknown.is_empty() && term.assumed_not.is_empty() && !term.pods.pods.is_everything()
    };
    if !all.iter().all(|term| is_plain(term)) {
        return None;
    }
    let ids = all.iter().flat_map(|term| context.pods().of_classes(&term.selected));
    let declared = Declared::of(context, ids.take(MOST + 1).collect(), &opened, led)?;
    finding(context, own.first()?, &declared)
}

/// The ports that rules are for, when all of them are known and few.
fn opened(rules: &[RuleAt<'_>]) -> Option<ConnectionSet> {
    let is_one =
        |port: &Placed<PortMatch>| matches!(port.value.ports, Ports::Range(first, last) if first == last);
    let mut all = ConnectionSet::empty();
    for rule in rules {
        let ports = rule.rule.value.ports.as_ref()?;
        if !ports.iter().all(is_one) || !rule.indexed.ports.unknown.is_empty() {
            return None;
        }
        all.extend(&rule.indexed.ports.fixed);
    }
    (!all.is_empty()).then_some(all)
}

/// Pods that declare ports, and none of those that rules are for.
struct Declared<'a> {
    groups: Vec<&'a PodGroup>,
    ports: ConnectionSet,
    /// The first of them.
    place: Span,
    is_sure: bool,
}

impl<'a> Declared<'a> {
    /// What pods declare; `None` when some of them may listen on one of the ports.
    fn of(context: &Context<'a>, mut ids: Vec<GroupId>, opened: &ConnectionSet, led: &Led) -> Option<Self> {
        ids.sort_unstable();
        ids.dedup();
        let groups: Vec<&PodGroup> = ids.iter().filter_map(|id| context.cluster.group(*id)).collect();
        if groups.is_empty() || groups.len() > MOST || opened.overlaps(&injected()) {
            return None;
        }
        let mut declared = ConnectionSet::empty();
        let mut place = None;
        for group in &groups {
            let ports = context.pods().ports(group).filter(|ports| !ports.is_empty())?;
            for port in ports {
                declared.extend(&ConnectionSet::of(port.protocol, PortSet::single(port.number?)));
                place = place.or(Some(port.span));
            }
        }
        let mut all = groups.iter().flat_map(|group| context.pods().ports(group).unwrap_or_default());
        let serves = all.any(|port| !is_beside(port.name.as_ref().map_or("", |name| name.value.as_str())));
        if !serves || declared.overlaps(opened) || led.overlaps(&ids, opened) {
            return None;
        }
        let texts: Vec<&str> = groups.iter().map(|group| text(context, group)).collect();
        let numbers: Vec<u16> = numbers(opened);
        if texts.iter().any(|text| mentions(text, &numbers)) {
            return None;
        }
        let is_sure = texts.iter().all(|text| text.matches("image").take(2).count() < 2);
        Some(Self { groups, ports: declared, place: place?, is_sure })
    }
}

/// Whether a port's name says that it is there beside those that serve.
fn is_beside(name: &str) -> bool {
    BESIDE.iter().any(|word| name.contains(word))
}

fn injected() -> ConnectionSet {
    INJECTED.iter().fold(ConnectionSet::empty(), |all, (first, last)| {
        all.union(&ConnectionSet::of(Protocol::Tcp, PortSet::range(*first, *last)))
    })
}

/// For each pod, the ports that Services have, and those that they lead to: what a rule allows of these is told as such.
struct Led(FxHashMap<GroupId, ConnectionSet>);

impl Led {
    fn new(context: &Context<'_>) -> Self {
        let mut led: FxHashMap<GroupId, ConnectionSet> = FxHashMap::default();
        for (number, service) in (0u32..).zip(&context.cluster.services) {
            let ports = service.ports.iter().flat_map(|port| {
                let target = port.target.as_ref().and_then(|target| match target.value {
                    TargetPort::Number(number) => Some(number),
                    TargetPort::Name(_) => None,
                });
                let own = port.port.as_ref().map(|port| port.value);
                let of = |number| ConnectionSet::of(port.protocol, PortSet::single(number));
                [target, own].into_iter().flatten().map(of)
            });
            let ports = ports.fold(ConnectionSet::empty(), |all, port| all.union(&port));
            for id in context.services().pods(number) {
                led.entry(*id).or_insert_with(ConnectionSet::empty).extend(&ports);
            }
        }
        Self(led)
    }

    fn overlaps(&self, ids: &[GroupId], opened: &ConnectionSet) -> bool {
        ids.iter().filter_map(|id| self.0.get(id)).any(|ports| ports.overlaps(opened))
    }
}

/// The text of what makes some pods.
fn text<'a>(context: &Context<'a>, group: &PodGroup) -> &'a str {
    context.cluster.workload(group.workload).map_or("", |workload| context.files.slice(workload.span))
}

fn numbers(ports: &ConnectionSet) -> Vec<u16> {
    let ranges = ports.iter().flat_map(|(_, ports)| ports.ranges());
    ranges.map(|(first, _)| *first).collect()
}

/// Whether a text has one of some numbers by itself: a probe, an argument or a variable then tells of the port.
fn mentions(text: &str, numbers: &[u16]) -> bool {
    let words = text.split(|letter: char| !letter.is_ascii_digit());
    words.filter_map(|word| word.parse::<u16>().ok()).any(|number| numbers.contains(&number))
}

fn finding(context: &Context<'_>, rule: &RuleAt<'_>, declared: &Declared<'_>) -> Option<Diagnostic> {
    let ports = rule.rule.value.ports.as_ref()?;
    let port = ports.first()?;
    let mut workloads: Vec<_> = declared.groups.iter().map(|group| group.workload).collect();
    workloads.sort_unstable();
    workloads.dedup();
    let whom = words::count(context, &workloads);
    let has: Vec<String> = declared
        .ports
        .iter()
        .flat_map(|(protocol, ports)| {
            ports.ranges().iter().map(move |(first, last)| (protocol, *first, *last))
        })
        .map(|(protocol, first, last)| {
            let protocol = protocol.lower();
            if first == last { format!("{protocol}/{first}") } else { format!("{protocol}/{first}-{last}") }
        })
        .collect();
    let Ports::Range(number, _) = port.value.ports else { return None };
    let declares = if workloads.len() == 1 { "declares" } else { "declare" };
    let message = format!("port {number} is none of those that {whom} {declares}: {}", words::some(&has));
    let help = match rule.rule.value.direction {
        _ if (NODE_PORTS.0..=NODE_PORTS.1).contains(&number) => {
            "a policy sees the port of the pod, not the `nodePort` of a Service: write the one that the containers listen on"
        }
        Direction::Ingress => {
            "no policy opens a declared port to anybody: write the port that the containers listen on, or \
                               declare this one as a `containerPort`"
        }
        Direction::Egress => {
            "a policy sees the port of the pod: write the one that its containers listen on, or declare this \
                              one as a `containerPort`"
        }
    };
    let severity = if declared.is_sure { Severity::Warning } else { Severity::Info };
    let found = RULE.finding(context.head(context.span(port.origin)?), message).with_severity(severity);
    let found = found.with_object(rule.policy.object.clone());
    Some(found.with_related(context.head(declared.place), "the pods declare this").with_help(help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_counts_by_itself_alone() {
        assert!(mentions("args: [--metrics=:9090]", &[9090]));
        assert!(!mentions("image: web:19090", &[9090]));
    }
}
