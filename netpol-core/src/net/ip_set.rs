//! Sets of addresses of both families.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};

use super::{Bound, RangeSet};

/// A family of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// Both, IPv4 first.
    pub const ALL: [Self; 2] = [Self::V4, Self::V6];

    /// The family of an address.
    pub const fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self::V4,
            IpAddr::V6(_) => Self::V6,
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        })
    }
}

/// A canonical set of IPv4 and IPv6 addresses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct IpSet {
    /// The IPv4 addresses, as numbers.
    pub v4: RangeSet<u32>,
    /// The IPv6 addresses, as numbers.
    pub v6: RangeSet<u128>,
}

impl IpSet {
    /// No address.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Every address of a family.
    pub fn every(family: Family) -> Self {
        match family {
            Family::V4 => Self { v4: RangeSet::range(0, u32::MAX), v6: RangeSet::empty() },
            Family::V6 => Self { v4: RangeSet::empty(), v6: RangeSet::range(0, u128::MAX) },
        }
    }

    /// One address.
    pub fn single(address: IpAddr) -> Self {
        Self::block(IpNet::from(address))
    }

    /// The addresses of a block; bits beyond the prefix are ignored.
    pub fn block(block: IpNet) -> Self {
        match block {
            IpNet::V4(net) => Self {
                v4: RangeSet::range(net.network().to_bits(), net.broadcast().to_bits()),
                v6: RangeSet::empty(),
            },
            IpNet::V6(net) => Self {
                v4: RangeSet::empty(),
                v6: RangeSet::range(net.network().to_bits(), net.broadcast().to_bits()),
            },
        }
    }

    /// The union of blocks.
    pub fn blocks(blocks: impl IntoIterator<Item = IpNet>) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for block in blocks {
            match block {
                IpNet::V4(net) => v4.push((net.network().to_bits(), net.broadcast().to_bits())),
                IpNet::V6(net) => v6.push((net.network().to_bits(), net.broadcast().to_bits())),
            }
        }
        Self { v4: RangeSet::from_ranges(v4), v6: RangeSet::from_ranges(v6) }
    }

    /// The union of sets.
    pub fn union_of<'s>(sets: impl IntoIterator<Item = &'s Self>) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for set in sets {
            v4.extend_from_slice(set.v4.ranges());
            v6.extend_from_slice(set.v6.ranges());
        }
        Self { v4: RangeSet::from_ranges(v4), v6: RangeSet::from_ranges(v6) }
    }

    /// Whether no address is in the set.
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// Whether no address of a family is in the set.
    pub fn is_empty_in(&self, family: Family) -> bool {
        match family {
            Family::V4 => self.v4.is_empty(),
            Family::V6 => self.v6.is_empty(),
        }
    }

    /// Whether an address is in the set.
    pub fn contains(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => self.v4.contains(address.to_bits()),
            IpAddr::V6(address) => self.v6.contains(address.to_bits()),
        }
    }

    /// The addresses in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self { v4: self.v4.union(&other.v4), v6: self.v6.union(&other.v6) }
    }

    /// The addresses in any of some sets.
    pub fn of_all(sets: &[&Self]) -> Self {
        let v4 = sets.iter().flat_map(|set| set.v4.ranges()).copied();
        let v6 = sets.iter().flat_map(|set| set.v6.ranges()).copied();
        Self { v4: RangeSet::from_ranges(v4), v6: RangeSet::from_ranges(v6) }
    }

    /// One address of each family that the set has.
    #[must_use]
    pub fn example(&self) -> Self {
        fn first<T: Bound>(set: &RangeSet<T>) -> RangeSet<T> {
            set.ranges().first().map_or_else(RangeSet::empty, |(first, _)| RangeSet::range(*first, *first))
        }
        Self { v4: first(&self.v4), v6: first(&self.v6) }
    }

    /// The addresses in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self { v4: self.v4.intersection(&other.v4), v6: self.v6.intersection(&other.v6) }
    }

    /// The addresses in this set and not in the other.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Self { v4: self.v4.difference(&other.v4), v6: self.v6.difference(&other.v6) }
    }

    /// The addresses of one family.
    #[must_use]
    pub fn in_family(&self, family: Family) -> Self {
        match family {
            Family::V4 => Self { v4: self.v4.clone(), v6: RangeSet::empty() },
            Family::V6 => Self { v4: RangeSet::empty(), v6: self.v6.clone() },
        }
    }

    /// Whether every address of this set is in the other.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.v4.is_subset(&other.v4) && self.v6.is_subset(&other.v6)
    }

    /// Whether some address is in both sets.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.v4.overlaps(&other.v4) || self.v6.overlaps(&other.v6)
    }

    /// The smallest list of blocks that makes up the set: disjoint, sorted, IPv4 first.
    pub fn cidrs(&self) -> Vec<IpNet> {
        let v4 = self.v4.ranges().iter().flat_map(|(first, last)| {
            Ipv4Subnets::new(Ipv4Addr::from_bits(*first), Ipv4Addr::from_bits(*last), 0).map(IpNet::V4)
        });
        let v6 = self.v6.ranges().iter().flat_map(|(first, last)| {
            Ipv6Subnets::new(Ipv6Addr::from_bits(*first), Ipv6Addr::from_bits(*last), 0).map(IpNet::V6)
        });
        v4.chain(v6).collect()
    }
}

