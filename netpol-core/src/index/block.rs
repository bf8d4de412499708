//! Address blocks of rules, and which pods and nodes they hold.

use std::net::IpAddr;

use crate::cluster::{Cluster, NodeId};
use crate::net::{Family, IpSet};
use crate::policy::{AddressBlock, NamedBy};
use crate::selector::{Selector, Truth};

/// Names a block of a [`super::PolicyIndex`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockId(pub u32);

/// A distinct block, with its answers for pods and nodes whose addresses are not known.
#[derive(Debug, Clone)]
pub struct Block {
    /// The addresses; of a block that names nodes, those that the cluster's nodes have.
    pub block: AddressBlock,
    /// Whether it holds a pod whose address is not known, for IPv4 and IPv6.
    pods: [BlockAnswer; 2],
    /// Whether it holds a node whose address is not known, for IPv4 and IPv6.
    nodes: [BlockAnswer; 2],
}

/// Whether a block holds an address, and what that rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockAnswer {
    /// Yes, no or unknown.
    pub truth: Truth,
    /// Whether it rests on the assumption that pods live inside the usual private blocks.
    pub is_assumed: bool,
}

impl BlockAnswer {
    const fn firm(truth: Truth) -> Self {
        Self { truth, is_assumed: false }
    }

    const fn assumed(truth: Truth) -> Self {
        Self { truth, is_assumed: true }
    }
}

impl Block {
    /// The block with its answers in a cluster.
    pub fn new(block: AddressBlock, cluster: &Cluster) -> Self {
        let facts = &cluster.facts;
        let block = match &block.named_by {
            NamedBy::Nodes(selector) => of_nodes(selector, cluster),
            NamedBy::Domains(_) => without_nodes(block, cluster),
            NamedBy::Block => block,
        };
        let pods = Family::ALL.map(|family| match block.named_by {
            NamedBy::Block => pod_answer(&block, family, &facts.pod_cidrs),
            NamedBy::Nodes(_) | NamedBy::Domains(_) => BlockAnswer::firm(Truth::No),
        });
        let nodes = Family::ALL.map(|family| {
            let known = facts.node_addresses.in_family(family);
            let space = if known.is_empty() { IpSet::every(family) } else { known };
            BlockAnswer::firm(holds(&block, &space))
        });
        Self { block, pods, nodes }
    }

    /// Whether the block holds a pod of this family whose address is not known.
    pub const fn unknown_pod(&self, family: Family) -> BlockAnswer {
        let [v4, v6] = self.pods;
        match family {
            Family::V4 => v4,
            Family::V6 => v6,
        }
    }

    /// Whether the block holds a pod that has an address.
    pub fn holds_pod(&self, address: IpAddr) -> Truth {
        match self.block.named_by {
            NamedBy::Block => self.holds_address(address),
            NamedBy::Nodes(_) | NamedBy::Domains(_) => Truth::No,
        }
    }

    /// Whether the block holds a node, or a pod in its network. A node is met at any of its addresses; of one that is not
    /// known nothing is known.
    pub fn holds_node(
        &self,
        cluster: &Cluster,
        node: Option<NodeId>,
        addresses: &IpSet,
        family: Family,
    ) -> BlockAnswer {
        let of_labels = |selector: &Selector| match node.and_then(|node| cluster.node(node)) {
            Some(node) => selector.matches(&node.labels).truth,
            None if selector.is_everything() => Truth::Yes,
            None => Truth::Unknown,
        };
        match &self.block.named_by {
            NamedBy::Domains(_) => BlockAnswer::firm(Truth::No),
            NamedBy::Nodes(selector) => BlockAnswer::firm(of_labels(selector)),
            NamedBy::Block if addresses.is_empty() => self.unknown_node(family),
            NamedBy::Block => BlockAnswer::firm(self.holds(&addresses.in_family(family))),
        }
    }

    /// Whether the block holds a node of this family whose address is not known.
    const fn unknown_node(&self, family: Family) -> BlockAnswer {
        let [v4, v6] = self.nodes;
        match family {
            Family::V4 => v4,
            Family::V6 => v6,
        }
    }

    /// Whether the block holds an address.
    fn holds_address(&self, address: IpAddr) -> Truth {
        if self.block.addresses.contains(address) {
            Truth::Yes
        } else if self.block.unknown.contains(address) {
            Truth::Unknown
        } else {
            Truth::No
        }
    }

    /// Whether the block holds something that has one of `possible` as its address.
    pub fn holds(&self, possible: &IpSet) -> Truth {
        holds(&self.block, possible)
    }
}

/// The addresses of the nodes that a selector selects, and of those that it may select.
fn of_nodes(selector: &Selector, cluster: &Cluster) -> AddressBlock {
    let of = |wanted: Truth| {
        let selected = cluster.nodes.iter().filter(|node| selector.matches(&node.labels).truth == wanted);
        selected.fold(IpSet::empty(), |all, node| all.union(&node.addresses))
    };
    let unknown = of(Truth::Unknown);
    AddressBlock { addresses: of(Truth::Yes), unknown, named_by: NamedBy::Nodes(selector.clone()) }
}

