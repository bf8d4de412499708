//! `dns-single-protocol`.

use std::collections::BTreeMap;

use crate::cluster::WorkloadId;
use crate::diagnostic::{Applicability, Category, Diagnostic, Fix, RuleName, Severity};
use crate::dialect::network_policy::raise;
use crate::lint::unshown::unshown;
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt, dns, words};
use crate::net::Protocol;
use crate::policy::{Direction, OriginId, Placed, PortMatch, Ports};
use crate::selector::Truth;
use crate::yaml::edit;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("dns-single-protocol"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Error),
    summary: "pods may ask the cluster's DNS over UDP or over TCP, and not over both",
    page: include_str!("dns-single-protocol.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let exempt = dns::exempt(context);
    let mut by_rule: BTreeMap<(OriginId, Protocol), (RuleAt<'_>, Vec<WorkloadId>)> = BTreeMap::new();
    for isolated in context.isolated(Direction::Egress) {
        let reach = dns::reach(context, isolated);
        let only = match (reach.udp, reach.tcp) {
            (Truth::Yes, Truth::No) => Protocol::Udp,
            (Truth::No, Truth::Yes) => Protocol::Tcp,
            _ => continue,
        };
        let workloads = isolated.workloads.iter().copied().filter(|id| !exempt.contains(id));
        if let Some(rule) = dns::admitting(context, isolated, only) {
            let entry = by_rule.entry((rule.rule.origin, only)).or_insert((rule, Vec::new()));
            entry.1.extend(workloads);
        }
    }
    let told = by_rule.into_iter().filter(|(_, (_, workloads))| !workloads.is_empty());
    let found = told.filter_map(|((_, only), (rule, workloads))| finding(context, &rule, only, workloads));
    found.chain(of_unshown(context)).collect()
}

/// The same of pods that the input does not show: a policy for DNS with rules for one protocol, and no other policy
/// for the same pods.
fn of_unshown(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut rules: BTreeMap<OriginId, (RuleAt<'_>, Protocol)> = BTreeMap::new();
    let pods = unshown(context, Direction::Egress);
    for pods in pods.filter(|pods| !dns::is_dns(context, &pods.policy.subject.value)) {
        let over = |protocol| {
            let mut rules = pods.rules.iter().filter(|rule| dns::may_be_for(context, rule));
            rules.find(|rule| dns::may_admit_over(context, rule, protocol))
        };
        let (rule, only) = match (over(Protocol::Udp), over(Protocol::Tcp)) {
            (Some(rule), None) => (rule, Protocol::Udp),
            (None, Some(rule)) => (rule, Protocol::Tcp),
            _ => continue,
        };
        if rule.indexed.ports.named.is_empty() && rule.indexed.ports.unknown.is_empty() {
            rules.insert(rule.rule.origin, (*rule, only));
        }
    }
    let told = rules.into_values().filter_map(|(rule, only)| of_rule(context, &rule, only));
    told.collect()
}

fn of_rule(context: &Context<'_>, rule: &RuleAt<'_>, only: Protocol) -> Option<Diagnostic> {
    let (facts, missing) = (&context.cluster.facts.dns, other(only));
    let mut ports = rule.rule.value.ports.iter().flatten();
    let item =
        ports.find(|port| dns::is_about_dns(&port.value, facts) && port.value.protocol == Some(only))?;
    let (severity, reason) = reason(only);
    // Whoever asks over UDP alone is answered nearly always.
    let severity = severity.min(if only == Protocol::Tcp { Severity::Warning } else { Severity::Info });
    let message = format!("this allows DNS over {} only", only.name());
    let help = format!("{reason}: allow {} too, unless another policy for these pods does", missing.name());
    let place = context.head(context.span(item.origin)?);
    let found = RULE.finding(place, message).with_severity(severity);
    Some(found.with_object(rule.policy.object.clone()).with_help(help))
}

const fn other(protocol: Protocol) -> Protocol {
    match protocol {
        Protocol::Udp => Protocol::Tcp,
        _ => Protocol::Udp,
    }
}

/// How much it matters that names are asked for over one protocol alone, and why.
const fn reason(only: Protocol) -> (Severity, &'static str) {
    match only {
        Protocol::Tcp => (Severity::Error, "names are asked for over UDP; a port without `protocol` is TCP"),
        _ => (Severity::Warning, "an answer that is too long for UDP is asked for again over TCP"),
    }
}

fn finding(
    context: &Context<'_>,
    rule: &RuleAt<'_>,
    only: Protocol,
    mut workloads: Vec<WorkloadId>,
) -> Option<Diagnostic> {
    workloads.sort_unstable();
    workloads.dedup();
    let missing = other(only);
    let dns = &context.cluster.facts.dns;
    let is_about =
        |port: &&Placed<PortMatch>| dns::is_about_dns(&port.value, dns) && port.value.protocol == Some(only);
    let item = rule.rule.value.ports.iter().flatten().find(is_about);
    let place = context.span(item.map_or(rule.rule.origin, |item| item.origin))?;
    let (severity, reason) = reason(only);
    let message = format!(
        "{} can ask the DNS over {} only, once all policies are combined",
        words::count(context, &workloads),
        only.name()
    );
    let named = words::workloads(context, &workloads);
    let label = format!("this lets {named} ask, and no policy allows it over {}", missing.name());
    let found = RULE
        .finding(context.head(place), message)
        .with_severity(severity)
        .with_label(label)
        .with_object(rule.policy.object.clone());
    let advice = format!("{reason}: allow {} too", missing.name());
    Some(match item.and_then(|item| fix(context, rule, item, missing)) {
        Some(fix) => {
            found.with_help(format!("{advice} (`netpol lint --fix --unsafe-fixes` adds it)")).with_fix(fix)
        }
        None => found.with_help(advice),
    })
}

/// The same port over the other protocol, beside the first.
fn fix(context: &Context<'_>, rule: &RuleAt<'_>, item: &Placed<PortMatch>, missing: Protocol) -> Option<Fix> {
    let Ports::Range(first, last) = item.value.ports else { return None };
    let document = context.span(rule.policy.origin)?;
    let source = context.files.get(document.file)?;
    let path = format!("spec.{}.ports", context.policies.origins.get(rule.rule.origin)?.path);
    let port = raise::port(&PortMatch { protocol: Some(missing), ports: Ports::Range(first, last) })?;
    let edits = edit::add_items(document.file, source, document, &path, vec![port.to_value(document)])?;
    let message = format!("allow {} too", missing.name());
    Some(Fix { message, applicability: Applicability::Unsafe, edits })
}
