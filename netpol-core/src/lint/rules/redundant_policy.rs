//! `redundant-policy`.

use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::lint::redundancy::covers;
use crate::lint::{Context, Level, Levels, Needs, Redundant, Rule, breadth};
use crate::policy::Direction;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("redundant-policy"),
    category: Category::Policy,
    levels: Levels { minimal: Level::Off, recommended: Level::Info, strict: Level::Warning },
    summary: "a policy changes no connection of any pod that could exist: others say the same",
    page: include_str!("redundant-policy.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let whole = context.redundancy().always.iter().filter(|it| it.rule.is_none());
    let openers = breadth::openers(context);
    // That a default deny is opened is told as such.
    let is_opened = |redundant: &&Redundant| {
        let policy = context.policies.policies.get(redundant.policy as usize);
        policy.is_some_and(|policy| {
            let subject = &policy.subject.value;
            let opened = |direction: &Direction| openers.contains_key(&(subject, *direction));
            Direction::ALL
                .iter()
                .any(|direction| breadth::denies_all(policy, *direction) && opened(direction))
        })
    };
    whole.filter(|it| !is_opened(it)).filter_map(|redundant| finding(context, redundant)).collect()
}

fn finding(context: &Context<'_>, redundant: &Redundant) -> Option<Diagnostic> {
    let policy = context.policies.policies.get(redundant.policy as usize)?;
    let object = &policy.object;
    let message = format!("`{object}` changes nothing, for any pod that could exist");
    let help = if policy.rules.is_empty() {
        "other policies isolate the same pods: remove it"
    } else {
        "other policies isolate and allow the same for all pods that it selects: remove it, or, if it was meant to narrow \
         what they allow, narrow them, as what policies allow adds up"
    };
    let place = context.head(context.span(policy.origin)?);
    let found = RULE.finding(place, message).with_object(object.clone()).with_help(help);
    Some(
        covers(context, redundant)
            .into_iter()
            .fold(found, |found, (place, words)| found.with_related(place, words)),
    )
}
