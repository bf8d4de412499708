//! `peer-within-another`.

use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::index::term::selects_all;
use crate::lint::breadth::Breadth;
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt, edits};
use crate::policy::{NamespaceMatch, Peer, Placed, PodMatch};
use crate::selector::Truth;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("peer-within-another"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a peer allows nobody whom another peer of the same rule does not allow",
    page: include_str!("peer-within-another.md"),
    needs: Needs::Text,
    find: Some(find),
};

/// So many peers of a rule are compared with each other.
const COMPARED: usize = 64;

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    context.rules().filter_map(|rule| finding(context, &rule)).collect()
}

/// The first of the peers that another one holds, with the widest that does.
fn finding(context: &Context<'_>, rule: &RuleAt<'_>) -> Option<Diagnostic> {
    let peers = rule.rule.value.peers.as_ref()?;
    let compared = peers.get(..COMPARED.min(peers.len()))?;
    let pairs = compared.iter().enumerate().filter_map(|(narrow, peer)| {
        let mut others = compared.iter().enumerate().filter(|(wide, _)| *wide != narrow);
        let (wide, _) = others.find(|(wide, other)| holds(context, (*wide, other), (narrow, peer)))?;
        Some((narrow, wide))
    });
    let pairs: Vec<(usize, usize)> = pairs.collect();
    let (narrow, wide) = *pairs.first()?;
    let (inner, outer) = (compared.get(narrow)?, compared.get(wide)?);
    let found = of_pair(context, rule, (inner, outer))?;
    let are_halves = are_halves(&inner.value, &outer.value);
    let second = if narrow > wide { inner } else { outer };
    let joined =
        || edits::join_to_item_before(context, context.span(second.origin)?, "make one peer of the two");
    let fix = if are_halves && narrow.abs_diff(wide) == 1 { joined() } else { None };
    Some(fix.into_iter().fold(found, Diagnostic::with_fix))
}

fn of_pair(
    context: &Context<'_>,
    rule: &RuleAt<'_>,
    (inner, outer): (&Placed<Peer>, &Placed<Peer>),
) -> Option<Diagnostic> {
    let place = context.head(context.span(inner.origin)?);
    let there = context.head(context.span(outer.origin)?);
    let are_halves = are_halves(&inner.value, &outer.value);
    let message = "this peer adds nobody: another peer of the rule allows all that it does";
    let both_broad = Breadth::of(&inner.value).is_some();
    let (severity, help) = match (are_halves, Breadth::of(&outer.value)) {
        _ if both_broad => (Severity::Info, "peers add up: leave this one out, or the wider one"),
        (true, _) => (
            Severity::Warning,
            "as two items either is enough; make one item of them, without the second dash, to mean such pods of \
             those namespaces",
        ),
        (false, Some(Breadth::Namespace | Breadth::Cluster)) => (
            Severity::Warning,
            "peers add up: leave the wider one out if only this one is meant, or this one if all are",
        ),
        (false, _) => (Severity::Info, "peers add up: leave the wider one out, or this one"),
    };
    let label = match Breadth::of(&outer.value) {
        Some(breadth) => format!("this is {}", breadth.words()),
        None => "this is wider".to_owned(),
    };
    let found = RULE.finding(place, message).with_severity(severity).with_object(rule.policy.object.clone());
    Some(found.with_related(there, label).with_help(help))
}

/// Whether a peer allows all that another one allows; of two that say the same, the first does.
fn holds(
    context: &Context<'_>,
    (at_wide, wide): (usize, &Placed<Peer>),
    (at, narrow): (usize, &Placed<Peer>),
) -> bool {
    let is_within = match (&wide.value, &narrow.value) {
        (Peer::Pods(wide), Peer::Pods(narrow)) => {
            is_known(wide) && is_known(narrow) && selects_all(wide, narrow, context.cluster) == Truth::Yes
        }
        // An exception in a block that another block gives back is told as such.
        (Peer::Addresses(wide), Peer::Addresses(narrow)) => {
            let is_whole = |set: &crate::net::IpSet| set.cidrs().len() == 1;
            wide.unknown.is_empty()
                && narrow.unknown.is_empty()
                && is_whole(&wide.addresses)
                && is_whole(&narrow.addresses)
                && narrow.addresses.is_subset(&wide.addresses)
        }
        _ => false,
    };
    is_within && (at_wide < at || wide.value != narrow.value)
}

/// Whether nothing of a selector is a placeholder, and it can match.
fn is_known(pods: &PodMatch) -> bool {
    !pods.has_placeholder() && !pods.is_contradictory()
}

/// Whether pods of the own namespace stand beside namespaces with all of their pods.
fn are_halves(inner: &Peer, outer: &Peer) -> bool {
    let (Peer::Pods(inner), Peer::Pods(outer)) = (inner, outer) else { return false };
    matches!(inner.namespaces, NamespaceMatch::Named(_))
        && !inner.pods.is_everything()
        && matches!(outer.namespaces, NamespaceMatch::Selected(_))
        && outer.pods.is_everything()
}
