//! How many pairs are allowed, denied and unknown.

use super::{Map, Rectangle};

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

/// Counts the pairs of all shares of a map.
pub fn counts(map: &Map, rectangles: &[Rectangle]) -> Counts {
    let mut counts = Counts::default();
    for rectangle in rectangles {
        let pairs = size(rectangle.from.pods().len()) * size(rectangle.to.pods().len());
        if rectangle.decided.allowed.is_empty() {
            counts.unknown += pairs;
        } else {
            counts.allowed += pairs;
        }
    }
    let all = size(map.shares.len()) * size(map.shares.len());
    counts.denied = all.saturating_sub(counts.allowed + counts.unknown);
    counts
}

fn size(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
