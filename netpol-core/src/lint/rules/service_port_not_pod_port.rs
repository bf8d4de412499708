//! `service-port-not-pod-port`.

use rustc_hash::FxHashMap;

use crate::cluster::{GroupId, PodGroup};
use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::index::TermId;
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt, pods};
use crate::manifest::{Service, ServicePort, TargetPort};
use crate::net::Protocol;
use crate::policy::{Placed, PortMatch, Ports};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("service-port-not-pod-port"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a rule allows the port of a Service, which the pods behind it do not listen on",
    page: include_str!("service-port-not-pod-port.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

/// A Service that leads its port to another one of the pods.
#[derive(Debug, Clone, Copy)]
struct Led<'a> {
    service: &'a Service,
    port: &'a ServicePort,
    target: u16,
}

type Cache<'a> = FxHashMap<(Vec<TermId>, Protocol, u16), Option<Led<'a>>>;

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut cache = Cache::default();
    for rule in context.rules() {
        let Some(terms) = pods::destinations(context, &rule) else { continue };
        for port in rule.rule.value.ports.iter().flatten() {
            let PortMatch { protocol: Some(protocol), ports: Ports::Range(number, last) } = port.value else {
                continue;
            };
            if number != last || context.services().with_port(protocol, number).is_empty() {
                continue;
            }
            let key = (terms.clone(), protocol, number);
            let led = *cache.entry(key).or_insert_with(|| led(context, &terms, protocol, number));
            if let Some(led) = led.filter(|led| !allows(context, &rule, protocol, led.target)) {
                found.extend(finding(context, &rule, port, (number, led)));
            }
        }
    }
    found
}

/// The Service that leads the port to another one of the selected pods, none of which listens on the port itself.
fn led<'a>(context: &Context<'a>, terms: &[TermId], protocol: Protocol, number: u16) -> Option<Led<'a>> {
    let selected = |group: GroupId| {
        let class = context.pods().class_of(group)?;
        let terms = terms.iter().filter_map(|id| context.index.term(*id));
        terms.into_iter().any(|term| term.selected.contains(class)).then(|| context.cluster.group(group))?
    };
    let services = context.services().with_port(protocol, number).iter();
    let mut all = Vec::new();
    for (id, service) in services.filter_map(|id| Some((*id, context.cluster.services.get(*id as usize)?))) {
        let is_meant = |port: &&ServicePort| {
            port.protocol == protocol && port.port.as_ref().is_some_and(|port| port.value == number)
        };
        for group in context.services().pods(id).iter().filter_map(|id| selected(*id)) {
            let port = service.ports.iter().find(is_meant)?;
            all.push(Led { service, port, target: pods::target(port, group)? });
        }
    }
    let first = *all.first()?;
    if all.iter().any(|led| led.target == number || led.service.is_headless) {
        return None;
    }
    let terms = terms.iter().filter_map(|id| context.index.term(*id));
    let groups = terms.flat_map(|term| context.pods().of_classes(&term.selected));
    let mut groups = groups.filter_map(|id| context.cluster.group(id));
    (!groups.any(|group| listens(context, group, protocol, number))).then_some(first)
}

/// Whether pods say that they listen on a port, or do not say what they do.
fn listens(context: &Context<'_>, group: &PodGroup, protocol: Protocol, number: u16) -> bool {
    context.pods().ports(group).is_none_or(|ports| {
        ports.iter().any(|port| port.protocol == protocol && port.number.is_none_or(|own| own == number))
    })
}

/// Whether a rule of the same policy allows the other port: then both were written, to be safe.
fn allows(context: &Context<'_>, rule: &RuleAt<'_>, protocol: Protocol, port: u16) -> bool {
    let rules = context.index.policy(rule.place).map_or(&[][..], |policy| &policy.rules);
    let same = rules.iter().filter(|other| other.direction == rule.rule.value.direction);
    same.into_iter().any(|other| other.ports.fixed.contains(protocol, port) || !other.ports.named.is_empty())
}

fn finding(
    context: &Context<'_>,
    rule: &RuleAt<'_>,
    port: &Placed<PortMatch>,
    (number, led): (u16, Led<'_>),
) -> Option<Diagnostic> {
    let Led { service, port: of_service, target } = led;
    let place = context.span(port.origin)?;
    let metadata = &service.metadata;
    let name = format!("Service {}/{}", metadata.namespace.value, metadata.name.value);
    let message = format!("{number} is the port of `{name}`; the pods behind it listen on {target}");
    let there =
        of_service.target.as_ref().map(|target| target.span).or(of_service.port.as_ref().map(|it| it.span));
    let found = RULE.finding(context.head(place), message).with_object(rule.policy.object.clone());
    let found = there.into_iter().fold(found, |found, span| {
        found.with_related(span, format!("leads port {number} to {target} of the pods"))
    });
    let named = match of_service.target.as_ref().map(|target| &target.value) {
        Some(TargetPort::Name(name)) => format!(" or `port: {name}`"),
        _ => String::new(),
    };
    Some(found.with_help(format!("a policy sees the port of the pod: write `port: {target}`{named}")))
}
