//! Joins what sources let out with what destinations let in, only where both do.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::ShareId;
use super::lines::{Line, Lines, each};
use super::rectangle::{Because, Rectangle, Side};
use super::share::Cell;
use crate::evaluate::{Reason, RowPart};
use crate::index::ClassSet;
use crate::net::{ConnectionSet, Decided};

/// The cells with the lines of both directions.
#[derive(Debug)]
pub(super) struct Joint<'a> {
    cells: &'a [Cell],
    egress: &'a Lines,
    ingress: &'a Lines,
    /// For each class, its first cell and the one after the last.
    of_class: Vec<(u32, u32)>,
    /// For each class, the small parts of egress lines that hold it, as (line, part).
    small: Vec<Vec<(u32, u32)>>,
    /// The large parts of egress lines.
    large: Vec<(u32, u32)>,
}

/// Cells, by their places, sorted.
type Cells = Arc<[u32]>;

/// Some sources towards some destinations.
#[derive(Debug)]
struct Piece {
    from: Cells,
    to: Cells,
    decided: Decided,
    because: Because,
    reasons: Vec<Reason>,
}

/// All rectangles, merged and in order.
pub(super) fn rectangles(cells: &[Cell], egress: &Lines, ingress: &Lines) -> Vec<Rectangle> {
    let joint = Joint::new(cells, egress, ingress);
    let numbers: Vec<u32> = (0u32..).take(ingress.list.len()).collect();
    let pieces: Vec<Vec<Piece>> = each(numbers, |number| joint.line(number));
    let mut interned = Interned { cells, known: FxHashMap::default() };
    let mut rectangles: Vec<Rectangle> = Vec::new();
    for piece in pieces.into_iter().flatten() {
        rectangles.push(Rectangle {
            from: interned.side(&piece.from),
            to: interned.side(&piece.to),
            decided: piece.decided,
            because: piece.because,
            reasons: piece.reasons,
        });
    }
    for line in &ingress.list {
        let to = interned.side(&line.cells);
        let outside = line.row.outside.iter();
        rectangles
            .extend(outside.map(|part| outer(line, part, Side::Addresses(part.peers.clone()), to.clone())));
    }
    for line in &egress.list {
        let from = interned.side(&line.cells);
        let outside = line.row.outside.iter();
        rectangles
            .extend(outside.map(|part| outer(line, part, from.clone(), Side::Addresses(part.peers.clone()))));
    }
    merged(rectangles)
}

fn outer<S>(line: &Line, part: &RowPart<S>, from: Side, to: Side) -> Rectangle {
    let because = if line.row.is_open { Because::NotIsolated } else { Because::Rules };
    let reasons = reasons(&part.reasons, &[], &part.decided.unknown);
    Rectangle { from, to, decided: part.decided.clone(), because, reasons }
}

impl<'a> Joint<'a> {
    fn new(cells: &'a [Cell], egress: &'a Lines, ingress: &'a Lines) -> Self {
        let classes = cells.last().map_or(0, |cell| cell.subject.class.0 as usize + 1);
        let mut of_class = vec![(0u32, 0u32); classes];
        for (place, cell) in (0u32..).zip(cells) {
            if let Some(range) = of_class.get_mut(cell.subject.class.0 as usize) {
                *range = if range.1 == 0 { (place, place + 1) } else { (range.0, place + 1) };
            }
        }
        let mut small = vec![Vec::new(); classes];
        let mut large = Vec::new();
        for (number, line) in (0u32..).zip(&egress.list) {
            for (place, part) in (0u32..).zip(&line.row.inside) {
                match &part.peers {
                    ClassSet::Many(_) => large.push((number, place)),
                    ClassSet::Few(_) => {
                        for class in part.peers.iter() {
                            if let Some(list) = small.get_mut(class.0 as usize) {
                                list.push((number, place));
                            }
                        }
                    }
                }
            }
        }
        Self { cells, egress, ingress, of_class, small, large }
    }

    /// Everything towards the destinations of one ingress line.
    fn line(&self, number: u32) -> Vec<Piece> {
        let Some(to) = self.ingress.list.get(number as usize) else { return Vec::new() };
        let mut pieces = Vec::new();
        let mut arriving: Option<Arriving<'a>> = None;
        for part in &to.row.inside {
            if let ClassSet::Few(_) = part.peers {
                for (line, from) in self.by_line(&part.peers) {
                    let Some(egress) = self.egress.list.get(line as usize) else { continue };
                    let from: Cells = from.into();
                    for out in &egress.row.inside {
                        let reached = self.within(&to.cells, &out.peers, (number, self.ingress));
                        self.add((egress, out, &from), (to, part, &reached), &mut pieces);
                    }
                }
                continue;
            }
            for (line, out, reached) in arriving.get_or_insert_with(|| self.arriving(number, to)) {
                let from = self.within(&line.1.cells, &part.peers, (line.0, self.egress));
                self.add((line.1, out, &from), (to, part, reached), &mut pieces);
            }
        }
        pieces
    }

    fn add(
        &self,
        (egress, out, from): (&Line, &RowPart<ClassSet>, &Cells),
        (ingress, into, to): (&Line, &RowPart<ClassSet>, &Cells),
        pieces: &mut Vec<Piece>,
    ) {
        if from.is_empty() || to.is_empty() {
            return;
        }
        let decided = out.decided.and(&into.decided);
        if decided.is_nothing() {
            return;
        }
        let is_open = egress.row.is_open && ingress.row.is_open;
        let because = if is_open { Because::NotIsolated } else { Because::Rules };
        let reasons = reasons(&out.reasons, &into.reasons, &decided.unknown);
        pieces.push(Piece { from: from.clone(), to: to.clone(), decided, because, reasons });
    }

