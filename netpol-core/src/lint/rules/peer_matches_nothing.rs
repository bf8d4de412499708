//! `peer-matches-nothing`.

use crate::cluster::{NamespaceId, PodGroup};
use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::index::{IndexedPeer, TermId};
use crate::lint::slips::{bearer, groups, groups_in, namespaces_of, near_words, selects_finished, slip};
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt, assumed, dns, unplaced};
use crate::policy::{NamespaceMatch, Peer, Placed, PodMatch, Policy};
use crate::selector::Selector;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("peer-matches-nothing"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a peer matches no pod of the input, so that it allows nobody",
    page: include_str!("peer-matches-nothing.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
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
            let assumed = context.index.term(*term).map(|term| assumed::of_term(context, term));
            let finding = finding(context, &rule, peer, pods);
            found.extend(finding.map(|found| assumed::resting_on(found, &assumed.unwrap_or_default())));
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
    context.index.term(term).is_some_and(|term| term.selected.is_empty() && term.unknown.is_empty())
}

fn finding(
    context: &Context<'_>,
    rule: &RuleAt<'_>,
    peer: &Placed<Peer>,
    pods: &PodMatch,
) -> Option<Diagnostic> {
    let object = &rule.policy.object;
    let place = context.head(context.span(peer.origin)?);
    let found = |message: String| RULE.finding(place, message).with_object(object.clone());
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
    match &pods.namespaces {
        NamespaceMatch::Named(_) => of_own_namespace(context, rule.policy, &pods.pods, (found, &here)),
        NamespaceMatch::Selected(selector) => near_pods(context, &namespaces, &pods.pods, (&found, &here))
            // Namespaces that the input does not show are meant too.
            .or_else(|| (!selector.is_everything()).then(|| perhaps_right(found))),
    }
}

/// What to say of a peer that means pods of the policy's own namespace. Pods elsewhere that have the very labels are
/// meant rather than pods here that nearly have them.
fn of_own_namespace(
    context: &Context<'_>,
    policy: &Policy,
    pods: &Selector,
    (found, here): (Diagnostic, &[&PodGroup]),
) -> Option<Diagnostic> {
    if let Some(group) = unplaced::astray(context, policy, pods) {
        let subject = &policy.subject.value.pods;
        let is_told =
            unplaced::astray(context, policy, subject).is_some() && selects_nothing(context, policy);
        return (!is_told).then(|| unplaced::told(context, policy, group, found));
    }
    let home = policy.object.namespace.as_deref().and_then(|name| context.cluster.namespace_named(name));
    let home: Vec<NamespaceId> = home.into_iter().collect();
    in_another_namespace(context, pods, &found)
        .or_else(|| near_pods(context, &home, pods, (&found, here)))
        // `kubectl apply -n` puts it beside pods that the input may not show.
        .or_else(|| (!context.unplaced().holds(&policy.object)).then(|| perhaps_right(found)))
}

/// Pods that have the labels, in a namespace that the peer does not mean.
fn in_another_namespace(context: &Context<'_>, pods: &Selector, found: &Diagnostic) -> Option<Diagnostic> {
    // What asks for no label matches pods nearly everywhere.
    let has_labels = |group: &&PodGroup| pods.wants_labels() && pods.matches(&group.labels).truth.is_yes();
    let group = groups(context).find(has_labels)?;
    let other = context.cluster.namespace(group.namespace)?;
    let help = format!(
        "without a `namespaceSelector` a peer means pods of the policy's own namespace: add `namespaceSelector: \
         {{matchLabels: {{kubernetes.io/metadata.name: {}}}}}` to the same item",
        other.name
    );
    let words = "these pods have the labels, in another namespace";
    Some(found.clone().with_related(context.head(group.span), words).with_help(help))
}

/// Pods that nearly have the labels, or whose owner has them.
fn near_pods(
    context: &Context<'_>,
    namespaces: &[NamespaceId],
    pods: &Selector,
    (found, here): (&Diagnostic, &[&PodGroup]),
) -> Option<Diagnostic> {
    let near = here.iter().find_map(|group| Some((*group, slip(&group.labels, pods)?)));
    if let Some((group, slip)) = near {
        let (place, help) = near_words(context, group, &slip);
        return Some(found.clone().with_related(place, "this one nearly matches").with_help(help));
    }
    let bearer = bearer(context, namespaces, pods)?;
    Some(found.clone().with_related(bearer.span, bearer.label).with_help(bearer.help))
}

/// What an operator or another repository may create.
fn perhaps_right(found: Diagnostic) -> Diagnostic {
    let help = "it is right if an operator or another repository creates such pods; else correct the labels";
    found.with_severity(Severity::Info).with_help(help)
}

fn selects_nothing(context: &Context<'_>, policy: &Policy) -> bool {
    let place = context.place_of(&policy.object);
    let term = place.and_then(|place| context.index.policy(place)).map(|indexed| indexed.subject);
    term.is_some_and(|term| matches_nothing(context, term))
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
