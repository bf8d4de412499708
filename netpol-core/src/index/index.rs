//! The index of a cluster and its policies.

use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashSet};

use crate::cluster::{Cluster, NamedPort, WorkloadId};
use crate::net::{ConnectionSet, PortSet, Protocol};
use crate::policy::{AddressBlock, Direction, Peer, PodMatch, PolicySet, Ports};
use crate::selector::{Answer, Operator};

use super::class::{self, Classes, Interest};
use super::selection::{self, OpaqueSelection, Selection};
use super::{
    Block, BlockId, Class, ClassId, IndexedPeer, IndexedPolicy, Part, Plugin, Selecting, Term, TermId, rules,
    term,
};

/// A container port that a question or a rule names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamedPortQuery {
    /// The protocol; any when there is none.
    pub protocol: Option<Protocol>,
    /// The name.
    pub name: String,
}

impl NamedPortQuery {
    /// Whether a port has the name and the protocol.
    pub fn accepts(&self, port: &NamedPort) -> bool {
        port.name == self.name && self.protocol.is_none_or(|protocol| protocol == port.protocol)
    }

    /// The ports of this name that `class` has: those whose number is known, and what an unknown number may be.
    pub fn resolve(&self, class: &Class) -> (ConnectionSet, ConnectionSet) {
        let (mut known, mut unknown) = (ConnectionSet::empty(), ConnectionSet::empty());
        for port in class.named_ports.iter().filter(|port| self.accepts(port)) {
            match port.number {
                Some(number) => {
                    known = known.union(&ConnectionSet::of(port.protocol, PortSet::single(number)));
                }
                None => unknown = unknown.union(&ConnectionSet::of(port.protocol, PortSet::every())),
            }
        }
        (known, unknown)
    }
}

/// Everything that makes an answer cheap.
#[derive(Debug)]
pub struct PolicyIndex {
    classes: Classes,
    terms: Vec<Term>,
    blocks: Vec<Block>,
    policies: Vec<IndexedPolicy>,
    opaque: OpaqueSelection,
    order: Vec<u32>,
    selection: Selection,
    plugin: Plugin,
}

impl PolicyIndex {
    /// Indexes a cluster and its policies.
    pub fn new(cluster: &Cluster, set: &PolicySet, plugin: Plugin) -> Self {
        let mut pods: Interned<PodMatch> = Interned::default();
        let mut blocks: Interned<AddressBlock> = Interned::default();
        let policies = intern_policies(set, &mut pods, &mut blocks);
        let opaque_subjects: Vec<Option<TermId>> = set
            .opaque
            .iter()
            .map(|opaque| opaque.subject.as_ref().map(|subject| TermId(pods.id(subject))))
            .collect();
        let blocks: Vec<Block> =
            blocks.values.into_iter().map(|block| Block::new(block, &cluster.facts)).collect();
        let pods: Vec<PodMatch> = pods.values.into_iter().collect();
        let classes = {
            let interest = interest(&pods, set, &blocks, plugin);
            class::classify(cluster, &interest)
        };
        let terms = term::terms(pods, &classes, cluster);
        let opaque = OpaqueSelection::new(&opaque_subjects, &terms, classes.list.len());
        let order = selection::acting_order(set);
        let selection = Selection::new(set, &order, &policies, &terms, classes.list.len());
        Self { classes, terms, blocks, policies, opaque, order, selection, plugin }
    }

    /// How the network plugin treats what the text leaves to it.
    pub const fn plugin(&self) -> Plugin {
        self.plugin
    }

    /// A class.
    pub fn class(&self, id: ClassId) -> Option<&Class> {
        self.classes.list.get(id.0 as usize)
    }

    /// How many classes there are.
    pub const fn class_count(&self) -> usize {
        self.classes.list.len()
    }

    /// The parts of a workload: its pods by class.
    pub fn parts(&self, workload: WorkloadId) -> &[Part] {
        self.classes.parts.get(workload.0 as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// A pod selector.
    pub fn term(&self, id: TermId) -> Option<&Term> {
        self.terms.get(id.0 as usize)
    }

    /// An address block.
    pub fn block(&self, id: BlockId) -> Option<&Block> {
        self.blocks.get(id.0 as usize)
    }

    /// A policy, by its place in the policy set.
    pub fn policy(&self, index: u32) -> Option<&IndexedPolicy> {
        self.policies.get(index as usize)
    }

    /// The opaque policies that select a class, or may, by their places in the policy set.
    pub fn opaque_selecting(&self, class: ClassId) -> impl Iterator<Item = u32> + '_ {
        self.opaque.of(class)
    }

    /// The places of all policies in the order they act in.
    pub fn acting_order(&self) -> &[u32] {
        &self.order
    }

    /// The policies that select a class in a direction, or may, in the order they act in.
    pub fn selecting(&self, class: ClassId, direction: Direction) -> &[Selecting] {
        self.selection.of(class, direction)
    }

    /// Whether a term selects the pods of a class of this index.
    pub fn answer(&self, term: TermId, class: ClassId) -> Answer {
        self.term(term).map_or(Answer::UNKNOWN, |term| term.answer(class))
    }
}

/// Distinct values in the order in which they were first seen.
#[derive(Debug)]
struct Interned<T> {
    values: IndexSet<T, FxBuildHasher>,
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Self { values: IndexSet::default() }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Interned<T> {
    fn id(&mut self, value: &T) -> u32 {
        let index =
            self.values.get_index_of(value).unwrap_or_else(|| self.values.insert_full(value.clone()).0);
        u32::try_from(index).unwrap_or(u32::MAX)
    }
}

fn intern_policies(
    set: &PolicySet,
    pods: &mut Interned<PodMatch>,
    blocks: &mut Interned<AddressBlock>,
) -> Vec<IndexedPolicy> {
    let mut peer = |peer: &Peer, pods: &mut Interned<PodMatch>| match peer {
        Peer::Pods(peer) => IndexedPeer::Term(TermId(pods.id(peer))),
        Peer::Addresses(block) => IndexedPeer::Block(BlockId(blocks.id(block))),
    };
    set.policies
        .iter()
        .map(|policy| IndexedPolicy {
            subject: TermId(pods.id(&policy.subject.value)),
            rules: policy
                .rules
                .iter()
                .map(|rule| rules::indexed_rule(&rule.value, |entry| peer(entry, pods)))
                .collect(),
        })
        .collect()
}

/// What the policies look at.
fn interest<'a>(
    pods: &'a [PodMatch],
    set: &'a PolicySet,
    blocks: &'a [Block],
    plugin: Plugin,
) -> Interest<'a> {
    let requirements = || pods.iter().flat_map(|term| term.pods.requirements());
    let keys: FxHashSet<&str> = requirements().filter_map(|requirement| requirement.key.as_deref()).collect();
    let ordinal_values = requirements()
        .filter(|requirement| matches!(requirement.operator, Operator::In | Operator::NotIn))
        .filter(|requirement| requirement.key.as_deref().is_some_and(Interest::is_ordinal_key))
        .flat_map(|requirement| requirement.values.iter().map(String::as_str))
        .collect();
    let rules = set.policies.iter().flat_map(|policy| &policy.rules);
    let ports = rules.flat_map(|rule| rule.value.ports.iter().flatten());
    let port_names = ports.filter_map(|port| match &port.value.ports {
        Ports::Named(name) => Some(name.as_str()),
        _ => None,
    });
    Interest { keys, port_names: port_names.collect(), ordinal_values, blocks, plugin }
}
