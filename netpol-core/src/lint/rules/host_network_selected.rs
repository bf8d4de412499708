//! `host-network-selected`.

use std::collections::BTreeMap;

use crate::cluster::{NamespaceId, PodGroup};
use crate::diagnostic::{Category, Diagnostic, Label, RuleName, Severity};
use crate::index::{IndexedPeer, Term, TermId};
use crate::lint::slips::{groups, namespaces_of, pods_have};
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt, assumed};
use crate::policy::{Direction, NamespaceMatch, OriginId, PodMatch, Policy};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("host-network-selected"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a policy or a peer selects only pods that use the network of their node, where policies have no say",
    page: include_str!("host-network-selected.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

/// The pods that use the network of their node, by namespace.
type OfNodes<'a> = BTreeMap<NamespaceId, Vec<&'a PodGroup>>;

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut of_nodes: OfNodes<'_> = BTreeMap::new();
    for group in groups(context).filter(|group| group.is_host_network) {
        of_nodes.entry(group.namespace).or_default().push(group);
    }
    if of_nodes.is_empty() {
        return Vec::new();
    }
    let policies = context.evaluated();
    let mut found: Vec<Diagnostic> =
        policies.filter_map(|(place, policy)| of_subject(context, (place, policy), &of_nodes)).collect();
    let mut told: BTreeMap<(TermId, Direction), usize> = BTreeMap::new();
    for rule in context.rules() {
        for (peer, indexed) in rule.peers().into_iter().flatten() {
            let IndexedPeer::Term(id) = indexed else { continue };
            let Some(finding) = of_peer(context, &rule, (peer.origin, id), &of_nodes) else { continue };
            let earlier = told.get(&(id, rule.rule.value.direction));
            if let Some(first) = earlier.and_then(|place| found.get_mut(*place)) {
                first.related.push(Label { span: finding.primary.span, message: Label::AGAIN.to_owned() });
            } else {
                told.insert((id, rule.rule.value.direction), found.len());
                found.push(finding);
            }
        }
    }
    found
}

/// One of the pods that a selector selects, when all of them use the network of their node.
fn only_of_nodes<'a>(context: &Context<'_>, term: &Term, of_nodes: &OfNodes<'a>) -> Option<&'a PodGroup> {
    if !term.unknown.is_empty() {
        return None;
    }
    let PodMatch { namespaces, pods } = term.pods.as_ref();
    let namespaces = namespaces_of(context, namespaces);
    let here = namespaces.iter().filter_map(|id| of_nodes.get(id)).flatten();
    let first = here.copied().find(|group| pods.matches(&group.labels).truth.is_yes())?;
    let is_other = |id| context.cluster.group(id).is_some_and(|group| !group.is_host_network);
    (!context.pods().of_classes(&term.selected).any(is_other)).then_some(first)
}

fn has_host_network(context: &Context<'_>, group: &PodGroup) -> String {
    format!("{} `hostNetwork: true`", pods_have(context, group))
}

fn of_subject(
    context: &Context<'_>,
    (place, policy): (u32, &Policy),
    of_nodes: &OfNodes<'_>,
) -> Option<Diagnostic> {
    // An empty selector is for pods to come too.
    if policy.subject.value.pods.is_everything() {
        return None;
    }
    let term = context.index.policy(place).and_then(|policy| context.index.term(policy.subject))?;
    let first = only_of_nodes(context, term, of_nodes)?;
    let object = &policy.object;
    let message = format!("`{object}` selects only pods that use the network of their node");
    let help = "network plugins see their traffic as the node's own, and most do not hold it to policies: take \
                `hostNetwork` away, or protect the node";
    Some(
        RULE.finding(context.span(policy.subject.origin)?, message)
            .with_object(object.clone())
            .with_related(context.head(first.span), has_host_network(context, first))
            .with_help(help),
    )
}

fn of_peer(
    context: &Context<'_>,
    rule: &RuleAt<'_>,
    (origin, id): (OriginId, TermId),
    of_nodes: &OfNodes<'_>,
) -> Option<Diagnostic> {
    let term = context.index.term(id)?;
    let is_narrow = match &term.pods.namespaces {
        NamespaceMatch::Named(_) => false,
        NamespaceMatch::Selected(selector) => !selector.is_everything(),
    };
    if term.pods.pods.is_everything() && !is_narrow {
        return None;
    }
    let first = only_of_nodes(context, term, of_nodes)?;
    let message =
        "this peer selects only pods that use the network of their node, and does not match their traffic";
    let help = match rule.rule.value.direction {
        Direction::Ingress => {
            "their connections come from the addresses of nodes: allow these with an `ipBlock`, or take `hostNetwork` away"
        }
        Direction::Egress => {
            "connections to them go to the addresses of nodes: allow these with an `ipBlock`, or take `hostNetwork` away"
        }
    };
    // All pods of a namespace are pods to come too.
    let severity = if term.pods.pods.is_everything() { Severity::Info } else { Severity::Warning };
    let found = RULE
        .finding(context.head(context.span(origin)?), message)
        .with_severity(severity)
        .with_object(rule.policy.object.clone())
        .with_related(context.head(first.span), has_host_network(context, first))
        .with_help(help);
    Some(assumed::resting_on(found, &assumed::of_term(context, term)))
}
