//! The other end, as a rule describes it.

use super::PodMatch;
use crate::net::IpSet;

/// Addresses that a rule names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressBlock {
    /// The addresses that the block holds.
    pub addresses: IpSet,
    /// The addresses that it may hold: a placeholder stands in its text.
    pub unknown: IpSet,
}

/// One peer of a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Peer {
    /// Pods.
    Pods(PodMatch),
    /// Addresses: those outside the cluster, and pods' where the network plugin lets a block select pods.
    /// Behind a pointer: most peers are pods, which take a quarter of the room.
    Addresses(Box<AddressBlock>),
}
