//! How many pairs are allowed, denied and unknown.

use super::Rectangle;

/// Pairs of ends inside the cluster, a workload and itself among them where it may have two pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Pairs that something is allowed for.
    pub allowed: u64,
    /// Pairs that nothing is allowed for and something may be.
    pub unknown: u64,
    /// Pairs that nothing is allowed for.
    pub denied: u64,
}

/// Counts the pairs of a part of a map: `rectangles` are what is shown of the `pairs` that were asked for.
pub fn counts(rectangles: &[Rectangle], pairs: u64) -> Counts {
    let mut counts = Counts::default();
    for rectangle in rectangles {
        let own = size(rectangle.from.pods().len()) * size(rectangle.to.pods().len());
        if rectangle.decided.allowed.is_empty() {
            counts.unknown += own;
        } else {
            counts.allowed += own;
        }
    }
    counts.denied = pairs.saturating_sub(counts.allowed + counts.unknown);
    counts
}

pub(super) fn size(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
