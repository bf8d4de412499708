//! `namespace-without-default-deny`.

use crate::cluster::NamespaceId;
use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::lint::{Context, Level, Levels, Needs, Rule};
use crate::policy::{Direction, Directions, NamespaceMatch, PodMatch};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("namespace-without-default-deny"),
    category: Category::Policy,
    levels: Levels::from_strict(Level::Warning),
    summary: "a namespace with workloads has no policy that isolates every pod in it",
    page: include_str!("namespace-without-default-deny.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let namespaces = (0u32..).map(NamespaceId).take(context.cluster.namespaces.len());
    namespaces.filter_map(|namespace| finding(context, namespace)).collect()
}

fn finding(context: &Context<'_>, id: NamespaceId) -> Option<Diagnostic> {
    let namespace = context.cluster.namespace(id)?;
    let first = context.workloads_in(id).first()?;
    let open: Vec<&str> = Direction::ALL
        .into_iter()
        .filter(|direction| !isolates_all(context, &namespace.name, *direction))
        .map(words)
        .collect();
    if open.is_empty() {
        return None;
    }
    let message = format!(
        "namespace `{}` has no policy that isolates the {} of every pod",
        namespace.name,
        open.join(" and the ")
    );
    let help = "add a policy with `podSelector: {}` and `policyTypes: [Ingress, Egress]`, then allow what is meant; \
                pods that are added later are then closed too";
    Some(RULE.finding(context.head(namespace.span.unwrap_or(first.span)), message).with_help(help))
}

/// Whether a policy selects every pod of a namespace in a direction, or may: of one that is not evaluated nobody knows.
fn isolates_all(context: &Context<'_>, namespace: &str, direction: Direction) -> bool {
    let is_all = |subject: &PodMatch, directions: Directions| {
        let is_here = match &subject.namespaces {
            NamespaceMatch::Named(name) => name == namespace,
            NamespaceMatch::Selected(_) => true,
        };
        is_here && subject.pods.is_everything() && directions.contains(direction)
    };
    context.policies.acting().any(|(_, it)| is_all(&it.subject.value, it.directions))
}

const fn words(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "ingress",
        Direction::Egress => "egress",
    }
}
