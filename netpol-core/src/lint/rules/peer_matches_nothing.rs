//! `peer-matches-nothing`.

use std::collections::BTreeMap;

use crate::cluster::{NamespaceId, PodGroup};
use crate::diagnostic::{Category, Diagnostic, Label, RuleName, Severity};
use crate::index::{IndexedPeer, TermId};
use crate::lint::slips::{bearer, groups, groups_in, namespaces_of, near_words, selects_finished, slip};
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt, dns};
use crate::policy::{NamespaceMatch, Peer, Placed, PodMatch};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("peer-matches-nothing"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a peer matches no pod of the input, so that it allows nobody",
    page: include_str!("peer-matches-nothing.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

/// So many further places of the same remark are pointed at.
const POINTED_AT: usize = 3;

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut remark_on: BTreeMap<TermId, usize> = BTreeMap::new();
    for rule in context.rules() {
        let peers: Vec<_> = rule.peers().into_iter().flatten().collect();
        for (place, (peer, indexed)) in peers.iter().enumerate() {
            let (Peer::Pods(pods), IndexedPeer::Term(term)) = (&peer.value, indexed) else { continue };
            let beside = [place.checked_sub(1), place.checked_add(1)].into_iter().flatten();
            let mut beside = beside.filter_map(|place| peers.get(place));
            let is_half = beside.any(|(other, _)| are_halves(pods, &other.value));
            if is_half || !matches_nothing(context, *term) {
                continue;
            }
            let Some(finding) = finding(context, &rule, peer, pods) else { continue };
            // What is perhaps right is said once, however many rules say it.
            let earlier = remark_on.get(term).filter(|_| finding.severity == Severity::Info);
            match earlier.and_then(|place| found.get_mut(*place)) {
                Some(first) if first.related.len() < POINTED_AT => {
                    first.related.push(Label { span: finding.primary.span, message: "and here".to_owned() });
                }
                Some(_) => {}
                None => {
                    remark_on.insert(*term, found.len());
                    found.push(finding);
                }
            }
        }
    }
    found
}

/// Whether pods of the policy's own namespace stand beside whole namespaces, so that one peer was probably meant: that
/// is told as such.
fn are_halves(pods: &PodMatch, other: &Peer) -> bool {
    matches!((&pods.namespaces, other), (NamespaceMatch::Named(_), Peer::Pods(PodMatch {
        namespaces: NamespaceMatch::Selected(_),
        pods,
    })) if pods.is_everything())
}

fn matches_nothing(context: &Context<'_>, term: TermId) -> bool {
    context.index.term(term).is_some_and(|term| {
        term.selected.is_empty() && term.unknown.is_empty() && term.assumed_not.is_empty()
    })
}

fn finding(
    context: &Context<'_>,
    rule: &RuleAt<'_>,
    peer: &Placed<Peer>,
    pods: &PodMatch,
) -> Option<Diagnostic> {
    let object = &rule.policy.object;
    let place = context.span(peer.origin)?;
    let found = |message: String| RULE.finding(context.head(place), message).with_object(object.clone());
    let namespaces = namespaces_of(context, &pods.namespaces);
    // That no namespace has the labels is told as such.
    if namespaces.is_empty() {
        return None;
    }
    let here: Vec<&PodGroup> = namespaces.iter().flat_map(|id| groups_in(context, *id)).collect();
    // Pods that use the network of their node are matched by labels, and by no policy: that is another matter.
    let has_labels = |group: &PodGroup| pods.pods.matches(&group.labels).truth.is_yes();
    if here.is_empty() || here.iter().any(|group| has_labels(group)) || dns::is_dns(context, pods) {
        return None;
    }
    if selects_finished(context, &namespaces, &pods.pods) {
        let message = "this peer matches only pods that have succeeded or failed";
        let help = "such pods open no connection; the peer allows those that are made next";
        return Some(found(message.to_owned()).with_severity(Severity::Info).with_help(help));
    }
    let whose = whose(context, &pods.namespaces, &namespaces);
    let found = found(format!("no pod of {whose} has `{}`", pods.pods));
    if let Some((group, slip)) =
        here.into_iter().find_map(|group| Some((group, slip(&group.labels, &pods.pods)?)))
    {
        let (place, help) = near_words(context, group, &slip);
        return Some(found.with_related(place, "this one nearly matches").with_help(help));
    }
    if let Some(bearer) = bearer(context, &namespaces, &pods.pods) {
        return Some(found.with_related(bearer.span, bearer.label).with_help(bearer.help));
    }
    let elsewhere = match &pods.namespaces {
        // What asks for no label matches pods nearly everywhere.
        NamespaceMatch::Named(_) if !pods.pods.wants_labels() => None,
        NamespaceMatch::Named(_) => groups(context).find(|group| has_labels(group)),
        // Namespaces that the input does not show are meant too.
        NamespaceMatch::Selected(selector) if selector.is_everything() => return None,
        NamespaceMatch::Selected(_) => None,
    };
    let Some((group, other)) =
        elsewhere.and_then(|group| Some((group, context.cluster.namespace(group.namespace)?)))
    else {
        let help =
            "it is right if an operator or another repository creates such pods; else correct the labels";
        return Some(found.with_severity(Severity::Info).with_help(help));
    };
    let help = format!(
        "without a `namespaceSelector` a peer means pods of the policy's own namespace: add `namespaceSelector: \
         {{matchLabels: {{kubernetes.io/metadata.name: {}}}}}` to the same item",
        other.name
    );
    Some(
        found
            .with_related(context.head(group.span), "these pods have the labels, in another namespace")
            .with_help(help),
    )
}

/// Among which pods none has the labels.
fn whose(context: &Context<'_>, meant: &NamespaceMatch, namespaces: &[NamespaceId]) -> String {
    match (meant, namespaces) {
        (NamespaceMatch::Selected(selector), _) if selector.is_everything() => "the input".to_owned(),
        (_, [only]) => {
            let name = context.cluster.namespace(*only).map_or("", |namespace| namespace.name.as_str());
            format!("namespace `{name}` in the input")
        }
        (_, several) => format!("the {} namespaces in the input", several.len()),
    }
}
