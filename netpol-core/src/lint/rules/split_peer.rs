//! `split-peer`.

use crate::cluster::PodGroup;
use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::dialect::network_policy::NetworkPolicy;
use crate::dialect::network_policy::resource::Peer;
use crate::lint::slips::groups;
use crate::lint::{Context, Level, Levels, Needs, Rule, edits};
use crate::selector::Selector;
use crate::text::Spanned;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("split-peer"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a namespace and pods stand as two peers where pods of that namespace are probably meant",
    page: include_str!("split-peer.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for policy in context.network_policies() {
        let rules =
            [&policy.spec.ingress, &policy.spec.egress].into_iter().flatten().flat_map(|it| &it.rules);
        for peers in rules.filter_map(|rule| rule.value.peers.as_ref()) {
            let pairs = peers.value.windows(2);
            found.extend(pairs.filter_map(|pair| match pair {
                [first, second] => finding(context, policy, first, second),
                _ => None,
            }));
        }
    }
    found
}

fn finding(
    context: &Context<'_>,
    policy: &NetworkPolicy,
    first: &Spanned<Peer>,
    second: &Spanned<Peer>,
) -> Option<Diagnostic> {
    let (namespaces, pods) =
        halves(&first.value, &second.value).or_else(|| halves(&second.value, &first.value))?;
    if pods.is_everything() || first.via.is_some() || second.via.is_some() {
        return None;
    }
    let home = context.cluster.namespace_named(&policy.metadata.namespace.value)?;
    let is_meant = |group: &&PodGroup| pods.matches(&group.labels).truth.is_yes();
    let is_at_home = |group: &PodGroup| group.namespace == home;
    let is_selected = |group: &PodGroup| {
        let namespace = context.cluster.namespace(group.namespace);
        namespace.is_some_and(|namespace| namespaces.matches(&namespace.labels).truth.is_yes())
    };
    if context.workloads_in(home).is_empty() || groups(context).filter(is_meant).any(is_at_home) {
        return None;
    }
    let object = &policy.object;
    let there = groups(context).filter(is_meant).find(|group| is_selected(group));
    let message =
        format!("`{object}` has two peers where one is probably meant: no pod of its namespace has `{pods}`");
    let help = "as two items they mean all pods of the namespaces, or such pods of the policy's own namespace; take the \
                dash of the second away to mean such pods of those namespaces";
    let found = RULE
        .finding(context.head(second.span), message)
        .with_object(object.clone())
        .with_related(context.head(first.span), "this is a peer of its own")
        .with_help(help);
    let found = match there {
        Some(group) => {
            found.with_related(context.head(group.span), "these pods have the labels, in such a namespace")
        }
        None => found.with_severity(Severity::Info),
    };
    Some(match edits::join_to_item_before(context, second.span, "make one peer of the two") {
        Some(fix) => found.with_fix(fix),
        None => found,
    })
}

/// The selectors of a peer that has namespaces alone, and of one that has pods alone.
fn halves(namespaces: &Peer, pods: &Peer) -> Option<(Selector, Selector)> {
    let is_half = namespaces.pod_selector.is_none() && pods.namespace_selector.is_none();
    let namespaces = namespaces.namespace_selector.as_ref().filter(|_| is_half)?;
    Some((namespaces.value.to_selector(), pods.pod_selector.as_ref()?.value.to_selector()))
}
