//! Whose turn it is within a tier: ranks, the rules that act at once, in the order that the ties and conflicts of the tier
//! give them.

use smallvec::SmallVec;

use super::walk::Walk;
use crate::index::{IndexedRule, Selecting};
use crate::policy::{Action, Conflicts, Direction, Tier, Ties};

/// Rules of one action that act at once: those of some policies, of one position where positions count.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rank<'a> {
    pub(super) action: Action,
    entries: &'a [Selecting],
    position: Option<u32>,
}

/// Ranks, one after the other.
pub(super) type List<'a> = SmallVec<[Rank<'a>; 1]>;
/// Lists of which nobody knows which comes first; nearly always one.
pub(super) type Group<'a> = SmallVec<[List<'a>; 1]>;

/// The ranks of the policies of a tier that may select the subject, in groups, one after the other.
pub(super) fn groups<'a>(
    walk: &'a Walk<'_>,
    tier: &'a Tier,
    entries: &'a [Selecting],
) -> impl Iterator<Item = Group<'a>> {
    entries.chunk_by(|one, next| one.rank == next.rank).flat_map(move |tied| of_tied(walk, tier, tied))
}

/// The groups of policies of equal order.
fn of_tied<'a>(walk: &Walk<'_>, tier: &Tier, tied: &'a [Selecting]) -> SmallVec<[Group<'a>; 1]> {
    match tier.ties {
        Ties::Together => at_once(walk, tier.conflicts, (tied, None)),
        Ties::ByName | Ties::ByRule => {
            let positions = positions(walk, tied).into_iter();
            positions.flat_map(|position| at_once(walk, tier.conflicts, (tied, Some(position)))).collect()
        }
        Ties::Undefined => {
            let list = |policy: &'a [Selecting]| -> List<'a> {
                let positions = positions(walk, policy).into_iter();
                positions.flat_map(|position| ranks(walk, (policy, Some(position)))).collect()
            };
            SmallVec::from_iter([tied.chunks(1).map(list).collect::<Group<'a>>()])
        }
    }
}

/// The groups of rules that act at once.
fn at_once<'a>(
    walk: &Walk<'_>,
    conflicts: Conflicts,
    rules: (&'a [Selecting], Option<u32>),
) -> SmallVec<[Group<'a>; 1]> {
    let alone = ranks(walk, rules).map(|rank| -> List<'a> { SmallVec::from_iter([rank]) });
    match conflicts {
        Conflicts::DenyFirst => alone.map(|list| SmallVec::from_iter([list])).collect(),
        Conflicts::Undefined => {
            let group: Group<'a> = alone.collect();
            if group.is_empty() { SmallVec::new() } else { SmallVec::from_iter([group]) }
        }
    }
}

/// The ranks of rules that act at once: one for each action that they have, Deny first.
fn ranks<'a>(
    walk: &Walk<'_>,
    (entries, position): (&'a [Selecting], Option<u32>),
) -> impl Iterator<Item = Rank<'a>> {
    let ranks = [Action::Deny, Action::Allow, Action::Pass].map(|action| Rank { action, entries, position });
    ranks.into_iter().filter(|rank| rank.has_rules(walk))
}

/// The positions of the rules of some policies, each once.
fn positions(walk: &Walk<'_>, entries: &[Selecting]) -> Vec<u32> {
    let policies = entries.iter().filter_map(|entry| walk.index.acting(entry.policy));
    let rules = policies.flat_map(|policy| policy.rules_in_turn(walk.direction));
    let mut positions: Vec<u32> = rules.map(|(_, rule)| rule.position).collect();
    positions.sort_unstable();
    positions.dedup();
    positions
}

impl<'a> Rank<'a> {
    /// The rules, each with its policy and its place there.
    pub(super) fn rules(
        &self,
        walk: &'a Walk<'_>,
    ) -> impl Iterator<Item = (Selecting, usize, &'a IndexedRule)> + use<'a> {
        let Self { action, entries, position } = *self;
        let direction: Direction = walk.direction;
        let index = walk.index;
        entries.iter().flat_map(move |entry| {
            let rules = index.acting(entry.policy).map(|policy| policy.rules_at(direction, position));
            let own = rules.into_iter().flatten().filter(move |(_, rule)| rule.action == action);
            own.map(move |(place, rule)| (*entry, place, rule))
        })
    }

    fn has_rules(&self, walk: &Walk<'_>) -> bool {
        self.entries.iter().any(|entry| {
            walk.index.acting(entry.policy).is_some_and(|policy| match self.position {
                None => policy.has(walk.direction, self.action),
                Some(_) => {
                    policy.rules_at(walk.direction, self.position).any(|(_, rule)| rule.action == self.action)
                }
            })
        })
    }
}
