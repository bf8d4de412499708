//! Rectangles that differ in one side alone become one.

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;

use super::ShareId;
use super::rectangle::{Because, Rectangle, Side};
use crate::evaluate::Reason;
use crate::net::{Decided, IpSet};

/// What a rectangle says: what may flow, why, and why some of it is unknown.
pub(super) type Answer = (Decided, Because, Vec<Reason>);

/// Disjoint rectangles on their way to a map. Sides and answers are named by their places.
#[derive(Debug, Default)]
pub(super) struct Merge {
    sides: IndexSet<Side, FxBuildHasher>,
    answers: IndexSet<Answer, FxBuildHasher>,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, Copy)]
struct Piece {
    from: u32,
    to: u32,
    answer: u32,
}

/// A side that stays, an answer, and whether the side that is joined is of pods.
type Key = (u32, u32, bool);

impl Merge {
    /// The place of a side.
    pub(super) fn side(&mut self, side: Side) -> u32 {
        place(self.sides.insert_full(side).0)
    }

    /// Adds a rectangle.
    pub(super) fn add(&mut self, from: u32, to: u32, answer: Answer) {
        let answer = place(self.answers.insert_full(answer).0);
        self.pieces.push(Piece { from, to, answer });
    }

    /// The merged rectangles, in order.
    pub(super) fn finish(mut self) -> Vec<Rectangle> {
        let pieces = std::mem::take(&mut self.pieces);
        let same_from = self.joined(pieces.iter().map(|it| ((it.from, it.answer), it.to)));
        let same_to = self.joined(same_from.into_iter().map(|((from, answer), to)| ((to, answer), from)));
        let rectangle = |((to, answer), from): ((u32, u32), u32)| {
            let (decided, because, reasons) = self.answers.get_index(answer as usize)?.clone();
            let side = |place: u32| self.sides.get_index(place as usize).cloned();
            Some(Rectangle { from: side(from)?, to: side(to)?, decided, because, reasons })
        };
        let mut rectangles: Vec<Rectangle> = same_to.into_iter().filter_map(rectangle).collect();
        rectangles.sort_unstable();
        rectangles
    }

    /// The sides of each key as one, those of pods and those of addresses apart.
    fn joined(&mut self, pieces: impl Iterator<Item = ((u32, u32), u32)>) -> Vec<((u32, u32), u32)> {
        let mut by_key: IndexMap<Key, Vec<u32>, FxBuildHasher> = IndexMap::default();
        for ((kept, answer), joined) in pieces {
            let is_pods = matches!(self.sides.get_index(joined as usize), Some(Side::Pods(_)));
            by_key.entry((kept, answer, is_pods)).or_default().push(joined);
        }
        let joined = by_key.into_iter().map(|((kept, answer, _), sides)| {
            let side = match sides.as_slice() {
                [one] => *one,
                several => {
                    let union = self.union(several);
                    self.side(union)
                }
            };
            ((kept, answer), side)
        });
        joined.collect()
    }

    fn union(&self, sides: &[u32]) -> Side {
        let sides = || sides.iter().filter_map(|place| self.sides.get_index(*place as usize));
        let mut shares: Vec<ShareId> = sides().flat_map(Side::pods).copied().collect();
        if shares.is_empty() {
            return Side::Addresses(IpSet::union_of(sides().filter_map(Side::addresses)));
        }
        shares.sort_unstable();
        shares.dedup();
        Side::Pods(shares.into())
    }
}

fn place(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
