//! Distinct pod selectors of policies, and the classes that they select.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::cluster::{Cluster, Namespace, NamespaceId};
use crate::policy::{NamespaceMatch, PodMatch};
use crate::selector::{Answer, LabelValue, Operator, Requirement, Selector, Truth};

use super::class::Classes;
use super::{Class, ClassId, ClassSet};

/// Names a term of a [`super::PolicyIndex`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TermId(pub u32);

/// A pod selector, and its answer for each class.
#[derive(Debug, Clone)]
pub struct Term {
    /// The selector.
    pub pods: Arc<PodMatch>,
    /// The classes that it selects.
    pub selected: ClassSet,
    /// The classes that it may select.
    pub unknown: ClassSet,
    /// The classes that it does not select by assumption.
    pub assumed_not: ClassSet,
}

impl Term {
    /// The classes by the answer for them; the others are not selected.
    pub fn sets(&self) -> [(&ClassSet, Answer); 3] {
        [
            (&self.selected, Answer::from(Truth::Yes)),
            (&self.unknown, Answer::UNKNOWN),
            (&self.assumed_not, Answer::ASSUMED_NO),
        ]
    }

    /// The answer for a class.
    pub fn answer(&self, class: ClassId) -> Answer {
        if self.selected.contains(class) {
            Answer::from(Truth::Yes)
        } else if self.unknown.contains(class) {
            Answer::UNKNOWN
        } else if self.assumed_not.contains(class) {
            Answer::ASSUMED_NO
        } else {
            Answer::from(Truth::No)
        }
    }
}

/// Whether a selector selects the pods of a class, asked directly.
pub fn selects(pods: &PodMatch, class: &Class, cluster: &Cluster, namespace: &str) -> Answer {
    if class.is_node {
        return Answer::from(Truth::No);
    }
    let in_namespace = match (&pods.namespaces, class.namespace.and_then(|id| cluster.namespace(id))) {
        (NamespaceMatch::Named(name), _) => Answer::from(Truth::from(name == namespace)),
        (NamespaceMatch::Selected(selector), Some(namespace)) => selector.matches(&namespace.labels),
        (NamespaceMatch::Selected(selector), None) => {
            selector.matches(&cluster.labels_of_unlisted_namespace(namespace))
        }
    };
    in_namespace.and(pods.pods.matches(&class.labels))
}

/// Whether a selector selects every pod that `pods` selects, those that do not exist among them: no when it selects
/// none of them.
pub fn selects_all(selector: &PodMatch, pods: &PodMatch, cluster: &Cluster) -> Truth {
    let namespaces = covers(&selector.namespaces, &pods.namespaces, cluster);
    let labels = if pods.pods.implies(&selector.pods) {
        Truth::Yes
    } else if both(&pods.pods, &selector.pods).is_contradictory() {
        Truth::No
    } else {
        Truth::Unknown
    };
    // A selector selects what itself selects, whatever its placeholders stand for.
    if selector == pods { Truth::Yes } else { namespaces.and(labels) }
}

/// Whether all of some namespaces, or none, are among others.
fn covers(wide: &NamespaceMatch, narrow: &NamespaceMatch, cluster: &Cluster) -> Truth {
    match (wide, narrow) {
        (NamespaceMatch::Named(wide), NamespaceMatch::Named(narrow)) => Truth::from(wide == narrow),
        (NamespaceMatch::Selected(wide), NamespaceMatch::Named(name)) => {
            let known = cluster.namespace_named(name).and_then(|id| cluster.namespace(id));
            let labels = known.map_or_else(
                || cluster.labels_of_unlisted_namespace(name),
                |namespace| namespace.labels.clone(),
            );
            wide.matches(&labels).truth
        }
        (NamespaceMatch::Named(name), NamespaceMatch::Selected(narrow)) => {
            let named = Selector::new([Requirement::equals(Namespace::NAME_LABEL, name)]);
            selected_cover(&named, narrow)
        }
        (NamespaceMatch::Selected(wide), NamespaceMatch::Selected(narrow)) => selected_cover(wide, narrow),
    }
}

fn selected_cover(wide: &Selector, narrow: &Selector) -> Truth {
    if wide == narrow || narrow.implies(wide) {
        Truth::Yes
    } else if both(wide, narrow).is_contradictory() {
        Truth::No
    } else {
        Truth::Unknown
    }
}

fn both(one: &Selector, other: &Selector) -> Selector {
    Selector::new(one.requirements().iter().chain(other.requirements()).cloned())
}

/// Which classes have a label: by namespace, key and value.
#[derive(Debug, Default)]
struct Postings<'a> {
    known: FxHashMap<(u32, &'a str, &'a str), Vec<u32>>,
    unknown: FxHashMap<(u32, &'a str), Vec<u32>>,
    /// Those of which nothing is known, by namespace.
    doubted: FxHashMap<u32, Vec<u32>>,
}

impl<'a> Postings<'a> {
    fn new(classes: &'a [Class]) -> Self {
        let mut postings = Self::default();
        for (id, class) in (0u32..).zip(classes) {
            let Some(namespace) = class.namespace.filter(|_| !class.is_node) else { continue };
            if class.doubted.is_some() {
                postings.doubted.entry(namespace.0).or_default().push(id);
            }
            for (key, value) in class.labels.iter() {
                match value {
                    LabelValue::Known(value) => {
                        postings.known.entry((namespace.0, key, value.as_str())).or_default().push(id);
                    }
                    LabelValue::Unknown => postings.unknown.entry((namespace.0, key)).or_default().push(id),
                }
            }
        }
        postings
    }

