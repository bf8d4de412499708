//! The rules of one direction of some policies, by what their peers name, so that those that may cover a peer are found
//! without a look at all of them.

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::Context;
use crate::cluster::Cluster;
use crate::index::{Around, ClassId, IndexedPeer, IndexedPorts, IndexedRule, Term, TermId};
use crate::net::{Bound, IpSet, PortSet, Protocol, RangeSet};
use crate::policy::PodMatch;

/// A rule by the place of its policy and its own place in it.
pub(super) type RuleId = (u32, usize);

/// Rules in the order of the input. Numbers of rules are their places in it.
#[derive(Debug, Default)]
pub(super) struct ByPeer<'a> {
    rules: Vec<(RuleId, &'a IndexedRule)>,
    /// Those for every peer.
    everybody: ByPorts,
    of_term: FxHashMap<TermId, ByPorts>,
    /// The selectors, each once.
    terms: Vec<TermId>,
    around: Around<'a>,
    /// The selectors by the classes of pods that they select; those of many classes apart.
    of_class: FxHashMap<ClassId, Vec<TermId>>,
    of_many_classes: Vec<TermId>,
    v4: Spans<u32>,
    v6: Spans<u128>,
}

impl<'a> ByPeer<'a> {
    pub(super) fn new(context: &Context<'a>, rules: Vec<(RuleId, &'a IndexedRule)>) -> Self {
        let mut all = Self { rules, ..Self::default() };
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        let mut everybody = Vec::new();
        let mut of_term: IndexMap<TermId, Vec<u32>, FxBuildHasher> = IndexMap::default();
        for (number, (_, rule)) in (0u32..).zip(&all.rules) {
            let Some(peers) = &rule.peers else {
                everybody.push(number);
                continue;
            };
            for peer in peers {
                match peer {
                    IndexedPeer::Term(id) => of_term.entry(*id).or_default().push(number),
                    IndexedPeer::Block(id) => {
                        let Some(block) = context.index.block(*id) else { continue };
                        let addresses = &block.block.addresses;
                        v4.extend(addresses.v4.ranges().iter().map(|(first, last)| (*first, *last, number)));
                        v6.extend(addresses.v6.ranges().iter().map(|(first, last)| (*first, *last, number)));
                    }
                }
            }
        }
        all.terms = of_term.keys().copied().collect();
        let terms: Vec<&Term> = all.terms.iter().filter_map(|id| context.index.term(*id)).collect();
        for (id, term) in all.terms.iter().zip(&terms) {
            if term.selected.len() > FEW_CLASSES {
                all.of_many_classes.push(*id);
                continue;
            }
            for class in term.selected.iter() {
                all.of_class.entry(class).or_default().push(*id);
            }
        }
        let by_ports = |numbers: Vec<u32>| ByPorts::new(&all.rules, numbers);
        Self {
            everybody: by_ports(everybody),
            of_term: of_term.into_iter().map(|(id, numbers)| (id, by_ports(numbers))).collect(),
            around: Around::new(terms.iter().map(|term| &*term.pods)),
            v4: Spans::new(v4),
            v6: Spans::new(v6),
            ..all
        }
    }

    /// A rule.
    pub(super) fn rule(&self, number: u32) -> Option<(RuleId, &'a IndexedRule)> {
        self.rules.get(number as usize).copied()
    }

    /// The rules for every peer that may allow something of some ports.
    pub(super) fn for_everybody(&self, ports: &IndexedPorts) -> Vec<u32> {
        self.everybody.allowing(ports)
    }

    /// The rules with a peer that may allow something of some ports.
    pub(super) fn with_term(&self, id: TermId, ports: &IndexedPorts) -> Vec<u32> {
        self.of_term.get(&id).map(|rules| rules.allowing(ports)).unwrap_or_default()
    }

    /// The selectors of peers that may select all that another selects, whatever pods there are.
    pub(super) fn terms_around(&self, cluster: &'a Cluster, narrow: &PodMatch) -> Vec<TermId> {
        let places = self.around.candidates(narrow, cluster).into_iter();
        places.filter_map(|place| self.terms.get(place as usize)).copied().collect()
    }

    /// The selectors of peers that may select all pods of the input that another selects.
    pub(super) fn terms_with_pods_of(&self, narrow: &Term) -> Vec<TermId> {
        let Some(first) = narrow.selected.iter().next() else { return self.terms.clone() };
        let few = self.of_class.get(&first).into_iter().flatten();
        few.chain(&self.of_many_classes).copied().collect()
    }

    /// The rules with a block that has an address of a set, or any block when the set is empty.
    pub(super) fn with_addresses(&self, addresses: &IpSet) -> Vec<u32> {
        if addresses.is_empty() {
            return self.v4.all().chain(self.v6.all()).collect();
        }
        self.v4.overlapping(&addresses.v4).chain(self.v6.overlapping(&addresses.v6)).collect()
    }

    /// The rules with a block that may hold all addresses of a set: it has the first of them.
    pub(super) fn with_first_address(&self, addresses: &IpSet) -> Vec<u32> {
        let first = IpSet { v4: addresses.v4.first(), v6: addresses.v6.first() };
        self.with_addresses(&first)
    }
}

