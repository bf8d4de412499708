//! Blocks of addresses, and what they say of an address that is not known.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::Value;

use super::Truth;
use super::labels::items;

/// The ranges that pods are taken to live in when nothing better is known.
const PRIVATE: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];

/// An `ipBlock`.
#[derive(Debug, Clone)]
pub struct Block {
    pub cidr: IpNet,
    pub except: Vec<IpNet>,
}

impl Block {
    /// Reads an `ipBlock`; `None` when the API server would refuse it.
    pub fn read(block: &Value) -> Option<Self> {
        let cidr = read_cidr(block["cidr"].as_str()?)?;
        let except: Option<Vec<IpNet>> = items(&block["except"])
            .iter()
            .map(|except| read_cidr(except.as_str().unwrap_or_default()))
            .collect();
        let except = except?;
        let is_inside = |except: &IpNet| cidr.contains(except) && except.prefix_len() > cidr.prefix_len();
        except.iter().all(is_inside).then_some(Self { cidr, except })
    }

    /// Whether an address is in the block.
    pub fn holds(&self, address: IpAddr) -> bool {
        self.cidr.contains(&address) && !self.except.iter().any(|except| except.contains(&address))
    }

    /// Whether the block holds all of these addresses that are of a family, or none.
    pub fn holds_all(&self, addresses: &[IpAddr], family: Family) -> Truth {
        let own = addresses.iter().filter(|address| Family::of(**address) == family);
        let held: BTreeSet<bool> = own.map(|address| self.holds(*address)).collect();
        match (held.contains(&true), held.contains(&false)) {
            (true, false) => Truth::Yes,
            (true, true) => Truth::Unknown,
            (false, _) => Truth::No,
        }
    }

    /// Whether the block holds a pod whose address, of this family, is not in the input.
    pub fn holds_some_pod(&self, family: Family, pod_cidrs: &[IpNet]) -> Truth {
        let of_family = |block: &IpNet| Family::of(block.addr()) == family;
        let pods: Vec<IpNet> = pod_cidrs.iter().copied().filter(of_family).collect();
        if pods.is_empty() {
            let private = PRIVATE.iter().map(|text| text.parse::<IpNet>().unwrap());
            let ranges: Vec<IpNet> = private.filter(of_family).collect();
            return match ranges.iter().filter(|range| self.covers(range)).count() {
                0 => Truth::No,
                count if count == ranges.len() => Truth::Yes,
                _ => Truth::Unknown,
            };
        }
        if pods.iter().all(|range| self.covers(range)) {
            Truth::Yes
        } else if pods.iter().any(|range| self.touches(range)) {
            Truth::Unknown
        } else {
            Truth::No
        }
    }

    /// Whether the block is the whole space of the family.
    pub fn is_everything(&self, family: Family) -> bool {
        Family::of(self.cidr.addr()) == family && self.cidr.prefix_len() == 0 && self.except.is_empty()
    }

    /// Whether every address of the range is in the block. Blocks of addresses are nested or disjoint.
    fn covers(&self, range: &IpNet) -> bool {
        let is_cut = |except: &IpNet| except.contains(range) || range.contains(except);
        self.cidr.contains(range) && !self.except.iter().any(is_cut)
    }

    /// Whether some address of the range is in the block.
    fn touches(&self, range: &IpNet) -> bool {
        let common = if range.contains(&self.cidr) {
            self.cidr
        } else if self.cidr.contains(range) {
            *range
        } else {
            return false;
        };
        !is_used_up(common, &self.except)
    }
}

/// Whether networks together hold a pod whose address, of this family, is not in the input.
pub fn networks_hold_some_pod(networks: &[IpNet], family: Family, pod_cidrs: &[IpNet]) -> Truth {
    let of_family = |block: &IpNet| Family::of(block.addr()) == family;
    let known: Vec<IpNet> = pod_cidrs.iter().copied().filter(of_family).collect();
    let usual: Vec<IpNet> =
        PRIVATE.iter().map(|text| text.parse::<IpNet>().unwrap()).filter(of_family).collect();
    let ranges = if known.is_empty() { &usual } else { &known };
    let is_touched = |range: &IpNet| networks.iter().any(|it| it.contains(range) || range.contains(it));
    let covered = ranges.iter().filter(|range| is_used_up(**range, networks)).count();
    // Of ranges that are only taken to be the pods', one that is held in part counts as not held.
    let touched = ranges.iter().filter(|range| !known.is_empty() && is_touched(range)).count();
    match (covered, covered.max(touched)) {
        (all, _) if all == ranges.len() => Truth::Yes,
        (_, 0) => Truth::No,
        _ => Truth::Unknown,
    }
}

/// Whether the blocks together hold all of `range`.
fn is_used_up(range: IpNet, blocks: &[IpNet]) -> bool {
    if blocks.iter().any(|block| block.contains(&range)) {
        return true;
    }
    if !blocks.iter().any(|block| range.contains(block)) {
        return false;
    }
    range.subnets(range.prefix_len() + 1).unwrap().all(|half| is_used_up(half, blocks))
}

/// IPv4 or IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    V4,
    V6,
}

impl Family {
    /// The family of an address.
    pub fn of(address: IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }
}

/// Reads a CIDR as older API servers do: leading zeros are decimal, bits beyond the prefix are dropped.
pub fn read_cidr(text: &str) -> Option<IpNet> {
    let (address, prefix) = text.split_once('/')?;
    if prefix.is_empty() || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let prefix: u8 = prefix.parse().ok()?;
    let address: IpAddr = address.parse().ok().or_else(|| without_zeros(address)?.parse().ok())?;
    IpNet::new(address, prefix).ok().map(|block| block.trunc())
}

fn without_zeros(address: &str) -> Option<String> {
    let octets: Option<Vec<String>> =
        address.split('.').map(|octet| Some(octet.parse::<u8>().ok()?.to_string())).collect();
    Some(octets?.join("."))
}
