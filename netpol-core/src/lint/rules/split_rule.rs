//! `split-rule`.

use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::dialect::network_policy::NetworkPolicy;
use crate::dialect::network_policy::resource::{self, PortNumber, Rules, Standing};
use crate::lint::{Context, Level, Levels, Needs, Rule, edits};
use crate::text::Spanned;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("split-rule"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a stray dash makes two rules of one: peers on every port, and everybody on the ports",
    page: include_str!("split-rule.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for resource in context.network_policies() {
        let spec = &resource.spec;
        for (direction, rules) in [("ingress", &spec.ingress), ("egress", &spec.egress)] {
            found.extend(rules.as_ref().and_then(|rules| finding(context, resource, direction, rules)));
        }
    }
    found
}

/// What a rule has of its two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Peers,
    Ports,
}

fn half(rule: &resource::Rule) -> Option<Half> {
    match (&rule.peers, &rule.ports) {
        (Some(peers), None) if !peers.value.is_empty() => Some(Half::Peers),
        (None, Some(ports)) if !ports.value.is_empty() => Some(Half::Ports),
        _ => None,
    }
}

/// Two rules, one half each, and no other rule beside them: one dash was probably too many.
fn finding(
    context: &Context<'_>,
    policy: &NetworkPolicy,
    direction: &str,
    rules: &Rules,
) -> Option<Diagnostic> {
    let [first, second] = rules.rules.as_slice() else { return None };
    let (peers, ports) = match (half(&first.value)?, half(&second.value)?) {
        (Half::Peers, Half::Ports) => (first, second),
        (Half::Ports, Half::Peers) => (second, first),
        _ => return None,
    };
    // What cannot be read may be either half.
    let is_unread = policy.standing == Standing::Unreadable;
    if is_unread || is_well_known(&ports.value) || first.via.is_some() || second.via.is_some() {
        return None;
    }
    let (whom, everybody) = match direction {
        "ingress" => ("from", "from everybody"),
        _ => ("to", "to everybody"),
    };
    let object = &policy.object;
    let message = format!("`{object}` has two {direction} rules where one is probably meant");
    let help = format!(
        "of one rule both must hold, of two rules one is enough: take the dash in front of the second `{}` away, if \
         only these peers are to be allowed on only these ports",
        if ports.span == second.span { "ports:" } else { whom_key(whom) }
    );
    let found = RULE
        .finding(context.head(ports.span), message)
        .with_object(object.clone())
        .with_label(format!("this allows connections {everybody} on these ports"))
        .with_related(
            context.head(peers.span),
            format!("this allows connections {whom} these peers on every port"),
        )
        .with_help(help);
    // To everybody on some ports is what many egress policies mean.
    let found = if direction == "egress" { found.with_severity(Severity::Info) } else { found };
    Some(match edits::join_to_item_before(context, second.span, "make one rule of the two") {
        Some(fix) => found.with_fix(fix),
        None => found,
    })
}

fn whom_key(whom: &str) -> &'static str {
    if whom == "from" { "from:" } else { "to:" }
}

/// Whether all ports are of the DNS or the web, which everybody is often meant to reach or to come from.
fn is_well_known(rule: &resource::Rule) -> bool {
    let number = |port: &Spanned<resource::Port>| port.value.port.as_ref().map(|port| port.value.clone());
    let is_known = |number: Option<PortNumber>| match number {
        Some(PortNumber::Number(number)) => matches!(number, 53 | 80 | 443 | 5353 | 8080 | 8443),
        Some(PortNumber::Name(name)) => matches!(name.as_str(), "dns" | "dns-tcp" | "http" | "https"),
        None => false,
    };
    rule.ports.iter().flat_map(|ports| &ports.value).all(|port| is_known(number(port)))
}
