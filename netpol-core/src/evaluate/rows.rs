//! Computes rows: cuts the peers into parts that the subject's rules do not tell apart, and walks one of each.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::OnceLock;

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashSet};

use super::alike::Named;
use super::causes::{AssumedBlock, Facts};
use super::party::{self, Party};
use super::refine::Partition;
use super::row::{Row, RowKey, RowPart, Subject};
use super::units::{self, Source};
use super::walk::Found;
use super::{Assumption, Reason, pair};
use crate::cluster::{Cluster, NodeId, WorkloadId};
use crate::index::class::ClassAddresses;
use crate::index::{BlockId, Class, ClassId, ClassSet, IndexedPeer, IndexedRule, PolicyIndex, TermId};
use crate::net::{ConnectionSet, Decided, Family, IpSet};
use crate::policy::{Direction, PolicyRef, PolicySet};
use crate::selector::Truth;

/// What all rows of one cluster share.
#[derive(Debug)]
pub struct Rows<'a> {
    pub(super) source: Source<'a>,
    pub(super) every: ConnectionSet,
    outside: IpSet,
    /// For each class, a workload that has such pods.
    workloads: Vec<Option<WorkloadId>>,
    /// The classes with some but not all families, where classes differ in them.
    by_families: Vec<Vec<ClassId>>,
    /// The classes with the same named ports; nodes have none.
    by_named_ports: Vec<Vec<ClassId>>,
    /// The classes of pods in the network of a node that is known.
    hosts: BTreeMap<NodeId, Vec<ClassId>>,
    /// For each term, whether it selects every class.
    is_everyone: Vec<bool>,
    /// The classes of pods with known addresses, by address.
    by_address: ByAddress,
    /// The classes of pods in the network of their node.
    node_classes: Vec<ClassId>,
    /// The classes of which nothing is known.
    doubted: Vec<ClassId>,
    /// For each block, the sets of classes that it tells apart.
    blocks: Vec<OnceLock<Vec<ClassSet>>>,
}

impl<'a> Rows<'a> {
    /// Prepares the rows of a cluster under its policies.
    pub fn new(cluster: &'a Cluster, set: &'a PolicySet, index: &'a PolicyIndex) -> Self {
        let source = Source { cluster, set, index };
        let outside = cluster.outside();
        let classes = || (0u32..).map_while(|id| index.class(ClassId(id)).map(|class| (ClassId(id), class)));
        let mut hosts: BTreeMap<NodeId, Vec<ClassId>> = BTreeMap::new();
        for (id, class) in classes() {
            if let (true, Some(node)) = (class.is_node, class.node) {
                hosts.entry(node).or_default().push(id);
            }
        }
        let workloads = workloads_by_class(source);
        let families = (0u32..).map(ClassId).zip(&workloads).filter_map(|(class, workload)| {
            let party = party_of(source, Subject { class, node: None, workload: (*workload)? })?;
            Some((class, party.families(cluster)))
        });
        Self {
            source,
            every: ConnectionSet::every(),
            by_families: groups_of(families),
            workloads: workloads.clone(),
            by_named_ports: groups_of(classes().map(|(id, class)| (id, (class.is_node, &class.named_ports)))),
            hosts,
            is_everyone: everyone(index),
            by_address: ByAddress::new(classes().filter(|(_, class)| !class.is_node)),
            node_classes: classes().filter(|(_, class)| class.is_node).map(|(id, _)| id).collect(),
            doubted: classes().filter(|(_, class)| class.doubted.is_some()).map(|(id, _)| id).collect(),
            blocks: (0u32..).map_while(|id| index.block(BlockId(id))).map(|_| OnceLock::new()).collect(),
            outside,
        }
    }

    /// The addresses outside the cluster.
    pub const fn outside(&self) -> &IpSet {
        &self.outside
    }

    /// The node of some pods of a class, if it matters to their rows: policies select them, and pods on that node
    /// are in its network.
    pub fn telling_node(&self, class: ClassId, node: Option<NodeId>) -> Option<NodeId> {
        let index = self.source.index;
        let is_selected =
            || Direction::ALL.into_iter().any(|direction| !index.selecting(class, direction).is_empty());
        node.filter(|node| self.hosts.contains_key(node) && is_selected())
    }

