//! The rules of one direction of some policies, by what their peers name, so that those that may cover a peer are found
//! without a look at all of them.

use rustc_hash::FxHashMap;

use super::Context;
use crate::cluster::{Cluster, Namespace};
use crate::index::{IndexedPeer, IndexedRule, TermId};
use crate::net::{Bound, IpSet, RangeSet};
use crate::policy::{NamespaceMatch, PodMatch};
use crate::selector::{LabelValue, Operator, Selector};

/// A rule by the place of its policy and its own place in it.
pub(super) type RuleId = (u32, usize);

/// Rules in the order of the input. Numbers of rules are their places in it.
#[derive(Debug, Default)]
pub(super) struct ByPeer<'a> {
    rules: Vec<(RuleId, &'a IndexedRule)>,
    /// Those for every peer.
    everybody: Vec<u32>,
    of_term: FxHashMap<TermId, Vec<u32>>,
    /// The selectors, each once.
    terms: Vec<TermId>,
    /// The selectors by a label that all they select have.
    by_label: FxHashMap<Option<Sure<'a>>, Vec<TermId>>,
    v4: Spans<u32>,
    v6: Spans<u128>,
}

impl<'a> ByPeer<'a> {
    pub(super) fn new(context: &Context<'a>, rules: Vec<(RuleId, &'a IndexedRule)>) -> Self {
        let mut all = Self { rules, ..Self::default() };
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for (number, (_, rule)) in (0u32..).zip(&all.rules) {
            let Some(peers) = &rule.peers else {
                all.everybody.push(number);
                continue;
            };
            for peer in peers {
                match peer {
                    IndexedPeer::Term(id) => all
                        .of_term
                        .entry(*id)
                        .or_insert_with(|| {
                            all.terms.push(*id);
                            Vec::new()
                        })
                        .push(number),
                    IndexedPeer::Block(id) => {
                        let Some(block) = context.index.block(*id) else { continue };
                        let addresses = &block.block.addresses;
                        v4.extend(addresses.v4.ranges().iter().map(|(first, last)| (*first, *last, number)));
                        v6.extend(addresses.v6.ranges().iter().map(|(first, last)| (*first, *last, number)));
                    }
                }
            }
        }
        for id in &all.terms {
            let label = context.index.term(*id).and_then(|term| Sure::of(&term.pods));
            all.by_label.entry(label).or_default().push(*id);
        }
        Self { v4: Spans::new(v4), v6: Spans::new(v6), ..all }
    }

    /// A rule.
    pub(super) fn rule(&self, number: u32) -> Option<(RuleId, &'a IndexedRule)> {
        self.rules.get(number as usize).copied()
    }

    /// The rules for every peer.
    pub(super) fn for_everybody(&self) -> &[u32] {
        &self.everybody
    }

    /// The rules with a peer.
    pub(super) fn with_term(&self, id: TermId) -> &[u32] {
        self.of_term.get(&id).map(Vec::as_slice).unwrap_or_default()
    }

    /// The selectors of peers, each once.
    pub(super) fn terms(&self) -> &[TermId] {
        &self.terms
    }

    /// The selectors of peers that may select all that another selects, whatever pods there are.
    pub(super) fn terms_around(&self, cluster: &'a Cluster, narrow: &PodMatch) -> Vec<TermId> {
        let labels = std::iter::once(None).chain(Sure::all_of(narrow, cluster).into_iter().map(Some));
        labels.filter_map(|label| self.by_label.get(&label)).flatten().copied().collect()
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

/// A key and its value.
pub(super) type Label<'a> = (&'a str, &'a str);

/// A label that all pods of a selector have, or all their namespaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Sure<'a> {
    Pods(Label<'a>),
    Namespaces(Label<'a>),
}

impl<'a> Sure<'a> {
    /// One of a selector; `None` when no single one is sure.
    fn of(pods: &'a PodMatch) -> Option<Self> {
        let of_namespaces = || match &pods.namespaces {
            NamespaceMatch::Named(name) => Some((Namespace::NAME_LABEL, name.as_str())),
            NamespaceMatch::Selected(selector) => labels(selector).next(),
        };
        let of_pods = labels(&pods.pods).next().map(Self::Pods);
        of_pods.or_else(|| of_namespaces().map(Self::Namespaces))
    }

    /// All of a selector, with those that the namespaces which it names have.
    fn all_of(pods: &'a PodMatch, cluster: &'a Cluster) -> Vec<Self> {
        let mut all: Vec<Self> = labels(&pods.pods).map(Self::Pods).collect();
        match &pods.namespaces {
            NamespaceMatch::Selected(selector) => all.extend(labels(selector).map(Self::Namespaces)),
            NamespaceMatch::Named(name) => {
                let known = cluster.namespace_named(name).and_then(|id| cluster.namespace(id));
                let of_object = known.into_iter().flat_map(|namespace| namespace.labels.iter());
                let of_object = of_object.filter_map(|(key, value)| match value {
                    LabelValue::Known(value) => Some((key, value.as_str())),
                    LabelValue::Unknown => None,
                });
                let configured = cluster.facts.namespaces.get(name).into_iter().flatten();
                let configured = configured.map(|(key, value)| (key.as_str(), value.as_str()));
                all.extend(of_object.chain(configured).map(Self::Namespaces));
                all.push(Self::Namespaces((Namespace::NAME_LABEL, name)));
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The labels that all which a selector selects have, as far as it names their values one by one.
pub(super) fn labels(selector: &Selector) -> impl Iterator<Item = Label<'_>> {
    selector.requirements().iter().filter_map(|requirement| {
        let (Operator::In, [value]) = (requirement.operator, requirement.values.as_slice()) else {
            return None;
        };
        Some((requirement.key.as_deref()?, value.as_str())).filter(|_| !requirement.has_placeholder())
    })
}