/// Selectors of more classes are looked at whatever class is asked for.
const FEW_CLASSES: usize = 16;

/// Rules by the ports that they allow.
#[derive(Debug, Default)]
struct ByPorts {
    numbered: [Spans<u16>; 3],
    /// Those that name ports, or allow every port of a protocol.
    others: Vec<u32>,
}

impl ByPorts {
    fn new(rules: &[(RuleId, &IndexedRule)], numbers: Vec<u32>) -> Self {
        let mut numbered = Protocol::ALL.map(|_| Vec::new());
        let mut others = Vec::new();
        for number in numbers {
            let Some((_, rule)) = rules.get(number as usize) else { continue };
            let ports = &rule.ports;
            let has_every = Protocol::ALL.into_iter().any(|it| *ports.fixed.ports(it) == PortSet::every());
            if has_every || !ports.named.is_empty() {
                others.push(number);
                continue;
            }
            for (spans, protocol) in numbered.iter_mut().zip(Protocol::ALL) {
                let ranges = ports.fixed.ports(protocol).ranges().iter();
                spans.extend(ranges.map(|(first, last)| (*first, *last, number)));
            }
        }
        Self { numbered: numbered.map(Spans::new), others }
    }

    /// Those that may allow something of some ports.
    fn allowing(&self, ports: &IndexedPorts) -> Vec<u32> {
        let numbered = self.numbered.iter().zip(Protocol::ALL);
        let numbered = numbered.flat_map(|(spans, protocol)| spans.overlapping(ports.fixed.ports(protocol)));
        numbered.chain(self.others.iter().copied()).collect()
    }
}

/// Ranges of rules, by their first number.
#[derive(Debug)]
struct Spans<T> {
    spans: Vec<Span<T>>,
}

#[derive(Debug)]
struct Span<T> {
    first: T,
    last: T,
    /// The largest `last` of this one and all before.
    furthest: T,
    rule: u32,
}

impl<T> Default for Spans<T> {
    fn default() -> Self {
        Self { spans: Vec::new() }
    }
}

impl<T: Bound> Spans<T> {
    fn new(mut ranges: Vec<(T, T, u32)>) -> Self {
        ranges.sort_unstable();
        let mut spans: Vec<Span<T>> = Vec::with_capacity(ranges.len());
        for (first, last, rule) in ranges {
            let furthest = spans.last().map_or(last, |before| before.furthest.max(last));
            spans.push(Span { first, last, furthest, rule });
        }
        Self { spans }
    }

    fn all(&self) -> impl Iterator<Item = u32> + '_ {
        self.spans.iter().map(|span| span.rule)
    }

    /// The rules with a range that has one of some numbers.
    fn overlapping<'s>(&'s self, numbers: &'s RangeSet<T>) -> impl Iterator<Item = u32> + use<'s, T> {
        let hull = numbers.ranges().first().zip(numbers.ranges().last());
        let end = hull.map_or(0, |(_, (_, last))| self.spans.partition_point(|span| span.first <= *last));
        let before = self.spans.get(..end).unwrap_or_default().iter().rev();
        let reaching =
            before.take_while(move |span| hull.is_some_and(|((first, _), _)| span.furthest >= *first));
        let overlapping = reaching.filter(|span| numbers.overlaps(&RangeSet::range(span.first, span.last)));
        overlapping.map(|span| span.rule)
    }
}
