//! Policies with their selectors, blocks and ports made ready for the walk.

use crate::net::{ConnectionSet, PortSet, Protocol};
use crate::policy::{Action, Certainty, Direction, Peer, Policy, PortMatch, Ports, Rule};

use super::{BlockId, NamedPortQuery, TermId};

/// A peer of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IndexedPeer {
    /// Pods.
    Term(TermId),
    /// Addresses.
    Block(BlockId),
}

/// The ports of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IndexedPorts {
    /// What it matches whatever the destination is.
    pub fixed: ConnectionSet,
    /// What it may match: a placeholder stands for a port.
    pub unknown: ConnectionSet,
    /// Ports that the destination names.
    pub named: Vec<NamedPortQuery>,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedRule {
    /// The direction.
    pub direction: Direction,
    /// What it does.
    pub action: Action,
    /// Its turn among the rules of its policy.
    pub position: u32,
    /// Whether it matches what it says.
    pub certainty: Certainty,
    /// The peers; `None` for every peer.
    pub peers: Option<Vec<IndexedPeer>>,
    /// The ports.
    pub ports: IndexedPorts,
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedPolicy {
    /// Its subject.
    pub subject: TermId,
    /// Its rules, as they are written.
    pub rules: Vec<IndexedRule>,
    ingress: Acts,
    egress: Acts,
}

/// What a policy does in a direction.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Acts {
    isolates: Certainty,
    /// The places of its rules, by their positions.
    rules: Box<[u32]>,
    /// Whether it has rules that allow, deny and pass.
    actions: [bool; 3],
}

impl Acts {
    fn new(policy: &Policy, rules: &[IndexedRule], direction: Direction) -> Self {
        let own = || (0u32..).zip(rules).filter(|(_, rule)| rule.direction == direction);
        let mut places: Vec<(u32, u32)> = own().map(|(place, rule)| (rule.position, place)).collect();
        places.sort_unstable();
        let has = |action| own().any(|(_, rule)| rule.action == action);
        Self {
            isolates: policy.isolation(direction),
            rules: places.into_iter().map(|(_, place)| place).collect(),
            actions: [Action::Allow, Action::Deny, Action::Pass].map(has),
        }
    }
}

impl IndexedPolicy {
    pub(super) fn new(policy: &Policy, subject: TermId, rules: Vec<IndexedRule>) -> Self {
        let acts = |direction| Acts::new(policy, &rules, direction);
        let (ingress, egress) = (acts(Direction::Ingress), acts(Direction::Egress));
        Self { subject, rules, ingress, egress }
    }

    /// Whether it isolates what it selects in a direction.
    pub const fn isolates(&self, direction: Direction) -> Certainty {
        self.acts(direction).isolates
    }

    /// Its rules of a direction by their positions, with their places.
    pub fn rules_in_turn(&self, direction: Direction) -> impl Iterator<Item = (usize, &IndexedRule)> {
        self.rules_at(direction, None)
    }

    /// Its rules of a direction at a position, or at any, with their places.
    pub fn rules_at(
        &self,
        direction: Direction,
        position: Option<u32>,
    ) -> impl Iterator<Item = (usize, &IndexedRule)> {
        let all = &self.acts(direction).rules;
        let before = |position: u32| {
            all.partition_point(|place| {
                self.rules.get(*place as usize).is_some_and(|rule| rule.position < position)
            })
        };
        let first = position.map_or(0, before);
        let end = position.and_then(|position| position.checked_add(1)).map_or(all.len(), before);
        let places = all.get(first..end).unwrap_or_default().iter().map(|place| *place as usize);
        places.filter_map(|place| Some((place, self.rules.get(place)?)))
    }

    /// Whether a rule of a direction does this.
    pub const fn has(&self, direction: Direction, action: Action) -> bool {
        let [allow, deny, pass] = self.acts(direction).actions;
        match action {
            Action::Allow => allow,
            Action::Deny => deny,
            Action::Pass => pass,
        }
    }

    const fn acts(&self, direction: Direction) -> &Acts {
        match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        }
    }
}

/// Makes a rule ready; `peer` interns its peers.
pub(super) fn indexed_rule(rule: &Rule, mut peer: impl FnMut(&Peer) -> IndexedPeer) -> IndexedRule {
    IndexedRule {
        direction: rule.direction,
        action: rule.action,
        position: rule.position,
        certainty: rule.certainty,
        peers: rule.peers.as_ref().map(|peers| peers.iter().map(|entry| peer(&entry.value)).collect()),
        ports: match &rule.ports {
            None => IndexedPorts { fixed: ConnectionSet::every(), ..IndexedPorts::default() },
            Some(ports) => ports.iter().fold(IndexedPorts::default(), |all, port| all.with(&port.value)),
        },
    }
}

impl IndexedPorts {
    /// The ports of one item.
    pub fn of(port: &PortMatch) -> Self {
        Self::default().with(port)
    }

    fn with(mut self, port: &PortMatch) -> Self {
        let protocols = port.protocol.map_or(Protocol::ALL.to_vec(), |protocol| vec![protocol]);
        let over = |ports: &PortSet| {
            protocols.iter().fold(ConnectionSet::empty(), |set, protocol| {
                set.union(&ConnectionSet::of(*protocol, ports.clone()))
            })
        };
        match &port.ports {
            Ports::Named(name) => {
                self.named.push(NamedPortQuery { protocol: port.protocol, name: name.clone() });
                return self;
            }
            // A placeholder for the protocol leaves open which one is meant.
            Ports::Every if port.protocol.is_some() => {
                self.fixed = self.fixed.union(&over(&PortSet::every()));
            }
            Ports::Range(first, last) if port.protocol.is_some() => {
                self.fixed = self.fixed.union(&over(&PortSet::range(*first, *last)));
            }
            Ports::Range(first, last) => {
                self.unknown = self.unknown.union(&over(&PortSet::range(*first, *last)));
            }
            Ports::Every | Ports::Unknown => self.unknown = self.unknown.union(&over(&PortSet::every())),
        }
        self
    }
}
