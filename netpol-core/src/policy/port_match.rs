//! The ports that a rule describes.

use super::Placed;
use crate::net::Protocol;

/// One port item of a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortMatch {
    /// The protocol; `None` when the text holds a placeholder for it.
    pub protocol: Option<Protocol>,
    /// The ports of that protocol.
    pub ports: Ports,
}

/// The ports of one protocol.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ports {
    /// Every port.
    Every,
    /// From the first to the last, both included.
    Range(u16, u16),
    /// The container ports of this name, on the destination pod.
    Named(String),
    /// A placeholder.
    Unknown,
}

/// Port items with their places.
pub type PlacedPorts = Vec<Placed<PortMatch>>;
