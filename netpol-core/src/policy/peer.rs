//! The other end, as a rule describes it.

use super::PodMatch;
use crate::net::IpSet;
use crate::selector::Selector;

/// Addresses that a rule names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressBlock {
    /// The addresses that the block holds.
    pub addresses: IpSet,
    /// The addresses that it may hold: a placeholder stands in its text.
    pub unknown: IpSet,
    /// What names them.
    pub named_by: NamedBy,
}

/// What names the addresses of a rule, and so what else is met at them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NamedBy {
    /// A block: it holds nodes too, and pods where the network plugin lets it.
    Block,
    /// The labels of nodes: all their addresses, and no pod's but those in their network. Which addresses these are, the
    /// cluster tells.
    Nodes(Selector),
    /// Names of hosts outside.
    Domains(Vec<String>),
}

impl AddressBlock {
    /// Known addresses.
    pub fn known(addresses: IpSet) -> Self {
        Self { addresses, unknown: IpSet::empty(), named_by: NamedBy::Block }
    }
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
