//! `egress-listed-without-rules`.

use std::collections::BTreeSet;

use crate::diagnostic::{Category, Diagnostic, ObjectRef, RuleName};
use crate::dialect::network_policy::NetworkPolicy;
use crate::lint::unshown::unshown;
use crate::lint::{Context, Level, Levels, Needs, Rule, hints};
use crate::policy::Direction;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("egress-listed-without-rules"),
    category: Category::Policy,
    levels: Levels { minimal: Level::Off, recommended: Level::Info, strict: Level::Warning },
    summary: "a policy has rules for ingress alone and lists `Egress`, which denies all egress",
    page: include_str!("egress-listed-without-rules.md"),
    needs: Needs::Text,
    find: Some(find),
};

/// Words that say that pods are closed on purpose.
const CLOSING: [&str; 8] =
    ["default", "deny", "isolate", "isolated", "isolation", "lockdown", "restrict", "restricted"];
/// So many further policies are pointed at.
const POINTED_AT: usize = 3;

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let closed = unshown(context, Direction::Egress).filter(|pods| pods.rules.is_empty());
    let closed: BTreeSet<&ObjectRef> = closed.map(|pods| &pods.policy.object).collect();
    let meant = |policy: &&NetworkPolicy| closed.contains(&policy.object) && is_listed(policy);
    let found: Vec<&NetworkPolicy> = context.network_policies().filter(meant).collect();
    finding(context, &found).into_iter().collect()
}

/// Whether a policy lists `Egress` and writes nothing of it, while it has rules for ingress.
fn is_listed(policy: &NetworkPolicy) -> bool {
    let spec = &policy.spec;
    let has_ingress = spec.ingress.as_ref().is_some_and(|list| !list.rules.is_empty());
    let words = hints::words_of(&policy.metadata.name.value);
    has_ingress
        && spec.egress.is_none()
        && spec.policy_types.value.iter().any(|listed| listed.value == "Egress" && !listed.span.is_empty())
        && !words.iter().any(|word| CLOSING.contains(&word.as_str()))
}

fn finding(context: &Context<'_>, policies: &[&NetworkPolicy]) -> Option<Diagnostic> {
    let (first, others) = policies.split_first()?;
    let listed = |policy: &NetworkPolicy| {
        let mut types = policy.spec.policy_types.value.iter();
        types.find(|listed| listed.value == "Egress").map(|listed| context.head(listed.span))
    };
    let object = &first.object;
    let message =
        format!("`{object}` denies all egress of its pods, DNS too: `Egress` is listed and has no rule");
    let help =
        "leave `Egress` out of `policyTypes` to leave it alone; write `egress: []` if nothing may be sent";
    let found = RULE.finding(listed(first)?, message).with_object(object.clone()).with_help(help);
    let places = others.iter().filter_map(|policy| listed(policy)).take(POINTED_AT);
    Some(places.fold(found, |found, place| found.with_related(place, "and here")))
}
