//! `split-peer`.

use crate::cluster::PodGroup;
use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::dialect::network_policy::NetworkPolicy;
use crate::dialect::network_policy::resource::Peer;
use crate::lint::slips::{groups_in, namespaces_of};
use crate::lint::{Context, Level, Levels, Needs, Rule, edits, hints};
use crate::policy::NamespaceMatch;
use crate::selector::Selector;
use crate::text::Spanned;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("split-peer"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a namespace and pods stand as two peers where pods of that namespace are probably meant",
    page: include_str!("split-peer.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for policy in context.network_policies() {
        let rules =
            [&policy.spec.ingress, &policy.spec.egress].into_iter().flatten().flat_map(|it| &it.rules);
        for peers in rules.filter_map(|rule| rule.value.peers.as_ref()) {
            found.extend(of_unshown(context, policy, &peers.value));
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
    if context.workloads_in(home).is_empty() || groups_in(context, home).any(|group| is_meant(&group)) {
        return None;
    }
    let object = &policy.object;
    let selected = namespaces_of(context, &NamespaceMatch::Selected(namespaces));
    let there = selected.into_iter().flat_map(|id| groups_in(context, id)).find(is_meant);
    let message =
        format!("`{object}` has two peers where one is probably meant: no pod of its namespace has `{pods}`");
    let help = "as two items they mean all pods of the namespaces, or such pods of the policy's own namespace; make one \
                item of them, without the second dash, to mean such pods of those namespaces";
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

/// The same where the input shows no workload: two peers and no others. Labels of pods that speak of the namespace are
/// those of pods there.
fn of_unshown(context: &Context<'_>, policy: &NetworkPolicy, peers: &[Spanned<Peer>]) -> Option<Diagnostic> {
    let [first, second] = peers else { return None };
    let (namespaces, pods) =
        halves(&first.value, &second.value).or_else(|| halves(&second.value, &first.value))?;
    let is_shown = !context.cluster.workloads.is_empty();
    if is_shown
        || pods.is_everything()
        || !namespaces.wants_labels()
        || first.via.is_some()
        || second.via.is_some()
    {
        return None;
    }
    let values = |selector: &Selector| -> Vec<String> {
        selector
            .requirements()
            .iter()
            .flat_map(|it| &it.values)
            .flat_map(|value| hints::words_of(value))
            .collect()
    };
    let of_namespaces = values(&namespaces);
    let is_there =
        values(&pods).iter().any(|word| of_namespaces.contains(word) || is_usual(word, &of_namespaces));
    let severity = if is_there { Severity::Warning } else { Severity::Info };
    let object = &policy.object;
    let message = format!(
        "`{object}` has two peers where one may be meant: `{namespaces}`, or `{pods}` in its own namespace"
    );
    let help = "as two items either is enough; make one item of them, without the second dash, to mean such pods of those \
                namespaces";
    let found = RULE
        .finding(context.head(second.span), message)
        .with_severity(severity)
        .with_object(object.clone())
        .with_related(context.head(first.span), "this is a peer of its own")
        .with_help(help);
    let fix = edits::join_to_item_before(context, second.span, "make one peer of the two");
    Some(fix.into_iter().fold(found, Diagnostic::with_fix))
}

/// Whether a word of a label names what usually runs in a namespace with such words.
fn is_usual(word: &str, namespace: &[String]) -> bool {
    const USUAL: [(&str, &str); 6] = [
        ("system", "dns"),
        ("system", "coredns"),
        ("monitoring", "prometheus"),
        ("monitoring", "grafana"),
        ("observability", "prometheus"),
        ("istio", "istiod"),
    ];
    USUAL.iter().any(|(of, usual)| word == *usual && namespace.iter().any(|own| own == of))
}

/// The selectors of a peer that has namespaces alone, and of one that has pods alone.
fn halves(namespaces: &Peer, pods: &Peer) -> Option<(Selector, Selector)> {
    let is_half = namespaces.pod_selector.is_none() && pods.namespace_selector.is_none();
    let namespaces = namespaces.namespace_selector.as_ref().filter(|_| is_half)?;
    Some((namespaces.value.to_selector(), pods.pod_selector.as_ref()?.value.to_selector()))
}
