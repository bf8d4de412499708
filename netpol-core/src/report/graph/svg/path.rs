//! Lines as paths.

use std::fmt::Write as _;

use super::pack::Rect;

/// A point of an image.
pub(super) type Point = (f64, f64);

/// Part of the side of a box on which lines end.
const SIDE: f64 = 0.76;
/// How round corners are.
const ROUND: f64 = 7.0;

/// Where lines end on a side of a box: evenly spread, in the order given.
pub(super) fn spread(rect: Rect, at: f64, count: f64) -> f64 {
    rect.y + rect.height * ((1.0 - SIDE) / 2.0 + SIDE * (at + 0.5) / count.max(1.0))
}

/// The `d` of a path along corners, which are rounded.
pub(super) fn path(points: &[Point]) -> String {
    let mut out = String::new();
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return out };
    let _ = write!(out, "M{:.1} {:.1}", first.0, first.1);
    for corner in points.windows(3) {
        let [before, at, after] = *corner else { continue };
        let radius = ROUND.min(distance(before, at) / 2.0).min(distance(at, after) / 2.0);
        let (enter, leave) = (towards(at, before, radius), towards(at, after, radius));
        let _ = write!(
            out,
            " L{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1}",
            enter.0, enter.1, at.0, at.1, leave.0, leave.1
        );
    }
    let _ = write!(out, " L{:.1} {:.1}", last.0, last.1);
    out
}

fn distance(one: Point, other: Point) -> f64 {
    (one.0 - other.0).hypot(one.1 - other.1)
}

/// The point that far from one point towards another.
fn towards(from: Point, to: Point, far: f64) -> Point {
    let part = far / distance(from, to).max(far).max(f64::MIN_POSITIVE);
    (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_are_rounded_as_far_as_there_is_room() {
        let corners = [(0.0, 0.0), (30.0, 0.0), (30.0, 6.0), (60.0, 6.0)];
        assert_eq!(
            path(&corners),
            "M0.0 0.0 L27.0 0.0 Q30.0 0.0 30.0 3.0 L30.0 3.0 Q30.0 6.0 33.0 6.0 L60.0 6.0"
        );
        assert_eq!(path(&[(0.0, 0.0), (9.0, 0.0)]), "M0.0 0.0 L9.0 0.0");
        assert_eq!(path(&[]), "");
    }

    #[test]
    fn ends_are_spread_over_the_side() {
        let rect = Rect { x: 0.0, y: 0.0, width: 20.0, height: 100.0 };
        assert!((spread(rect, 0.0, 1.0) - 50.0).abs() < 0.01);
        assert!(spread(rect, 0.0, 3.0) < spread(rect, 1.0, 3.0));
    }
}
