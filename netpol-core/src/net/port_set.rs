//! Sets of port numbers.

use super::RangeSet;

/// A set of ports, each from 1 to 65535.
pub type PortSet = RangeSet<u16>;

impl PortSet {
    /// Every port: 1 to 65535.
    pub fn every() -> Self {
        Self::range(1, u16::MAX)
    }

    /// One port.
    pub fn single(port: u16) -> Self {
        Self::range(port, port)
    }
}
