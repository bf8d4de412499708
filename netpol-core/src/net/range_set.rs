//! Canonical sets of whole numbers: sorted, disjoint, inclusive ranges that do not touch.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use smallvec::SmallVec;

/// A number that ranges can be made of.
pub trait Bound: Copy + Ord + std::fmt::Debug {
    /// The next number, if there is one.
    fn next(self) -> Option<Self>;
    /// The number before, if there is one.
    fn previous(self) -> Option<Self>;
}

macro_rules! bound {
    ($($number:ty),*) => {$(
        impl Bound for $number {
            fn next(self) -> Option<Self> {
                self.checked_add(1)
            }

            fn previous(self) -> Option<Self> {
                self.checked_sub(1)
            }
        }
    )*};
}

bound!(u16, u32, u128);

/// A set of numbers. Equal sets have equal ranges.
#[derive(Debug, Clone)]
pub struct RangeSet<T: Bound> {
    ranges: Ranges<T>,
}

/// Sorted ranges: up to two in place, which nearly every set has; more are shared by all copies of the set.
#[derive(Debug, Clone)]
enum Ranges<T> {
    None,
    One((T, T)),
    Two([(T, T); 2]),
    Many(Arc<[(T, T)]>),
}

/// Ranges on their way to a set.
type List<T> = SmallVec<[(T, T); 8]>;

impl<T: Bound> Default for RangeSet<T> {
    fn default() -> Self {
        Self { ranges: Ranges::None }
    }
}

impl<T: Bound> PartialEq for RangeSet<T> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.ranges(), other.ranges()) || self.ranges() == other.ranges()
    }
}

impl<T: Bound> Eq for RangeSet<T> {}

impl<T: Bound> PartialOrd for RangeSet<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Bound> Ord for RangeSet<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.ranges().cmp(other.ranges())
    }
}

impl<T: Bound + Hash> Hash for RangeSet<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.ranges().hash(state);
    }
}

impl<T: Bound> RangeSet<T> {
    /// The set without an element.
    pub fn empty() -> Self {
        Self::default()
    }

    /// The numbers from `first` to `last`, both included; empty when `first` is the larger.
    pub fn range(first: T, last: T) -> Self {
        Self { ranges: if first <= last { Ranges::One((first, last)) } else { Ranges::None } }
    }

    /// The union of any ranges, in any order.
    pub fn from_ranges(ranges: impl IntoIterator<Item = (T, T)>) -> Self {
        let mut ranges: List<T> = ranges.into_iter().filter(|(first, last)| first <= last).collect();
        ranges.sort_unstable();
        Self::joined(ranges.iter())
    }

    /// The inclusive ranges, sorted; no two touch.
    pub fn ranges(&self) -> &[(T, T)] {
        match &self.ranges {
            Ranges::None => &[],
            Ranges::One(range) => std::slice::from_ref(range),
            Ranges::Two(ranges) => ranges,
            Ranges::Many(ranges) => ranges,
        }
    }

    /// Whether no number is in the set.
    pub const fn is_empty(&self) -> bool {
        matches!(self.ranges, Ranges::None)
    }

    /// Whether `number` is in the set.
    pub fn contains(&self, number: T) -> bool {
        let ranges = self.ranges();
        let after = ranges.partition_point(|(first, _)| *first <= number);
        after.checked_sub(1).and_then(|index| ranges.get(index)).is_some_and(|(_, last)| number <= *last)
    }