/// A block less the blocks inside it that are not meant, as `cidr` and `except` of the API spell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoledBlock {
    /// The block.
    pub block: IpNet,
    /// The blocks inside it that are not meant: disjoint, sorted.
    pub excepts: Vec<IpNet>,
}

impl IpSet {
    /// The set as blocks with excepts: one of each family where that takes fewer blocks, else as [`IpSet::cidrs`].
    pub fn holed_blocks(&self) -> Vec<HoledBlock> {
        let families = Family::ALL.into_iter().map(|family| self.in_family(family));
        families.flat_map(|set| set.holed_blocks_of_family()).collect()
    }

    fn holed_blocks_of_family(&self) -> Vec<HoledBlock> {
        let cidrs = self.cidrs();
        let hull = cidrs.first().zip(cidrs.last()).map(|(first, last)| hull(*first, *last));
        let whole =
            hull.map(|block| HoledBlock { block, excepts: Self::block(block).difference(self).cidrs() });
        match whole {
            Some(whole) if !whole.excepts.is_empty() && whole.excepts.len() + 1 < cidrs.len() => vec![whole],
            _ => cidrs.into_iter().map(|block| HoledBlock { block, excepts: Vec::new() }).collect(),
        }
    }
}

/// The smallest block that holds both.
fn hull(first: IpNet, last: IpNet) -> IpNet {
    let mut hull = first;
    while !hull.contains(&last) {
        match hull.supernet() {
            Some(wider) => hull = wider,
            None => break,
        }
    }
    hull
}

impl fmt::Display for IpSet {
    /// The blocks of [`IpSet::cidrs`], joined by commas; a block of one address without its prefix.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, block) in self.cidrs().into_iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            if block.prefix_len() == block.max_prefix_len() {
                write!(f, "{separator}{}", block.addr())?;
            } else {
                write!(f, "{separator}{block}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str) -> IpSet {
        IpSet::block(text.parse().unwrap())
    }

    #[test]
    fn blocks_come_back_merged_and_sorted() {
        let set = block("10.128.0.0/9").union(&block("fd00::/8")).union(&block("10.0.0.0/9"));
        assert_eq!(set.to_string(), "10.0.0.0/8, fd00::/8");
        let cut = block("10.0.0.0/30").difference(&block("10.0.0.1/32"));
        assert_eq!(cut.to_string(), "10.0.0.0, 10.0.0.2/31");
    }

    #[test]
    fn the_whole_space_is_one_block_a_family() {
        let all = IpSet::every(Family::V4).union(&IpSet::every(Family::V6));
        assert_eq!(all.to_string(), "0.0.0.0/0, ::/0");
        assert!(block("0.0.0.0/0").contains("255.255.255.255".parse().unwrap()));
        assert!(!block("0.0.0.0/0").contains("::1".parse().unwrap()));
    }
}
