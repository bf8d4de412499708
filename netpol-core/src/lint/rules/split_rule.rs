//! `split-rule`.

use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::dialect::network_policy::NetworkPolicy;
use crate::dialect::network_policy::resource::{self, PortNumber, Standing};
use crate::lint::{Context, Level, Levels, Needs, Rule, edits};
use crate::text::{Span, Spanned};

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
    for resource in context.written_policies() {
        let spec = &resource.spec;
        for (direction, rules) in [("ingress", &spec.ingress), ("egress", &spec.egress)] {
            let Some(rules) = rules else { continue };
            let pairs = pairs(&rules.rules);
            // To everybody on some ports is what many egress policies mean.
            let is_sure = direction == "ingress" && pairs.len() * 2 == rules.rules.len();
            let severity = if is_sure { Severity::Warning } else { Severity::Info };
            found.extend(
                pairs.iter().filter_map(|pair| finding(context, resource, (direction, pair), severity)),
            );
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

/// Two rules after each other, one half each: one dash was probably too many.
struct Pair<'a> {
    peers: &'a Spanned<resource::Rule>,
    ports: &'a Spanned<resource::Rule>,
    second: Span,
}

/// The pairs of halves. Among several rules, peers come first, as nearly everybody writes them.
fn pairs(rules: &[Spanned<resource::Rule>]) -> Vec<Pair<'_>> {
    let after_each_other = rules.iter().zip(rules.iter().skip(1));
    let pairs = after_each_other.filter_map(|(first, second)| {
        let (peers, ports) = match (half(&first.value)?, half(&second.value)?) {
            (Half::Peers, Half::Ports) => (first, second),
            (Half::Ports, Half::Peers) if rules.len() == 2 => (second, first),
            _ => return None,
        };
        Some(Pair { peers, ports, second: second.span })
    });
    pairs.collect()
}

fn finding(
    context: &Context<'_>,
    policy: &NetworkPolicy,
    (direction, pair): (&str, &Pair<'_>),
    severity: Severity,
) -> Option<Diagnostic> {
    let Pair { peers, ports, second } = pair;
    // What cannot be read may be either half.
    let is_unread = policy.standing == Standing::Unreadable;
    if is_unread || is_well_known(&ports.value) || peers.via.is_some() || ports.via.is_some() {
        return None;
    }
    let is_ingress = direction == "ingress";
    let key = if ports.span == *second {
        "ports:"
    } else if is_ingress {
        "from:"
    } else {
        "to:"
    };
    let whom = if is_ingress { "from" } else { "to" };
    let object = &policy.object;
    let may = if severity == Severity::Info { "may be" } else { "is probably" };
    let message = format!("`{object}` has two {direction} rules where one {may} meant");
    let help = format!(
        "of one rule both must hold, of two rules one is enough: make one of them, without the dash in front of \
         `{key}`, if only these peers are to be allowed on only these ports"
    );
    let found = RULE
        .finding(context.head(ports.span), message)
        .with_severity(severity)
        .with_object(object.clone())
        .with_label(format!("this allows connections {whom} everybody on these ports"))
        .with_related(
            context.head(peers.span),
            format!("this allows connections {whom} these peers on every port"),
        )
        .with_help(help);
    Some(match edits::join_to_item_before(context, *second, "make one rule of the two") {
        Some(fix) => found.with_fix(fix),
        None => found,
    })
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