    /// The parts of egress lines that let something out to destinations of a line, with those.
    fn arriving(&self, number: u32, to: &Line) -> Arriving<'a> {
        let mut places: BTreeMap<(u32, u32), Option<Vec<u32>>> =
            self.large.iter().map(|place| (*place, None)).collect();
        for cell in &to.cells {
            let class =
                self.cells.get(*cell as usize).map_or(usize::MAX, |cell| cell.subject.class.0 as usize);
            for place in self.small.get(class).into_iter().flatten() {
                places.entry(*place).or_insert_with(|| Some(Vec::new())).get_or_insert_default().push(*cell);
            }
        }
        let found = places.into_iter().filter_map(|((line, place), reached)| {
            let egress = self.egress.list.get(line as usize)?;
            let part = egress.row.inside.get(place as usize)?;
            let reached = match reached {
                Some(reached) => reached.into(),
                None => self.within(&to.cells, &part.peers, (number, self.ingress)),
            };
            (!reached.is_empty()).then_some(((line, egress), part, reached))
        });
        found.collect()
    }

    /// The cells of some classes, by their egress lines.
    fn by_line(&self, classes: &ClassSet) -> BTreeMap<u32, Vec<u32>> {
        let mut lines: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for class in classes.iter() {
            let (first, end) = self.of_class.get(class.0 as usize).copied().unwrap_or_default();
            for cell in first..end {
                if let Some(line) = self.egress.of_cell.get(cell as usize) {
                    lines.entry(*line).or_default().push(cell);
                }
            }
        }
        lines
    }

    /// Those of a line's cells whose classes are in a set.
    fn within(&self, line: &[u32], classes: &ClassSet, (number, lines): (u32, &Lines)) -> Cells {
        if let ClassSet::Few(few) = classes
            && few.len() < line.len()
        {
            let ranges = few.iter().filter_map(|class| self.of_class.get(*class as usize));
            let cells = ranges.flat_map(|(first, end)| *first..*end);
            return cells.filter(|cell| lines.of_cell.get(*cell as usize) == Some(&number)).collect();
        }
        let class = |cell: u32| self.cells.get(cell as usize).map(|cell| cell.subject.class);
        line.iter()
            .copied()
            .filter(|cell| class(*cell).is_some_and(|class| classes.contains(class)))
            .collect()
    }
}

/// Parts of egress lines, by number, with the cells of one ingress line that they reach.
type Arriving<'a> = Vec<((u32, &'a Line), &'a RowPart<ClassSet>, Cells)>;

fn reasons(
    out: &[(Reason, ConnectionSet)],
    into: &[(Reason, ConnectionSet)],
    unknown: &ConnectionSet,
) -> Vec<Reason> {
    let bearing = out.iter().chain(into).filter(|(_, scope)| scope.overlaps(unknown));
    let mut reasons: Vec<Reason> = bearing.map(|(reason, _)| reason.clone()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    reasons
}

/// Sides of pods, each set once.
#[derive(Debug)]
struct Interned<'a> {
    cells: &'a [Cell],
    known: FxHashMap<Vec<u32>, Side>,
}

impl Interned<'_> {
    fn side(&mut self, cells: &[u32]) -> Side {
        if let Some(side) = self.known.get(cells) {
            return side.clone();
        }
        let shares = cells.iter().filter_map(|cell| self.cells.get(*cell as usize));
        let mut shares: Vec<ShareId> = shares.flat_map(|cell| &cell.shares).copied().collect();
        shares.sort_unstable();
        let side = Side::Pods(shares.into());
        self.known.insert(cells.to_vec(), side.clone());
        side
    }
}

/// Rectangles that differ in one side alone become one.
pub(super) fn merged(rectangles: Vec<Rectangle>) -> Vec<Rectangle> {
    let by_from = merged_by(
        rectangles,
        |it| (it.from.clone(), is_inside(&it.to)),
        |all, more| {
            all.to = union(&all.to, &more.to);
        },
    );
    let mut both = merged_by(
        by_from,
        |it| (it.to.clone(), is_inside(&it.from)),
        |all, more| {
            all.from = union(&all.from, &more.from);
        },
    );
    both.sort_unstable();
    both
}

const fn is_inside(side: &Side) -> bool {
    matches!(side, Side::Pods(_))
}

type SameKey = ((Side, bool), Decided, Because, Vec<Reason>);

fn merged_by(
    rectangles: Vec<Rectangle>,
    side: impl Fn(&Rectangle) -> (Side, bool),
    join: impl Fn(&mut Rectangle, &Rectangle),
) -> Vec<Rectangle> {
    let mut places: FxHashMap<SameKey, usize> = FxHashMap::default();
    let mut all: Vec<Rectangle> = Vec::new();
    for rectangle in rectangles {
        let key = (side(&rectangle), rectangle.decided.clone(), rectangle.because, rectangle.reasons.clone());
        match places.get(&key).and_then(|place| all.get_mut(*place)) {
            Some(same) => join(same, &rectangle),
            None => {
                places.insert(key, all.len());
                all.push(rectangle);
            }
        }
    }
    all
}

fn union(one: &Side, other: &Side) -> Side {
    match (one, other) {
        (Side::Pods(one), Side::Pods(other)) => {
            let mut all: Vec<ShareId> = one.iter().chain(other.iter()).copied().collect();
            all.sort_unstable();
            all.dedup();
            Side::Pods(all.into())
        }
        (Side::Addresses(one), Side::Addresses(other)) => Side::Addresses(one.union(other)),
        _ => one.clone(),
    }
}
