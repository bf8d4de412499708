//! `egress-without-dns`.

use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::lint::unshown::{Unshown, unshown};
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt, dns};
use crate::policy::{Direction, Peer};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("egress-without-dns"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a policy allows some egress and no DNS, in an input without workloads",
    page: include_str!("egress-without-dns.md"),
    needs: Needs::Text,
    find: Some(find),
};

/// So many further policies are pointed at.
const POINTED_AT: usize = 3;

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let without: Vec<Unshown<'_>> = unshown(context, Direction::Egress)
        .filter(|it| is_without(context, it))
        .take(POINTED_AT + 1)
        .collect();
    finding(context, &without).into_iter().collect()
}

/// Whether pods may send something by name, and for certain nothing to a DNS, as far as these policies say.
fn is_without(context: &Context<'_>, pods: &Unshown<'_>) -> bool {
    let needs_names = pods.rules.iter().any(needs_names);
    needs_names
        && !pods.rules.iter().any(|rule| dns::may_be_for(context, rule))
        && !dns::is_dns(context, &pods.policy.subject.value)
}

/// Whether a rule is for others than single addresses and small blocks.
fn needs_names(rule: &RuleAt<'_>) -> bool {
    let is_named = |peer: &Peer| match peer {
        Peer::Pods(_) => true,
        Peer::Addresses(block) => {
            block.addresses.cidrs().iter().any(|cidr| cidr.max_prefix_len() - cidr.prefix_len() > 8)
        }
    };
    rule.rule.value.peers.as_ref().is_none_or(|peers| peers.iter().any(|peer| is_named(&peer.value)))
}

fn finding(context: &Context<'_>, pods: &[Unshown<'_>]) -> Option<Diagnostic> {
    let (first, others) = pods.split_first()?;
    let object = &first.policy.object;
    let message = format!("`{object}` isolates the egress of its pods, and lets them ask no DNS");
    let whom = dns::resolver(context).map(dns::whom)?;
    let help = format!("allow {whom}, unless another policy for these pods does");
    // Several policies are rarely all that there are.
    let is_only = context.policies.policies.len() == 1;
    let severity = if is_only { Severity::Warning } else { Severity::Info };
    let rule = first.rules.iter().find(|rule| rule.policy.object == *object).or(first.rules.first())?;
    let found = RULE
        .finding(context.head(context.span(rule.rule.origin)?), message)
        .with_severity(severity)
        .with_label("this is allowed, and no rule allows DNS")
        .with_object(object.clone())
        .with_help(help);
    let places = others.iter().filter_map(|it| context.span(it.policy.origin));
    Some(
        places
            .take(POINTED_AT)
            .fold(found, |found, place| found.with_related(context.head(place), "and this one")),
    )
}