    /// The numbers in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        if self.is_subset(other) {
            return other.clone();
        }
        if other.is_subset(self) {
            return self.clone();
        }
        Self::joined(Merged { left: self.ranges(), right: other.ranges() })
    }

    /// The numbers in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        if self.is_subset(other) {
            return self.clone();
        }
        if other.is_subset(self) {
            return other.clone();
        }
        let common: List<T> = self.common(other).collect();
        Self::of(&common)
    }

    /// The numbers in this set that are not in the other.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        if other.is_empty() {
            return self.clone();
        }
        if self.is_subset(other) {
            return Self::default();
        }
        let mut left: List<T> = SmallVec::new();
        let mut cuts = other.ranges().iter().peekable();
        for (first, last) in self.ranges() {
            let mut start = Some(*first);
            while cuts.peek().is_some_and(|cut| cut.1 < *first) {
                cuts.next();
            }
            let mut ahead = cuts.clone();
            while let (Some(from), Some(cut)) = (start, ahead.peek()) {
                if cut.0 > *last {
                    break;
                }
                if let Some(before) = cut.0.previous().filter(|before| *before >= from) {
                    left.push((from, before));
                }
                start = cut.1.next().filter(|next| *next <= *last);
                ahead.next();
            }
            if let Some(from) = start {
                left.push((from, *last));
            }
        }
        Self::of(&left)
    }

    /// Whether every number of this set is in the other.
    pub fn is_subset(&self, other: &Self) -> bool {
        let wide = other.ranges();
        std::ptr::eq(self.ranges(), wide)
            || self.ranges().iter().all(|(first, last)| {
                let after = wide.partition_point(|range| range.0 <= *first);
                after.checked_sub(1).and_then(|index| wide.get(index)).is_some_and(|range| range.1 >= *last)
            })
    }

    /// Whether some number is in both sets.
    pub fn overlaps(&self, other: &Self) -> bool {
        let (few, many) = if self.ranges().len() <= other.ranges().len() {
            (self.ranges(), other.ranges())
        } else {
            (other.ranges(), self.ranges())
        };
        few.iter().any(|(first, last)| {
            let next = many.partition_point(|range| range.1 < *first);
            many.get(next).is_some_and(|range| range.0 <= *last)
        })
    }

    /// The smallest number alone; empty when there is none.
    #[must_use]
    pub fn first(&self) -> Self {
        self.ranges().first().map_or_else(Self::empty, |(first, _)| Self::range(*first, *first))
    }

    /// The ranges that are in both sets, in order.
    fn common<'s>(&'s self, other: &'s Self) -> impl Iterator<Item = (T, T)> + 's {
        let (mut left, mut right) = (self.ranges(), other.ranges());
        std::iter::from_fn(move || {
            while let ([a, rest_of_left @ ..], [b, rest_of_right @ ..]) = (left, right) {
                let (first, last) = (a.0.max(b.0), a.1.min(b.1));
                if a.1 < b.1 {
                    left = rest_of_left;
                } else {
                    right = rest_of_right;
                }
                if first <= last {
                    return Some((first, last));
                }
            }
            None
        })
    }

    /// The set of ranges of which none begins before the one before it.
    fn joined<'r>(ranges: impl Iterator<Item = &'r (T, T)>) -> Self
    where
        T: 'r,
    {
        let mut joined: List<T> = SmallVec::new();
        for (first, last) in ranges {
            match joined.last_mut() {
                Some(end) if end.1.next().is_none_or(|next| *first <= next) => end.1 = end.1.max(*last),
                _ => joined.push((*first, *last)),
            }
        }
        Self::of(&joined)
    }

    /// The set of sorted ranges of which no two touch.
    fn of(ranges: &[(T, T)]) -> Self {
        let ranges = match ranges {
            [] => Ranges::None,
            [one] => Ranges::One(*one),
            [one, other] => Ranges::Two([*one, *other]),
            many => Ranges::Many(many.into()),
        };
        Self { ranges }
    }
}

/// The ranges of two sets by where they begin.
#[derive(Debug)]
struct Merged<'r, T> {
    left: &'r [(T, T)],
    right: &'r [(T, T)],
}

impl<'r, T: Bound> Iterator for Merged<'r, T> {
    type Item = &'r (T, T);

    fn next(&mut self) -> Option<Self::Item> {
        let side = match (self.left, self.right) {
            ([a, ..], [b, ..]) if a <= b => &mut self.left,
            (_, [_, ..]) => &mut self.right,
            _ => &mut self.left,
        };
        let (first, rest) = side.split_first()?;
        *side = rest;
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ranges: &[(u16, u16)]) -> RangeSet<u16> {
        RangeSet::from_ranges(ranges.iter().copied())
    }

    #[test]
    fn ranges_that_touch_are_joined() {
        assert_eq!(set(&[(5, 6), (1, 2), (3, 4)]).ranges(), &[(1, 6)]);
        assert_eq!(set(&[(1, u16::MAX), (7, 9)]).ranges(), &[(1, u16::MAX)]);
        assert_eq!(set(&[(2, 1)]).ranges(), &[]);
    }

    #[test]
    fn operations_agree_with_membership() {
        let sets = [
            &[][..],
            &[(0, 3)],
            &[(2, 5), (8, 8)],
            &[(0, 20)],
            &[(1, 1), (3, 9)],
            &[(0, 1), (4, 4), (8, 11), (15, 16)],
        ]
        .map(set);
        for a in &sets {
            for b in &sets {
                for number in 0..25 {
                    let (in_a, in_b) = (a.contains(number), b.contains(number));
                    assert_eq!(a.union(b).contains(number), in_a || in_b);
                    assert_eq!(a.intersection(b).contains(number), in_a && in_b);
                    assert_eq!(a.difference(b).contains(number), in_a && !in_b, "{a:?} - {b:?} at {number}");
                }
                assert_eq!(a.is_subset(b), a.difference(b).is_empty());
                assert_eq!(a.overlaps(b), !a.intersection(b).is_empty(), "{a:?} and {b:?}");
                assert_eq!(a.union(b), b.union(a));
            }
        }
    }
}