/// A host outside is no node.
fn without_nodes(mut block: AddressBlock, cluster: &Cluster) -> AddressBlock {
    let known = cluster.facts.node_addresses.clone();
    let nodes = cluster.nodes.iter().fold(known, |all, node| all.union(&node.addresses));
    block.unknown = block.unknown.difference(&nodes);
    block
}

fn holds(block: &AddressBlock, possible: &IpSet) -> Truth {
    if possible.is_subset(&block.addresses) {
        Truth::Yes
    } else if possible.overlaps(&block.addresses) || possible.overlaps(&block.unknown) {
        Truth::Unknown
    } else {
        Truth::No
    }
}

/// The blocks that pods are taken to live in when nothing says where they do.
pub fn usual_pod_blocks(family: Family) -> Vec<IpSet> {
    use ipnet::{IpNet, Ipv4Net, Ipv6Net};
    use std::net::{Ipv4Addr, Ipv6Addr};
    let v4 = |a: u8, b: u8, prefix: u8| Ipv4Net::new(Ipv4Addr::new(a, b, 0, 0), prefix).map(IpNet::V4).ok();
    let blocks = match family {
        Family::V4 => vec![v4(10, 0, 8), v4(172, 16, 12), v4(192, 168, 16)],
        Family::V6 => {
            vec![Ipv6Net::new(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7).map(IpNet::V6).ok()]
        }
    };
    blocks.into_iter().flatten().map(IpSet::block).collect()
}

/// Whether a block holds a pod of a family whose address is not known: the pod blocks settle it where they are
/// known; else a block that covers all the usual ones does, and one that covers none of them whole does not.
fn pod_answer(block: &AddressBlock, family: Family, pod_cidrs: &IpSet) -> BlockAnswer {
    let known = pod_cidrs.in_family(family);
    if !known.is_empty() {
        return BlockAnswer::firm(holds(block, &known));
    }
    if !block.unknown.is_empty_in(family) {
        return BlockAnswer::firm(Truth::Unknown);
    }
    if block.addresses.is_empty_in(family) {
        return BlockAnswer::firm(Truth::No);
    }
    if IpSet::every(family).is_subset(&block.addresses) {
        return BlockAnswer::firm(Truth::Yes);
    }
    let usual = usual_pod_blocks(family);
    let covered = usual.iter().filter(|set| set.is_subset(&block.addresses)).count();
    match covered {
        0 => BlockAnswer::assumed(Truth::No),
        all if all == usual.len() => BlockAnswer::assumed(Truth::Yes),
        _ => BlockAnswer::firm(Truth::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(cidrs: &[&str], excepts: &[&str]) -> AddressBlock {
        let set = |cidrs: &[&str]| IpSet::blocks(cidrs.iter().map(|cidr| cidr.parse().unwrap()));
        AddressBlock::known(set(cidrs).difference(&set(excepts)))
    }

    fn answer(cidrs: &[&str], excepts: &[&str]) -> BlockAnswer {
        pod_answer(&block(cidrs, excepts), Family::V4, &IpSet::empty())
    }

    #[test]
    fn a_block_around_the_usual_ranges_selects_pods() {
        assert_eq!(answer(&["0.0.0.0/0"], &[]), BlockAnswer::firm(Truth::Yes));
        assert_eq!(answer(&["0.0.0.0/0"], &["169.254.169.254/32"]), BlockAnswer::assumed(Truth::Yes));
    }

    #[test]
    fn a_block_that_covers_no_usual_range_whole_selects_no_pod_by_assumption() {
        assert_eq!(answer(&["10.20.0.0/16"], &[]), BlockAnswer::assumed(Truth::No));
        let world = answer(&["0.0.0.0/0"], &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]);
        assert_eq!(world, BlockAnswer::assumed(Truth::No));
    }

    #[test]
    fn a_block_that_covers_some_usual_ranges_is_unknown() {
        assert_eq!(answer(&["10.0.0.0/8"], &[]), BlockAnswer::firm(Truth::Unknown));
    }

    #[test]
    fn known_pod_blocks_settle_it() {
        let pods = IpSet::block("10.244.0.0/16".parse().unwrap());
        let of = |cidr: &str| pod_answer(&block(&[cidr], &[]), Family::V4, &pods).truth;
        assert_eq!(of("10.0.0.0/8"), Truth::Yes);
        assert_eq!(of("10.96.0.0/12"), Truth::No);
        assert_eq!(of("10.244.1.0/24"), Truth::Unknown);
    }

    #[test]
    fn a_block_of_the_other_family_holds_nothing() {
        assert_eq!(pod_answer(&block(&["10.0.0.0/8"], &[]), Family::V6, &IpSet::empty()).truth, Truth::No);
    }
}