    /// What the row of a subject depends on.
    pub fn key(&self, subject: Subject, direction: Direction) -> RowKey {
        let Source { cluster, index, .. } = self.source;
        let view = index.class(subject.class);
        let is_node = view.is_some_and(|view| view.is_node);
        let selecting = if is_node { Vec::new() } else { index.selecting(subject.class, direction).to_vec() };
        let names_ports = || {
            selecting.iter().any(|entry| self.rules(entry.policy).any(|rule| !rule.ports.named.is_empty()))
        };
        let own_ports = direction == Direction::Ingress && names_ports();
        RowKey {
            direction,
            families: party_of(self.source, subject).map(|party| party.families(cluster)).unwrap_or_default(),
            named_ports: view.filter(|_| own_ports).map(|view| view.named_ports.clone()).unwrap_or_default(),
            node: subject.node.filter(|_| !selecting.is_empty()),
            is_node,
            doubted: view.and_then(|view| view.doubted),
            selecting,
        }
    }

    /// The row of a subject.
    pub fn row(&self, subject: Subject, direction: Direction) -> Row {
        let key = self.key(subject, direction);
        let Some(party) = party_of(self.source, subject) else { return Row::default() };
        let is_open = key.doubted.is_none() && key.selecting.iter().all(|it| it.answer.truth == Truth::No);
        let mut row = Row { is_open, ..Row::default() };
        let mut grounds = Grounds::default();
        self.add_inside(&key, &party, (&mut row, &mut grounds));
        // That the own node is exempt is left aside here: no two pods of a workload would have the same row.
        if let Some(party) = party_of(self.source, Subject { node: None, ..subject }) {
            self.add_outside(direction, &party, (&mut row, &mut grounds));
        }
        row.assumptions = grounds.assumptions;
        row.assumptions.sort_unstable();
        row.assumptions.dedup();
        row
    }

    /// The part of a row that speaks of addresses outside.
    pub fn outside_of(&self, subject: Subject, direction: Direction) -> Row {
        let (mut row, mut grounds) = (Row::default(), Grounds::default());
        if let Some(party) = party_of(self.source, subject) {
            self.add_outside(direction, &party, (&mut row, &mut grounds));
        }
        row.assumptions = grounds.assumptions;
        row
    }

    fn add_inside(&self, key: &RowKey, subject: &Party<'_>, (row, grounds): (&mut Row, &mut Grounds)) {
        let (parts, rest) = self.partition(key).into_parts();
        let mut inside: Parts<Vec<ClassId>> = Parts::default();
        for part in parts {
            let Some(first) = part.first() else { continue };
            if let Some(answer) = self.answer(key.direction, subject, *first, grounds) {
                inside.add(part, answer);
            }
        }
        if let Some(answer) =
            rest.iter().next().and_then(|first| self.answer(key.direction, subject, first, grounds))
        {
            inside.add(rest.iter().collect(), answer);
        }
        let universe = self.workloads.len();
        row.inside = inside.joined(|parts| {
            let mut classes: Vec<u32> = parts.into_iter().flatten().map(|class| class.0).collect();
            classes.sort_unstable();
            ClassSet::from_sorted(classes, universe)
        });
    }

    fn partition(&self, key: &RowKey) -> Partition {
        let mut partition = Partition::new(self.workloads.len());
        for classes in &self.by_families {
            partition.cut(classes.iter().copied());
        }
        for class in &self.doubted {
            partition.cut([*class].into_iter());
        }
        let rules = key.selecting.iter().flat_map(|entry| self.rules(entry.policy));
        let mut rules = rules.filter(|rule| rule.direction == key.direction);
        let names_ports = rules.any(|rule| !rule.ports.named.is_empty());
        let named = Named::new(self.source, &key.selecting, key.direction);
        for id in named.terms_alone() {
            self.cut_by_term(id, &mut partition);
        }
        for ids in named.terms_together() {
            self.cut_by_terms(ids, &mut partition);
        }
        let blocks = named.blocks();
        if !blocks.is_empty() {
            partition.cut(self.by_address.unknown.iter().copied());
        }
        for set in blocks.into_iter().flat_map(|id| self.block_sets(id)) {
            partition.cut(set.iter());
        }
        if names_ports && key.direction == Direction::Egress {
            for classes in &self.by_named_ports {
                partition.cut(classes.iter().copied());
            }
        }
        if let Some(hosts) = key.node.and_then(|node| self.hosts.get(&node)) {
            partition.cut(hosts.iter().copied());
        }
        partition
    }

    fn cut_by_term(&self, id: TermId, partition: &mut Partition) {
        if self.is_everyone.get(id.0 as usize).copied().unwrap_or_default() {
            return;
        }
        if let Some(term) = self.source.index.term(id) {
            for set in [&term.selected, &term.unknown, &term.assumed_not] {
                partition.cut(set.iter());
            }
        }
    }

    /// Tells those that some of several terms select from all others.
    fn cut_by_terms(&self, ids: impl Iterator<Item = TermId>, partition: &mut Partition) {
        let mut members: Vec<ClassId> = Vec::new();
        for id in ids {
            if self.is_everyone.get(id.0 as usize).copied().unwrap_or_default() {
                return;
            }
            members.extend(self.source.index.term(id).into_iter().flat_map(|term| term.selected.iter()));
        }
        members.sort_unstable();
        members.dedup();
        partition.cut(members.into_iter());
    }

