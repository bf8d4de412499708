//! The index of a cluster and its policies.

use std::sync::Arc;

use crate::cluster::{Cluster, NamedPort, WorkloadId};
use crate::net::{ConnectionSet, PortSet, Protocol};
use crate::policy::{AddressBlock, Direction, Peer, PodMatch, Policy, PolicyRef, PolicySet};
use crate::selector::{Answer, Truth};

use super::class::{self, Classes};
use super::interest::Interest;
use super::pool::Pool;
use super::selection::{self, Selection};
use super::{
    Block, BlockId, Class, ClassId, IndexedPeer, IndexedPolicy, Part, Plugin, Selecting, Term, TermId, Turn,
    rules, term,
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
    pub(super) parts: Parts,
    order: Vec<Turn>,
    selection: Selection,
}

/// The parts of an index from which the others follow. Indexes of one cluster share what they have in common.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) interest: Arc<Interest>,
    pub(super) classes: Arc<Classes>,
    pub(super) pods: Pool<PodMatch>,
    pub(super) terms: Vec<Arc<Term>>,
    pub(super) addresses: Pool<AddressBlock>,
    pub(super) blocks: Vec<Arc<Block>>,
    pub(super) policies: Vec<Arc<IndexedPolicy>>,
    pub(super) opaque: Vec<Arc<IndexedPolicy>>,
}

impl Parts {
    fn acting(&self, policy: PolicyRef) -> Option<&IndexedPolicy> {
        let known = match policy {
            PolicyRef::Evaluated(place) => self.policies.get(place as usize),
            PolicyRef::Opaque(place) => self.opaque.get(place as usize),
        };
        known.map(AsRef::as_ref)
    }
}

impl PolicyIndex {
    /// Indexes a cluster and its policies.
    pub fn new(cluster: &Cluster, set: &PolicySet, plugin: Plugin) -> Self {
        let (mut pods, mut addresses) = (Pool::default(), Pool::default());
        let policies = set.policies.iter();
        let policies: Vec<Arc<IndexedPolicy>> =
            policies.map(|policy| Arc::new(indexed_policy(policy, &mut pods, &mut addresses))).collect();
        let opaque = set.opaque.iter().map(|opaque| &opaque.policy);
        let opaque =
            opaque.map(|policy| Arc::new(indexed_policy(policy, &mut pods, &mut addresses))).collect();
        let blocks = addresses.values();
        let blocks = blocks.map(|block| Arc::new(Block::new(block.as_ref().clone(), cluster))).collect();
        let interest =
            Interest::new(pods.used(), addresses.used(), policies.iter().map(AsRef::as_ref), plugin);
        let classes = class::classify(cluster, &interest);
        let terms = term::terms(pods.values(), &classes, cluster);
        let (interest, classes) = (Arc::new(interest), Arc::new(classes));
        let parts = Parts { interest, classes, pods, terms, addresses, blocks, policies, opaque };
        Self::of_parts(parts, set)
    }

    pub(super) fn of_parts(parts: Parts, set: &PolicySet) -> Self {
        let count = parts.classes.list.len();
        let order = selection::acting_order(set);
        let selection = Selection::new((set, &order), |policy| parts.acting(policy), &parts.terms, count);
        Self { parts, order, selection }
    }

    /// How the network plugin treats what the text leaves to it.
    pub fn plugin(&self) -> Plugin {
        self.parts.interest.plugin
    }

    /// A class.
    pub fn class(&self, id: ClassId) -> Option<&Class> {
        self.parts.classes.list.get(id.0 as usize)
    }

    /// How many classes there are.
    pub fn class_count(&self) -> usize {
        self.parts.classes.list.len()
    }

    /// The parts of a workload: its pods by class.
    pub fn parts(&self, workload: WorkloadId) -> &[Part] {
        self.parts.classes.parts.get(workload.0 as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// A pod selector.
    pub fn term(&self, id: TermId) -> Option<&Term> {
        self.parts.terms.get(id.0 as usize).map(AsRef::as_ref)
    }

    /// An address block.
    pub fn block(&self, id: BlockId) -> Option<&Block> {
        self.parts.blocks.get(id.0 as usize).map(AsRef::as_ref)
    }

    /// A policy, evaluated or not.
    pub fn acting(&self, policy: PolicyRef) -> Option<&IndexedPolicy> {
        self.parts.acting(policy)
    }

    /// A policy that is evaluated, by its place in the policy set.
    pub fn policy(&self, index: u32) -> Option<&IndexedPolicy> {
        self.parts.policies.get(index as usize).map(AsRef::as_ref)
    }

    /// The policies that are not evaluated and select a class, or may, in a direction or both, by their places.
    pub fn opaque_selecting(&self, class: ClassId) -> impl Iterator<Item = u32> + '_ {
        let both = Direction::ALL.into_iter().flat_map(move |direction| self.selecting(class, direction));
        let may_act = both.filter(|entry| entry.answer.truth != Truth::No);
        may_act.filter_map(|entry| match entry.policy {
            PolicyRef::Opaque(place) => Some(place),
            PolicyRef::Evaluated(_) => None,
        })
    }

    /// All policies in the order they act in.
    pub fn acting_order(&self) -> &[Turn] {
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

/// Makes a policy ready.
pub(super) fn indexed_policy(
    policy: &Policy,
    pods: &mut Pool<PodMatch>,
    addresses: &mut Pool<AddressBlock>,
) -> IndexedPolicy {
    let subject = TermId(pods.take(&policy.subject.value));
    let mut peer = |peer: &Peer| match peer {
        Peer::Pods(peer) => IndexedPeer::Term(TermId(pods.take(peer))),
        Peer::Addresses(block) => IndexedPeer::Block(BlockId(addresses.take(block))),
    };
    let rules = policy.rules.iter().map(|rule| rules::indexed_rule(&rule.value, &mut peer)).collect();
    IndexedPolicy::new(policy, subject, rules)
}
