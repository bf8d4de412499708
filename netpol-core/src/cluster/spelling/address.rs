//! Addresses and blocks, the internet, and everything outside.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::{Note, Resolved, SpellingError};
use crate::cluster::{Cluster, Endpoint, PodNames};
use crate::net::{Family, IpSet};

/// How many pods a note names.
const NAMED_PODS: usize = 3;

/// The blocks of IPv4 that are not globally routable unicast addresses: first address and prefix.
/// Source: the IANA IPv4 Special-Purpose Address Registry, and the multicast and reserved space.
const SPECIAL_V4: [([u8; 4], u8); 18] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 31, 196, 0], 24),
    ([192, 52, 193, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([192, 175, 48, 0], 24),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// The blocks of `2000::/3`, the global unicast space of IPv6, that are set aside.
/// Source: the IANA IPv6 Special-Purpose Address Registry.
const SPECIAL_V6: [([u16; 3], u8); 5] = [
    ([0x2001, 0, 0], 23),
    ([0x2001, 0xdb8, 0], 32),
    ([0x2002, 0, 0], 16),
    ([0x2620, 0x4f, 0x8000], 48),
    ([0x3fff, 0, 0], 20),
];

/// Globally routable unicast addresses of a family: those outside the special-purpose blocks of the IANA registries.
pub fn internet(family: Family) -> IpSet {
    match family {
        Family::V4 => {
            let special = SPECIAL_V4
                .into_iter()
                .filter_map(|(address, prefix)| Ipv4Net::new(Ipv4Addr::from(address), prefix).ok())
                .map(IpNet::V4);
            IpSet::every(Family::V4).difference(&IpSet::blocks(special))
        }
        Family::V6 => {
            let net = |first: [u16; 3], prefix: u8| {
                let [a, b, c] = first;
                Ipv6Net::new(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix).map(IpNet::V6).ok()
            };
            let unicast = net([0x2000, 0, 0], 3).map(IpSet::block).unwrap_or_default();
            let special = SPECIAL_V6.into_iter().filter_map(|(first, prefix)| net(first, prefix));
            unicast.difference(&IpSet::blocks(special))
        }
    }
}

/// What an address or a block stands for; `None` for a text that is neither.
pub(super) fn resolve(cluster: &Cluster, text: &str) -> Option<Result<Resolved, SpellingError>> {
    let bare = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(text);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Some(one_address(cluster, address));
    }
    if let Ok(block) = bare.parse::<IpNet>() {
        return Some(some_addresses(cluster, text, &IpSet::block(block)));
    }
    looks_like_address(bare).then(|| Err(SpellingError::Address { text: text.to_owned() }))
}

/// Whether a text can be meant for an address or a block alone: `10.0.0.300`, `10.0.0.0/33`, `fd00::/129`.
fn looks_like_address(text: &str) -> bool {
    let address = text.split_once('/').map_or(text, |(address, _)| address);
    let is_v4 = address.split('.').count() == 4
        && address.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    is_v4 || address.contains("::") || (text != address && address.parse::<IpAddr>().is_ok())
}

/// The globally routable addresses of the families that the cluster uses.
pub(super) fn the_internet(cluster: &Cluster) -> Result<Resolved, SpellingError> {
    let families = cluster.families.iter().map(|family| internet(*family));
    let addresses = families.fold(IpSet::empty(), |all, family| all.union(&family));
    some_addresses(cluster, "internet", &addresses)
}

/// Every address outside the cluster that no pod has; `None` when there is none.
pub(super) fn outside(cluster: &Cluster) -> Option<Endpoint> {
    let pods = IpSet::blocks(cluster.by_address.keys().copied().map(IpNet::from));
    let addresses = cluster.outside().difference(&pods);
    (!addresses.is_empty()).then_some(Endpoint::Addresses(addresses))
}

/// What `outside` stands for.
pub(super) fn everything_outside(cluster: &Cluster) -> Result<Resolved, SpellingError> {
    let nothing = || SpellingError::NothingOutside { text: "outside".to_owned() };
    outside(cluster).map(Resolved::one).ok_or_else(nothing)
}

/// The address of a pod means the pod.
fn one_address(cluster: &Cluster, address: IpAddr) -> Result<Resolved, SpellingError> {
    if let Some(id) = cluster.by_address.get(&address)
        && let Some(group) = cluster.group(*id)
    {
        let endpoint = cluster.endpoint_of_pod(group.workload, *id);
        let note = Note::AddressOfPod { address: address.to_string(), pod: cluster.spelled_pod(*id) };
        return Ok(Resolved { endpoints: vec![endpoint], notes: vec![note] });
    }
    let of_service = cluster.by_service_address.get(&address);
    if let Some(service) = of_service.and_then(|number| cluster.services.get(*number as usize)) {
        let text = address.to_string();
        return Err(SpellingError::Service { text, backends: cluster.backends(service) });
    }
    let is_of_pods = cluster.facts.pod_cidrs.contains(address);
    let notes =
        if is_of_pods { vec![Note::AddressOfNoPod { address: address.to_string() }] } else { Vec::new() };
    Ok(Resolved { endpoints: vec![Endpoint::Addresses(IpSet::single(address))], notes })
}

/// The addresses outside the cluster among `wanted`; pods inside are left out and named.
fn some_addresses(cluster: &Cluster, text: &str, wanted: &IpSet) -> Result<Resolved, SpellingError> {
    let v4 = wanted.v4.ranges().iter().map(|(first, last)| {
        IpAddr::V4(Ipv4Addr::from_bits(*first))..=IpAddr::V4(Ipv4Addr::from_bits(*last))
    });
    let v6 = wanted.v6.ranges().iter().map(|(first, last)| {
        IpAddr::V6(Ipv6Addr::from_bits(*first))..=IpAddr::V6(Ipv6Addr::from_bits(*last))
    });
    let inside: Vec<_> = v4.chain(v6).flat_map(|range| cluster.by_address.range(range)).collect();
    let facts = &cluster.facts;
    let taken = IpSet::blocks(inside.iter().map(|(address, _)| IpNet::from(**address)));
    let left = wanted.difference(&taken).difference(&facts.pod_cidrs).difference(&facts.service_cidrs);
    let left = left.difference(&facts.node_addresses);
    if left.is_empty() {
        return Err(SpellingError::NothingOutside { text: text.to_owned() });
    }
    let mut notes = Vec::new();
    if !inside.is_empty() {
        let first = inside.iter().take(NAMED_PODS).map(|(_, group)| cluster.spelled_pod(**group)).collect();
        notes.push(Note::PodsLeftOut { block: text.to_owned(), count: inside.len(), first });
    }
    Ok(Resolved { endpoints: vec![Endpoint::Addresses(left)], notes })
}

impl Cluster {
    /// The globally routable addresses outside the cluster.
    pub fn internet(&self) -> IpSet {
        let families = self.outside_families.iter().map(|family| internet(*family));
        families.fold(IpSet::empty(), |all, family| all.union(&family)).intersection(&self.outside())
    }

    /// `namespace/pod`.
    pub(super) fn spelled_pod(&self, id: crate::cluster::GroupId) -> String {
        let group = self.group(id);
        let space = group.and_then(|group| self.namespace(group.namespace));
        let namespace = space.map(|space| space.name.as_str()).unwrap_or_default();
        match group.map(|group| (&group.names, group.namespace)) {
            Some((PodNames::Pod(name), space)) if self.named(space, name).len() > 1 => {
                format!("{namespace}/pod/{name}")
            }
            Some((PodNames::Pod(name), _)) => format!("{namespace}/{name}"),
            _ => format!("{namespace}/{}", self.pod_name(id, None)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_internet_has_no_private_or_reserved_address() {
        let internet = internet(Family::V4).union(&internet(Family::V6));
        for address in ["8.8.8.8", "1.1.1.1", "223.255.255.255", "2606:4700::1111"] {
            assert!(internet.contains(address.parse().unwrap()), "{address}");
        }
        for address in
            ["10.0.0.1", "169.254.169.254", "224.0.0.1", "100.64.0.1", "fd00::1", "2001:db8::1", "::1"]
        {
            assert!(!internet.contains(address.parse().unwrap()), "{address}");
        }
    }
}
