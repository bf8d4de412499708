//! `empty-rule-allows-all`.

use std::cell::OnceCell;

use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::dialect::network_policy::NetworkPolicy;
use crate::dialect::network_policy::resource::{self, PortNumber, Rules};
use crate::lint::{Context, Level, Levels, Needs, Rule, comments};
use crate::text::{Span, Spanned};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("empty-rule-allows-all"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "an empty item or list allows everything where less was probably meant",
    page: include_str!("empty-rule-allows-all.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for policy in context.written_policies() {
        let types = &policy.spec.policy_types.value;
        let policy = Policy { policy, comments: OnceCell::new() };
        for (list, name) in [(&policy.policy.spec.ingress, "Ingress"), (&policy.policy.spec.egress, "Egress")]
        {
            if let Some(rules) = list.as_ref().filter(|_| types.iter().any(|listed| listed.value == name)) {
                found.extend(
                    rules.rules.iter().filter_map(|rule| finding(context, &policy, (rules, name), rule)),
                );
            }
        }
    }
    found
}

/// A policy, with the comments of all its lines once a rule asks for them.
struct Policy<'a> {
    policy: &'a NetworkPolicy,
    comments: OnceCell<Vec<&'a str>>,
}

fn finding<'a>(
    context: &Context<'a>,
    of: &Policy<'a>,
    (rules, direction): (&Rules, &str),
    rule: &Spanned<resource::Rule>,
) -> Option<Diagnostic> {
    let (everybody, list) = match direction {
        "Ingress" => ("from everybody", "from"),
        _ => ("to everybody", "to"),
    };
    if is_dns_for_all(rule, direction) {
        return None;
    }
    let policy = of.policy;
    let object = &policy.object;
    let found = |span: Span, message: String| {
        let severity = severity(context, of, (rule, direction));
        RULE.finding(context.head(span), message).with_severity(severity).with_object(object.clone())
    };
    let written = context.files.slice(rule.span).trim();
    let is_empty = rule.value.peers.is_none() && rule.value.ports.is_none() && has_no_field(written);
    if is_empty && !written.starts_with('{') {
        let place = Span::new(rule.span.file, rule.span.start.saturating_sub(1), rule.span.start.max(1));
        let message = format!("an item with nothing in it allows every connection {everybody}");
        let field = direction.to_ascii_lowercase();
        return Some(found(place, message).with_help(format!(
            "write what is to be allowed; to allow nothing, write `{field}: []`; to allow everything, write `- {{}}`"
        )));
    }
    if is_empty && is_denial(&policy.metadata.name.value, direction) {
        let message = format!("`{object}` denies nothing: this rule allows every connection {everybody}");
        let field = direction.to_ascii_lowercase();
        return Some(found(rule.span, message).with_related(rules.key, "a list without items would allow nothing").with_help(format!(
            "policies only allow: to deny, list `{direction}` in `policyTypes` and write `{field}: []`, or leave `{field}` out"
        )));
    }
    let empty = rule.value.peers.as_ref().filter(|peers| peers.value.is_empty()).map(|peers| peers.span);
    let (place, what) = match (empty, rule.value.blank_peers) {
        (Some(place), _) => (place, "an empty"),
        (None, Some(place)) => (place, "a blank"),
        (None, None) => return None,
    };
    let message = format!("{what} `{list}` means everybody, not nobody");
    let help = format!(
        "name the peers under `{list}`; to mean everybody, leave `{list}` out; to allow nothing, remove the rule"
    );
    Some(found(place, message).with_help(help))
}

/// Words with which people say that everybody is meant.
const EVERYBODY: [&str; 20] = [
    "all",
    "any",
    "anybody",
    "anyone",
    "anywhere",
    "everybody",
    "everyone",
    "everything",
    "everywhere",
    "expose",
    "exposed",
    "external",
    "externally",
    "internet",
    "open",
    "outside",
    "public",
    "publicly",
    "unrestricted",
    "world",
];

/// Some ports to the whole world are usual for what pods send, and whoever says that everybody is meant knows it.
fn severity<'a>(
    context: &Context<'a>,
    of: &Policy<'a>,
    (rule, direction): (&Spanned<resource::Rule>, &str),
) -> Severity {
    let policy = of.policy;
    let name = policy.metadata.name.value.as_str();
    if is_denial(name, direction) {
        return Severity::Warning;
    }
    let has_ports = rule.value.ports.as_ref().is_some_and(|ports| !ports.value.is_empty());
    let of_policy = of.comments.get_or_init(|| comments::about(context.files, policy.span));
    let of_rule = comments::about(context.files, rule.span);
    let mut said = of_rule.into_iter().chain(of_policy.iter().copied()).chain([name]);
    let is_meant = (direction == "Egress" && has_ports) || said.any(|it| comments::has_word(it, &EVERYBODY));
    if is_meant { Severity::Info } else { Severity::Warning }
}

/// Whether a rule lets pods ask any DNS, which nearly every policy for egress does.
fn is_dns_for_all(rule: &Spanned<resource::Rule>, direction: &str) -> bool {
    let is_dns = |port: &Spanned<resource::Port>| {
        port.value.port.as_ref().is_some_and(|port| port.value == PortNumber::Number(53))
    };
    let ports = rule.value.ports.as_ref().filter(|ports| !ports.value.is_empty());
    direction == "Egress" && ports.is_some_and(|ports| ports.value.iter().all(is_dns))
}

/// Whether nothing is written, or `{}`. A rule with a field that the API does not have is not empty: `unknown-field`
/// says what becomes of it.
fn has_no_field(written: &str) -> bool {
    let inner = written.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    inner.map_or(!written.contains(':'), |inner| inner.trim().is_empty())
}

/// Whether a name promises to deny the direction.
fn is_denial(name: &str, direction: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let other = if direction == "Ingress" { "egress" } else { "ingress" };
    let denies = ["deny", "block", "forbid", "reject"].iter().any(|word| name.contains(word));
    let allows = ["allow", "permit", "except", "unless"].iter().any(|word| name.contains(word));
    let is_of_other = name.contains(other) && !name.contains(&direction.to_ascii_lowercase());
    denies && !allows && !is_of_other
}
