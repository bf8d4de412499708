//! Joins what sources let out with what destinations let in, only where both do.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::ShareId;
use super::lines::{Line, Lines, each};
use super::merge::{Answer, Merge};
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

/// How many ingress lines are joined at a time: their pieces are held together.
const AT_A_TIME: usize = 2048;

/// All rectangles, merged and in order.
pub(super) fn rectangles(cells: &[Cell], egress: &Lines, ingress: &Lines) -> Vec<Rectangle> {
    let joint = Joint::new(cells, egress, ingress);
    let mut merge = Merge::default();
    let mut sides = PodSides { cells, known: FxHashMap::default() };
    let numbers: Vec<u32> = (0u32..).take(ingress.list.len()).collect();
    for some in numbers.chunks(AT_A_TIME) {
        let pieces: Vec<Vec<Piece>> = each(some.to_vec(), |number| joint.line(number));
        for piece in pieces.into_iter().flatten() {
            let (from, to) = (sides.side(&piece.from, &mut merge), sides.side(&piece.to, &mut merge));
            merge.add(from, to, (piece.decided, piece.because, piece.reasons));
        }
    }
    for line in &ingress.list {
        let to = sides.side(&line.cells, &mut merge);
        for part in &line.row.outside {
            let from = merge.side(Side::Addresses(part.peers.clone()));
            merge.add(from, to, outer(line, part));
        }
    }
    for line in &egress.list {
        let from = sides.side(&line.cells, &mut merge);
        for part in &line.row.outside {
            let to = merge.side(Side::Addresses(part.peers.clone()));
            merge.add(from, to, outer(line, part));
        }
    }
    merge.finish()
}

fn outer<S>(line: &Line, part: &RowPart<S>) -> Answer {
    let because = if line.row.is_open { Because::NotIsolated } else { Because::Rules };
    (part.decided.clone(), because, reasons(&part.reasons, &[], &part.decided.unknown))
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
                        add((egress, out, &from), (to, part, &reached), &mut pieces);
                    }
                }
                continue;
            }
            for (line, out, reached) in arriving.get_or_insert_with(|| self.arriving(number, to)) {
                let from = self.within(&line.1.cells, &part.peers, (line.0, self.egress));
                add((line.1, out, &from), (to, part, reached), &mut pieces);
            }
        }
        pieces
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

/// Adds what an egress part and an ingress part let through together.
fn add(
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

/// The sides that cells are, each computed once.
#[derive(Debug)]
struct PodSides<'a> {
    cells: &'a [Cell],
    known: FxHashMap<Cells, u32>,
}

impl PodSides<'_> {
    fn side(&mut self, cells: &[u32], merge: &mut Merge) -> u32 {
        if let Some(side) = self.known.get(cells) {
            return *side;
        }
        let shares = cells.iter().filter_map(|cell| self.cells.get(*cell as usize));
        let mut shares: Vec<ShareId> = shares.flat_map(|cell| &cell.shares).copied().collect();
        shares.sort_unstable();
        let side = merge.side(Side::Pods(shares.into()));
        self.known.insert(cells.into(), side);
        side
    }
}
