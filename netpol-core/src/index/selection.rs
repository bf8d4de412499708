//! Who is selected by what.

use std::sync::Arc;

use crate::policy::{Direction, Policy, PolicySet, TierId};
use crate::selector::{Answer, Truth};

use super::{ClassId, IndexedPolicy, Term, TermId};

/// A policy that selects, or may select, a class in a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Selecting {
    /// Its tier.
    pub tier: TierId,
    /// Its place in the policy set.
    pub policy: u32,
    /// Yes, unknown, or no by assumption.
    pub answer: Answer,
}

/// For each class, the opaque policies that select it, or may, by their places in the policy set.
#[derive(Debug, Default)]
pub(super) struct OpaqueSelection {
    of_class: Vec<Vec<u32>>,
    /// Those that may select any class.
    anywhere: Vec<u32>,
}

impl OpaqueSelection {
    /// `subjects` are those of the opaque policies, in order; `None` for any.
    pub(super) fn new(subjects: &[Option<TermId>], terms: &[Arc<Term>], classes: usize) -> Self {
        let mut selection = Self { of_class: vec![Vec::new(); classes], anywhere: Vec::new() };
        for (place, subject) in (0u32..).zip(subjects) {
            match subject.and_then(|id| terms.get(id.0 as usize)) {
                None => selection.anywhere.push(place),
                Some(term) => {
                    for class in term.selected.iter().chain(term.unknown.iter()) {
                        if let Some(list) = selection.of_class.get_mut(class.0 as usize) {
                            list.push(place);
                        }
                    }
                }
            }
        }
        selection
    }

    pub(super) fn of(&self, class: ClassId) -> impl Iterator<Item = u32> + '_ {
        let own = self.of_class.get(class.0 as usize).map(Vec::as_slice).unwrap_or_default();
        own.iter().chain(&self.anywhere).copied()
    }
}

/// For each class, the policies that select it, in the order they act in.
#[derive(Debug, Default)]
pub(super) struct Selection {
    ingress: Lists,
    egress: Lists,
}

/// A list for each class, one behind the other.
#[derive(Debug, Default)]
struct Lists {
    /// Where the list of each class ends; it starts where the one before ends.
    ends: Vec<u32>,
    entries: Vec<Selecting>,
}

impl Selection {
    pub(super) fn new(
        (set, order): (&PolicySet, &[u32]),
        policies: &[Arc<IndexedPolicy>],
        terms: &[Arc<Term>],
        classes: usize,
    ) -> Self {
        let acting = order.iter().filter_map(|place| {
            let policy = set.policies.get(*place as usize)?;
            let indexed = policies.get(*place as usize)?;
            Some((*place, policy.as_ref(), terms.get(indexed.subject.0 as usize)?.as_ref()))
        });
        let acting: Vec<(u32, &Policy, &Term)> = acting.collect();
        let lists = |direction| Lists::new(&acting, direction, classes);
        Self { ingress: lists(Direction::Ingress), egress: lists(Direction::Egress) }
    }

    pub(super) fn of(&self, class: ClassId, direction: Direction) -> &[Selecting] {
        let lists = match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        };
        lists.of(class)
    }
}

impl Lists {
    fn new(acting: &[(u32, &Policy, &Term)], direction: Direction, classes: usize) -> Self {
        let acting = || acting.iter().filter(|(_, policy, _)| policy.directions.contains(direction));
        let mut ends = vec![0u32; classes];
        for class in acting().flat_map(|(_, _, term)| term.sets()).flat_map(|(set, _)| set.iter()) {
            if let Some(count) = ends.get_mut(class.0 as usize) {
                *count += 1;
            }
        }
        let mut total = 0;
        for end in &mut ends {
            // Each is where its list starts, until the list is filled.
            total += std::mem::replace(end, total);
        }
        let nothing = Selecting { tier: TierId::default(), policy: 0, answer: Answer::from(Truth::No) };
        let mut entries = vec![nothing; total as usize];
        for (place, policy, term) in acting() {
            for (set, answer) in term.sets() {
                for class in set.iter() {
                    let Some(end) = ends.get_mut(class.0 as usize) else { continue };
                    if let Some(entry) = entries.get_mut(*end as usize) {
                        *entry = Selecting { tier: policy.tier, policy: *place, answer };
                    }
                    *end += 1;
                }
            }
        }
        Self { ends, entries }
    }

    fn of(&self, class: ClassId) -> &[Selecting] {
        let class = class.0 as usize;
        let start = class.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let (Some(start), Some(end)) = (start, self.ends.get(class)) else { return &[] };
        self.entries.get(start as usize..*end as usize).unwrap_or_default()
    }
}

/// The policies in the order they act in: by tier, rank and name, else in the order of the input.
pub(super) fn acting_order(set: &PolicySet) -> Vec<u32> {
    let mut order: Vec<(u32, &Policy)> = (0u32..).zip(set.policies.iter().map(AsRef::as_ref)).collect();
    order.sort_by(|(a_index, a), (b_index, b)| {
        (a.tier, a.rank).cmp(&(b.tier, b.rank)).then_with(|| {
            let name = |policy: &Policy| (policy.object.namespace.clone(), policy.object.name.clone());
            if a.rank.0 == 0 && b.rank.0 == 0 { a_index.cmp(b_index) } else { name(a).cmp(&name(b)) }
        })
    });
    order.into_iter().map(|(index, _)| index).collect()
}