    /// Classes of a namespace that `selector` may select, by its narrowest requirement; `None` when no
    /// requirement narrows it. Unsorted when several values are wanted.
    fn candidates(&self, namespace: NamespaceId, selector: &Selector) -> Option<Vec<u32>> {
        let narrowing = selector
            .requirements()
            .iter()
            .filter(|requirement| requirement.operator == Operator::In && !requirement.has_unknown_value);
        let lists = narrowing.filter_map(|requirement| {
            let key = requirement.key.as_deref()?;
            let known = requirement
                .values
                .iter()
                .filter_map(|value| self.known.get(&(namespace.0, key, value.as_str())));
            let unknown = self.unknown.get(&(namespace.0, key));
            let doubted = self.doubted.get(&namespace.0);
            Some(known.chain(unknown).chain(doubted).collect::<Vec<_>>())
        });
        let narrowest = lists.min_by_key(|lists| lists.iter().map(|list| list.len()).sum::<usize>())?;
        let mut candidates: Vec<u32> = narrowest.into_iter().flatten().copied().collect();
        candidates.sort_unstable();
        Some(candidates)
    }
}

/// The answers of every selector for every class.
pub(super) fn terms<'p>(
    pods: impl Iterator<Item = &'p Arc<PodMatch>> + Clone,
    classes: &Classes,
    cluster: &Cluster,
) -> Vec<Arc<Term>> {
    let postings = Postings::new(&classes.list);
    let mut in_namespaces: FxHashMap<&Selector, Vec<Answer>> = FxHashMap::default();
    for selector in pods.clone().filter_map(|term| selector_of_namespaces(term)) {
        in_namespaces.entry(selector).or_insert_with(|| answers_for_namespaces(selector, cluster));
    }
    let terms = pods.map(|pods| {
        let answers = selector_of_namespaces(pods).and_then(|selector| in_namespaces.get(selector));
        let answers = answers.map(Vec::as_slice).unwrap_or_default();
        Arc::new(term(pods.clone(), answers, (classes, Some(&postings)), cluster))
    });
    terms.collect()
}

/// The answers of one selector for every class, for a selector that joins others.
pub(super) fn another_term(pods: &Arc<PodMatch>, classes: &Classes, cluster: &Cluster) -> Term {
    let answers = selector_of_namespaces(pods).map(|selector| answers_for_namespaces(selector, cluster));
    term(pods.clone(), &answers.unwrap_or_default(), (classes, None), cluster)
}

fn term(
    pods: Arc<PodMatch>,
    in_namespaces: &[Answer],
    classes: (&Classes, Option<&Postings<'_>>),
    cluster: &Cluster,
) -> Term {
    let mut found = Found::default();
    for (namespace, answer) in namespaces_of(&pods, cluster, in_namespaces) {
        found.add_namespace(namespace, answer, &pods.pods, classes);
    }
    let [selected, unknown, assumed_not] = found.into_sets(classes.0.list.len());
    Term { pods, selected, unknown, assumed_not }
}

const fn selector_of_namespaces(pods: &PodMatch) -> Option<&Selector> {
    match &pods.namespaces {
        NamespaceMatch::Selected(selector) => Some(selector),
        NamespaceMatch::Named(_) => None,
    }
}

fn answers_for_namespaces(selector: &Selector, cluster: &Cluster) -> Vec<Answer> {
    cluster.namespaces.iter().map(|namespace| selector.matches(&namespace.labels)).collect()
}

/// The namespaces that a term does not firmly leave out, with the answer.
fn namespaces_of(term: &PodMatch, cluster: &Cluster, answers: &[Answer]) -> Vec<(NamespaceId, Answer)> {
    match &term.namespaces {
        NamespaceMatch::Named(name) => {
            cluster.namespace_named(name).map(|id| (id, Answer::from(Truth::Yes))).into_iter().collect()
        }
        NamespaceMatch::Selected(_) => (0u32..)
            .map(NamespaceId)
            .zip(answers.iter().copied())
            .filter(|(_, answer)| *answer != Answer::from(Truth::No))
            .collect(),
    }
}

#[derive(Debug, Default)]
struct Found {
    selected: Vec<u32>,
    unknown: Vec<u32>,
    assumed_not: Vec<u32>,
}

impl Found {
    fn add_namespace(
        &mut self,
        namespace: NamespaceId,
        answer: Answer,
        pods: &Selector,
        (classes, postings): (&Classes, Option<&Postings<'_>>),
    ) {
        let range = classes.of_namespace.get(namespace.0 as usize).copied().unwrap_or_default();
        match postings.and_then(|postings| postings.candidates(namespace, pods)) {
            Some(candidates) => {
                for class in candidates {
                    self.add(class, answer, pods, classes);
                }
            }
            None => {
                for class in range.0..range.1 {
                    self.add(class, answer, pods, classes);
                }
            }
        }
    }

    fn add(&mut self, id: u32, namespace: Answer, pods: &Selector, classes: &Classes) {
        let Some(class) = classes.list.get(id as usize).filter(|class| !class.is_node) else { return };
        let answer = namespace.and(pods.matches(&class.labels));
        match (answer.truth, answer.is_assumed) {
            (Truth::Yes, _) => self.selected.push(id),
            (Truth::Unknown, _) => self.unknown.push(id),
            (Truth::No, true) => self.assumed_not.push(id),
            (Truth::No, false) => {}
        }
    }

    fn into_sets(self, universe: usize) -> [ClassSet; 3] {
        [self.selected, self.unknown, self.assumed_not]
            .map(|members| ClassSet::from_sorted(members, universe))
    }
}
