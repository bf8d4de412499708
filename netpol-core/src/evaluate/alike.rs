//! What the rules of a subject tell apart.

use std::collections::{BTreeMap, BTreeSet};

use super::tier;
use super::units::Source;
use crate::index::{Block, BlockId, IndexedPeer, Selecting, Term, TermId};
use crate::net::{ConnectionSet, Family, IpSet};
use crate::policy::{Direction, PolicyRef, TierId};
use crate::selector::Truth;

/// The peers that the rules of a subject name.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// Those that count one by one.
    alone: BTreeSet<IndexedPeer>,
    /// Those of rules with equal ports, where it only counts whether one of them matches.
    together: Vec<BTreeSet<IndexedPeer>>,
}

impl Named {
    /// The peers of the rules of some policies that select a subject.
    pub(super) fn new(source: Source<'_>, selecting: &[Selecting], direction: Direction) -> Self {
        let mut alone: BTreeSet<IndexedPeer> = BTreeSet::new();
        let mut together: BTreeMap<(TierId, u32, &ConnectionSet), BTreeSet<IndexedPeer>> = BTreeMap::new();
        // What a policy that is not evaluated may overrule is unknown for all that the walk saw on its way.
        let is_certain = selecting.iter().all(|entry| matches!(entry.policy, PolicyRef::Evaluated(_)));
        for entry in selecting {
            let rules = source.index.acting(entry.policy).into_iter().flat_map(|policy| &policy.rules);
            let tier = source.set.pipeline.tier(entry.tier);
            for rule in rules.filter(|rule| rule.direction == direction) {
                let is_one_of_any =
                    is_certain && tier.is_some_and(|tier| tier::is_one_of_any(tier, *entry, rule));
                let kind = (entry.tier, entry.rank, &rule.ports.fixed);
                let peers = if is_one_of_any { together.entry(kind).or_default() } else { &mut alone };
                peers.extend(rule.peers.iter().flatten());
            }
        }
        let together: Vec<BTreeSet<IndexedPeer>> = together.into_values().collect();
        // An answer that allows by assumption rests on it even where another rule allows as well.
        if together.iter().flatten().any(|peer| assumes_pods(source, *peer)) {
            alone.extend(together.into_iter().flatten());
            return Self { alone, together: Vec::new() };
        }
        let mut named = Self { alone, together: Vec::new() };
        for peers in together {
            let (firm, other) = peers.into_iter().partition(|peer| is_firm(source, *peer));
            named.together.push(firm);
            named.alone.extend::<BTreeSet<IndexedPeer>>(other);
        }
        named
    }

    /// The terms that count one by one.
    pub(super) fn terms_alone(&self) -> impl Iterator<Item = TermId> {
        self.alone.iter().copied().filter_map(term)
    }

    /// The terms of which it only counts whether one of them selects a peer. Each is sure of whom it selects.
    pub(super) fn terms_together(&self) -> impl Iterator<Item = impl Iterator<Item = TermId>> {
        self.together.iter().map(|peers| peers.iter().copied().filter_map(term))
    }

    /// All blocks.
    pub(super) fn blocks(&self) -> BTreeSet<BlockId> {
        self.alone.iter().chain(self.together.iter().flatten()).copied().filter_map(block).collect()
    }

    /// The sets of addresses that make a difference.
    pub(super) fn addresses(&self, source: Source<'_>) -> Vec<IpSet> {
        let held = |peer| block(peer).and_then(|id| source.index.block(id)).map(|block| &block.block);
        let alone = self.alone.iter().copied().filter_map(held);
        let alone = alone.flat_map(|block| [block.addresses.clone(), block.unknown.clone()]);
        let together = self.together.iter().map(|peers| {
            let blocks: Vec<&IpSet> =
                peers.iter().copied().filter_map(held).map(|block| &block.addresses).collect();
            IpSet::of_all(&blocks)
        });
        alone.chain(together).collect()
    }
}

const fn term(peer: IndexedPeer) -> Option<TermId> {
    match peer {
        IndexedPeer::Term(id) => Some(id),
        IndexedPeer::Block(_) => None,
    }
}

const fn block(peer: IndexedPeer) -> Option<BlockId> {
    match peer {
        IndexedPeer::Block(id) => Some(id),
        IndexedPeer::Term(_) => None,
    }
}

/// Whether a peer is a block that holds pods by assumption.
fn assumes_pods(source: Source<'_>, peer: IndexedPeer) -> bool {
    let assumes = |block: &Block| {
        let answers = Family::ALL.map(|family| block.unknown_pod(family));
        answers.into_iter().any(|answer| answer.is_assumed && answer.truth == Truth::Yes)
    };
    block(peer).and_then(|id| source.index.block(id)).is_some_and(assumes)
}

/// Whether a peer matches firmly or not at all, save by assumption.
fn is_firm(source: Source<'_>, peer: IndexedPeer) -> bool {
    let knows = |term: &Term| term.unknown.is_empty() && term.assumed_not.is_empty();
    match peer {
        IndexedPeer::Term(id) => source.index.term(id).is_some_and(knows),
        IndexedPeer::Block(id) => source.index.block(id).is_some_and(|block| block.block.unknown.is_empty()),
    }
}
