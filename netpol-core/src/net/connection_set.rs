//! What may flow: protocols and ports of the destination.

use std::fmt;

use super::{PortSet, Protocol};

/// A set of (protocol, destination port) pairs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ConnectionSet {
    ports: [PortSet; 3],
}

impl ConnectionSet {
    /// No connection.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Every port of TCP, UDP and SCTP.
    pub fn every() -> Self {
        Self { ports: [PortSet::every(), PortSet::every(), PortSet::every()] }
    }

    /// Some ports of one protocol.
    pub fn of(protocol: Protocol, ports: PortSet) -> Self {
        let mut set = Self::default();
        *set.slot(protocol) = ports;
        set
    }

    /// The ports of one protocol.
    pub fn ports(&self, protocol: Protocol) -> &PortSet {
        let [tcp, udp, sctp] = &self.ports;
        match protocol {
            Protocol::Tcp => tcp,
            Protocol::Udp => udp,
            Protocol::Sctp => sctp,
        }
    }

    /// Whether nothing may flow.
    pub fn is_empty(&self) -> bool {
        self.ports.iter().all(PortSet::is_empty)
    }

    /// Whether a port of a protocol is in the set.
    pub fn contains(&self, protocol: Protocol, port: u16) -> bool {
        self.ports(protocol).contains(port)
    }

    /// What is in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.zip(other, PortSet::union)
    }

    /// Adds what is in the other set.
    pub fn extend(&mut self, other: &Self) {
        if !other.is_subset(self) {
            *self = self.union(other);
        }
    }

    /// What is in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.zip(other, PortSet::intersection)
    }

    /// What is in this set and not in the other.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.zip(other, PortSet::difference)
    }

    /// Whether all of this set is in the other.
    pub fn is_subset(&self, other: &Self) -> bool {
        Protocol::ALL.into_iter().all(|protocol| self.ports(protocol).is_subset(other.ports(protocol)))
    }

    /// Whether something is in both sets.
    pub fn overlaps(&self, other: &Self) -> bool {
        Protocol::ALL.into_iter().any(|protocol| self.ports(protocol).overlaps(other.ports(protocol)))
    }

    /// The protocols that have a port in the set, each with its ports, in the order of [`Protocol::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Protocol, &PortSet)> {
        Protocol::ALL
            .into_iter()
            .map(|protocol| (protocol, self.ports(protocol)))
            .filter(|(_, ports)| !ports.is_empty())
    }

    fn slot(&mut self, protocol: Protocol) -> &mut PortSet {
        let [tcp, udp, sctp] = &mut self.ports;
        match protocol {
            Protocol::Tcp => tcp,
            Protocol::Udp => udp,
            Protocol::Sctp => sctp,
        }
    }

    fn zip(&self, other: &Self, combine: impl Fn(&PortSet, &PortSet) -> PortSet) -> Self {
        let ([tcp, udp, sctp], [other_tcp, other_udp, other_sctp]) = (&self.ports, &other.ports);
        Self { ports: [combine(tcp, other_tcp), combine(udp, other_udp), combine(sctp, other_sctp)] }
    }
}

impl fmt::Display for ConnectionSet {
    /// `tcp/80, tcp/8000-8100, every udp port`, `every port` or `nothing`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing");
        }
        if *self == Self::every() {
            return f.write_str("every port");
        }
        let mut separator = "";
        for (protocol, ports) in self.iter() {
            for (first, last) in ports.ranges() {
                match (first, last) {
                    (1, &u16::MAX) => write!(f, "{separator}every {} port", protocol.lower())?,
                    (first, last) if first == last => write!(f, "{separator}{}/{first}", protocol.lower())?,
                    (first, last) => write!(f, "{separator}{}/{first}-{last}", protocol.lower())?,
                }
                separator = ", ";
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_short_and_exact() {
        let http = ConnectionSet::of(Protocol::Tcp, PortSet::from_ranges([(80, 80), (8000, 8100)]));
        assert_eq!(http.to_string(), "tcp/80, tcp/8000-8100");
        let udp = ConnectionSet::of(Protocol::Udp, PortSet::every());
        assert_eq!(http.union(&udp).to_string(), "tcp/80, tcp/8000-8100, every udp port");
        assert_eq!(ConnectionSet::every().to_string(), "every port");
        assert_eq!(ConnectionSet::empty().to_string(), "nothing");
    }
}
