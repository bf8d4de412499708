//! Rules that nothing in the input uses.

use crate::cluster::Cluster;
use crate::index::{Block, Class, ClassId, ClassSet, IndexedPeer, IndexedRule, PolicyIndex};
use crate::net::IpSet;
use crate::policy::{Direction, NamedBy, Placed, Policy, PolicySet, Rule};
use crate::selector::Truth;

/// A rule that no workload and no address of the input has a use for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnusedRule {
    /// The policy, by its place in the policy set.
    pub policy: u32,
    /// The place of the rule in the policy.
    pub rule: usize,
    /// Why nothing uses it.
    pub why: Why,
}

/// Why nothing uses a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The policy does not act in the direction of the rule.
    NoEffect,
    /// The policy selects no workload.
    NoSubject,
    /// No workload, and no address outside, is among its peers.
    NoPeer,
    /// No destination has a port of the name that it wants.
    NoPort,
}

impl Why {
    /// `no-effect`, `no-subject`, `no-peer` or `no-port`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoEffect => "no-effect",
            Self::NoSubject => "no-subject",
            Self::NoPeer => "no-peer",
            Self::NoPort => "no-port",
        }
    }
}

/// The rules that certainly nothing in the input uses, in the order of the input.
pub(super) fn unused(cluster: &Cluster, set: &PolicySet, index: &PolicyIndex) -> Vec<UnusedRule> {
    let scene = Scene { cluster, index, outside: cluster.outside(), has_classes: index.class_count() > 0 };
    let policies = (0u32..).zip(&set.policies);
    let rules = policies.flat_map(|(place, policy)| scene.of_policy(place, policy));
    rules.collect()
}

#[derive(Debug)]
struct Scene<'a> {
    cluster: &'a Cluster,
    index: &'a PolicyIndex,
    outside: IpSet,
    has_classes: bool,
}

impl Scene<'_> {
    fn of_policy(&self, place: u32, policy: &Policy) -> Vec<UnusedRule> {
        let Some(indexed) = self.index.policy(place) else { return Vec::new() };
        let subject = self.index.term(indexed.subject);
        let subjects: Vec<ClassId> =
            subject.map(|term| term.selected.iter().chain(term.unknown.iter()).collect()).unwrap_or_default();
        let rules = policy.rules.iter().zip(&indexed.rules).enumerate();
        let unused = rules.filter_map(|(number, (rule, indexed))| {
            let why = self.why((policy, rule), indexed, &subjects)?;
            Some(UnusedRule { policy: place, rule: number, why })
        });
        unused.collect()
    }

    fn why(
        &self,
        (policy, rule): (&Policy, &Placed<Rule>),
        indexed: &IndexedRule,
        subjects: &[ClassId],
    ) -> Option<Why> {
        if !policy.directions.contains(rule.value.direction) {
            return Some(Why::NoEffect);
        }
        if subjects.is_empty() {
            return Some(Why::NoSubject);
        }
        if !self.has_peer(indexed) {
            return Some(Why::NoPeer);
        }
        let has_port = !indexed.ports.fixed.is_empty()
            || !indexed.ports.unknown.is_empty()
            || self.has_named_port(indexed, subjects);
        (!has_port).then_some(Why::NoPort)
    }

    fn has_peer(&self, rule: &IndexedRule) -> bool {
        let Some(peers) = &rule.peers else { return self.has_classes || !self.outside.is_empty() };
        peers.iter().any(|peer| match peer {
            IndexedPeer::Term(_) => {
                self.classes(*peer).is_some_and(|(some, more)| !some.is_empty() || !more.is_empty())
            }
            IndexedPeer::Block(id) => self.index.block(*id).is_some_and(|block| {
                let held = block.block.addresses.union(&block.block.unknown);
                held.overlaps(&self.outside) || self.holds_pods(*peer) || self.names_nodes(block)
            }),
        })
    }

    /// The classes that a peer selects, and those that it may.
    fn classes(&self, peer: IndexedPeer) -> Option<(&ClassSet, &ClassSet)> {
        let IndexedPeer::Term(id) = peer else { return None };
        self.index.term(id).map(|term| (&term.selected, &term.unknown))
    }

    /// Whether a block names nodes, and there are some.
    fn names_nodes(&self, block: &Block) -> bool {
        let NamedBy::Nodes(selector) = &block.block.named_by else { return false };
        self.cluster.nodes.iter().any(|node| selector.matches(&node.labels).truth != Truth::No)
    }

    fn holds_pods(&self, peer: IndexedPeer) -> bool {
        let IndexedPeer::Block(id) = peer else { return false };
        let Some(block) = self.index.block(id) else { return false };
        let may_hold = |class: &Class| {
            class.doubted.is_some()
                || crate::net::Family::ALL.into_iter().any(|family| {
                    let address = class.address(family);
                    let answer = match address {
                        _ if class.is_node => {
                            let addresses = address.map_or_else(IpSet::empty, IpSet::single);
                            block.holds_node(self.cluster, class.node, &addresses, family).truth
                        }
                        Some(address) => block.holds_pod(address),
                        None => block.unknown_pod(family).truth,
                    };
                    answer != Truth::No
                })
        };
        let blocks_matter = |class: &&Class| class.is_node || self.index.plugin().blocks_select_pods;
        self.every_class().filter(blocks_matter).any(may_hold)
    }

    fn has_named_port(&self, rule: &IndexedRule, subjects: &[ClassId]) -> bool {
        let is_named = |class: &Class| {
            let named = rule.ports.named.iter();
            named.into_iter().any(|query| class.named_ports.iter().any(|port| query.accepts(port)))
        };
        if rule.direction == Direction::Ingress {
            return subjects.iter().filter_map(|id| self.index.class(*id)).any(is_named);
        }
        let Some(peers) = &rule.peers else { return self.every_class().any(is_named) };
        peers.iter().any(|peer| match self.classes(*peer) {
            Some((some, more)) => {
                some.iter().chain(more.iter()).filter_map(|id| self.index.class(id)).any(is_named)
            }
            None => self.holds_pods(*peer) && self.every_class().any(is_named),
        })
    }

    fn every_class(&self) -> impl Iterator<Item = &Class> {
        (0u32..).map_while(|id| self.index.class(ClassId(id)))
    }
}
