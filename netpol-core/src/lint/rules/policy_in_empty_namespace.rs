//! `policy-in-empty-namespace`.

use std::collections::{BTreeMap, BTreeSet};

use crate::cluster::{Namespace, NamespaceId};
use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::dialect::network_policy::NetworkPolicy;
use crate::lint::{Context, Level, Levels, Needs, Rule, words};
use crate::text::FileId;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("policy-in-empty-namespace"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a policy for all pods is in a namespace without pods, by a slip or since it names none",
    page: include_str!("policy-in-empty-namespace.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

/// Names that are shorter may differ in a letter on purpose.
const SHORTEST: usize = 4;
/// So many further policies are pointed at.
const POINTED_AT: usize = 3;

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = nameless(context);
    let mut slips: BTreeMap<&str, Option<&Namespace>> = BTreeMap::new();
    for policy in context.network_policies().filter(|policy| is_for_all(policy)) {
        let namespace = &policy.metadata.namespace.value;
        let meant = slips.entry(namespace).or_insert_with(|| meant(context, namespace));
        found.extend(meant.map(|meant| slip(context, policy, meant)));
    }
    found
}

/// The namespace with pods whose name one slip of the keyboard makes of another, which has none and is not described.
fn meant<'a>(context: &Context<'a>, name: &str) -> Option<&'a Namespace> {
    let own = context.cluster.namespace_named(name);
    let is_empty = own.is_none_or(|id| {
        let is_described = context.cluster.namespace(id).is_some_and(|it| it.is_described);
        context.workloads_in(id).is_empty() && !is_described
    });
    if !is_empty || name.len() < SHORTEST {
        return None;
    }
    // Names that differ in a number are different on purpose.
    let letters = |name: &str| name.chars().filter(|letter| !letter.is_ascii_digit()).collect::<String>();
    let is_slip = |other: &Namespace| {
        name.len().abs_diff(other.name.len()) <= 1
            && letters(name) != letters(&other.name)
            && strsim::damerau_levenshtein(name, &other.name) == 1
    };
    let all = (0u32..).map(NamespaceId).zip(&context.cluster.namespaces);
    let mut with_pods = all.filter(|(id, _)| !context.workloads_in(*id).is_empty());
    with_pods.find(|(_, other)| is_slip(other)).map(|(_, other)| other)
}

fn slip(context: &Context<'_>, policy: &NetworkPolicy, meant: &Namespace) -> Diagnostic {
    let object = &policy.object;
    let written = &policy.metadata.namespace;
    let message = format!("no pod of the input is in `{}`, for whose pods `{object}` is", written.value);
    let found = RULE.finding(context.head(written.span), message).with_object(object.clone());
    found.with_help(format!("did you mean `{}`, which has pods?", meant.name))
}

/// Policies without a namespace of their own, where all pods are in others.
fn nameless(context: &Context<'_>) -> Vec<Diagnostic> {
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
    policy.metadata.namespace.span == policy.metadata.name.span && is_for_all(policy)
}

fn is_for_all(policy: &NetworkPolicy) -> bool {
    let selector = policy.spec.pod_selector.as_ref();
    selector.is_some_and(|it| it.value.match_labels.is_empty() && it.value.match_expressions.is_empty())
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
