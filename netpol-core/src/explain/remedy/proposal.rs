//! What an explanation proposes as a whole: what several pairs ask of one place is one change.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, NewPolicy, Remedy, SmallestEdit};
use crate::evaluate::PolicyRef;
use crate::policy::{Direction, PolicySet, PortMatch};
use crate::selector::Selector;

/// A change that can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proposal {
    /// An edit of a policy.
    Edit(SmallestEdit),
    /// A policy that is to be added.
    NewPolicy(NewPolicy),
}

/// What a change is known by: changes of one key are one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProposalKey {
    /// Another value in a peer: the policy, the rule, the peer, the value that it wants.
    Value(PolicyRef, usize, usize, String),
    /// Peers of a rule.
    Peers(PolicyRef, usize),
    /// Ports of a rule.
    Ports(PolicyRef, usize),
    /// A policy: its namespace, its subject, its direction and its ports.
    NewPolicy(String, Selector, Direction, Option<Vec<PortMatch>>),
}

impl Remedy {
    /// The key of the change that a remedy asks for, if it asks for one that can be made.
    pub fn key(&self) -> Option<ProposalKey> {
        match self {
            Self::Edit(edit) => Some(edit.key()),
            Self::NewPolicy(policy) => Some(policy.key()),
            _ => None,
        }
    }
}

impl SmallestEdit {
    fn key(&self) -> ProposalKey {
        match &self.change {
            Change::CorrectValue { rule, peer, wanted, .. } => {
                ProposalKey::Value(self.policy, *rule, *peer, wanted.clone())
            }
            Change::AddPeers { rule, .. } => ProposalKey::Peers(self.policy, *rule),
            Change::AddPorts { rule, .. } => ProposalKey::Ports(self.policy, *rule),
        }
    }
}

impl NewPolicy {
    fn key(&self) -> ProposalKey {
        let ports = self.rule.ports.as_ref();
        let ports = ports.map(|ports| ports.iter().map(|port| port.value.clone()).collect());
        ProposalKey::NewPolicy(self.namespace.clone(), self.subject.clone(), self.rule.direction, ports)
    }

    /// Takes the peers of a policy for the same pods and ports.
    fn join(&mut self, other: &Self) {
        for peer in other.rule.peers.iter().flatten() {
            let peers = self.rule.peers.get_or_insert_default();
            if !peers.iter().any(|known| known.value == peer.value) {
                peers.push(peer.clone());
            }
        }
        self.name = joint_name(&self.name, &other.name);
    }
}

/// A name for what has two: `several-to-cart-80-ingress` for `a-to-cart-80-ingress` and `b-to-cart-80-ingress`.
fn joint_name(one: &str, other: &str) -> String {
    if one == other {
        return one.to_owned();
    }
    let common = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    let prefix = one.get(..common).and_then(|text| text.rfind('-')).and_then(|end| one.get(..=end));
    let backwards = one.bytes().rev().zip(other.bytes().rev());
    let common = backwards.take_while(|(one, other)| one == other).count();
    let tail = one.get(one.len().saturating_sub(common)..).unwrap_or_default();
    let suffix = tail.find('-').and_then(|start| tail.get(start..));
    format!("{}several{}", prefix.unwrap_or_default(), suffix.unwrap_or_default())
}

impl Proposal {
    /// The changes that remedies ask for, each once, in the order in which they are met.
    pub(in crate::explain) fn of_all<'r>(
        remedies: impl Iterator<Item = &'r Remedy>,
        policies: &PolicySet,
    ) -> Vec<Self> {
        let mut places: BTreeMap<ProposalKey, usize> = BTreeMap::new();
        let mut proposals: Vec<Self> = Vec::new();
        for remedy in remedies {
            let Some(key) = remedy.key() else { continue };
            let place = *places.entry(key).or_insert(proposals.len());
            match (proposals.get_mut(place), remedy) {
                (Some(proposal), remedy) => proposal.take_in(remedy),
                (None, Remedy::Edit(edit)) => proposals.push(Self::Edit(edit.clone())),
                (None, Remedy::NewPolicy(policy)) => proposals.push(Self::NewPolicy(policy.clone())),
                (None, _) => {}
            }
        }
        name_apart(&mut proposals, policies);
        proposals
    }

    /// What it is known by.
    pub fn key(&self) -> ProposalKey {
        match self {
            Self::Edit(edit) => edit.key(),
            Self::NewPolicy(policy) => policy.key(),
        }
    }

    /// Does what a remedy of the same key asks for too.
    fn take_in(&mut self, remedy: &Remedy) {
        match (self, remedy) {
            (Self::Edit(edit), Remedy::Edit(other)) => match (&mut edit.change, &other.change) {
                (Change::AddPeers { peers, .. }, Change::AddPeers { peers: more, .. }) => add(peers, more),
                (Change::AddPorts { ports, .. }, Change::AddPorts { ports: more, .. }) => add(ports, more),
                _ => {}
            },
            (Self::NewPolicy(policy), Remedy::NewPolicy(other)) => policy.join(other),
            _ => {}
        }
    }
}

fn add<T: Clone + PartialEq>(items: &mut Vec<T>, more: &[T]) {
    for item in more {
        if !items.contains(item) {
            items.push(item.clone());
        }
    }
}

/// Numbers the names that others have, policies of the input or earlier ones.
fn name_apart(proposals: &mut [Proposal], policies: &PolicySet) {
    let evaluated = policies.policies.iter().map(|policy| &policy.object);
    let objects = evaluated.chain(policies.opaque.iter().map(|opaque| &opaque.policy.object));
    let names = objects.filter_map(|object| Some((object.namespace.clone()?, object.name.clone())));
    let mut taken: BTreeSet<(String, String)> = names.collect();
    for proposal in proposals {
        let Proposal::NewPolicy(policy) = proposal else { continue };
        let name = policy.name.clone();
        let mut number = 1;
        while !taken.insert((policy.namespace.clone(), policy.name.clone())) {
            number += 1;
            policy.name = format!("{name}-{number}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_for_several_keeps_what_they_share() {
        let cases = [
            ("a-to-cart-80-ingress", "b-to-cart-80-ingress", "several-to-cart-80-ingress"),
            ("web-to-db-80-egress", "web-to-outside-80-egress", "web-to-several-80-egress"),
            ("web-to-several-80-egress", "web-to-cart-80-egress", "web-to-several-80-egress"),
            ("web-to-db-80-egress", "web-to-db-80-egress", "web-to-db-80-egress"),
            ("a", "b", "several"),
        ];
        for (one, other, joint) in cases {
            assert_eq!(joint_name(one, other), joint);
        }
    }
}
