//! `half-deny-all`.

use std::collections::BTreeMap;

use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::lint::{Context, Level, Levels, Needs, Rule, comments};
use crate::policy::{Direction, NamespaceMatch, Policy};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("half-deny-all"),
    category: Category::Policy,
    levels: Levels { minimal: Level::Off, recommended: Level::Info, strict: Level::Warning },
    summary: "a policy whose name says that it denies all leaves one direction open",
    page: include_str!("half-deny-all.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut closed: BTreeMap<&str, [bool; 2]> = BTreeMap::new();
    for (_, policy) in context.evaluated() {
        if let Some(namespace) = of_everybody(policy) {
            let [ingress, egress] = closed.entry(namespace).or_default();
            *ingress |= policy.directions.contains(Direction::Ingress);
            *egress |= policy.directions.contains(Direction::Egress);
        }
    }
    context.evaluated().filter_map(|(_, policy)| finding(context, policy, &closed)).collect()
}

/// The namespace of which a policy selects every pod.
fn of_everybody(policy: &Policy) -> Option<&str> {
    match &policy.subject.value.namespaces {
        NamespaceMatch::Named(name) if policy.subject.value.pods.is_everything() => Some(name),
        _ => None,
    }
}

fn finding(context: &Context<'_>, policy: &Policy, closed: &BTreeMap<&str, [bool; 2]>) -> Option<Diagnostic> {
    let namespace = of_everybody(policy)?;
    let name = policy.object.name.to_ascii_lowercase();
    let open = match closed.get(namespace)? {
        [true, false] => "egress",
        [false, true] => "ingress",
        _ => return None,
    };
    let says_all = name.contains("deny") && comments::has_word(&name, &["all", "default", "everything"]);
    let names_direction = name.contains("ingress") || name.contains("egress");
    if !says_all || names_direction || !policy.rules.is_empty() {
        return None;
    }
    let message = format!(
        "a policy called `{}` leaves {open} open, and so does every other policy for all pods of its namespace",
        policy.object.name
    );
    let help =
        "write `policyTypes: [Ingress, Egress]` to deny both, or let the name say which direction is meant";
    let place = context.head(context.span(policy.origin)?);
    Some(RULE.finding(place, message).with_object(policy.object.clone()).with_help(help))
}
