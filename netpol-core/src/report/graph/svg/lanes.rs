//! Lanes: in the gap between two columns, each line goes up or down at a place of its own. Gaps are as wide as that
//! needs, and what stands right of them moves.

use std::collections::BTreeMap;

use super::measure::number;
use super::pack::Rect;
use super::path::Point;

/// How far two middles of the same column may differ.
const NEAR: f64 = 0.5;
/// Between two lanes.
const LANE: f64 = 8.0;
/// Between a column and the first lane: there is room for the tip of a line.
const LEAD: f64 = 13.0;
/// What stands that near is level.
const LEVEL: f64 = 0.05;

/// A link on its way: the boxes at its ends, the heights at which it leaves and comes, and where it passes the columns
/// between.
#[derive(Debug)]
pub(super) struct Course {
    pub(super) start: (Rect, f64),
    pub(super) between: Vec<Point>,
    pub(super) end: (Rect, f64),
}

/// Columns of boxes and labels from left to right: their middles, and half their width.
#[derive(Debug, Default)]
pub(super) struct Columns(Vec<(f64, f64)>);

/// Where a line changes its height: in a gap, between two heights.
#[derive(Debug)]
struct Bend {
    course: usize,
    hop: usize,
    left: f64,
    right: f64,
}

/// Columns that have moved to make room for lanes, and the lines between them.
#[derive(Debug)]
pub(super) struct Lanes {
    columns: Columns,
    /// How far each column has moved.
    moved: Vec<f64>,
    /// The corners of each line.
    pub(super) lines: Vec<Vec<Point>>,
}

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
        columns.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self(columns)
    }

    /// The column of a middle.
    fn at(&self, middle: f64) -> usize {
        let right = self.0.partition_point(|(of, _)| *of < middle - NEAR);
        right.min(self.0.len().saturating_sub(1))
    }

    fn sides(&self, column: usize) -> (f64, f64) {
        self.0.get(column).map_or((0.0, 0.0), |(middle, half)| (middle - half, middle + half))
    }

    /// The columns that a line passes, with its height there.
    fn passes(&self, course: &Course) -> Vec<(usize, f64)> {
        let start = (self.at(course.start.0.middle().0), course.start.1);
        let end = (self.at(course.end.0.middle().0), course.end.1);
        // Where no column stands, a line may change its height anyway.
        let is_column = |x: f64| self.0.get(self.at(x)).is_some_and(|(middle, _)| (middle - x).abs() < NEAR);
        let between = course.between.iter().filter(|(x, _)| is_column(*x)).map(|(x, y)| (self.at(*x), *y));
        let mut passes: Vec<(usize, f64)> = [start].into_iter().chain(between).collect();
        passes.push(end);
        passes.dedup_by_key(|(column, _)| *column);
        passes
    }
}

impl Lanes {
    /// Gives every line its lanes.
    pub(super) fn of(columns: Columns, courses: &[Course]) -> Self {
        let passes: Vec<Vec<(usize, f64)>> = courses.iter().map(|course| columns.passes(course)).collect();
        let mut gaps: BTreeMap<usize, Vec<Bend>> = BTreeMap::new();
        for (course, passes) in passes.iter().enumerate() {
            for (hop, pair) in passes.windows(2).enumerate() {
                let [(from, leaves), (to, comes)] = *pair else { continue };
                if (leaves - comes).abs() < LEVEL {
                    continue;
                }
                let (gap, left, right) =
                    if from < to { (from, leaves, comes) } else { (from - 1, comes, leaves) };
                gaps.entry(gap).or_default().push(Bend { course, hop, left, right });
            }
        }
        let numbered: BTreeMap<usize, (Vec<(Bend, usize)>, usize)> =
            gaps.into_iter().map(|(gap, bends)| (gap, numbered(bends))).collect();
        let mut lanes = Self { columns, moved: Vec::new(), lines: Vec::new() };
        lanes.make_room(|gap| numbered.get(&gap).map_or(0, |(_, count)| *count));
        let mut places: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        for (gap, (bends, count)) in &numbered {
            for (bend, lane) in bends {
                places.insert((bend.course, bend.hop), lanes.place(*gap, *lane, *count));
            }
        }
        let lines =
            courses.iter().zip(&passes).enumerate().map(|(at, (course, passes))| {
                lanes.line(course, passes, |hop| places.get(&(at, hop)).copied())
            });
        lanes.lines = lines.collect();
        lanes
    }

    /// Where something that stood at `x` stands now.
    pub(super) fn now(&self, x: f64) -> f64 {
        let columns = self.columns.0.iter().zip(&self.moved);
        let mut before: Option<(f64, f64)> = None;
        for ((middle, half), moved) in columns {
            let (left, right) = (middle - half, middle + half);
            if x < left {
                let Some((from, by)) = before else { return x + moved };
                let part = if left > from { ((x - from) / (left - from)).clamp(0.0, 1.0) } else { 1.0 };
                return x + by + (moved - by) * part;
            }
            if x <= right {
                return x + moved;
            }
            before = Some((right, *moved));
        }
        x + before.map_or(0.0, |(_, by)| by)
    }

