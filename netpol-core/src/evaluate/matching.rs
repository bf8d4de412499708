//! Whether a rule matches, and what of it.

use super::causes::{Cause, Causes};
use super::party::{self, Party};
use super::walk::Walk;
use super::{PeerTrace, PortTrace, RuleTrace};
use crate::index::{IndexedPeer, IndexedPorts, IndexedRule};
use crate::net::{ConnectionSet, Decided};
use crate::policy::{Action, Direction};
use crate::selector::{Answer, Truth};

/// What a rule matches: for sure, and at most.
#[derive(Debug, Clone, Default)]
pub(super) struct Matched {
    pub(super) sure: ConnectionSet,
    pub(super) possible: ConnectionSet,
}

impl Matched {
    /// The same when it is not sure that the policy applies.
    pub(super) fn if_selected(self, selects: Truth) -> Self {
        match selects {
            Truth::Yes => self,
            Truth::Unknown => Self { sure: ConnectionSet::empty(), ..self },
            Truth::No => Self::default(),
        }
    }
}

/// What rule `number` of `policy` matches of `open`, with its causes.
pub(super) fn matched(
    walk: &Walk<'_>,
    (policy, number): (u32, usize),
    rule: &IndexedRule,
    open: &ConnectionSet,
    causes: &mut Causes,
) -> Matched {
    let (sure_ports, possible_ports) = ports(walk, &rule.ports, open);
    if possible_ports.is_empty() {
        return Matched::default();
    }
    let Some(peers) = &rule.peers else {
        return with_ports(sure_ports, possible_ports, Cause::Ports { policy, rule: number }, causes);
    };
    let mut best = Answer::from(Truth::No);
    for (place, peer) in peers.iter().enumerate() {
        let answer = all_or_none(walk, rule, peer_answer(walk, *peer));
        if answer == Answer::from(Truth::Yes) {
            return with_ports(sure_ports, possible_ports, Cause::Ports { policy, rule: number }, causes);
        }
        if answer != Answer::from(Truth::No) {
            causes.add(Cause::Peer { policy, rule: number, peer: place, answer }, &possible_ports);
        }
        if answer.truth > best.truth {
            best = answer;
        }
    }
    match best.truth {
        Truth::No => Matched::default(),
        Truth::Unknown => Matched { sure: ConnectionSet::empty(), possible: possible_ports },
        Truth::Yes => with_ports(sure_ports, possible_ports, Cause::Ports { policy, rule: number }, causes),
    }
}

/// What some of many pods may send is not what each of them may: a rule that allows some of the pods that a selector
/// selects says nothing of the selector.
fn all_or_none(walk: &Walk<'_>, rule: &IndexedRule, answer: Answer) -> Answer {
    match (walk.peer, rule.action, answer.truth) {
        (Party::Selected { .. }, Action::Allow, Truth::Unknown) => Answer::from(Truth::No),
        _ => answer,
    }
}

fn with_ports(sure: ConnectionSet, possible: ConnectionSet, cause: Cause, causes: &mut Causes) -> Matched {
    let unknown = possible.difference(&sure);
    if !unknown.is_empty() {
        causes.add(cause, &unknown);
    }
    Matched { sure, possible }
}

/// The ports of `open` that port items match: for sure, and at most.
fn ports(walk: &Walk<'_>, ports: &IndexedPorts, open: &ConnectionSet) -> (ConnectionSet, ConnectionSet) {
    let mut sure = ports.fixed.intersection(open);
    if ports.named.is_empty() && ports.unknown.is_empty() {
        return (sure.clone(), sure);
    }
    let mut unknown = ports.unknown.intersection(open);
    if let Some(destination) = destination(walk).pods() {
        for name in &ports.named {
            let (known, maybe) = name.resolve(destination);
            sure = sure.union(&known.intersection(open));
            unknown = unknown.union(&maybe.intersection(open));
        }
    }
    let possible = sure.union(&unknown);
    (sure, possible)
}

fn destination<'w, 'a>(walk: &'w Walk<'a>) -> &'w Party<'a> {
    match walk.direction {
        Direction::Ingress => walk.subject,
        Direction::Egress => walk.peer,
    }
}

fn peer_answer(walk: &Walk<'_>, peer: IndexedPeer) -> Answer {
    party::answer(walk.index, walk.cluster, peer, walk.peer, walk.family)
}

/// All that a rule saw, whether it mattered or not.
pub(super) fn trace(walk: &Walk<'_>, (policy, number): (u32, usize), rule: &IndexedRule) -> RuleTrace {
    let peers = rule.peers.iter().flatten().enumerate();
    let peers =
        peers.map(|(place, peer)| PeerTrace { peer: place, answer: peer_answer(walk, *peer) }).collect();
    let items = walk
        .set
        .policies
        .get(policy as usize)
        .and_then(|policy| policy.rules.get(number))
        .and_then(|rule| rule.value.ports.as_ref());
    let port_traces = items.into_iter().flatten().enumerate().map(|(place, item)| {
        let (sure, possible) = ports(walk, &IndexedPorts::of(&item.value), walk.asked);
        PortTrace { port: place, matched: Decided::new(sure, &possible) }
    });
    let matched = matched(walk, (policy, number), rule, walk.asked, &mut Causes::default());
    RuleTrace {
        rule: number,
        peers,
        ports: port_traces.collect(),
        matched: Decided::new(matched.sure, &matched.possible),
    }
}
