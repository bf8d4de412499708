//! `policy-selects-nothing`.

use crate::cluster::PodGroup;
use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::lint::slips::{bearer, groups, groups_in, near_words, selects_finished, slip};
use crate::lint::{Context, Level, Levels, Needs, Rule, unplaced};
use crate::policy::{NamespaceMatch, Policy};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("policy-selects-nothing"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a policy selects no pod of the input, so that it protects nothing",
    page: include_str!("policy-selects-nothing.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let idle = context.evaluated().filter(|(place, _)| selects_nothing(context, *place));
    idle.filter_map(|(_, policy)| finding(context, policy)).collect()
}

/// Whether no pod is selected for certain, none perhaps, and none but for an assumption.
fn selects_nothing(context: &Context<'_>, place: u32) -> bool {
    let term = context.index.policy(place).and_then(|policy| context.index.term(policy.subject));
    term.is_some_and(|term| {
        term.selected.is_empty() && term.unknown.is_empty() && term.assumed_not.is_empty()
    })
}

fn finding(context: &Context<'_>, policy: &Policy) -> Option<Diagnostic> {
    let subject = &policy.subject.value;
    let NamespaceMatch::Named(namespace) = &subject.namespaces else { return None };
    let home = context.cluster.namespace_named(namespace);
    let here: Vec<&PodGroup> = home.into_iter().flat_map(|home| groups_in(context, home)).collect();
    let has_labels = |group: &PodGroup| subject.pods.matches(&group.labels).truth.is_yes();
    // An empty selector is for pods to come; pods of the node's network are another matter.
    if subject.pods.is_everything() || here.iter().any(|group| has_labels(group)) {
        return None;
    }
    let object = &policy.object;
    let span = context.span(policy.subject.origin)?;
    if home.is_some_and(|home| selects_finished(context, &[home], &subject.pods)) {
        let message = format!("`{object}` selects only pods that have succeeded or failed");
        let help = "such pods open no connection; the policy selects those that are made next";
        let found = RULE.finding(span, message).with_severity(Severity::Info).with_help(help);
        return Some(found.with_object(object.clone()));
    }
    let found =
        RULE.finding(span, format!("`{object}` selects no pod of the input")).with_object(object.clone());
    if let Some(group) = unplaced::astray(context, policy, &subject.pods) {
        return Some(unplaced::told(context, policy, group, found));
    }
    // Of a namespace without workloads the input holds a part alone, and `kubectl apply -n` may choose another.
    if here.is_empty() {
        return None;
    }
    if let Some((group, slip)) =
        here.into_iter().find_map(|group| Some((group, slip(&group.labels, &subject.pods)?)))
    {
        let (place, help) = near_words(context, group, &slip);
        return Some(found.with_related(place, "this one nearly matches").with_help(help));
    }
    if let Some(bearer) = home.and_then(|home| bearer(context, &[home], &subject.pods)) {
        return Some(found.with_related(bearer.span, bearer.label).with_help(bearer.help));
    }
    if context.unplaced().holds(object) {
        return None;
    }
    let elsewhere = groups(context).find(|group| has_labels(group));
    let remark = found.with_severity(Severity::Info);
    Some(match elsewhere.and_then(|group| Some((group, context.cluster.namespace(group.namespace)?))) {
        Some((group, other)) => {
            let help = format!(
                "a policy selects pods of its own namespace alone, `{namespace}`; such a pod is in `{}`",
                other.name
            );
            remark
                .with_related(context.head(group.span), "these labels are selected, in another namespace")
                .with_help(help)
        }
        // Said once for all policies that an operator's pods are for.
        None => remark
            .with_message(format!(
                "no pod of namespace `{namespace}` in the input has the labels of this policy"
            ))
            .with_help(
                "it is right if an operator or another repository creates such pods; else correct the labels",
            ),
    })
}
