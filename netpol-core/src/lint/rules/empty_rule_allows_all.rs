//! `empty-rule-allows-all`.

use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::dialect::network_policy::NetworkPolicy;
use crate::dialect::network_policy::resource::{self, Rules};
use crate::lint::{Context, Level, Levels, Needs, Rule};
use crate::text::{Span, Spanned};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("empty-rule-allows-all"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "an empty item or list allows everything where less was probably meant",
    page: include_str!("empty-rule-allows-all.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for policy in context.written_policies() {
        let types = &policy.spec.policy_types.value;
        for (list, name) in [(&policy.spec.ingress, "Ingress"), (&policy.spec.egress, "Egress")] {
            if let Some(rules) = list.as_ref().filter(|_| types.iter().any(|listed| listed.value == name)) {
                found.extend(
                    rules.rules.iter().filter_map(|rule| finding(context, policy, (rules, name), rule)),
                );
            }
        }
    }
    found
}

fn finding(
    context: &Context<'_>,
    policy: &NetworkPolicy,
    (rules, direction): (&Rules, &str),
    rule: &Spanned<resource::Rule>,
) -> Option<Diagnostic> {
    let (everybody, list) = match direction {
        "Ingress" => ("from everybody", "from"),
        _ => ("to everybody", "to"),
    };
    let object = &policy.object;
    let found =
        |span: Span, message: String| RULE.finding(context.head(span), message).with_object(object.clone());
    let written = context.files.slice(rule.span).trim();
    let is_empty = rule.value.peers.is_none() && rule.value.ports.is_none() && has_no_field(written);
    if is_empty && !written.starts_with('{') {
        let place = Span::new(rule.span.file, rule.span.start.saturating_sub(1), rule.span.start.max(1));
        let message = format!("an item with nothing in it allows every connection {everybody}");
        let field = direction.to_ascii_lowercase();
        return Some(found(place, message).with_help(format!(
            "write what is to be allowed; to allow nothing, write `{field}: []`; to allow everything, write `- {{}}`"
        )));
    }
    if is_empty && is_denial(&policy.metadata.name.value, direction) {
        let message = format!("`{object}` denies nothing: this rule allows every connection {everybody}");
        let field = direction.to_ascii_lowercase();
        return Some(found(rule.span, message).with_related(rules.key, "a list without items would allow nothing").with_help(format!(
            "policies only allow: to deny, list `{direction}` in `policyTypes` and write `{field}: []`, or leave `{field}` out"
        )));
    }
    let empty = rule.value.peers.as_ref().filter(|peers| peers.value.is_empty()).map(|peers| peers.span);
    let (place, what) = match (empty, rule.value.blank_peers) {
        (Some(place), _) => (place, "an empty"),
        (None, Some(place)) => (place, "a blank"),
        (None, None) => return None,
    };
    let message = format!("{what} `{list}` means everybody, not nobody");
    let help = format!(
        "name the peers under `{list}`; to mean everybody, leave `{list}` out; to allow nothing, remove the rule"
    );
    Some(found(place, message).with_help(help))
}

/// Whether nothing is written, or `{}`. A rule with a field that the API does not have is not empty: `unknown-field`
/// says what becomes of it.
fn has_no_field(written: &str) -> bool {
    let inner = written.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    inner.map_or(!written.contains(':'), |inner| inner.trim().is_empty())
}

/// Whether a name promises to deny the direction.
fn is_denial(name: &str, direction: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let other = if direction == "Ingress" { "egress" } else { "ingress" };
    let denies = ["deny", "block", "forbid", "reject"].iter().any(|word| name.contains(word));
    let allows = ["allow", "permit", "except", "unless"].iter().any(|word| name.contains(word));
    let is_of_other = name.contains(other) && !name.contains(&direction.to_ascii_lowercase());
    denies && !allows && !is_of_other
}
