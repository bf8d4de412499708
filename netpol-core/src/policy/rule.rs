//! One entry of a policy.

use super::{Certainty, Direction, Peer, Placed, PortMatch};

/// What a rule does with what it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Allows it.
    Allow,
    /// Denies it.
    Deny,
    /// Leaves it to the next stage.
    Pass,
}

/// A rule: it matches when a peer and a port match.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Rule {
    /// The direction that it speaks of.
    pub direction: Direction,
    /// What it does.
    pub action: Action,
    /// Its turn among the rules of its policy and direction: the lower comes first, equal ones act at once. Where the policies
    /// of a tier act together it is not looked at.
    pub position: u32,
    /// Whether it matches what it says.
    pub certainty: Certainty,
    /// The peers; `None` for every peer, inside and outside.
    pub peers: Option<Vec<Placed<Peer>>>,
    /// The ports; `None` for every port.
    pub ports: Option<Vec<Placed<PortMatch>>>,
}

impl Rule {
    /// A rule that allows, whose position does not matter.
    pub const fn allowing(
        direction: Direction,
        peers: Option<Vec<Placed<Peer>>>,
        ports: Option<Vec<Placed<PortMatch>>>,
    ) -> Self {
        Self { direction, action: Action::Allow, position: 0, certainty: Certainty::Yes, peers, ports }
    }
}
