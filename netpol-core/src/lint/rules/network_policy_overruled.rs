//! `network-policy-overruled`.

use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::index::term::selects_all;
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt, ordered};
use crate::policy::{Action, Direction, Policy};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("network-policy-overruled"),
    category: Category::Policy,
    levels: Levels { minimal: Level::Off, recommended: Level::Warning, strict: Level::Warning },
    summary: "all that a NetworkPolicy allows, a rule of the Admin tier denies before it is asked",
    page: include_str!("network-policy-overruled.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let admin = context.profile.cluster_tiers.admin;
    let policies: Vec<(u32, &Policy)> =
        ordered::policies(context).filter(|(_, policy)| policy.tier == admin).collect();
    // A rule that accepts or passes may come before the one that denies.
    let denying: Vec<RuleAt<'_>> = Direction::ALL
        .into_iter()
        .filter_map(|direction| {
            let own = policies.iter().flat_map(|policy| ordered::rules(context, *policy, direction));
            let own: Vec<RuleAt<'_>> = own.collect();
            own.iter().all(|rule| rule.indexed.action == Action::Deny).then_some(own)
        })
        .flatten()
        .collect();
    if denying.is_empty() {
        return Vec::new();
    }
    context.evaluated().filter_map(|policy| finding(context, policy, &denying)).collect()
}

fn finding(
    context: &Context<'_>,
    (place, policy): (u32, &Policy),
    denying: &[RuleAt<'_>],
) -> Option<Diagnostic> {
    let rules: Vec<RuleAt<'_>> = RuleAt::all(context.index, (place, policy))
        .filter(|rule| policy.directions.contains(rule.rule.value.direction))
        .collect();
    let overruling = |rule: &RuleAt<'_>| {
        denying.iter().find(|deny| {
            deny.indexed.direction == rule.indexed.direction
                && selects_all(&deny.policy.subject.value, &policy.subject.value, context.cluster).is_yes()
                && ordered::covers(context, deny.indexed, rule.indexed)
        })
    };
    let first = overruling(rules.first()?)?;
    if !rules.iter().all(|rule| overruling(rule).is_some()) {
        return None;
    }
    let message =
        format!("`{}` allows nothing: `{}` denies all of it before", policy.object, first.policy.object);
    let found = RULE
        .finding(context.head(context.span(policy.origin)?), message)
        .with_object(policy.object.clone())
        .with_help("pass what namespaces may decide in a rule before the one that denies");
    Some(match context.span(first.rule.origin) {
        Some(span) => found.with_related(context.head(span), "this rule denies it"),
        None => found,
    })
}
