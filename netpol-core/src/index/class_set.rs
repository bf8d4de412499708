//! Sets of classes, small as lists and large as bits.

use fixedbitset::FixedBitSet;

use super::ClassId;

/// A set of classes.
#[derive(Debug, Clone)]
pub enum ClassSet {
    /// A few: sorted and unique.
    Few(Vec<u32>),
    /// Many.
    Many(FixedBitSet),
}

impl ClassSet {
    /// The set of `members`, sorted and unique, of `universe` classes.
    pub fn from_sorted(members: Vec<u32>, universe: usize) -> Self {
        // A list takes 32 bits a member; bits take one a class.
        if members.len().saturating_mul(32) <= universe.max(256) {
            return Self::Few(members);
        }
        let mut bits = FixedBitSet::with_capacity(universe);
        bits.extend(members.into_iter().map(|member| member as usize));
        Self::Many(bits)
    }

    /// Whether a class is in the set.
    pub fn contains(&self, class: ClassId) -> bool {
        match self {
            Self::Few(members) => members.binary_search(&class.0).is_ok(),
            Self::Many(bits) => bits.contains(class.0 as usize),
        }
    }

    /// How many classes are in the set.
    pub fn len(&self) -> usize {
        match self {
            Self::Few(members) => members.len(),
            Self::Many(bits) => bits.count_ones(..),
        }
    }

    /// The classes that are in either set, of `universe` classes.
    #[must_use]
    pub fn union(&self, other: &Self, universe: usize) -> Self {
        let mut bits = FixedBitSet::with_capacity(universe);
        bits.extend(self.iter().chain(other.iter()).map(|class| class.0 as usize));
        Self::from_sorted(bits.ones().filter_map(|bit| u32::try_from(bit).ok()).collect(), universe)
    }

    /// Whether no class is in the set.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Few(members) => members.is_empty(),
            Self::Many(bits) => bits.is_clear(),
        }
    }

    /// The classes, in order.
    pub fn iter(&self) -> impl Iterator<Item = ClassId> + '_ {
        let (few, many) = match self {
            Self::Few(members) => (members.as_slice(), None),
            Self::Many(bits) => ([].as_slice(), Some(bits)),
        };
        let bits = many.into_iter().flat_map(|bits| bits.ones());
        few.iter().copied().chain(bits.map(|bit| u32::try_from(bit).unwrap_or(u32::MAX))).map(ClassId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_bits_hold_the_same() {
        let members: Vec<u32> = (0..3000).step_by(3).collect();
        let many = ClassSet::from_sorted(members.clone(), 3000);
        let few = ClassSet::Few(members.clone());
        assert!(matches!(many, ClassSet::Many(_)));
        assert!(many.iter().eq(few.iter()));
        assert!((0..3000).all(|class| many.contains(ClassId(class)) == few.contains(ClassId(class))));
    }
}
