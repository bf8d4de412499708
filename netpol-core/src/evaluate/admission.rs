//! Which rules of a subject allow every pod that a selector selects, found without a look at each rule for each selector.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::party::{self, Party};
use super::units::Source;
use crate::index::term::selects_all;
use crate::index::{Around, Class, IndexedPeer, IndexedRule, Selecting, TermId};
use crate::net::Family;
use crate::policy::{Action, Certainty, Direction, PodMatch, PolicyRef};
use crate::selector::Truth;

/// A rule by the place of its policy and its own place in it.
pub(super) type RuleId = (PolicyRef, usize);

/// The allow rules of a subject by the selectors that are their peers.
#[derive(Debug)]
pub(super) struct Admission<'a> {
    source: Source<'a>,
    selecting: &'a [Selecting],
    /// The peers, each once, and the rules of each.
    terms: Vec<(TermId, Vec<RuleId>)>,
    around: Around<'a>,
    /// The rules of which a block allows any pod.
    by_block: FxHashSet<(Family, RuleId)>,
    /// The places in `selecting` of what has to be asked whoever the peer is.
    always: BTreeSet<usize>,
    /// For each policy, its place in `selecting`.
    places: FxHashMap<PolicyRef, usize>,
    /// Whether no rule does anything but allow, so that nothing more of a selector matters than who admits it.
    pub(super) is_all: bool,
}

/// Every pod that a selector selects, those that do not exist among them.
#[derive(Debug, Clone)]
pub(super) struct Selected<'a> {
    pub(super) pods: PodMatch,
    pub(super) view: Class,
    /// The rules whose peers select all of them; sorted.
    pub(super) admitting: Vec<RuleId>,
    pub(super) admission: &'a Admission<'a>,
}

impl Selected<'_> {
    /// Whether an allow rule allows all of them over a family.
    pub(super) fn admits(&self, rule: RuleId, family: Family) -> bool {
        self.admitting.binary_search(&rule).is_ok() || self.admission.by_block.contains(&(family, rule))
    }

    /// The policies of the subject that may say something of them, and one of each tier to tell that it is isolated.
    pub(super) fn selecting(&self) -> Vec<Selecting> {
        let admission = self.admission;
        let mut places = admission.always.clone();
        places.extend(self.admitting.iter().filter_map(|(policy, _)| admission.places.get(policy)));
        places.into_iter().filter_map(|place| admission.selecting.get(place)).copied().collect()
    }
}

impl<'a> Admission<'a> {
    /// The rules of the policies that select a subject. `anyone` is a pod of which nothing is known.
    pub(super) fn new(
        source: Source<'a>,
        selecting: &'a [Selecting],
        direction: Direction,
        anyone: &Class,
    ) -> Self {
        let mut of_term: FxHashMap<TermId, Vec<RuleId>> = FxHashMap::default();
        let mut blocks = Vec::new();
        let mut always = BTreeSet::new();
        let mut is_all = true;
        let mut told_of = BTreeSet::new();
        for (place, entry) in selecting.iter().enumerate() {
            let policy = source.index.acting(entry.policy);
            let isolates = policy.map_or(Certainty::No, |policy| policy.isolates(direction));
            let rules = policy.into_iter().flat_map(|policy| policy.rules.iter().enumerate());
            let mut has_to_be_asked = entry.answer.truth != Truth::Yes
                || matches!(isolates, Certainty::Maybe(_))
                || isolates.is_yes() && told_of.insert(entry.tier);
            for (number, rule) in rules.filter(|(_, rule)| rule.direction == direction) {
                is_all &= rule.action == Action::Allow && rule.certainty.is_yes();
                has_to_be_asked |= rule.action != Action::Allow || rule.peers.is_none();
                for peer in rule.peers.iter().flatten() {
                    match peer {
                        IndexedPeer::Term(id) => of_term.entry(*id).or_default().push((entry.policy, number)),
                        IndexedPeer::Block(_) => blocks.push(((entry.policy, number), rule)),
                    }
                }
            }
            if has_to_be_asked {
                always.insert(place);
            }
        }
        let by_block = by_block(source, blocks, anyone);
        let places: FxHashMap<PolicyRef, usize> =
            selecting.iter().enumerate().map(|(place, entry)| (entry.policy, place)).collect();
        always.extend(by_block.iter().filter_map(|(_, (policy, _))| places.get(policy)));
        let mut terms: Vec<(TermId, Vec<RuleId>)> = of_term.into_iter().collect();
        terms.sort_unstable();
        let pods = terms.iter().filter_map(|(id, _)| source.index.term(*id)).map(|term| &*term.pods);
        let around = Around::new(pods);
        Self { source, selecting, terms, around, by_block, always, places, is_all }
    }

    /// The rules of which a peer selects all pods that a selector selects; sorted.
    pub(super) fn admitting(&self, pods: &PodMatch) -> Vec<RuleId> {
        let candidates = self.around.candidates(pods, self.source.cluster);
        let candidates = candidates.into_iter().filter_map(|place| self.terms.get(place as usize));
        let selects_all = |id: TermId| {
            let term = self.source.index.term(id);
            term.is_some_and(|term| selects_all(&term.pods, pods, self.source.cluster).is_yes())
        };
        let around = candidates.filter(|(id, _)| selects_all(*id));
        let mut rules: Vec<RuleId> = around.flat_map(|(_, rules)| rules).copied().collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }
}

/// Of rules with blocks those of which a block holds any pod, so that nobody need ask again for each selector.
fn by_block(
    source: Source<'_>,
    rules: Vec<(RuleId, &IndexedRule)>,
    anyone: &Class,
) -> FxHashSet<(Family, RuleId)> {
    let anyone = Party::Hypothetical { view: anyone.clone(), namespace: String::new() };
    let mut found = FxHashSet::default();
    let mut rules = rules;
    rules.dedup_by_key(|(id, _)| *id);
    for (id, rule) in rules {
        for family in Family::ALL {
            let blocks = rule.peers.iter().flatten().filter(|peer| matches!(peer, IndexedPeer::Block(_)));
            let holds = |peer: &IndexedPeer| {
                party::answer(source.index, source.cluster, *peer, &anyone, family).truth.is_yes()
            };
            if blocks.into_iter().any(holds) {
                found.insert((family, id));
            }
        }
    }
    found
}
