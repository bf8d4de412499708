//! `legacy-namespace-label`.

use std::collections::BTreeSet;

use crate::cluster::Namespace;
use crate::diagnostic::{Applicability, Category, Diagnostic, Fix, RuleName, Severity};
use crate::dialect::network_policy::NetworkPolicy;
use crate::dialect::network_policy::resource::{self, PortNumber};
use crate::lint::{Context, Level, Levels, Needs, Rule};
use crate::manifest::LabelSelector;
use crate::selector::LabelValue;
use crate::text::Spanned;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("legacy-namespace-label"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a namespace is selected by a label `name` that nothing sets",
    page: include_str!("legacy-namespace-label.md"),
    needs: Needs::Text,
    find: Some(find),
};

/// The label that every namespace has, since Kubernetes 1.21.
const CURRENT: &str = "kubernetes.io/metadata.name";

/// The namespace of the cluster's DNS.
const SYSTEM: &str = "kube-system";

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let set: BTreeSet<&str> =
        context.cluster.namespaces.iter().filter_map(|it| it.labels.get("name")).filter_map(known).collect();
    let mut found = Vec::new();
    for policy in context.written_policies() {
        let rules =
            [&policy.spec.ingress, &policy.spec.egress].into_iter().flatten().flat_map(|it| &it.rules);
        for rule in rules {
            let about = if is_for_dns(&rule.value) { About::Dns } else { About::Others };
            let peers = rule.value.peers.iter().flat_map(|peers| &peers.value);
            for selector in peers.filter_map(|peer| peer.value.namespace_selector.as_ref()) {
                let selector = &selector.value;
                found.extend(keys(selector).filter_map(|(key, values)| {
                    finding(context, policy, (selector, key, &values), (&set, about))
                }));
            }
        }
    }
    found
}

/// What a rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    /// DNS alone.
    Dns,
    Others,
}

fn is_for_dns(rule: &resource::Rule) -> bool {
    let mut ports = rule.ports.iter().flat_map(|ports| &ports.value).peekable();
    let is_dns = |port: &PortNumber| match port {
        PortNumber::Number(number) => *number == 53,
        PortNumber::Name(name) => name.contains("dns"),
    };
    let is_only_peer = rule.peers.as_ref().is_some_and(|peers| peers.value.len() == 1);
    is_only_peer
        && ports.peek().is_some()
        && ports.all(|port| port.value.port.as_ref().is_some_and(|port| is_dns(&port.value)))
}

fn known(value: &LabelValue) -> Option<&str> {
    match value {
        LabelValue::Known(value) => Some(value),
        LabelValue::Unknown => None,
    }
}

/// The places where a selector asks for the label `name`, and for which values.
fn keys(selector: &LabelSelector) -> impl Iterator<Item = (&Spanned<String>, Vec<&str>)> {
    let labels = selector.match_labels.iter().map(|(key, value)| (key, vec![value.value.as_str()]));
    let expressions = selector
        .match_expressions
        .iter()
        .filter(|it| it.value.operator.value == "In")
        .map(|it| (&it.value.key, it.value.values.iter().map(|value| value.value.as_str()).collect()));
    labels.chain(expressions).filter(|(key, _)| key.value == "name")
}

fn finding(
    context: &Context<'_>,
    policy: &NetworkPolicy,
    (selector, key, values): (&LabelSelector, &Spanned<String>, &[&str]),
    (set, about): (&BTreeSet<&str>, About),
) -> Option<Diagnostic> {
    if values.is_empty() || values.iter().any(|value| set.contains(value)) {
        return None;
    }
    let object = &policy.object;
    let value = values.join("`, `");
    let message = format!("no namespace of the input has the label `name` with `{value}`");
    let is_there = selector.match_labels.iter().any(|(other, _)| other.value == CURRENT);
    let advice = if is_there {
        "take `name` out of the selector".to_owned()
    } else {
        format!("write `{CURRENT}` instead")
    };
    let help = format!("Kubernetes sets `{CURRENT}` on every namespace and `name` on none: {advice}");
    let found = RULE.finding(key.span, message).with_object(object.clone()).with_help(help);
    // A namespace that the input does not hold may have the label from elsewhere.
    let shown = |value: &&str| {
        context
            .cluster
            .namespace_named(value)
            .and_then(|id| context.cluster.namespace(id))
            .and_then(|it| it.span)
    };
    let found = match values.iter().find_map(shown) {
        Some(span) => found.with_related(context.head(span), "this namespace does not have it"),
        // Nobody labels the namespace of the DNS but by hand, and without names nothing works.
        None if about == About::Dns && values == [SYSTEM] => {
            found.with_label("without it this rule allows no DNS")
        }
        None if values.iter().all(|value| Namespace::is_in_every_cluster(value)) => found,
        None => found.with_severity(Severity::Info),
    };
    let place = Some(key.span).filter(|_| key.via.is_none() && !is_there);
    Some(match place.and_then(|place| Fix::of_text(place, &key.value, CURRENT)) {
        Some(fix) => found.with_fix(Fix { applicability: Applicability::Unsafe, ..fix }),
        None => found,
    })
}
