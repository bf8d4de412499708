//! Ports that containers declare by name.

use crate::net::Protocol;

/// A named port of a pod.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamedPort {
    /// The name.
    pub name: String,
    /// The protocol.
    pub protocol: Protocol,
    /// The number; `None` when the text holds a placeholder.
    pub number: Option<u16>,
}
