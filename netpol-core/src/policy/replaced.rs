//! Which policies of one set are in another.

use std::sync::Arc;

use super::{OpaquePolicy, OriginId, Policy, PolicySet};

/// What became of the policies of a set in a newer one.
#[derive(Debug)]
pub struct Replacement<'s> {
    /// Those that are evaluated.
    pub policies: Replaced<'s, Policy>,
    /// Those that are not.
    pub opaque: Replaced<'s, OpaquePolicy>,
}

/// What became of the values of a list in a newer one.
#[derive(Debug)]
pub struct Replaced<'s, T> {
    /// For each value of the newer list its place in the older one, where it is the very same.
    pub kept: Vec<Option<usize>>,
    /// The values of the newer list that the older one has not.
    pub came: Vec<&'s T>,
    /// The values of the older list that the newer one has not, with their places.
    pub gone: Vec<(usize, &'s T)>,
}

impl<'s> Replacement<'s> {
    /// Compares two sets that share what did not change.
    pub fn between(old: &'s PolicySet, new: &'s PolicySet) -> Self {
        Self {
            policies: replaced(&old.policies, &new.policies, |policy| policy.origin),
            opaque: replaced(&old.opaque, &new.opaque, |opaque| opaque.policy.origin),
        }
    }
}

/// Both lists are ordered by where their values stand.
fn replaced<'s, T>(old: &'s [Arc<T>], new: &'s [Arc<T>], origin: fn(&T) -> OriginId) -> Replaced<'s, T> {
    let (mut kept, mut came, mut gone) = (Vec::with_capacity(new.len()), Vec::new(), Vec::new());
    let mut rest = old.iter().enumerate().peekable();
    for value in new {
        let mut found = None;
        while let Some((place, before)) = rest.next_if(|(_, before)| {
            found.is_none() && (Arc::ptr_eq(before, value) || origin(before) <= origin(value))
        }) {
            if Arc::ptr_eq(before, value) {
                found = Some(place);
            } else {
                gone.push((place, before.as_ref()));
            }
        }
        if found.is_none() {
            came.push(value.as_ref());
        }
        kept.push(found);
    }
    gone.extend(rest.map(|(place, before)| (place, before.as_ref())));
    Replaced { kept, came, gone }
}
