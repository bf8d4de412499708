//! Whether a rule matches, and what of it.

use super::causes::{Cause, Causes};
use super::party::{self, Party};
use super::walk::Walk;
use super::{PeerTrace, PortTrace, RuleTrace};
use crate::index::{IndexedPeer, IndexedPorts, IndexedRule};
use crate::net::{ConnectionSet, Decided};
use crate::policy::{Action, Certainty, Direction, PolicyRef};
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

/// What rule `number` of `policy` matches of `open`, with its causes. A rule that is in doubt matches nothing for sure.
pub(super) fn matched(
    walk: &Walk<'_>,
    (policy, number): (PolicyRef, usize),
    rule: &IndexedRule,
    open: &ConnectionSet,
    causes: &mut Causes,
) -> Matched {
    let own = written(walk, (policy, number), rule, open, causes);
    if rule.certainty.is_yes() {
        return own;
    }
    causes.add(Cause::Doubt { policy, rule: Some(number) }, &own.possible);
    own.if_selected(match rule.certainty {
        Certainty::No => Truth::No,
        Certainty::Maybe(_) | Certainty::Yes => Truth::Unknown,
    })
}

/// What the text of a rule matches.
fn written(
    walk: &Walk<'_>,
    (policy, number): (PolicyRef, usize),
    rule: &IndexedRule,
    open: &ConnectionSet,
    causes: &mut Causes,
) -> Matched {
    let by_ports = Cause::Ports { policy, rule: number };
    let Some(peers) = &rule.peers else {
        return with_ports(ports(walk, &rule.ports, open), by_ports, causes);
    };
    // What some of many pods may send is not what each of them may: a rule that allows some of the pods that a selector
    // selects says nothing of the selector.
    if let (Party::Selected(selected), Action::Allow) = (walk.peer, rule.action) {
        return if selected.admits((policy, number), walk.family) {
            with_ports(ports(walk, &rule.ports, open), by_ports, causes)
        } else {
            Matched::default()
        };
    }
    let answers = peers.iter().map(|peer| peer_answer(walk, *peer));
    let mut answers = answers.enumerate().filter(|(_, answer)| *answer != Answer::NO).peekable();
    // Most rules speak of other peers. Their ports need no look.
    if answers.peek().is_none() {
        return Matched::default();
    }
    let of_ports = ports(walk, &rule.ports, open);
    let mut best = Truth::No;
    for (place, answer) in answers {
        if answer == Answer::from(Truth::Yes) {
            return with_ports(of_ports, by_ports, causes);
        }
        causes.add(Cause::Peer { policy, rule: number, peer: place, answer }, &of_ports.possible);
        best = best.or(answer.truth);
    }
    match best {
        Truth::No => Matched::default(),
        Truth::Unknown => of_ports.if_selected(best),
        Truth::Yes => with_ports(of_ports, by_ports, causes),
    }
}

fn with_ports(ports: Matched, cause: Cause, causes: &mut Causes) -> Matched {
    causes.add(cause, &ports.possible.difference(&ports.sure));
    ports
}

/// What port items match of `open`.
fn ports(walk: &Walk<'_>, ports: &IndexedPorts, open: &ConnectionSet) -> Matched {
    let mut sure = ports.fixed.intersection(open);
    if ports.named.is_empty() && ports.unknown.is_empty() {
        return Matched { possible: sure.clone(), sure };
    }
    let mut unknown = ports.unknown.intersection(open);
    if let Some(destination) = destination(walk).pods() {
        for name in &ports.named {
            let (known, maybe) = name.resolve(destination);
            sure = sure.union(&known.intersection(open));
            unknown = unknown.union(&maybe.intersection(open));
        }
    }
    Matched { possible: sure.union(&unknown), sure }
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
pub(super) fn trace(walk: &Walk<'_>, (policy, number): (PolicyRef, usize), rule: &IndexedRule) -> RuleTrace {
    let peers = rule.peers.iter().flatten().enumerate();
    let peers =
        peers.map(|(place, peer)| PeerTrace { peer: place, answer: peer_answer(walk, *peer) }).collect();
    let items = walk
        .set
        .policy(policy)
        .and_then(|policy| policy.rules.get(number))
        .and_then(|rule| rule.value.ports.as_ref());
    let port_traces = items.into_iter().flatten().enumerate().map(|(place, item)| {
        let Matched { sure, possible } = ports(walk, &IndexedPorts::of(&item.value), walk.asked);
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
