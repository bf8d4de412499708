//! What one tier does with what reaches it.

use super::causes::{Cause, Causes};
use super::matching;
use super::walk::Walk;
use crate::index::{IndexedRule, Selecting};
use crate::net::ConnectionSet;
use crate::policy::{Action, Combine, NoMatch, OwnNode, Tier};
use crate::selector::{Answer, Truth};

/// What may come of the connections that reach a tier. The sets overlap where something is unknown.
#[derive(Debug, Clone, Default)]
pub(super) struct Fate {
    /// What it may allow.
    pub(super) allowed: ConnectionSet,
    /// What it may deny.
    pub(super) denied: ConnectionSet,
    /// What it may leave to the next tier.
    pub(super) next: ConnectionSet,
}

/// The policies of a tier that select the subject, or may.
#[derive(Debug, Clone, Copy)]
pub(super) struct Selected<'a> {
    /// Those that are evaluated, in the order they act in.
    pub(super) policies: &'a [Selecting],
    /// The places of those whose rules are not known.
    pub(super) unread: &'a [u32],
}

/// What `tier` may do with `open`.
pub(super) fn fate(
    walk: &Walk<'_>,
    tier: &Tier,
    selected: Selected<'_>,
    open: &ConnectionSet,
    causes: &mut Causes,
) -> Fate {
    let selecting = selected.policies;
    let mut fate = match tier.combine {
        Combine::AnyAllows => any_allows(walk, tier, selected, (open, causes)),
        Combine::FirstMatch => in_order(walk, tier, selecting, &in_turn(walk, selecting), (open, causes)),
        Combine::DenyOverrides => {
            in_order(walk, tier, selecting, &denials_first(walk, selecting), (open, causes))
        }
    };
    if walk.is_own_node {
        match tier.own_node(walk.direction) {
            OwnNode::Rules => {}
            OwnNode::Allowed => fate = Fate { allowed: open.clone(), next: fate.next, ..Fate::default() },
            OwnNode::UnknownWhereDenied => {
                causes.add(Cause::OwnNodeEgress, &fate.denied);
                fate.allowed = fate.allowed.union(&fate.denied);
            }
        }
    }
    fate
}

/// Whether no answer depends on which of several such rules with equal ports matches.
pub(super) fn is_one_of_any(tier: &Tier, entry: Selecting, rule: &IndexedRule) -> bool {
    tier.combine == Combine::AnyAllows
        && entry.answer == Answer::from(Truth::Yes)
        && rule.action == Action::Allow
        && rule.ports.named.is_empty()
        && rule.ports.unknown.is_empty()
}

/// Any matching rule of any policy allows; the subject is isolated when one of them selects it.
fn any_allows(
    walk: &Walk<'_>,
    tier: &Tier,
    Selected { policies: selecting, unread }: Selected<'_>,
    (open, causes): (&ConnectionSet, &mut Causes),
) -> Fate {
    let is_isolated = selecting.iter().any(|entry| entry.answer.truth.is_yes());
    let mut allowed = ConnectionSet::empty();
    let mut sure = ConnectionSet::empty();
    // What every policy that may select the subject would allow: the least that isolation leaves.
    let mut least = open.clone();
    for entry in selecting {
        if entry.answer.truth == Truth::No {
            causes.add(Cause::Subject { policy: entry.policy, answer: entry.answer }, open);
            continue;
        }
        if entry.answer.truth.is_yes() {
            add_allowed(walk, entry.policy, (open, &mut sure, &mut allowed), causes);
            if open.is_subset(&sure) {
                return Fate { allowed: open.clone(), ..Fate::default() };
            }
        } else {
            let mut own = sure.clone();
            add_allowed(walk, entry.policy, (open, &mut own, &mut allowed), causes);
            causes.add(Cause::Subject { policy: entry.policy, answer: entry.answer }, open);
            least = least.intersection(&own);
        }
    }
    for opaque in unread {
        causes.add(Cause::Opaque { opaque: *opaque }, open);
        allowed = open.clone();
        least = ConnectionSet::empty();
    }
    let kept = if is_isolated { sure } else { least };
    let unmatched = open.difference(&kept);
    let (denied, mut next) = match tier.no_match {
        NoMatch::Deny => (unmatched, ConnectionSet::empty()),
        NoMatch::NextTier => (ConnectionSet::empty(), unmatched),
    };
    if !is_isolated {
        next = open.clone();
    }
    Fate { allowed, denied, next }
}