    /// Moves columns apart where the lanes between them need more room than there is.
    fn make_room(&mut self, lanes: impl Fn(usize) -> usize) {
        let mut by = 0.0;
        for column in 0..self.columns.0.len() {
            self.moved.push(by);
            let room = self.columns.sides(column + 1).0 - self.columns.sides(column).1;
            let count = lanes(column);
            let needed = if count == 0 { 0.0 } else { 2.0 * LEAD + LANE * number(count - 1) };
            if column + 1 < self.columns.0.len() {
                by += (needed - room).max(0.0);
            }
        }
    }

    /// The middle of a lane of a gap, among so many.
    fn place(&self, gap: usize, lane: usize, count: usize) -> f64 {
        let moved = |column: usize| self.moved.get(column).copied().unwrap_or_default();
        let left = self.columns.sides(gap).1 + moved(gap);
        let right = self.columns.sides(gap + 1).0 + moved(gap + 1);
        f64::midpoint(left, right) + LANE * (number(lane) - number(count.saturating_sub(1)) / 2.0)
    }

    /// The corners of a line.
    fn line(
        &self,
        course: &Course,
        passes: &[(usize, f64)],
        lane: impl Fn(usize) -> Option<f64>,
    ) -> Vec<Point> {
        let (from, to) = (course.start.0, course.end.0);
        let is_rightwards = from.middle().0 <= to.middle().0;
        let edges = if is_rightwards { (from.right(), to.x) } else { (from.x, to.right()) };
        let mut points = vec![(self.now(edges.0), course.start.1)];
        for (hop, pair) in passes.windows(2).enumerate() {
            if let ([(_, leaves), (_, comes)], Some(x)) = (pair, lane(hop)) {
                points.extend([(x, *leaves), (x, *comes)]);
            }
        }
        points.push((self.now(edges.1), course.end.1));
        points
    }
}

/// Numbers the lanes of a gap. Lines that go down take theirs from the lowest on, lines that go up from the highest
/// on, so that they cross as little as they can; those that do not meet share one. Says how many lanes there are.
fn numbered(mut bends: Vec<Bend>) -> (Vec<(Bend, usize)>, usize) {
    let key = |bend: &Bend| {
        let is_up = bend.right < bend.left;
        (is_up, if is_up { bend.left } else { -bend.left })
    };
    bends.sort_by(|a, b| {
        let (a, b) = (key(a), key(b));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    let span = |bend: &Bend| (bend.left.min(bend.right) - LANE, bend.left.max(bend.right) + LANE);
    let mut placed: Vec<(Bend, usize)> = Vec::new();
    let mut count = 0;
    for bend in bends {
        let (top, bottom) = span(&bend);
        let meets = placed.iter().filter(|(other, _)| {
            let (other_top, other_bottom) = span(other);
            other_top < bottom && top < other_bottom
        });
        let lane = meets.map(|(_, lane)| lane + 1).max().unwrap_or(0);
        count = count.max(lane + 1);
        placed.push((bend, lane));
    }
    (placed, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn rect(x: f64, y: f64) -> Rect {
        Rect { x, y, width: 20.0, height: 10.0 }
    }

    fn course(from: (f64, f64), to: (f64, f64)) -> Course {
        Course {
            start: (rect(from.0, from.1), from.1 + 5.0),
            between: Vec::new(),
            end: (rect(to.0, to.1), to.1 + 5.0),
        }
    }

    #[test]
    fn each_line_has_a_lane_of_its_own_where_they_meet() {
        let columns = Columns::of([(10.0, 20.0), (60.0, 20.0)].into_iter());
        let courses = [course((0.0, 0.0), (50.0, 100.0)), course((0.0, 50.0), (50.0, 150.0))];
        let lanes = Lanes::of(columns, &courses);
        let across = |line: usize| lanes.lines[line][1].0;
        assert!(across(0) > across(1) + LANE - 0.1, "{:?}", lanes.lines);
        assert_eq!(lanes.lines[0].len(), 4);
        // The gap was 30 wide and has become 34.
        assert_eq!((lanes.now(10.0), lanes.now(60.0), lanes.now(35.0)), (10.0, 64.0, 37.0));
        assert_eq!(lanes.lines[0][3], (54.0, 105.0));
    }

    #[test]
    fn lines_that_do_not_meet_share_a_lane_and_level_lines_need_none() {
        let columns = Columns::of([(10.0, 20.0), (60.0, 20.0)].into_iter());
        let courses = [
            course((0.0, 0.0), (50.0, 20.0)),
            course((0.0, 200.0), (50.0, 220.0)),
            course((50.0, 400.0), (0.0, 400.0)),
        ];
        let lanes = Lanes::of(columns, &courses);
        assert_eq!(lanes.lines[0][1].0.to_bits(), lanes.lines[1][1].0.to_bits());
        assert_eq!(lanes.lines[2], [(50.0, 405.0), (20.0, 405.0)]);
    }
}
