//! What has no links stands in rows.

use super::measure::number;

/// A rectangle by its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Rect {
    pub(super) const fn sized(width: f64, height: f64) -> Self {
        Self { x: 0.0, y: 0.0, width, height }
    }

    pub(super) fn right(&self) -> f64 {
        self.x + self.width
    }

    pub(super) fn bottom(&self) -> f64 {
        self.y + self.height
    }

    pub(super) fn middle(&self) -> (f64, f64) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    #[must_use]
    pub(super) fn moved(self, x: f64, y: f64) -> Self {
        Self { x: self.x + x, y: self.y + y, ..self }
    }
}

/// Places equally wide rectangles in rows and columns, about half as high as wide; gives them and the size of all.
pub(super) fn grid(sizes: &[Rect], gap: f64) -> (Vec<Rect>, Rect) {
    let width = sizes.iter().map(|size| size.width).fold(0.0, f64::max);
    let height = sizes.iter().map(|size| size.height).fold(0.0, f64::max);
    let columns = columns(sizes.len(), width + gap, height + gap);
    let rows = sizes.len().div_ceil(columns);
    let place = |at: usize| {
        let (column, row) = (number(at % columns), number(at / columns));
        Rect { x: column * (width + gap), y: row * (height + gap), width, height }
    };
    let across = number(columns.min(sizes.len())) * (width + gap) - gap;
    (
        (0..sizes.len()).map(place).collect(),
        Rect::sized(across.max(0.0), (number(rows) * (height + gap) - gap).max(0.0)),
    )
}

/// Places rectangles in rows that are no wider than given; gives their places and the size of all.
pub(super) fn shelves(sizes: &[Rect], across: f64, gap: f64) -> (Vec<Rect>, Rect) {
    let (mut x, mut y, mut row, mut right) = (0.0, 0.0, 0.0_f64, 0.0_f64);
    let mut places = Vec::new();
    for size in sizes {
        if x > 0.0 && x + size.width > across {
            x = 0.0;
            y += row + gap;
            row = 0.0;
        }
        places.push(Rect { x, y, ..*size });
        x += size.width + gap;
        row = row.max(size.height);
        right = right.max(x - gap);
    }
    (places, Rect::sized(right, if sizes.is_empty() { 0.0 } else { y + row }))
}

fn columns(count: usize, width: f64, height: f64) -> usize {
    let fits = |columns: &usize| {
        let rows = count.div_ceil(*columns);
        number(*columns) * width >= 2.0 * number(rows) * height
    };
    (1..count.max(1)).find(fits).unwrap_or(count.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_do_not_overlap_and_keep_their_width() {
        let sizes: Vec<Rect> = (1..40_u32)
            .map(|at| Rect::sized(f64::from(at % 7 * 30 + 20), f64::from(at % 3 * 10 + 10)))
            .collect();
        let (places, all) = shelves(&sizes, 300.0, 5.0);
        assert!(places.iter().all(|place| place.right() <= 300.0 && place.bottom() <= all.height));
        for (at, a) in places.iter().enumerate() {
            for b in places.iter().skip(at + 1) {
                assert!(a.right() <= b.x || b.right() <= a.x || a.bottom() <= b.y || b.bottom() <= a.y);
            }
        }
        let (cells, all) = grid(&[Rect::sized(100.0, 30.0); 25], 10.0);
        assert!(all.width > all.height && cells.iter().all(|cell| cell.right() <= all.width));
        assert_eq!(grid(&[], 10.0).0.len(), 0);
    }
}
