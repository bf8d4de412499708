//! Lines that bend softly: uniform B-splines, which start and end where they are told to.

use std::fmt::Write as _;

/// A point of an image.
pub(super) type Point = (f64, f64);

/// The `d` of a path along points.
pub(super) fn path(points: &[Point]) -> String {
    let mut out = String::new();
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return out };
    let _ = write!(out, "M{:.1} {:.1}", first.0, first.1);
    if points.len() > 2 {
        let mut padded = vec![*first];
        padded.extend_from_slice(points);
        padded.push(*last);
        for window in padded.windows(3).skip(1) {
            let [before, here, after] = window else { continue };
            let (one, two) = (weighted(*before, *here, 1.0 / 3.0), weighted(*before, *here, 2.0 / 3.0));
            let end = weighted(two, weighted(*here, *after, 1.0 / 3.0), 0.5);
            let _ = write!(
                out,
                " C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
                one.0, one.1, two.0, two.1, end.0, end.1
            );
        }
    }
    let _ = write!(out, " L{:.1} {:.1}", last.0, last.1);
    out
}

fn weighted(a: Point, b: Point, share: f64) -> Point {
    (a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_starts_and_ends_where_it_is_told_to() {
        let points = [(0.0, 0.0), (10.0, 5.0), (20.0, 0.0), (30.0, 10.0)];
        let line = path(&points);
        assert!(line.starts_with("M0.0 0.0 C") && line.ends_with(" L30.0 10.0"));
        assert_eq!(path(&points[..2]), "M0.0 0.0 L10.0 5.0");
        assert_eq!(path(&[]), "");
    }
}
