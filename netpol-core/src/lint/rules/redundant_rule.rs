//! `redundant-rule`.

use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::lint::redundancy::covers;
use crate::lint::{Context, Level, Levels, Needs, Redundant, Rule};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("redundant-rule"),
    category: Category::Policy,
    levels: Levels { minimal: Level::Off, recommended: Level::Info, strict: Level::Warning },
    summary: "a rule allows nothing that other rules do not allow already, to any pod that could exist",
    page: include_str!("redundant-rule.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    context.redundancy().always.iter().filter_map(|redundant| finding(context, redundant)).collect()
}

fn finding(context: &Context<'_>, redundant: &Redundant) -> Option<Diagnostic> {
    let policy = context.policies.policies.get(redundant.policy as usize)?;
    let rule = policy.rules.get(redundant.rule?)?;
    let message = format!(
        "this {} rule allows nothing that other rules do not allow already, to any pod that could exist",
        rule.value.direction
    );
    let place = context.head(context.span(rule.origin)?);
    let found = RULE
        .finding(place, message)
        .with_object(policy.object.clone())
        .with_help("remove it, or narrow the rule that allows more than is meant");
    Some(
        covers(context, redundant)
            .into_iter()
            .fold(found, |found, (place, words)| found.with_related(place, words)),
    )
}
