//! Who is selected by what.

use crate::policy::{Direction, Directions, PolicySet, TierId};
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
    pub(super) fn new(subjects: &[Option<TermId>], terms: &[Term], classes: usize) -> Self {
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
    ingress: Vec<Vec<Selecting>>,
    egress: Vec<Vec<Selecting>>,
}

impl Selection {
    pub(super) fn new(
        set: &PolicySet,
        order: &[u32],
        policies: &[IndexedPolicy],
        terms: &[Term],
        classes: usize,
    ) -> Self {
        let mut selection = Self { ingress: vec![Vec::new(); classes], egress: vec![Vec::new(); classes] };
        for index in order {
            let policy = set.policies.get(*index as usize);
            let indexed = policies.get(*index as usize);
            let (Some(policy), Some(indexed)) = (policy, indexed) else { continue };
            let Some(term) = terms.get(indexed.subject.0 as usize) else { continue };
            for (set, answer) in [
                (&term.selected, Answer::from(Truth::Yes)),
                (&term.unknown, Answer::UNKNOWN),
                (&term.assumed_not, Answer::ASSUMED_NO),
            ] {
                let selecting = Selecting { tier: policy.tier, policy: *index, answer };
                for class in set.iter() {
                    selection.add(class, policy.directions, selecting);
                }
            }
        }
        selection
    }

    pub(super) fn of(&self, class: ClassId, direction: Direction) -> &[Selecting] {
        let lists = match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        };
        lists.get(class.0 as usize).map(Vec::as_slice).unwrap_or_default()
    }

    fn add(&mut self, class: ClassId, directions: Directions, selecting: Selecting) {
        for (direction, lists) in
            [(Direction::Ingress, &mut self.ingress), (Direction::Egress, &mut self.egress)]
        {
            if let Some(list) = lists.get_mut(class.0 as usize).filter(|_| directions.contains(direction)) {
                list.push(selecting);
            }
        }
    }
}

/// The policies in the order they act in: by tier, rank and name, else in the order of the input.
pub(super) fn acting_order(set: &PolicySet) -> Vec<u32> {
    let mut order: Vec<(u32, &crate::policy::Policy)> = (0u32..).zip(&set.policies).collect();
    order.sort_by(|(a_index, a), (b_index, b)| {
        (a.tier, a.rank).cmp(&(b.tier, b.rank)).then_with(|| {
            let name = |policy: &crate::policy::Policy| {
                (policy.object.namespace.clone(), policy.object.name.clone())
            };
            if a.rank.0 == 0 && b.rank.0 == 0 { a_index.cmp(b_index) } else { name(a).cmp(&name(b)) }
        })
    });
    order.into_iter().map(|(index, _)| index).collect()
}
