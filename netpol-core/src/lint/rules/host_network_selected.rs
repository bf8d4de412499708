//! `host-network-selected`.

use std::collections::BTreeMap;

use crate::cluster::{NamespaceId, PodGroup};
use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::lint::slips::groups;
use crate::lint::{Context, Level, Levels, Needs, Rule};
use crate::policy::{NamespaceMatch, Policy};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("host-network-selected"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a policy selects only pods that use the network of their node, where policies have no say",
    page: include_str!("host-network-selected.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut of_nodes: BTreeMap<NamespaceId, Vec<&PodGroup>> = BTreeMap::new();
    for group in groups(context).filter(|group| group.is_host_network) {
        of_nodes.entry(group.namespace).or_default().push(group);
    }
    if of_nodes.is_empty() {
        return Vec::new();
    }
    context.evaluated().filter_map(|(place, policy)| finding(context, (place, policy), &of_nodes)).collect()
}

fn finding(
    context: &Context<'_>,
    (place, policy): (u32, &Policy),
    of_nodes: &BTreeMap<NamespaceId, Vec<&PodGroup>>,
) -> Option<Diagnostic> {
    let subject = &policy.subject.value;
    let NamespaceMatch::Named(namespace) = &subject.namespaces else { return None };
    let here = of_nodes.get(&context.cluster.namespace_named(namespace)?)?;
    let selected: Vec<&&PodGroup> =
        here.iter().filter(|group| subject.pods.matches(&group.labels).truth.is_yes()).collect();
    let first = selected.first()?;
    // An empty selector is for pods to come too.
    let term = context.index.policy(place).and_then(|policy| context.index.term(policy.subject))?;
    let has_others = context
        .pods()
        .of_classes(&term.selected)
        .any(|id| context.cluster.group(id).is_some_and(|group| !group.is_host_network));
    if subject.pods.is_everything() || has_others {
        return None;
    }
    let object = &policy.object;
    let span = context.span(policy.subject.origin)?;
    let owner = context.cluster.workload(first.workload);
    let name = owner.map_or_else(String::new, |workload| context.workload_name(workload));
    let message = format!("`{object}` selects only pods that use the network of their node");
    let help = "network plugins see their traffic as the node's own, and most do not hold it to policies: take \
                `hostNetwork` away, or protect the node";
    Some(
        RULE.finding(span, message)
            .with_object(object.clone())
            .with_related(context.head(first.span), format!("the pods of `{name}` have `hostNetwork: true`"))
            .with_help(help),
    )
}
