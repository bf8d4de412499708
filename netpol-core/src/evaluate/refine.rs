//! Cuts the classes into parts, one set at a time.

use rustc_hash::FxHashMap;

use crate::index::ClassId;

/// A partition of the classes: those that no set cut so far tells apart share a number.
#[derive(Debug)]
pub(super) struct Partition {
    /// The part of each class; all start in part 0.
    part_of: Vec<u32>,
    /// The classes that have left part 0.
    touched: Vec<ClassId>,
    parts: u32,
}

impl Partition {
    pub(super) fn new(classes: usize) -> Self {
        Self { part_of: vec![0; classes], touched: Vec::new(), parts: 1 }
    }

    /// Tells the members of a set from all others.
    pub(super) fn cut(&mut self, set: impl Iterator<Item = ClassId>) {
        let mut inside: FxHashMap<u32, u32> = FxHashMap::default();
        for class in set {
            let Some(part) = self.part_of.get_mut(class.0 as usize) else { continue };
            if *part == 0 {
                self.touched.push(class);
            }
            *part = *inside.entry(*part).or_insert_with(|| {
                self.parts += 1;
                self.parts - 1
            });
        }
    }

    /// The parts that some set touched, each sorted, and then all other classes if they are wanted.
    pub(super) fn into_parts(mut self) -> (Vec<Vec<ClassId>>, Rest) {
        self.touched.sort_unstable();
        let mut parts: FxHashMap<u32, usize> = FxHashMap::default();
        let mut members: Vec<Vec<ClassId>> = Vec::new();
        for class in self.touched {
            let part = self.part_of.get(class.0 as usize).copied().unwrap_or_default();
            let place = *parts.entry(part).or_insert_with(|| {
                members.push(Vec::new());
                members.len() - 1
            });
            if let Some(list) = members.get_mut(place) {
                list.push(class);
            }
        }
        (members, Rest { part_of: self.part_of })
    }
}

/// The classes that no set touched.
#[derive(Debug)]
pub(super) struct Rest {
    part_of: Vec<u32>,
}

impl Rest {
    /// The classes, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = ClassId> + '_ {
        (0u32..).map(ClassId).zip(&self.part_of).filter(|(_, part)| **part == 0).map(|(class, _)| class)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_that_no_set_tells_apart_stay_together() {
        let mut partition = Partition::new(6);
        let set = |members: &[u32]| members.iter().copied().map(ClassId).collect::<Vec<_>>();
        partition.cut(set(&[1, 2, 3]).into_iter());
        partition.cut(set(&[3, 4]).into_iter());
        let (parts, rest) = partition.into_parts();
        assert_eq!(parts, [set(&[1, 2]), set(&[3]), set(&[4])]);
        assert_eq!(rest.iter().collect::<Vec<_>>(), set(&[0, 5]));
    }
}
