//! One entry of a policy.

use super::{Direction, Peer, Placed, PortMatch};

/// What a rule does with what it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Allows it.
    Allow,
    /// Denies it.
    Deny,
    /// Leaves it to the next tier.
    Pass,
}

/// A rule: it matches when a peer and a port match.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Rule {
    /// The direction that it speaks of.
    pub direction: Direction,
    /// What it does.
    pub action: Action,
    /// The peers; `None` for every peer, inside and outside.
    pub peers: Option<Vec<Placed<Peer>>>,
    /// The ports; `None` for every port.
    pub ports: Option<Vec<Placed<PortMatch>>>,
}
