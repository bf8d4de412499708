//! Policies with their selectors, blocks and ports made ready for the walk.

use crate::net::{ConnectionSet, PortSet, Protocol};
use crate::policy::{Action, Direction, Peer, PortMatch, Ports, Rule};

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
    /// Its rules, in order.
    pub rules: Vec<IndexedRule>,
}

/// Makes a rule ready; `peer` interns its peers.
pub(super) fn indexed_rule(rule: &Rule, mut peer: impl FnMut(&Peer) -> IndexedPeer) -> IndexedRule {
    IndexedRule {
        direction: rule.direction,
        action: rule.action,
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
