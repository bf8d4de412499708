//! Whom a rule is for when it is for very many, and which rules open a whole namespace to them.

use std::collections::BTreeMap;

use super::{Context, RuleAt};
use crate::net::{ConnectionSet, Family, IpSet};
use crate::policy::{Direction, NamespaceMatch, Peer, PodMatch, Policy};

/// How many a peer is for, the fewest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Breadth {
    /// Every pod of the policy's own namespace.
    Namespace,
    /// Every pod of the cluster.
    Cluster,
    /// Every address of a family.
    Addresses,
    /// Anyone.
    Anyone,
}

impl Breadth {
    /// Of a peer; `None` for one that is for fewer.
    pub(super) fn of(peer: &Peer) -> Option<Self> {
        match peer {
            Peer::Pods(pods) if !pods.pods.is_everything() => None,
            Peer::Pods(pods) => match &pods.namespaces {
                NamespaceMatch::Named(_) => Some(Self::Namespace),
                NamespaceMatch::Selected(selector) => selector.is_everything().then_some(Self::Cluster),
            },
            Peer::Addresses(block) => {
                let holds_all = |family| IpSet::every(family).is_subset(&block.addresses);
                Family::ALL.into_iter().any(holds_all).then_some(Self::Addresses)
            }
        }
    }

    /// Of all peers of a rule together.
    pub(super) fn of_rule(rule: &RuleAt<'_>) -> Option<Self> {
        match &rule.rule.value.peers {
            None => Some(Self::Anyone),
            Some(peers) => peers.iter().filter_map(|peer| Self::of(&peer.value)).max(),
        }
    }

    /// `every pod of the cluster`.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Namespace => "every pod of its namespace",
            Self::Cluster => "every pod of the cluster",
            Self::Addresses => "every address",
            Self::Anyone => "anyone",
        }
    }
}

/// Whether a rule is for every port.
pub(super) fn is_for_every_port(rule: &RuleAt<'_>) -> bool {
    ConnectionSet::every().is_subset(&rule.indexed.ports.fixed)
}

/// Whether a policy denies all of a direction by itself: it isolates, and allows nothing.
pub(super) fn denies_all(policy: &Policy, direction: Direction) -> bool {
    let is_called_so = || policy.object.name.to_ascii_lowercase().contains("deny");
    policy.directions.contains(direction)
        && policy.rules.iter().all(|rule| rule.value.direction != direction)
        && (policy.rules.is_empty() || is_called_so())
}

/// The rules that open the pods of a subject to very many, by the subject and the direction.
pub(super) type Openers<'a> = BTreeMap<(&'a PodMatch, Direction), (RuleAt<'a>, Breadth)>;

/// For each subject of a policy and direction, the first rule that opens all of its pods to anyone or to every pod of
/// the cluster, on every port.
pub(super) fn openers<'a>(context: &Context<'a>) -> Openers<'a> {
    let mut openers: BTreeMap<_, (RuleAt<'a>, Breadth)> = BTreeMap::new();
    for rule in context.rules() {
        let Some(breadth) = Breadth::of_rule(&rule) else { continue };
        if !matches!(breadth, Breadth::Cluster | Breadth::Anyone) || !is_for_every_port(&rule) {
            continue;
        }
        let key = (&rule.policy.subject.value, rule.rule.value.direction);
        let known = openers.entry(key).or_insert((rule, breadth));
        if breadth > known.1 {
            *known = (rule, breadth);
        }
    }
    openers
}
