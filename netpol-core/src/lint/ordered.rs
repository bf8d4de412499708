//! Policies whose rules act in order: what an earlier rule leaves to a later one.

use super::{Context, RuleAt};
use crate::index::{IndexedPeer, IndexedPorts, IndexedRule};
use crate::policy::{Direction, NamedBy, Policy};

/// Whether a policy stands in a tier of administrators.
pub(super) fn is_of_administrators(context: &Context<'_>, policy: &Policy) -> bool {
    let tiers = context.profile.cluster_tiers;
    policy.tier == tiers.admin || policy.tier == tiers.baseline
}

/// The policies of administrators, with their places.
pub(super) fn policies<'a>(context: &Context<'a>) -> impl Iterator<Item = (u32, &'a Policy)> {
    let all = (0u32..).zip(context.policies.policies.iter().map(AsRef::as_ref));
    all.filter(|(_, policy)| is_of_administrators(context, policy))
}

/// Whether some policy stands in a tier of administrators, evaluated or not.
pub(super) fn is_spoken_of(context: &Context<'_>) -> bool {
    let opaque = &context.policies.opaque;
    policies(context).next().is_some()
        || opaque.iter().any(|opaque| is_of_administrators(context, &opaque.policy))
}

/// The rules of a direction of a policy, in their order.
pub(super) fn rules<'a>(
    context: &Context<'a>,
    policy: (u32, &'a Policy),
    direction: Direction,
) -> Vec<RuleAt<'a>> {
    let own = RuleAt::all(context.index, policy);
    let mut own: Vec<RuleAt<'a>> = own.filter(|rule| rule.rule.value.direction == direction).collect();
    own.sort_by_key(|rule| rule.rule.value.position);
    own
}

/// Whether a rule surely matches all that another matches, whichever pods there are.
pub(super) fn covers(context: &Context<'_>, wide: &IndexedRule, narrow: &IndexedRule) -> bool {
    wide.certainty.is_yes()
        && covers_ports(&wide.ports, &narrow.ports)
        && match (&wide.peers, &narrow.peers) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(wide), Some(narrow)) => {
                narrow.iter().all(|narrow| wide.iter().any(|wide| covers_peer(context, *wide, *narrow)))
            }
        }
}

fn covers_ports(wide: &IndexedPorts, narrow: &IndexedPorts) -> bool {
    let is_everything = wide.fixed == crate::net::ConnectionSet::every();
    let numbers = narrow.fixed.union(&narrow.unknown).is_subset(&wide.fixed);
    let names = narrow.named.iter().all(|name| wide.named.contains(name));
    is_everything || numbers && names
}

fn covers_peer(context: &Context<'_>, wide: IndexedPeer, narrow: IndexedPeer) -> bool {
    if wide == narrow {
        return true;
    }
    let index = context.index;
    match (wide, narrow) {
        (IndexedPeer::Term(wide), IndexedPeer::Term(narrow)) => {
            let pods = index.term(wide).zip(index.term(narrow));
            pods.is_some_and(|(wide, narrow)| {
                crate::index::term::selects_all(&wide.pods, &narrow.pods, context.cluster).is_yes()
            })
        }
        (IndexedPeer::Block(wide), IndexedPeer::Block(narrow)) => {
            let blocks = index.block(wide).zip(index.block(narrow));
            blocks.is_some_and(|(wide, narrow)| {
                let (wide, narrow) = (&wide.block, &narrow.block);
                let are_blocks = [wide, narrow].iter().all(|block| block.named_by == NamedBy::Block);
                are_blocks && narrow.addresses.union(&narrow.unknown).is_subset(&wide.addresses)
            })
        }
        _ => false,
    }
}

/// Whether some pod of the input, or some address, is a peer of both rules.
pub(super) fn share_a_peer(context: &Context<'_>, one: &IndexedRule, other: &IndexedRule) -> bool {
    let (Some(one), Some(other)) = (&one.peers, &other.peers) else { return true };
    one.iter().any(|one| other.iter().any(|other| meet(context, *one, *other)))
}

fn meet(context: &Context<'_>, one: IndexedPeer, other: IndexedPeer) -> bool {
    let index = context.index;
    match (one, other) {
        _ if one == other => true,
        (IndexedPeer::Term(one), IndexedPeer::Term(other)) => {
            let terms = index.term(one).zip(index.term(other));
            terms.is_some_and(|(one, other)| {
                one.selected.iter().any(|class| other.answer(class).truth.is_yes())
            })
        }
        (IndexedPeer::Block(one), IndexedPeer::Block(other)) => {
            let blocks = index.block(one).zip(index.block(other));
            blocks.is_some_and(|(one, other)| one.block.addresses.overlaps(&other.block.addresses))
        }
        _ => false,
    }
}
