//! `needless-today`.

use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::lint::redundancy::covers;
use crate::lint::{Context, Level, Levels, Needs, Redundant, Rule};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("needless-today"),
    category: Category::Policy,
    levels: Levels::from_strict(Level::Info),
    summary: "a policy or rule changes nothing for the pods of the input, though it may for others",
    page: include_str!("needless-today.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let now = context.redundancy().now(context);
    now.iter().filter_map(|redundant| finding(context, redundant)).collect()
}

fn finding(context: &Context<'_>, redundant: &Redundant) -> Option<Diagnostic> {
    let policy = context.policies.policies.get(redundant.policy as usize)?;
    let object = &policy.object;
    let (origin, message) = match redundant.rule {
        None => (policy.origin, format!("`{object}` changes nothing for the pods of the input")),
        Some(rule) => {
            let rule = policy.rules.get(rule)?;
            let direction = rule.value.direction;
            (rule.origin, format!("this {direction} rule changes nothing for the pods of the input"))
        }
    };
    let help = "other rules allow the same to the pods that exist; pods with other labels may need it";
    let place = context.head(context.span(origin)?);
    let found = RULE.finding(place, message).with_object(object.clone()).with_help(help);
    Some(
        covers(context, redundant)
            .into_iter()
            .fold(found, |found, (place, words)| found.with_related(place, words)),
    )
}
