//! The pipeline of tiers that a connection passes through.

use super::{Action, Direction};

/// Names a tier of a [`Pipeline`] by its place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TierId(pub u16);

/// How the policies of one tier act together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Combine {
    /// Any matching rule of any policy allows.
    AnyAllows,
    /// The first matching rule decides, in order of rank, name and rule.
    FirstMatch,
    /// A matching deny rule denies; else any matching allow rule allows.
    DenyOverrides,
}

/// What happens to what no rule of the selecting policies matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoMatch {
    /// It is denied: to be selected is to be isolated.
    Deny,
    /// The next tier decides.
    NextTier,
}

/// What a tier does with traffic between a pod and the node that it runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OwnNode {
    /// The rules decide.
    Rules,
    /// It is allowed whatever the rules say.
    Allowed,
    /// What the rules deny is unknown: the text leaves it to the network plugin.
    UnknownWhereDenied,
}

/// One stage of the pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// The name, as explanations show it.
    pub name: String,
    /// How its policies act together.
    pub combine: Combine,
    /// What happens to what no rule matches.
    pub no_match: NoMatch,
    /// Traffic from the own node to the pod.
    pub own_node_ingress: OwnNode,
    /// Traffic from the pod to its own node.
    pub own_node_egress: OwnNode,
}

impl Tier {
    /// What the tier does with traffic between a pod and its own node, seen from the pod.
    pub const fn own_node(&self, direction: Direction) -> OwnNode {
        match direction {
            Direction::Ingress => self.own_node_ingress,
            Direction::Egress => self.own_node_egress,
        }
    }
}

/// The tiers in order, and what holds after the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// The tiers, first to last.
    pub tiers: Vec<Tier>,
    /// What holds for what no tier decides.
    pub default: Action,
}
