//! Blocks of addresses, as older and as newer API servers read them.
//!
//! Source: `ParseCIDRSloppy` of k8s.io/utils and `IsValidCIDRForLegacyField` of apimachinery; KEP-4858.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net};

/// A block that at least older servers read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    /// The addresses; an IPv4-mapped block is the IPv4 block.
    pub block: IpNet,
    /// The length of the prefix as it is written.
    written_prefix: u8,
    /// Why newer servers refuse it, if they do.
    pub legacy: Option<Legacy>,
}

/// Why newer servers refuse a block that older ones read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Legacy {
    /// Leading zeros, in the address or in the length of the prefix.
    LeadingZeros,
    /// An IPv4 address in IPv6 form.
    Mapped,
    /// Bits beyond the prefix.
    HostBits,
}

impl Legacy {
    /// The API server's words.
    pub const fn message(self) -> &'static str {
        match self {
            Self::LeadingZeros => "must not have leading 0s in IP or prefix length",
            Self::Mapped => "must not have an IPv4-mapped IPv6 address",
            Self::HostBits => "must not have bits set beyond the prefix length",
        }
    }
}

impl Cidr {
    /// Reads a block as older servers do, and says what newer ones have against it.
    pub fn parse(text: &str) -> Option<Self> {
        let (address_text, prefix_text) = text.split_once('/')?;
        let written_prefix = decimal(prefix_text, 128)?;
        let prefix = u8::try_from(written_prefix).ok()?;
        let address = if address_text.contains(':') {
            IpAddr::V6(ipv6(address_text)?)
        } else {
            IpAddr::V4(ipv4(address_text)?)
        };
        let written = IpNet::new(address, prefix).ok()?;
        let legacy = if !is_canonical(address_text, prefix_text) {
            Some(Legacy::LeadingZeros)
        } else if matches!(address, IpAddr::V6(address) if address.to_ipv4_mapped().is_some()) {
            Some(Legacy::Mapped)
        } else {
            (written.addr() != written.network()).then_some(Legacy::HostBits)
        };
        Some(Self { block: unmapped(written), written_prefix: prefix, legacy })
    }

    /// Whether another block lies inside this one and is smaller.
    pub fn strictly_contains(&self, other: &Self) -> bool {
        self.block.contains(&other.block.network()) && self.written_prefix < other.written_prefix
    }
}

/// Go reads an IPv4-mapped block as the IPv4 block, when the prefix leaves the mark whole.
fn unmapped(net: IpNet) -> IpNet {
    let IpNet::V6(v6) = net else { return net.trunc() };
    let prefix = v6.prefix_len().checked_sub(96);
    let mapped = v6.network().to_ipv4_mapped();
    let block = prefix.zip(mapped).and_then(|(prefix, address)| Ipv4Net::new(address, prefix).ok());
    block.map_or_else(|| net.trunc(), IpNet::V4)
}

/// Whether a strict parser reads both parts too: no leading zeros.
fn is_canonical(address: &str, prefix: &str) -> bool {
    let is_plain = prefix == "0" || !prefix.starts_with('0');
    is_plain && address.parse::<IpAddr>().is_ok()
}

/// A decimal number of any length, up to a limit.
fn decimal(text: &str, limit: u32) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = text.trim_start_matches('0');
    if digits.is_empty() {
        return Some(0);
    }
    digits.parse().ok().filter(|number| *number <= limit)
}

/// Four decimal numbers; leading zeros do not make them octal.
fn ipv4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        *octet = u8::try_from(decimal(parts.next()?, 255)?).ok()?;
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets))
}

/// An IPv6 address whose groups may have leading zeros beyond four digits, and decimal numbers at the end.
fn ipv6(text: &str) -> Option<Ipv6Addr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    let mut plain = String::with_capacity(text.len());
    for (index, group) in text.split(':').enumerate() {
        if index > 0 {
            plain.push(':');
        }
        if group.contains('.') {
            plain.push_str(&ipv4(group)?.to_string());
        } else {
            let digits = group.trim_start_matches('0');
            plain.push_str(if digits.is_empty() && !group.is_empty() { "0" } else { digits });
        }
    }
    plain.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, Option<Legacy>)> {
        Cidr::parse(text).map(|cidr| (cidr.block.to_string(), cidr.legacy))
    }

    #[test]
    fn older_servers_read_leading_zeros_as_decimal_and_ignore_host_bits() {
        assert_eq!(read("010.0.0.0/8"), Some(("10.0.0.0/8".to_owned(), Some(Legacy::LeadingZeros))));
        assert_eq!(read("10.0.0.5/24"), Some(("10.0.0.0/24".to_owned(), Some(Legacy::HostBits))));
        assert_eq!(read("10.0.0.0/08"), Some(("10.0.0.0/8".to_owned(), Some(Legacy::LeadingZeros))));
        assert_eq!(read("::ffff:10.0.0.0/104"), Some(("10.0.0.0/8".to_owned(), Some(Legacy::Mapped))));
        assert_eq!(read("fd00:00000::/64"), Some(("fd00::/64".to_owned(), Some(Legacy::LeadingZeros))));
    }

    #[test]
    fn both_read_plain_blocks() {
        for text in ["10.0.0.0/8", "0.0.0.0/0", "::/0", "fd00::/64", "FE80::/10", "10.1.2.3/32"] {
            assert_eq!(Cidr::parse(text).unwrap().legacy, None, "{text}");
        }
    }

    #[test]
    fn nobody_reads_what_is_no_block() {
        for text in [
            "",
            "10.0.0.1",
            "10.0.0/8",
            "10.0.0.0/33",
            "10.0.0.0/+8",
            "fe80::1%eth0/64",
            " 10.0.0.0/8",
            "::/129",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_strict_subset_has_a_longer_prefix_inside() {
        let contains = |outer: &str, inner: &str| {
            Cidr::parse(outer).unwrap().strictly_contains(&Cidr::parse(inner).unwrap())
        };
        assert!(contains("10.0.0.0/8", "10.1.0.0/16"));
        assert!(!contains("10.0.0.0/8", "10.0.0.0/8"));
        assert!(!contains("10.0.0.0/8", "11.0.0.0/16"));
        assert!(!contains("10.0.0.0/8", "fd00::/64"));
    }
}
