//! `unwritten-policy-types`.

use crate::diagnostic::{Applicability, Category, Diagnostic, Fix, RuleName};
use crate::dialect::network_policy::NetworkPolicy;
use crate::dialect::network_policy::resource::Standing;
use crate::lint::{Context, Level, Levels, Needs, Rule, edits};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("unwritten-policy-types"),
    category: Category::Policy,
    levels: Levels::from_strict(Level::Info),
    summary: "a policy with egress rules leaves it to the server to fill in `policyTypes`, which it does only once",
    page: include_str!("unwritten-policy-types.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let accepted = context.network_policies().filter(|resource| resource.standing == Standing::Accepted);
    accepted.filter_map(|resource| finding(context, resource)).collect()
}

fn finding(context: &Context<'_>, resource: &NetworkPolicy) -> Option<Diagnostic> {
    let spec = &resource.spec;
    let is_written = spec.policy_types.value.iter().any(|name| !name.span.is_empty());
    let egress = spec.egress.as_ref().filter(|egress| !egress.rules.is_empty() && !is_written)?;
    // With rules for egress alone, that ingress is isolated too is the greater matter.
    spec.ingress.as_ref()?;
    let object = &resource.object;
    let message = format!("`{object}` does not write `policyTypes`, which the server fills in once");
    let help = "a cluster that has the policy without its egress rules keeps `[Ingress]`, and the rules have no effect \
                there: write `policyTypes: [Ingress, Egress]`";
    let found = RULE.finding(egress.key, message).with_object(object.clone()).with_help(help);
    Some(match edits::add_to_spec(context, resource, "policyTypes", &["Ingress", "Egress"]) {
        // Where the types were filled in before, writing them closes egress.
        Some(edit) => {
            let fix = Fix::safe("write `policyTypes: [Ingress, Egress]`", vec![edit]);
            found.with_fix(Fix { applicability: Applicability::Unsafe, ..fix })
        }
        None => found,
    })
}
