//! What policies look at, and so what tells pods apart.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rustc_hash::FxHashSet;

use crate::cluster::{Cluster, POD_INDEX, POD_NAME};
use crate::policy::{AddressBlock, PodMatch};
use crate::selector::Operator;

use super::{IndexedPolicy, Plugin};

/// What policies look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interest {
    pub(super) keys: FxHashSet<String>,
    pub(super) port_names: FxHashSet<String>,
    /// Values that selectors name for the two labels that tell StatefulSet replicas apart.
    pub(super) ordinal_values: BTreeSet<String>,
    pub(super) atoms: Atoms,
    pub(super) plugin: Plugin,
}

impl Interest {
    pub(super) fn new<'a>(
        terms: impl Iterator<Item = &'a PodMatch>,
        blocks: impl Iterator<Item = &'a AddressBlock>,
        policies: impl Iterator<Item = &'a IndexedPolicy>,
        plugin: Plugin,
    ) -> Self {
        let (mut keys, mut ordinal_values) = (FxHashSet::default(), BTreeSet::new());
        for requirement in terms.flat_map(|term| term.pods.requirements()) {
            let Some(key) = requirement.key.as_deref() else { continue };
            if !keys.contains(key) {
                keys.insert(key.to_owned());
            }
            let names_values = matches!(requirement.operator, Operator::In | Operator::NotIn);
            if names_values && is_ordinal_key(key) {
                ordinal_values.extend(requirement.values.iter().cloned());
            }
        }
        let mut port_names = FxHashSet::default();
        for name in policies.flat_map(port_names_of) {
            if !port_names.contains(name) {
                port_names.insert(name.to_owned());
            }
        }
        Self { keys, port_names, ordinal_values, atoms: Atoms::new(blocks), plugin }
    }

    pub(super) fn asks_for_ordinals(&self) -> bool {
        self.keys.contains(POD_NAME) || self.keys.contains(POD_INDEX)
    }

    /// Whether the pods of a cluster are told apart in the same way.
    pub(super) fn tells_the_same(&self, other: &Self, cluster: &Cluster) -> bool {
        self.keys == other.keys
            && self.port_names == other.port_names
            && self.ordinal_values == other.ordinal_values
            && self.plugin == other.plugin
            && (self.atoms == other.atoms || self.cuts_alike(other, cluster))
    }

    /// Whether no address of a pod lies behind a bound that only one of the two has.
    fn cuts_alike(&self, other: &Self, cluster: &Cluster) -> bool {
        let are_hosts_known = self.plugin.host_network_is_node;
        let is_apart =
            |(first, last): (IpAddr, IpAddr)| cluster.by_address.range(first..=last).next().is_none();
        (are_hosts_known || !cluster.groups.iter().any(|group| group.is_host_network))
            && self.atoms.differing(&other.atoms).into_iter().all(is_apart)
    }
}

/// The names of ports that the rules of a policy speak of.
pub(super) fn port_names_of(policy: &IndexedPolicy) -> impl Iterator<Item = &str> {
    policy.rules.iter().flat_map(|rule| &rule.ports.named).map(|port| port.name.as_str())
}

fn is_ordinal_key(key: &str) -> bool {
    key == POD_NAME || key == POD_INDEX
}

/// The first addresses of the pieces that the blocks cut the address space into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Atoms {
    v4: Vec<u32>,
    v6: Vec<u128>,
}

impl Atoms {
    fn new<'b>(blocks: impl Iterator<Item = &'b AddressBlock>) -> Self {
        let (mut v4, mut v6) = (vec![0], vec![0]);
        for set in blocks.flat_map(|block| [&block.addresses, &block.unknown]) {
            let bounds = set.v4.ranges().iter().map(|(first, last)| [Some(*first), last.checked_add(1)]);
            v4.extend(bounds.flatten().flatten());
            let bounds = set.v6.ranges().iter().map(|(first, last)| [Some(*first), last.checked_add(1)]);
            v6.extend(bounds.flatten().flatten());
        }
        v4.sort_unstable();
        v4.dedup();
        v6.sort_unstable();
        v6.dedup();
        Self { v4, v6 }
    }

    /// The first address of the piece that holds `address`.
    pub(super) fn representative(&self, address: IpAddr) -> IpAddr {
        match address {
            IpAddr::V4(address) => {
                let bits = floor(&self.v4, address.to_bits()).unwrap_or_default();
                IpAddr::V4(bits.into())
            }
            IpAddr::V6(address) => {
                let bits = floor(&self.v6, address.to_bits()).unwrap_or_default();
                IpAddr::V6(bits.into())
            }
        }
    }

    /// The addresses that have another representative in one than in the other, as ranges.
    fn differing(&self, other: &Self) -> Vec<(IpAddr, IpAddr)> {
        let v4 = differing(&self.v4, &other.v4, (u32::MAX, |bound| bound.wrapping_sub(1)));
        let v4 =
            v4.into_iter().map(|(first, last)| (Ipv4Addr::from(first).into(), Ipv4Addr::from(last).into()));
        let v6 = differing(&self.v6, &other.v6, (u128::MAX, |bound| bound.wrapping_sub(1)));
        let v6 =
            v6.into_iter().map(|(first, last)| (Ipv6Addr::from(first).into(), Ipv6Addr::from(last).into()));
        v4.chain(v6).collect()
    }
}

/// What lies between each bound that only one list has and the next bound of any.
fn differing<T: Copy + Ord>(one: &[T], other: &[T], (greatest, before): (T, fn(T) -> T)) -> Vec<(T, T)> {
    let mut all: Vec<T> = one.iter().chain(other).copied().collect();
    all.sort_unstable();
    let bounds: Vec<(T, usize)> =
        all.chunk_by(T::eq).filter_map(|same| Some((*same.first()?, same.len()))).collect();
    let ends = bounds.iter().skip(1).map(|(bound, _)| before(*bound)).chain([greatest]);
    let pieces = bounds.iter().zip(ends).filter(|((_, lists), _)| *lists == 1);
    pieces.map(|((first, _), last)| (*first, last)).collect()
}

fn floor<T: Copy + Ord>(sorted: &[T], number: T) -> Option<T> {
    let after = sorted.partition_point(|entry| *entry <= number);
    after.checked_sub(1).and_then(|index| sorted.get(index)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::IpSet;

    fn atoms(cidrs: &[&str]) -> Atoms {
        let block = |cidr: &&str| AddressBlock::known(IpSet::block(cidr.parse().unwrap()));
        let blocks: Vec<AddressBlock> = cidrs.iter().map(block).collect();
        Atoms::new(blocks.iter())
    }

    #[test]
    fn a_bound_that_one_lacks_differs_up_to_the_next() {
        let (wide, narrow) = (atoms(&["10.0.0.0/8"]), atoms(&["10.0.0.0/9"]));
        let between: (IpAddr, IpAddr) = ("10.128.0.0".parse().unwrap(), "10.255.255.255".parse().unwrap());
        let behind: (IpAddr, IpAddr) = ("11.0.0.0".parse().unwrap(), "255.255.255.255".parse().unwrap());
        assert_eq!(wide.differing(&narrow), [between, behind]);
        assert_eq!(narrow.differing(&wide), [between, behind]);
        assert_eq!(wide.differing(&wide), []);
    }
}
