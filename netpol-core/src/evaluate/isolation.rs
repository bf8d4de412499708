//! What can be said of a subject whoever the other end is: whether it is isolated, and what every pod that a selector
//! could select may exchange with it.

use super::party::Party;
use super::row::Subject;
use super::rows::{self, Rows};
use super::walk::{self, Found};
use super::{PolicyRef, pair};
use crate::cluster::NamedPort;
use crate::index::{Class, NamedPortQuery, class::ClassAddresses};
use crate::net::{Decided, Protocol};
use crate::policy::{Direction, PodMatch, PolicySet};
use crate::selector::{Labels, Truth, Unlisted};

/// Whether and by what a subject is isolated in one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Isolation {
    /// Whether a tier that denies by default selects it.
    pub isolated: Truth,
    /// The policies that select it, or may, in the order they act in.
    pub policies: Vec<PolicyRef>,
}

impl Default for Isolation {
    fn default() -> Self {
        Self { isolated: Truth::No, policies: Vec::new() }
    }
}

/// The policies that isolate what they select in a direction, by their places in the policy set.
pub fn isolating(set: &PolicySet, direction: Direction) -> impl Iterator<Item = u32> + '_ {
    let policies = (0u32..).zip(&set.policies);
    let isolating = policies.filter(move |(_, policy)| {
        let tier = set.pipeline.tiers.get(usize::from(policy.tier.0));
        policy.directions.contains(direction) && tier.is_some_and(walk::isolates)
    });
    isolating.map(|(place, _)| place)
}

impl Rows<'_> {
    /// Whether and by what a subject is isolated in a direction.
    pub fn isolation(&self, subject: Subject, direction: Direction) -> Isolation {
        let Some(party) = rows::party_of(self.source, subject) else { return Isolation::default() };
        let family = party.families(self.source.cluster).first().copied();
        let walk = family.map(|family| {
            pair::walk(self.source, direction, (&party, &party), family, &self.every).isolation()
        });
        walk.unwrap_or_default()
    }

    /// What a subject may exchange with every pod that each of some selectors selects, those that do not exist among
    /// them. What is allowed to some of them only is not in it.
    pub fn towards_every(&self, subject: Subject, direction: Direction, peers: &[PodMatch]) -> Vec<Decided> {
        let nothing = || vec![Decided::nothing(); peers.len()];
        let Some(party) = rows::party_of(self.source, subject) else { return nothing() };
        let view = self.anyone(subject, direction);
        peers.iter().map(|pods| self.towards(direction, &party, pods, &view)).collect()
    }

    fn towards(&self, direction: Direction, subject: &Party<'_>, pods: &PodMatch, view: &Class) -> Decided {
        let peer = Party::Selected { pods: pods.clone(), view: view.clone() };
        let families = pair::common_families(self.source, subject, &peer);
        let answers = families.into_iter().map(|family| {
            let walk = pair::walk(self.source, direction, (subject, &peer), family, &self.every);
            let Found { decided, .. } = walk.run();
            decided
        });
        let decided = answers.reduce(|all, decided| all.and(&decided)).unwrap_or_default();
        if pods.has_placeholder() {
            return Decided { unknown: decided.possible(), ..Decided::nothing() };
        }
        decided
    }

    /// A pod of which nothing is known: a port that a rule names may have any number there.
    fn anyone(&self, subject: Subject, direction: Direction) -> Class {
        let selecting = self.source.index.selecting(subject.class, direction).iter();
        let named = selecting.flat_map(|entry| self.rules(entry.policy)).flat_map(|rule| &rule.ports.named);
        let mut named_ports: Vec<NamedPort> = named.flat_map(any_number).collect();
        named_ports.sort_unstable();
        named_ports.dedup();
        Class {
            namespace: None,
            labels: Labels::default().with_unlisted(Unlisted::Unknown),
            named_ports,
            addresses: ClassAddresses::Unknown,
            node: None,
            is_node: false,
        }
    }
}

/// A port of this name may have any number.
fn any_number(query: &NamedPortQuery) -> Vec<NamedPort> {
    let protocols = query.protocol.map_or(Protocol::ALL.to_vec(), |protocol| vec![protocol]);
    let port = |protocol| NamedPort { name: query.name.clone(), protocol, number: None };
    protocols.into_iter().map(port).collect()
}
