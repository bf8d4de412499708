//! `rule-without-direction`.

use crate::diagnostic::{Applicability, Category, Diagnostic, Fix, RuleName};
use crate::dialect::network_policy::NetworkPolicy;
use crate::dialect::network_policy::resource::{Rules, Standing};
use crate::lint::{Context, Level, Levels, Needs, Rule};
use crate::yaml::{Node, Value, edit};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("rule-without-direction"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "rules of a direction that `policyTypes` does not list have no effect",
    page: include_str!("rule-without-direction.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let accepted = context.written_policies().filter(|resource| resource.standing == Standing::Accepted);
    accepted
        .flat_map(|resource| {
            let spec = &resource.spec;
            let lists = [("Ingress", "ingress", &spec.ingress), ("Egress", "egress", &spec.egress)];
            lists.into_iter().filter_map(move |(name, field, rules)| {
                finding(context, resource, (name, field), rules.as_ref()?)
            })
        })
        .collect()
}

fn finding(
    context: &Context<'_>,
    resource: &NetworkPolicy,
    (name, field): (&str, &str),
    rules: &Rules,
) -> Option<Diagnostic> {
    let types = &resource.spec.policy_types;
    let is_listed = types.value.iter().any(|listed| listed.value == name);
    let is_known = types.value.iter().all(|listed| matches!(listed.value.as_str(), "Ingress" | "Egress"));
    if rules.rules.is_empty() || is_listed || !is_known {
        return None;
    }
    let object = &resource.object;
    let message = format!("the {field} rules of `{object}` have no effect");
    let help = format!(
        "add `{name}` to `policyTypes` to isolate {field} and allow what the rules say, or remove the rules"
    );
    let found = RULE
        .finding(rules.key, message)
        .with_object(object.clone())
        .with_related(context.head(types.span), format!("`{name}` is missing here"))
        .with_help(help);
    Some(match fix(context, resource, name) {
        Some(fix) => found.with_fix(fix),
        None => found,
    })
}

/// The server refuses more than two types, so a list that has one twice is left to its author.
fn fix(context: &Context<'_>, resource: &NetworkPolicy, name: &str) -> Option<Fix> {
    if resource.spec.policy_types.value.len() > 1 {
        return None;
    }
    let document = resource.span;
    let item = Node { value: Value::String(name.to_owned().into()), span: document, via: None };
    let source = context.files.get(document.file)?;
    let edit = edit::append_item(document.file, source, document, "spec.policyTypes", &item.value)?;
    let message = format!("add `{name}` to `policyTypes`");
    Some(Fix { message, applicability: Applicability::Unsafe, edits: vec![edit] })
}
