//! The subjects of one direction, those with the same row together.

use rustc_hash::FxHashMap;

use super::share::Cell;
use crate::evaluate::{Row, RowKey, Rows};
use crate::policy::Direction;

/// Subjects that share a row.
#[derive(Debug)]
pub(super) struct Line {
    /// The places of their cells, in order.
    pub(super) cells: Vec<u32>,
    pub(super) row: Row,
}

/// The lines of one direction, and for each cell the line that it is in.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) list: Vec<Line>,
    pub(super) of_cell: Vec<u32>,
}

pub(super) fn lines(rows: &Rows<'_>, cells: &[Cell], direction: Direction) -> Lines {
    let mut numbers: FxHashMap<RowKey, u32> = FxHashMap::default();
    let mut members: Vec<Vec<u32>> = Vec::new();
    let mut of_cell = Vec::with_capacity(cells.len());
    for (place, cell) in (0u32..).zip(cells) {
        let number = *numbers.entry(rows.key(cell.subject, direction)).or_insert_with(|| {
            members.push(Vec::new());
            u32::try_from(members.len() - 1).unwrap_or(u32::MAX)
        });
        of_cell.push(number);
        if let Some(line) = members.get_mut(number as usize) {
            line.push(place);
        }
    }
    let line = |members: Vec<u32>| {
        let first = members.first().and_then(|place| cells.get(*place as usize));
        let row = first.map(|cell| rows.row(cell.subject, direction)).unwrap_or_default();
        Line { cells: members, row }
    };
    Lines { list: each(members, line), of_cell }
}

#[cfg(feature = "parallel")]
pub(super) fn each<T: Send, R: Send>(items: Vec<T>, each: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    use rayon::prelude::*;
    items.into_par_iter().map(each).collect()
}

#[cfg(not(feature = "parallel"))]
pub(super) fn each<T, R>(items: Vec<T>, each: impl Fn(T) -> R) -> Vec<R> {
    items.into_iter().map(each).collect()
}
