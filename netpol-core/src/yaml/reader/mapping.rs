//! Keys that stand twice.

use std::ops::Range;

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::super::{Entry, Mapping};
use crate::text::Span;

/// Up to so many entries, comparing all pairs is cheaper than hashing.
const FEW: usize = 10;

/// How many duplicates of one document are told apart.
pub(in crate::yaml) const REPORTED: usize = 100;

/// Two keys of one mapping that are the same; neither came through a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::yaml) struct Duplicate {
    /// The key.
    pub(in crate::yaml) key: String,
    /// Where the one stands that is dropped.
    pub(in crate::yaml) dropped: Span,
    /// Where the one stands that holds.
    pub(in crate::yaml) kept: Span,
}

/// The mapping of all entries that were written: of duplicates, the last holds. The entries of the ranges
/// `merged` came through a merge key: to override them, or to be overridden by them, is what they are for.
pub(in crate::yaml) fn settle<'t>(
    mut entries: Vec<Entry<'t>>,
    merged: &[Range<usize>],
    duplicates: &mut Vec<Duplicate>,
) -> Mapping<'t> {
    if has_duplicates(&entries) {
        drop_duplicates(&mut entries, merged, duplicates);
    }
    Mapping { entries }
}

fn has_duplicates(entries: &[Entry<'_>]) -> bool {
    if entries.len() <= FEW {
        return entries
            .iter()
            .enumerate()
            .any(|(index, entry)| entries.iter().skip(index + 1).any(|other| other.key == entry.key));
    }
    let mut seen = FxHashSet::with_capacity_and_hasher(entries.len(), FxBuildHasher);
    !entries.iter().all(|entry| seen.insert(entry.key.as_ref()))
}

fn drop_duplicates(entries: &mut Vec<Entry<'_>>, merged: &[Range<usize>], duplicates: &mut Vec<Duplicate>) {
    let is_merged = |index: usize| merged.iter().any(|range| range.contains(&index));
    let mut last: FxHashMap<&str, usize> = FxHashMap::default();
    for (index, entry) in entries.iter().enumerate() {
        last.insert(entry.key.as_ref(), index);
    }
    let mut is_kept = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let holder = last.get(entry.key.as_ref()).copied().unwrap_or(index);
        is_kept.push(holder == index);
        let Some(kept) = entries.get(holder).filter(|_| holder != index) else { continue };
        if duplicates.len() < REPORTED && !is_merged(index) && !is_merged(holder) {
            let key = super::scalar::excerpt(&entry.key).into_owned();
            duplicates.push(Duplicate { key, dropped: entry.key_span, kept: kept.key_span });
        }
    }
    let mut kept = is_kept.into_iter();
    entries.retain(|_| kept.next().unwrap_or(true));
}
