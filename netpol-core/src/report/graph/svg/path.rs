//! Lines that run level past the boxes of a column, and bend only in the gaps between columns, so that none crosses a
//! box.

use std::fmt::Write as _;

use super::pack::Rect;

/// A point of an image.
pub(super) type Point = (f64, f64);

/// How far two middles of the same column may differ.
const NEAR: f64 = 0.5;
/// How far a line runs level before it reaches its box, so that its tip is straight.
const LEAD: f64 = 9.0;
/// Part of the side of a box on which lines end.
const SIDE: f64 = 0.6;

/// Columns of boxes and labels: their middles, and half their width.
#[derive(Debug, Default)]
pub(super) struct Columns(Vec<(f64, f64)>);

impl Columns {
    /// The columns that have these middles and widths.
    pub(super) fn of(items: impl Iterator<Item = (f64, f64)>) -> Self {
        let mut columns: Vec<(f64, f64)> = Vec::new();
        for (middle, width) in items {
            match columns.iter_mut().find(|(of, _)| (of - middle).abs() < NEAR) {
                Some((_, half)) => *half = half.max(width / 2.0),
                None => columns.push((middle, width / 2.0)),
            }
        }
        Self(columns)
    }

    /// Half the width of the column with this middle.
    fn half(&self, middle: f64) -> f64 {
        self.0.iter().find(|(of, _)| (of - middle).abs() < NEAR).map_or(0.0, |(_, half)| *half)
    }

    /// The corners of a line from one box to another: level within each column that it passes at one of `between`.
    pub(super) fn route(&self, start: (Rect, f64), between: &[Point], end: (Rect, f64)) -> Vec<Point> {
        let (from, leaves) = start;
        let (to, comes) = end;
        let rightwards = from.middle().0 <= to.middle().0;
        let sign = if rightwards { 1.0 } else { -1.0 };
        let edge = |rect: Rect, side: f64| (rect.middle().0 + side * rect.width / 2.0, rect.middle().0);
        let (first, first_middle) = edge(from, sign);
        let (last, last_middle) = edge(to, -sign);
        let mut points = vec![(first, leaves), (first_middle + sign * self.half(first_middle), leaves)];
        for (x, y) in between {
            let half = self.half(*x);
            points.push((x - sign * half, *y));
            points.push((x + sign * half, *y));
        }
        points.push((last_middle - sign * (self.half(last_middle) + LEAD), comes));
        points.push((last, comes));
        points
    }
}

/// Where lines end on a side of a box: evenly spread, in the order given.
pub(super) fn spread(rect: Rect, at: f64, count: f64) -> f64 {
    rect.y + rect.height * ((1.0 - SIDE) / 2.0 + SIDE * (at + 0.5) / count.max(1.0))
}

/// The `d` of a path along corners: level lines, and soft bends between them.
pub(super) fn path(points: &[Point]) -> String {
    let mut out = String::new();
    let Some(first) = points.first() else { return out };
    let _ = write!(out, "M{:.1} {:.1}", first.0, first.1);
    for pair in points.windows(2) {
        let [(x, y), (to_x, to_y)] = *pair else { continue };
        if (y - to_y).abs() < 0.05 {
            let _ = write!(out, " L{to_x:.1} {to_y:.1}");
        } else {
            let middle = f64::midpoint(x, to_x);
            let _ = write!(out, " C{middle:.1} {y:.1} {middle:.1} {to_y:.1} {to_x:.1} {to_y:.1}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_level_within_columns_and_bends_between_them() {
        let from = Rect { x: 0.0, y: 0.0, width: 20.0, height: 10.0 };
        let to = Rect { x: 200.0, y: 100.0, width: 40.0, height: 10.0 };
        let columns = Columns::of([(10.0, 30.0), (100.0, 50.0), (220.0, 40.0)].into_iter());
        let points = columns.route((from, 5.0), &[(100.0, 60.0)], (to, 105.0));
        let expected =
            [(20.0, 5.0), (25.0, 5.0), (75.0, 60.0), (125.0, 60.0), (191.0, 105.0), (200.0, 105.0)];
        assert_eq!(points, expected);
        assert_eq!(
            path(&points),
            "M20.0 5.0 L25.0 5.0 C50.0 5.0 50.0 60.0 75.0 60.0 L125.0 60.0 C158.0 60.0 158.0 105.0 191.0 105.0 L200.0 105.0"
        );
        assert_eq!(path(&[]), "");
    }

    #[test]
    fn ends_are_spread_over_the_side() {
        let rect = Rect { x: 0.0, y: 0.0, width: 20.0, height: 100.0 };
        assert!((spread(rect, 0.0, 1.0) - 50.0).abs() < 0.01);
        assert!(spread(rect, 0.0, 3.0) < spread(rect, 1.0, 3.0));
    }
}
