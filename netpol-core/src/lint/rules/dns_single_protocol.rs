//! `dns-single-protocol`.

use std::collections::BTreeMap;

use crate::cluster::WorkloadId;
use crate::diagnostic::{Applicability, Category, Diagnostic, Fix, RuleName, Severity};
use crate::dialect::network_policy::raise;
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
    needs: Needs::Workloads,
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
    told.filter_map(|((_, only), (rule, workloads))| finding(context, &rule, only, workloads)).collect()
}

fn finding(
    context: &Context<'_>,
    rule: &RuleAt<'_>,
    only: Protocol,
    mut workloads: Vec<WorkloadId>,
) -> Option<Diagnostic> {
    workloads.sort_unstable();
    workloads.dedup();
    let missing = if only == Protocol::Udp { Protocol::Tcp } else { Protocol::Udp };
    let dns = &context.cluster.facts.dns;
    let is_about =
        |port: &&Placed<PortMatch>| dns::is_about_dns(&port.value, dns) && port.value.protocol == Some(only);
    let item = rule.rule.value.ports.iter().flatten().find(is_about);
    let place = context.span(item.map_or(rule.rule.origin, |item| item.origin))?;
    let (severity, reason) = match only {
        Protocol::Tcp => (Severity::Error, "names are asked for over UDP; a port without `protocol` is TCP"),
        _ => (Severity::Warning, "an answer that is too long for UDP is asked for again over TCP"),
    };
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
        Some(fix) => found.with_help(format!("{advice} (`netpol lint --fix` adds it)")).with_fix(fix),
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
    Some(Fix { message, applicability: Applicability::Safe, edits })
}
