//! `implicit-ingress-isolation`.

use crate::diagnostic::{Category, Diagnostic, Fix, RuleName};
use crate::dialect::network_policy::NetworkPolicy;
use crate::index::ClassId;
use crate::lint::{Context, Level, Levels, Needs, Rule, edits, words};
use crate::policy::{Direction, Policy};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("implicit-ingress-isolation"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a policy with egress rules alone and without `policyTypes` isolates ingress too",
    page: include_str!("implicit-ingress-isolation.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let resources = context.network_policies();
    resources.filter_map(|resource| finding(context, resource)).collect()
}

fn finding(context: &Context<'_>, resource: &NetworkPolicy) -> Option<Diagnostic> {
    let place = context.place_of(&resource.object)?;
    let policy = context.policies.policies.get(place as usize)?;
    let direction = policy.unspoken?;
    let classes = selected(context, place);
    if is_closed_anyway(context, policy, (place, direction), &classes) {
        return None;
    }
    let key = resource.spec.egress.as_ref()?.key;
    let object = &resource.object;
    let whom = match classes.len() {
        0 => "the pods that it selects".to_owned(),
        _ => words::count(context, &words::workloads_of(context, &classes)),
    };
    let message =
        format!("`{object}` has rules for egress alone, yet nothing may open connections to {whom}");
    let help = "without `policyTypes` every policy isolates ingress: write `policyTypes: [Egress]` to leave ingress \
                alone, or `policyTypes: [Ingress, Egress]` if it is meant (`netpol lint --fix` writes the latter, which \
                is what holds now)";
    let found = RULE.finding(key, message).with_object(object.clone()).with_help(help);
    Some(match edits::add_to_spec(context, resource, "policyTypes", &["Ingress", "Egress"]) {
        Some(edit) => found.with_fix(Fix::safe("write `policyTypes: [Ingress, Egress]`", vec![edit])),
        None => found,
    })
}

/// The classes of the pods that a policy selects for certain.
fn selected(context: &Context<'_>, place: u32) -> Vec<ClassId> {
    let term = context.index.policy(place).and_then(|policy| context.index.term(policy.subject));
    term.map(|term| term.selected.iter().collect()).unwrap_or_default()
}

/// Whether other policies isolate what the policy selects in the direction too: then it says nothing new.
fn is_closed_anyway(
    context: &Context<'_>,
    policy: &Policy,
    (place, direction): (u32, Direction),
    classes: &[ClassId],
) -> bool {
    let is_other = |at: u32, other: &Policy| {
        at != place && other.unspoken != Some(direction) && other.directions.contains(direction)
    };
    let all = context.evaluated().any(|(at, other)| {
        let subject = &other.subject.value;
        is_other(at, other)
            && subject.pods.is_everything()
            && subject.namespaces == policy.subject.value.namespaces
    });
    let each = || {
        classes.iter().all(|class| {
            let selecting = context.index.selecting(*class, direction).iter();
            selecting.filter_map(|entry| entry.policy.evaluated()).any(|at| {
                let other = context.policies.policies.get(at as usize);
                other.is_some_and(|other| is_other(at, other))
            })
        })
    };
    all || (!classes.is_empty() && each())
}
