//! The ports that a question asks for.

use crate::net::{ConnectionSet, PortSet, Protocol};

/// The ports that a question asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asked {
    /// Every port of TCP, UDP and SCTP.
    Every,
    /// Every port of a protocol.
    Protocol(Protocol),
    /// A range of ports of a protocol, both ends included.
    Range(Protocol, u16, u16),
    /// Several ports and ranges, of one protocol or of more.
    Several(ConnectionSet),
    /// A port that the destination names; of any protocol when none is given.
    Named(Option<Protocol>, String),
}

impl Asked {
    /// The ports that are asked for whatever the destination is; `None` for a named port.
    pub fn fixed(&self) -> Option<ConnectionSet> {
        match self {
            Self::Every => Some(ConnectionSet::every()),
            Self::Protocol(protocol) => Some(ConnectionSet::of(*protocol, PortSet::every())),
            Self::Range(protocol, first, last) => {
                Some(ConnectionSet::of(*protocol, PortSet::range(*first, *last)))
            }
            Self::Several(ports) => Some(ports.clone()),
            Self::Named(..) => None,
        }
    }
}