/// Adds what the allow rules of a policy match of `open`: for sure, and at most. Once all of it is sure, no more rules
/// need be asked.
fn add_allowed(
    walk: &Walk<'_>,
    policy: u32,
    (open, sure, possible): (&ConnectionSet, &mut ConnectionSet, &mut ConnectionSet),
    causes: &mut Causes,
) {
    let rules = walk.index.policy(policy).map(|policy| policy.rules.as_slice()).unwrap_or_default();
    let own = rules.iter().enumerate();
    let own = own.filter(|(_, rule)| rule.direction == walk.direction && rule.action == Action::Allow);
    for (number, rule) in own {
        let matched = matching::matched(walk, (policy, number), rule, open, causes);
        if !matched.possible.is_empty() {
            sure.extend(&matched.sure);
            possible.extend(&matched.possible);
            if open.is_subset(sure) {
                break;
            }
        }
    }
}

/// Rules of the selecting policies, as (place in `selecting`, place of the rule).
type Turns = Vec<(usize, usize)>;

fn in_turn(walk: &Walk<'_>, selecting: &[Selecting]) -> Turns {
    let rules = |entry: &Selecting| walk.index.policy(entry.policy).map_or(0, |policy| policy.rules.len());
    selecting
        .iter()
        .enumerate()
        .flat_map(|(place, entry)| (0..rules(entry)).map(move |rule| (place, rule)))
        .collect()
}

fn denials_first(walk: &Walk<'_>, selecting: &[Selecting]) -> Turns {
    let is_denial = |turn: &(usize, usize)| {
        let policy = selecting.get(turn.0).and_then(|entry| walk.index.policy(entry.policy));
        policy.and_then(|policy| policy.rules.get(turn.1)).is_some_and(|rule| rule.action == Action::Deny)
    };
    let (denials, others): (Turns, Turns) = in_turn(walk, selecting).into_iter().partition(is_denial);
    denials.into_iter().chain(others).collect()
}

/// The first matching rule decides.
fn in_order(
    walk: &Walk<'_>,
    tier: &Tier,
    selecting: &[Selecting],
    turns: &[(usize, usize)],
    (open, causes): (&ConnectionSet, &mut Causes),
) -> Fate {
    let mut fate = Fate::default();
    let mut left = open.clone();
    for (place, number) in turns {
        let Some(entry) = selecting.get(*place) else { continue };
        let rule = walk.index.policy(entry.policy).and_then(|policy| policy.rules.get(*number));
        let Some(rule) = rule.filter(|rule| rule.direction == walk.direction) else { continue };
        let own = matching::matched(walk, (entry.policy, *number), rule, &left, causes);
        if entry.answer.truth != Truth::Yes || entry.answer.is_assumed {
            causes.add(Cause::Subject { policy: entry.policy, answer: entry.answer }, &own.possible);
        }
        let own = own.if_selected(entry.answer.truth);
        let slot = match rule.action {
            Action::Allow => &mut fate.allowed,
            Action::Deny => &mut fate.denied,
            Action::Pass => &mut fate.next,
        };
        *slot = slot.union(&own.possible);
        left = left.difference(&own.sure);
        if left.is_empty() {
            return fate;
        }
    }
    let is_isolated = selecting.iter().any(|entry| entry.answer.truth.is_yes());
    let may_isolate = selecting.iter().any(|entry| entry.answer.truth != Truth::No);
    if tier.no_match == NoMatch::Deny && may_isolate {
        fate.denied = fate.denied.union(&left);
    }
    if tier.no_match == NoMatch::NextTier || !is_isolated {
        fate.next = fate.next.union(&left);
    }
    fate
}
