//! `policy-without-namespace`.

use std::collections::BTreeSet;

use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::dialect::network_policy::NetworkPolicy;
use crate::lint::{Context, Level, Levels, Needs, Rule, words};
use crate::text::FileId;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("policy-without-namespace"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a policy for all pods names no namespace, and all pods of the input are in others",
    page: include_str!("policy-without-namespace.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

/// So many further policies are pointed at.
const POINTED_AT: usize = 3;

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let home = &context.options.default_namespace;
    let has_pods =
        context.cluster.namespace_named(home).is_some_and(|id| !context.workloads_in(id).is_empty());
    if has_pods || home != "default" {
        return Vec::new();
    }
    let files = of_workloads(context);
    let nowhere: Vec<&NetworkPolicy> =
        context.network_policies().filter(|policy| is_nowhere(policy)).collect();
    let (beside, apart): (Vec<_>, Vec<_>) =
        nowhere.into_iter().partition(|policy| files.contains(&policy.span.file));
    let beside = finding(context, &beside, Severity::Warning);
    beside.into_iter().chain(finding(context, &apart, Severity::Info)).collect()
}

/// Whether a policy for all pods has no namespace of its own: it has that of the place of its name.
fn is_nowhere(policy: &NetworkPolicy) -> bool {
    let metadata = &policy.metadata;
    let selector = policy.spec.pod_selector.as_ref();
    metadata.namespace.span == metadata.name.span
        && selector
            .is_some_and(|it| it.value.match_labels.is_empty() && it.value.match_expressions.is_empty())
}

/// The files with workloads, all of which name their namespaces.
fn of_workloads(context: &Context<'_>) -> BTreeSet<FileId> {
    context.cluster.workloads.iter().map(|workload| workload.span.file).collect()
}

fn finding(context: &Context<'_>, policies: &[&NetworkPolicy], severity: Severity) -> Option<Diagnostic> {
    let (first, others) = policies.split_first()?;
    let home = &context.options.default_namespace;
    let mut ids: Vec<_> = context.cluster.workloads.iter().map(|workload| workload.namespace).collect();
    ids.dedup();
    let names = ids.iter().filter_map(|id| context.cluster.namespace(*id));
    let names: Vec<String> = names.map(|namespace| format!("`{}`", namespace.name)).collect();
    let object = &first.object;
    let message =
        format!("`{object}` names no namespace, so that it is for `{home}`, where no pod of the input is");
    let found = RULE
        .finding(first.metadata.name.span, message)
        .with_severity(severity)
        .with_object(object.clone())
        .with_help(format!(
            "a policy selects pods of its own namespace alone: write `namespace:` under `metadata`; the pods are in {}",
            words::some(&names)
        ));
    let others = others.iter().take(POINTED_AT);
    Some(others.fold(found, |found, other| found.with_related(other.metadata.name.span, "and this one")))
}
