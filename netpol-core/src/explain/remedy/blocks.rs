//! Blocks of addresses that name what was asked, in few words, and no pod.

use ipnet::IpNet;

use super::Remedy;
use super::side::Side;
use crate::cluster::Cluster;
use crate::explain::scene::Scene;
use crate::net::{Family, HoledBlock, IpSet};
use crate::policy::{AddressBlock, Peer};

/// So many blocks and exceptions a rule may have to be read by somebody.
const FEW: usize = 8;

/// What is left out of the whole space to name the internet in short: the private, shared and link-local blocks.
const NOT_PUBLIC: [&str; 5] =
    ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];
/// The space of IPv6 in which all public addresses lie.
const PUBLIC_V6: &str = "2000::/3";

/// The peers that name addresses outside the cluster.
pub(super) fn peers(scene: Scene<'_>, side: &Side, addresses: &IpSet) -> Result<Vec<Peer>, Box<Remedy>> {
    if is_of_services(scene.cluster, addresses) {
        return Err(Remedy::ServiceAddress(addresses.clone()).into());
    }
    let is_good = |set: &IpSet| is_short(set) && !side.lets_in_others(scene.cluster, set);
    let sets = [Some(addresses.clone()), internet_in_short(scene.cluster, addresses)];
    match sets.into_iter().flatten().find(is_good) {
        Some(set) => Ok(of_set(&set)),
        None => Err(Remedy::NoBlock(addresses.clone()).into()),
    }
}

/// A peer for each block, with its excepts.
pub(super) fn of_set(addresses: &IpSet) -> Vec<Peer> {
    let peer = |holed: HoledBlock| {
        let excepts = IpSet::blocks(holed.excepts);
        let addresses = IpSet::block(holed.block).difference(&excepts);
        Peer::Addresses(Box::new(AddressBlock::known(addresses)))
    };
    addresses.holed_blocks().into_iter().map(peer).collect()
}

fn is_short(set: &IpSet) -> bool {
    set.holed_blocks().iter().map(|holed| 1 + holed.excepts.len()).sum::<usize>() <= FEW
}

/// All public addresses, and of the others such as nothing has: reserved, multicast and the like. `None` where something
/// else was asked.
fn internet_in_short(cluster: &Cluster, addresses: &IpSet) -> Option<IpSet> {
    let block = |text: &str| text.parse::<IpNet>().map(IpSet::block).unwrap_or_default();
    let v4 = NOT_PUBLIC.iter().fold(IpSet::every(Family::V4), |left, text| left.difference(&block(text)));
    let all = v4.union(&block(PUBLIC_V6));
    let asked = Family::ALL.into_iter().filter(|family| !addresses.is_empty_in(*family));
    let all = asked.fold(IpSet::empty(), |set, family| set.union(&all.in_family(family)));
    let pods = IpSet::blocks(cluster.by_address.keys().copied().map(IpNet::from));
    let all = all.intersection(&cluster.outside()).difference(&pods);
    let others = all.difference(addresses);
    (addresses.is_subset(&all) && !others.overlaps(&cluster.internet())).then_some(all)
}

/// Whether all of some addresses are those of Services: a policy sees the pods behind them alone.
fn is_of_services(cluster: &Cluster, addresses: &IpSet) -> bool {
    let of_input = IpSet::blocks(cluster.by_service_address.keys().copied().map(IpNet::from));
    let usual = USUAL_SERVICES.iter().filter_map(|text| text.parse().ok()).map(IpSet::single);
    let usual = usual.fold(IpSet::empty(), |all, one| all.union(&one));
    let known = of_input.union(&cluster.facts.service_cidrs).union(&usual);
    addresses.is_subset(&known)
}

/// The addresses that the API server and the DNS have as Services in most clusters.
const USUAL_SERVICES: [&str; 10] = [
    "10.96.0.1",
    "10.96.0.10",
    "10.43.0.1",
    "10.43.0.10",
    "10.100.0.1",
    "10.100.0.10",
    "172.20.0.1",
    "172.20.0.10",
    "172.30.0.1",
    "172.30.0.10",
];
