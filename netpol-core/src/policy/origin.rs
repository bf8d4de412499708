//! Where the parts of a policy stand in the text.

use crate::text::Span;

/// Names a place in [`Origins`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OriginId(u32);

/// The place of a policy, rule, peer, port or requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Where it stands.
    pub span: Span,
    /// Where the alias or merge key stands that brought it, if one did.
    pub via: Option<Span>,
    /// The path within the object, as its API spells it: `ingress[0].from[1]`; empty for the object itself.
    pub path: String,
}

/// The side table of places.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origins {
    places: Vec<Origin>,
}

impl Origins {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a place.
    pub fn add(&mut self, origin: Origin) -> OriginId {
        let id = OriginId(u32::try_from(self.places.len()).unwrap_or(u32::MAX));
        self.places.push(origin);
        id
    }

    /// The place of an id of this table; `None` for an id of another.
    pub fn get(&self, id: OriginId) -> Option<&Origin> {
        self.places.get(id.0 as usize)
    }
}

/// A value of the IR with its origin. Equality, order and hashing look at the value alone.
#[derive(Debug, Clone)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub origin: OriginId,
}

impl<T> Placed<T> {
    /// A value that stands at `origin`.
    pub const fn new(value: T, origin: OriginId) -> Self {
        Self { value, origin }
    }
}

impl<T: PartialEq> PartialEq for Placed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Placed<T> {}

impl<T: std::hash::Hash> std::hash::Hash for Placed<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}
