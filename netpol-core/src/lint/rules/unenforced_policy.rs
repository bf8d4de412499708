//! `unenforced-policy`.

use indexmap::IndexMap;

use crate::diagnostic::{Category, Diagnostic, ObjectRef, RuleName};
use crate::dialect::Resource;
use crate::lint::{Context, Level, Levels, Needs, Rule};
use crate::manifest::kinds;
use crate::text::Span;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("unenforced-policy"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a policy of a kind that the chosen network plugin does not enforce",
    page: include_str!("unenforced-policy.md"),
    needs: Needs::Text,
    find: Some(find),
};

/// So many further policies of a kind are pointed at.
const POINTED_AT: usize = 3;

/// One finding a kind, however many policies are of it: one decision mends all.
fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut of_kind: IndexMap<(&str, &str), Vec<(Span, &ObjectRef)>> = IndexMap::new();
    for resource in &context.manifests.policies {
        let (span, object) = match resource {
            Resource::NetworkPolicy(policy) => (policy.span, &policy.object),
            Resource::ClusterPolicy(policy) => (policy.span, &policy.object),
            Resource::Unevaluated(policy) => (policy.span, &policy.object),
        };
        let group = kinds::canonical_group(&object.api_version, &object.kind);
        if !context.profile.may_enforce(group) {
            of_kind.entry((group, &object.kind)).or_default().push((span, object));
        }
    }
    of_kind.values().filter_map(|policies| finding(context, policies)).collect()
}

fn finding(context: &Context<'_>, policies: &[(Span, &ObjectRef)]) -> Option<Diagnostic> {
    let ((span, object), others) = policies.split_first()?;
    let plugin = context.profile.name;
    let message = match others.len() {
        0 => format!("`{object}` has no effect: `{plugin}` does not enforce policies of this kind"),
        _ => format!(
            "{} policies of kind `{}` have no effect: `{plugin}` does not enforce them",
            policies.len(),
            object.kind
        ),
    };
    let help = if context.profile.enforced {
        "write it as a policy of a kind that the plugin enforces, such as NetworkPolicy of `networking.k8s.io/v1`"
    } else {
        "policies need a network plugin that enforces them; if another one does so here, name it with `--plugin`"
    };
    let found = RULE.finding(context.head(*span), message).with_object((*object).clone()).with_help(help);
    let others = others.iter().take(POINTED_AT);
    Some(
        others
            .fold(found, |found, (span, _)| found.with_related(context.head(*span), "has no effect either")),
    )
}
