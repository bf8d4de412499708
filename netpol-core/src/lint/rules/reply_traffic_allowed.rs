//! `reply-traffic-allowed`.

use std::collections::BTreeSet;

use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt, hints};
use crate::policy::{Direction, Ports};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("reply-traffic-allowed"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a rule is there for the replies of connections, which no policy stops",
    page: include_str!("reply-traffic-allowed.md"),
    needs: Needs::Text,
    find: Some(find),
};

/// Words for replies.
const REPLIES: [&str; 6] = ["ephemeral", "replies", "reply", "response", "responses", "return"];
/// Words beside which the others mean something else.
const OTHERWISE: [&str; 4] = ["incident", "request", "requests", "rst"];

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    context.rules().filter_map(|rule| finding(context, &rule)).collect()
}

fn finding(context: &Context<'_>, rule: &RuleAt<'_>) -> Option<Diagnostic> {
    let place = context.span(rule.rule.origin)?;
    let comment = hints::said_at(context, place);
    let is_for_replies = has(&comment, &REPLIES) && !has(&comment, &OTHERWISE) && is_wide(rule);
    if !is_for_replies {
        return None;
    }
    let opens = match rule.rule.value.direction {
        Direction::Ingress => "opens the pods to new connections",
        Direction::Egress => "lets the pods open new connections",
    };
    let message = format!("replies need no rule: this one {opens} instead");
    let help = "what answers an allowed connection is allowed, in both directions: remove the rule";
    let found = RULE.finding(context.head(place), message).with_object(rule.policy.object.clone());
    Some(found.with_help(help))
}

fn has(words: &BTreeSet<String>, wanted: &[&str]) -> bool {
    wanted.iter().any(|word| words.contains(*word))
}

/// Whether a rule is for every port, or for a range that clients take their ports from.
fn is_wide(rule: &RuleAt<'_>) -> bool {
    let is_wide_range = |ports: &Ports| match ports {
        Ports::Every => true,
        Ports::Range(first, last) => last - first > 10_000,
        Ports::Named(_) | Ports::Unknown => false,
    };
    let ports = rule.rule.value.ports.as_ref();
    ports.is_none_or(|ports| ports.iter().any(|port| is_wide_range(&port.value.ports)))
}
