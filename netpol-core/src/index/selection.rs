//! Who is selected by what.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::policy::{Direction, Policy, PolicyRef, PolicySet, TierId, Ties};
use crate::selector::{Answer, Truth};

use super::{ClassId, IndexedPolicy, Term};

/// A policy that selects, or may select, a class in a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Selecting {
    /// Its tier.
    pub tier: TierId,
    /// Its turn within the tier: policies of one rank act at once, or one after the other in an order that nobody defines.
    pub rank: u32,
    /// The policy.
    pub policy: PolicyRef,
    /// Yes, unknown, or no by assumption.
    pub answer: Answer,
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
    pub(super) fn new<'t>(
        (set, order): (&PolicySet, &[Turn]),
        indexed: impl Fn(PolicyRef) -> Option<&'t IndexedPolicy>,
        terms: &'t [Arc<Term>],
        classes: usize,
    ) -> Self {
        let acting = order.iter().filter_map(|turn| {
            let subject = indexed(turn.policy)?.subject;
            let (policy, term) = (set.policy(turn.policy)?, terms.get(subject.0 as usize)?);
            Some((*turn, policy, term.as_ref()))
        });
        let acting: Vec<(Turn, &Policy, &Term)> = acting.collect();
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
    fn new(acting: &[(Turn, &Policy, &Term)], direction: Direction, classes: usize) -> Self {
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
        let nothing = Turn { tier: TierId::default(), rank: 0, policy: PolicyRef::Evaluated(0) };
        let mut entries = vec![nothing.selecting(Answer::from(Truth::No)); total as usize];
        for (turn, _, term) in acting() {
            for (set, answer) in term.sets() {
                for class in set.iter() {
                    let Some(end) = ends.get_mut(class.0 as usize) else { continue };
                    if let Some(entry) = entries.get_mut(*end as usize) {
                        *entry = turn.selecting(answer);
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

/// When a policy acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Its tier.
    pub tier: TierId,
    /// Its rank within the tier.
    pub rank: u32,
    /// The policy.
    pub policy: PolicyRef,
}

impl Turn {
    /// The policy as one that selects some pods.
    pub const fn selecting(self, answer: Answer) -> Selecting {
        let Self { tier, rank, policy } = self;
        Selecting { tier, rank, policy, answer }
    }
}

/// The policies in the order they act in: by tier, order, and the tie keys where they decide, else in the order of the
/// input. Those of equal order share a rank, unless their names order them.
pub(super) fn acting_order(set: &PolicySet) -> Vec<Turn> {
    // What orders policies, and the tie key where names do.
    let key = |policy: &'_ Policy| (policy.tier, policy.order);
    let tie = |one: &Policy, other: &Policy| match set.pipeline.tier(one.tier).map(|tier| tier.ties) {
        Some(Ties::ByName) => one.tie.cmp(&other.tie),
        _ => Ordering::Equal,
    };
    let mut order: Vec<(PolicyRef, &Policy)> = set.acting().collect();
    let compare = |one: &Policy, other: &Policy| key(one).cmp(&key(other)).then_with(|| tie(one, other));
    order.sort_by(|(_, one), (_, other)| compare(one, other));
    let mut rank = 0;
    let mut turns: Vec<Turn> = Vec::with_capacity(order.len());
    let mut before: Option<&Policy> = None;
    for (policy, entry) in order {
        let is_tied = before.is_some_and(|before| compare(before, entry) == Ordering::Equal);
        rank += u32::from(!is_tied);
        before = Some(entry);
        turns.push(Turn { tier: entry.tier, rank, policy });
    }
    turns
}