    /// The sets of classes that a block tells from the others.
    fn block_sets(&self, id: BlockId) -> &[ClassSet] {
        let Some(slot) = self.blocks.get(id.0 as usize) else { return &[] };
        slot.get_or_init(|| self.compute_block_sets(id))
    }

    fn compute_block_sets(&self, id: BlockId) -> Vec<ClassSet> {
        let Some(block) = self.source.index.block(id) else { return Vec::new() };
        let mut sets = self.host_sets(id);
        for held in [&block.block.addresses, &block.block.unknown] {
            let mut members: Vec<u32> = self.by_address.within(held).map(|class| class.0).collect();
            members.sort_unstable();
            members.dedup();
            if !members.is_empty() {
                sets.push(ClassSet::from_sorted(members, self.workloads.len()));
            }
        }
        sets
    }

    /// The sets of nodes that a block tells apart.
    fn host_sets(&self, id: BlockId) -> Vec<ClassSet> {
        let mut by_answer: BTreeMap<Vec<(Family, Truth, bool)>, Vec<u32>> = BTreeMap::new();
        let Source { cluster, index, .. } = self.source;
        for class in &self.node_classes {
            let Some(party) = self.peer(*class) else { continue };
            let answers = party.families(cluster).into_iter().map(|family| {
                let answer = party::answer(index, cluster, IndexedPeer::Block(id), &party, family);
                (family, answer.truth, answer.is_assumed)
            });
            by_answer.entry(answers.collect()).or_default().push(class.0);
        }
        by_answer.into_values().map(|members| ClassSet::from_sorted(members, self.workloads.len())).collect()
    }

    /// Pods of a class as a peer.
    fn peer(&self, class: ClassId) -> Option<Party<'a>> {
        let workload = self.workloads.get(class.0 as usize).copied().flatten()?;
        party_of(self.source, Subject { class, node: None, workload })
    }

    /// The answer towards one peer; `None` when it is denied.
    fn answer(
        &self,
        direction: Direction,
        subject: &Party<'_>,
        peer: ClassId,
        grounds: &mut Grounds,
    ) -> Option<Answered> {
        let peer = self.peer(peer)?;
        let families = pair::common_families(self.source, subject, &peer);
        if families.is_empty() {
            grounds.assumptions.push(Assumption::NoCommonFamily);
        }
        self.over(direction, (subject, &peer), &families, grounds)
    }

    fn over(
        &self,
        direction: Direction,
        (subject, peer): (&Party<'_>, &Party<'_>),
        families: &[Family],
        grounds: &mut Grounds,
    ) -> Option<Answered> {
        let mut all: Option<Answered> = None;
        for family in families {
            let walk = pair::walk(self.source, direction, (subject, peer), *family, &self.every);
            let Found { decided, causes, .. } = walk.run();
            let mut reasons = Vec::new();
            for (facts, scope) in causes.told(&walk, &decided, &mut grounds.blocks) {
                let Facts { assumptions, reasons: own } = facts;
                grounds.assumptions.extend(assumptions);
                reasons.extend(own.into_iter().map(|reason| (reason, scope.clone())));
            }
            let mut remarks = Facts::default();
            remarks.add_remarks(&walk);
            grounds.assumptions.extend(remarks.assumptions);
            all = Some(match all {
                None => Answered { decided, reasons },
                Some(before) => Answered {
                    decided: before.decided.and(&decided),
                    reasons: before.reasons.into_iter().chain(reasons).collect(),
                },
            });
        }
        all.filter(|answer| !answer.decided.is_nothing())
    }

    /// Addresses outside, cut where the rules of the subject tell them apart.
    fn add_outside(
        &self,
        direction: Direction,
        subject: &Party<'_>,
        (row, grounds): (&mut Row, &mut Grounds),
    ) {
        let mut knives: Vec<IpSet> = units::own_node(self.source, subject).into_iter().collect();
        if let Party::Pods { class, .. } = subject {
            let selecting = self.source.index.selecting(*class, direction);
            knives.extend(Named::new(self.source, selecting, direction).addresses(self.source));
        }
        let mut outside: Parts<IpSet> = Parts::default();
        for family in subject.families(self.source.cluster) {
            let space = self.outside.in_family(family);
            if space.is_empty() {
                continue;
            }
            for addresses in units::pieces_of(&space, knives.clone()) {
                let one = Party::Outside { addresses: addresses.example() };
                if let Some(answer) = self.over(direction, (subject, &one), &[family], grounds) {
                    outside.add(addresses, answer);
                }
            }
        }
        row.outside = outside.joined(|parts| IpSet::union_of(&parts));
    }

    pub(super) fn rules(&self, policy: PolicyRef) -> impl Iterator<Item = &'a IndexedRule> + use<'a> {
        self.source.index.acting(policy).into_iter().flat_map(|policy| &policy.rules)
    }
}

