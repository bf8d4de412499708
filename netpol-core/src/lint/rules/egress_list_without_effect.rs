//! `egress-list-without-effect`.

use crate::diagnostic::{Applicability, Category, Diagnostic, Fix, RuleName};
use crate::dialect::network_policy::NetworkPolicy;
use crate::lint::{Context, Level, Levels, Needs, Rule, edits};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("egress-list-without-effect"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "an empty `egress` without `policyTypes` isolates nothing",
    page: include_str!("egress-list-without-effect.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    context.written_policies().filter_map(|resource| finding(context, resource)).collect()
}

fn finding(context: &Context<'_>, resource: &NetworkPolicy) -> Option<Diagnostic> {
    let spec = &resource.spec;
    let is_written = spec.policy_types.value.iter().any(|name| !name.span.is_empty());
    let empty = spec.egress.as_ref().filter(|egress| egress.rules.is_empty());
    let (place, what) = match (empty, spec.blank_egress) {
        _ if is_written => return None,
        (Some(egress), _) => (egress.key.cover(egress.span), "`egress: []`"),
        (None, Some(key)) => (key, "a blank `egress`"),
        (None, None) => return None,
    };
    let object = &resource.object;
    let message = format!("{what} of `{object}` isolates nothing");
    let help = "without `policyTypes` a policy isolates egress only when it has egress rules: write `policyTypes: \
                [Ingress, Egress]` to deny all egress, or leave `egress` out";
    let found = RULE.finding(place, message).with_object(object.clone()).with_help(help);
    let types = ["Ingress", "Egress"];
    Some(match edits::add_to_spec(context, resource, "policyTypes", &types) {
        Some(edit) => found.with_fix(Fix {
            message: "write `policyTypes: [Ingress, Egress]`, which denies all egress".to_owned(),
            applicability: Applicability::Unsafe,
            edits: vec![edit],
        }),
        None => found,
    })
}
