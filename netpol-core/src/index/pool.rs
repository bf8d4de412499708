//! Distinct values, and how often each is used.

use std::hash::Hash;
use std::sync::Arc;

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

/// Distinct values in the order in which they were first seen. One that is used no more keeps its number, so that the
/// numbers of all others stay.
#[derive(Debug, Clone)]
pub(super) struct Pool<T: Eq + Hash> {
    values: Arc<IndexSet<Arc<T>, FxBuildHasher>>,
    uses: Vec<u32>,
}

impl<T: Eq + Hash> Default for Pool<T> {
    fn default() -> Self {
        Self { values: Arc::default(), uses: Vec::new() }
    }
}

impl<T: Clone + Eq + Hash> Pool<T> {
    /// The number of a value, which is used once more.
    pub(super) fn take(&mut self, value: &T) -> u32 {
        let known = self.values.get_index_of(value);
        let index = known.unwrap_or_else(|| {
            self.uses.push(0);
            Arc::make_mut(&mut self.values).insert_full(Arc::new(value.clone())).0
        });
        if let Some(uses) = self.uses.get_mut(index) {
            *uses += 1;
        }
        u32::try_from(index).unwrap_or(u32::MAX)
    }

    /// A value is used once less.
    pub(super) fn release(&mut self, number: u32) {
        if let Some(uses) = self.uses.get_mut(number as usize) {
            *uses = uses.saturating_sub(1);
        }
    }

    /// All values by their numbers, also those that are used no more.
    pub(super) fn values(&self) -> impl ExactSizeIterator<Item = &Arc<T>> + Clone {
        self.values.iter()
    }

    /// The values that are used.
    pub(super) fn used(&self) -> impl Iterator<Item = &T> {
        self.values.iter().zip(&self.uses).filter(|(_, uses)| **uses > 0).map(|(value, _)| value.as_ref())
    }

    /// How many values are used no more.
    pub(super) fn unused(&self) -> usize {
        self.uses.iter().filter(|uses| **uses == 0).count()
    }

    /// The values that are used in one of two states of a pool and not in the other: those that came, and those that
    /// went.
    pub(super) fn changes_since<'p>(&'p self, old: &Self) -> (Vec<&'p T>, Vec<&'p T>) {
        let before = old.uses.iter().copied().chain(std::iter::repeat(0));
        let (mut came, mut went) = (Vec::new(), Vec::new());
        for ((value, now), before) in self.values.iter().zip(&self.uses).zip(before) {
            match (before, now) {
                (0, 1..) => came.push(value.as_ref()),
                (1.., 0) => went.push(value.as_ref()),
                _ => {}
            }
        }
        (came, went)
    }
}