/// Some pods as one end of a connection.
pub(super) fn party_of(source: Source<'_>, subject: Subject) -> Option<Party<'_>> {
    let view = source.index.class(subject.class)?;
    Some(units::party(source.cluster, (subject.class, view), subject.node, subject.workload))
}

/// Classes of pods by their addresses.
#[derive(Debug, Default)]
struct ByAddress {
    v4: Vec<(u32, ClassId)>,
    v6: Vec<(u128, ClassId)>,
    /// Those whose addresses are not known, where some are; else none, which tells nobody apart.
    unknown: Vec<ClassId>,
}

impl ByAddress {
    fn new<'c>(classes: impl Iterator<Item = (ClassId, &'c Class)>) -> Self {
        let mut all = Self::default();
        for (id, class) in classes {
            let ClassAddresses::Known(addresses) = &class.addresses else {
                all.unknown.push(id);
                continue;
            };
            for address in addresses {
                match address {
                    IpAddr::V4(address) => all.v4.push((address.to_bits(), id)),
                    IpAddr::V6(address) => all.v6.push((address.to_bits(), id)),
                }
            }
        }
        all.v4.sort_unstable();
        all.v6.sort_unstable();
        if all.v4.is_empty() && all.v6.is_empty() {
            all.unknown.clear();
        }
        all
    }

    /// The classes that have an address in a set.
    fn within(&self, addresses: &IpSet) -> impl Iterator<Item = ClassId> {
        let v4 = addresses.v4.ranges().iter().flat_map(|range| between(&self.v4, *range));
        v4.chain(addresses.v6.ranges().iter().flat_map(|range| between(&self.v6, *range)))
    }
}

fn between<T: Copy + Ord>(sorted: &[(T, ClassId)], (first, last): (T, T)) -> impl Iterator<Item = ClassId> {
    let start = sorted.partition_point(|(address, _)| *address < first);
    let end = sorted.partition_point(|(address, _)| *address <= last);
    sorted.get(start..end).unwrap_or_default().iter().map(|(_, class)| *class)
}

/// What the answers of a row rest on.
#[derive(Debug, Default)]
struct Grounds {
    assumptions: Vec<Assumption>,
    /// The blocks of which that was said.
    blocks: FxHashSet<AssumedBlock>,
}

/// What a walk found.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Answered {
    decided: Decided,
    reasons: Vec<(Reason, ConnectionSet)>,
}

/// Peers by what was found of them, in the order in which they were found.
#[derive(Debug)]
struct Parts<S>(IndexMap<Answered, Vec<S>, FxBuildHasher>);

impl<S> Default for Parts<S> {
    fn default() -> Self {
        Self(IndexMap::default())
    }
}

impl<S> Parts<S> {
    fn add(&mut self, peers: S, answer: Answered) {
        self.0.entry(answer).or_default().push(peers);
    }

    /// Those with the same answer together.
    fn joined<J>(self, join: impl Fn(Vec<S>) -> J) -> Vec<RowPart<J>> {
        let parts = self.0.into_iter();
        let part = |(answer, peers): (Answered, _)| RowPart {
            peers: join(peers),
            decided: answer.decided,
            reasons: answer.reasons,
        };
        parts.map(part).collect()
    }
}

fn workloads_by_class(source: Source<'_>) -> Vec<Option<WorkloadId>> {
    let mut workloads = vec![None; source.index.class_count()];
    for id in (0u32..).map(WorkloadId).take(source.cluster.workloads.len()) {
        for part in source.index.parts(id) {
            if let Some(slot) = workloads.get_mut(part.class.0 as usize) {
                slot.get_or_insert(id);
            }
        }
    }
    workloads
}

/// The classes of each value but the most frequent one, which is what remains.
fn groups_of<T: Ord>(values: impl Iterator<Item = (ClassId, T)>) -> Vec<Vec<ClassId>> {
    let mut groups: BTreeMap<T, Vec<ClassId>> = BTreeMap::new();
    for (class, value) in values {
        groups.entry(value).or_default().push(class);
    }
    let mut groups: Vec<Vec<ClassId>> = groups.into_values().collect();
    groups.sort_by_key(Vec::len);
    groups.pop();
    groups
}

fn everyone(index: &PolicyIndex) -> Vec<bool> {
    let terms = (0u32..).map_while(|id| index.term(TermId(id)));
    terms.map(|term| term.selected.len() == index.class_count()).collect()
}
