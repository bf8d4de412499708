//! `shadowed-rule`.

use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt, ordered};
use crate::policy::Direction;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("shadowed-rule"),
    category: Category::Policy,
    levels: Levels { minimal: Level::Off, recommended: Level::Warning, strict: Level::Warning },
    summary: "a rule is never reached, since an earlier rule of its policy decides all that it matches",
    page: include_str!("shadowed-rule.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for policy in ordered::policies(context) {
        for direction in Direction::ALL {
            let rules = ordered::rules(context, policy, direction);
            for (number, rule) in rules.iter().enumerate() {
                let mut earlier = rules.iter().take(number);
                let shadow = earlier.find(|wide| ordered::covers(context, wide.indexed, rule.indexed));
                found.extend(shadow.and_then(|shadow| finding(context, rule, shadow)));
            }
        }
    }
    found
}

fn finding(context: &Context<'_>, rule: &RuleAt<'_>, shadow: &RuleAt<'_>) -> Option<Diagnostic> {
    let direction = rule.rule.value.direction;
    let message = format!(
        "this {direction} rule is never reached: an earlier rule of `{}` decides all that it matches",
        rule.policy.object
    );
    let (place, earlier) = (context.span(rule.rule.origin)?, context.span(shadow.rule.origin)?);
    Some(
        RULE.finding(context.head(place), message)
            .with_object(rule.policy.object.clone())
            .with_related(context.head(earlier), "this one comes first")
            .with_help("move it before the earlier rule, or remove it"),
    )
}
