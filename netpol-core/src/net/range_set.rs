//! Canonical sets of whole numbers: sorted, disjoint, inclusive ranges that do not touch.

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
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RangeSet<T: Bound> {
    ranges: SmallVec<[(T, T); 2]>,
}

impl<T: Bound> Clone for RangeSet<T> {
    /// Copies the ranges at once; sets are cloned more often than anything else.
    fn clone(&self) -> Self {
        Self { ranges: SmallVec::from_slice(&self.ranges) }
    }
}

impl<T: Bound> Default for RangeSet<T> {
    fn default() -> Self {
        Self { ranges: SmallVec::new() }
    }
}

impl<T: Bound> RangeSet<T> {
    /// The set without an element.
    pub fn empty() -> Self {
        Self::default()
    }

    /// The numbers from `first` to `last`, both included; empty when `first` is the larger.
    pub fn range(first: T, last: T) -> Self {
        let mut set = Self::default();
        if first <= last {
            set.ranges.push((first, last));
        }
        set
    }

    /// The union of any ranges, in any order.
    pub fn from_ranges(ranges: impl IntoIterator<Item = (T, T)>) -> Self {
        let mut ranges: SmallVec<[(T, T); 2]> =
            ranges.into_iter().filter(|(first, last)| first <= last).collect();
        ranges.sort_unstable();
        let mut set = Self::default();
        for range in ranges {
            set.append(range);
        }
        set
    }

    /// The inclusive ranges, sorted; no two touch.
    pub fn ranges(&self) -> &[(T, T)] {
        &self.ranges
    }

    /// Whether no number is in the set.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Whether `number` is in the set.
    pub fn contains(&self, number: T) -> bool {
        let after = self.ranges.partition_point(|(first, _)| *first <= number);
        after.checked_sub(1).and_then(|index| self.ranges.get(index)).is_some_and(|(_, last)| number <= *last)
    }

    /// The numbers in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        if self.is_empty() || self == other {
            return other.clone();
        }
        if other.is_empty() {
            return self.clone();
        }
        let mut set = Self::default();
        let (mut left, mut right) = (self.ranges.iter().peekable(), other.ranges.iter().peekable());
        loop {
            let range = match (left.peek(), right.peek()) {
                (Some(a), Some(b)) if a <= b => left.next(),
                (_, Some(_)) => right.next(),
                (Some(_), None) => left.next(),
                (None, None) => break,
            };
            if let Some(range) = range {
                set.append(*range);
            }
        }
        set
    }

    /// The numbers in both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let mut set = Self::default();
        if self.is_empty() || other.is_empty() {
            return set;
        }
        let (mut left, mut right) = (self.ranges.iter().peekable(), other.ranges.iter().peekable());
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            let (first, last) = (a.0.max(b.0), a.1.min(b.1));
            if first <= last {
                set.ranges.push((first, last));
            }
            if a.1 < b.1 {
                left.next();
            } else {
                right.next();
            }
        }
        set
    }

    /// The numbers in this set that are not in the other.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        if self.is_empty() || other.is_empty() {
            return self.clone();
        }
        let mut set = Self::default();
        let mut cuts = other.ranges.iter().peekable();
        for (first, last) in &self.ranges {
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
                    set.ranges.push((from, before));
                }
                start = cut.1.next().filter(|next| *next <= *last);
                ahead.next();
            }
            if let Some(from) = start {
                set.ranges.push((from, *last));
            }
        }
        set
    }

    /// Whether every number of this set is in the other.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.ranges.iter().all(|(first, last)| {
            let after = other.ranges.partition_point(|range| range.0 <= *first);
            after
                .checked_sub(1)
                .and_then(|index| other.ranges.get(index))
                .is_some_and(|range| range.1 >= *last)
        })
    }

    /// Whether some number is in both sets.
    pub fn overlaps(&self, other: &Self) -> bool {
        let (few, many) = if self.ranges.len() <= other.ranges.len() { (self, other) } else { (other, self) };
        few.ranges.iter().any(|(first, last)| {
            let next = many.ranges.partition_point(|range| range.1 < *first);
            many.ranges.get(next).is_some_and(|range| range.0 <= *last)
        })
    }

    /// The smallest number alone; empty when there is none.
    #[must_use]
    pub fn first(&self) -> Self {
        self.ranges.first().map_or_else(Self::empty, |(first, _)| Self::range(*first, *first))
    }

    /// Adds a range that begins no earlier than every range before it.
    fn append(&mut self, (first, last): (T, T)) {
        match self.ranges.last_mut() {
            Some(end) if end.1.next().is_none_or(|next| first <= next) => end.1 = end.1.max(last),
            _ => self.ranges.push((first, last)),
        }
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
        let sets =
            [set(&[]), set(&[(0, 3)]), set(&[(2, 5), (8, 8)]), set(&[(0, 20)]), set(&[(1, 1), (3, 9)])];
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
