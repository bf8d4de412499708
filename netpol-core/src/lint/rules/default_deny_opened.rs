//! `default-deny-opened`.

use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::lint::breadth::{Breadth, is_default_deny, openers, whole_namespace};
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt, hints};
use crate::policy::{Direction, Policy};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("default-deny-opened"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a policy opens every pod of a namespace to everybody, so that its default deny denies nothing",
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
    let mut told = Vec::new();
    for (_, policy) in context.evaluated() {
        let Some(namespace) = whole_namespace(policy) else { continue };
        for direction in Direction::ALL {
            let opener = openers.get(&(namespace, direction)).filter(|_| is_default_deny(policy, direction));
            let Some((rule, breadth)) = opener.filter(|_| !told.contains(&(namespace, direction))) else {
                continue;
            };
            told.push((namespace, direction));
            found.extend(finding(context, policy, (rule, *breadth)));
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
    let message = format!("this rule leaves nothing of the default deny `{}` for {direction}", deny.object);
    let opens = match direction {
        Direction::Ingress => format!("lets {} in to every pod of the namespace", breadth.words()),
        Direction::Egress => format!("lets every pod of the namespace send to {}", breadth.words()),
    };
    let help = "policies add up, and none can take back what another one allows: remove the rule or narrow it, or \
                remove the default deny if the namespace is to be open";
    // Who writes that all is allowed knows it.
    let severity =
        if says_so(&opener.name) || breadth == Breadth::Cluster { Severity::Info } else { Severity::Warning };
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
    has(&["allow", "permit", "open"]) && has(&["all", "any", "everything", "egress", "ingress"])
}
