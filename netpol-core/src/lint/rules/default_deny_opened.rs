//! `default-deny-opened`.

use std::collections::BTreeSet;

use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::lint::breadth::{Breadth, denies_all, openers};
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt, hints};
use crate::policy::{Direction, Policy};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("default-deny-opened"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a policy opens to everybody the very pods that another one denies everything",
    page: include_str!("default-deny-opened.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let openers = openers(context);
    if openers.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut told = BTreeSet::new();
    for (_, policy) in context.evaluated() {
        for direction in Direction::ALL.into_iter().filter(|direction| denies_all(policy, *direction)) {
            let key = (&policy.subject.value, direction);
            if let Some((rule, breadth)) = openers.get(&key).filter(|_| told.insert(key)) {
                found.extend(finding(context, policy, (rule, *breadth)));
            }
        }
    }
    found
}

fn finding(
    context: &Context<'_>,
    deny: &Policy,
    (rule, breadth): (&RuleAt<'_>, Breadth),
) -> Option<Diagnostic> {
    let direction = rule.rule.value.direction;
    let opener = &rule.policy.object;
    let message = format!("this rule leaves nothing of what `{}` denies of {direction}", deny.object);
    let opens = match direction {
        Direction::Ingress => format!("lets {} in to the same pods", breadth.words()),
        Direction::Egress => format!("lets the same pods send to {}", breadth.words()),
    };
    let help = "policies add up, and none can take back what another one allows: remove the rule or narrow it, or \
                remove the other policy if the pods are to be open";
    // Who writes that all is allowed knows it, and many leave egress open on purpose.
    let is_meant = says_so(&opener.name) || breadth == Breadth::Cluster || direction == Direction::Egress;
    let severity = if is_meant { Severity::Info } else { Severity::Warning };
    let found = RULE
        .finding(context.head(context.span(rule.rule.origin)?), message)
        .with_severity(severity)
        .with_label(opens)
        .with_object(opener.clone())
        .with_help(help);
    let place = context.head(context.span(deny.origin)?);
    Some(found.with_related(place, format!("denies all {direction} by itself")))
}

/// Whether a name says that everything is allowed.
fn says_so(name: &str) -> bool {
    let words = hints::words_of(name);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    has(&["allow", "permit", "open"])
        && has(&[
            "all",
            "any",
            "everything",
            "egress",
            "inbound",
            "incoming",
            "ingress",
            "outbound",
            "outgoing",
        ])
}
