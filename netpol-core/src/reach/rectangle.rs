//! Sources and destinations with the same answer.

use std::sync::Arc;

use super::ShareId;
use crate::evaluate::Reason;
use crate::net::{Decided, IpSet};

/// One side of a rectangle.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Pods of the cluster: sorted, never empty.
    Pods(Arc<[ShareId]>),
    /// Addresses outside; never empty.
    Addresses(IpSet),
}

impl Side {
    /// The pods; none for addresses.
    pub fn pods(&self) -> &[ShareId] {
        match self {
            Self::Pods(shares) => shares,
            Self::Addresses(_) => &[],
        }
    }

    /// The addresses, if it is addresses.
    pub const fn addresses(&self) -> Option<&IpSet> {
        match self {
            Self::Pods(_) => None,
            Self::Addresses(addresses) => Some(addresses),
        }
    }
}

/// Why a connection is as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Because {
    /// Policies that select an end have something to say.
    Rules,
    /// No policy selects either end in its direction.
    NotIsolated,
}

/// Each of some sources towards each of some destinations: what may flow.
///
/// The rectangles of a map are disjoint: a pair of ends is in one of them, or is denied.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rectangle {
    /// The sources.
    pub from: Side,
    /// The destinations.
    pub to: Side,
    /// What is allowed and what unknown; never nothing.
    pub decided: Decided,
    /// Why.
    pub because: Because,
    /// Why some of it is unknown, sorted.
    pub reasons: Vec<Reason>,
}
