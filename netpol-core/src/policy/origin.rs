//! Where the parts of a policy stand in the text.

use std::fmt;

use super::Direction;
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
    pub path: OriginPath,
}

/// A path within an object. Small, since every peer and every port of an input has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginPath {
    /// The object itself.
    Object,
    /// A rule of a direction, by its index.
    Rule(Direction, u32),
    /// An item of a list of a rule: the direction, the index of the rule, and the index in the list.
    Item(Direction, RuleList, u32, u32),
    /// Any other.
    Other(Box<str>),
}

/// A list of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleList {
    /// `from` or `to`.
    Peers,
    /// `ports`.
    Ports,
}

impl fmt::Display for OriginPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object => Ok(()),
            Self::Rule(direction, rule) => write!(f, "{direction}[{rule}]"),
            Self::Item(direction, list, rule, item) => {
                let list = match (list, direction) {
                    (RuleList::Ports, _) => "ports",
                    (RuleList::Peers, Direction::Ingress) => "from",
                    (RuleList::Peers, Direction::Egress) => "to",
                };
                write!(f, "{direction}[{rule}].{list}[{item}]")
            }
            Self::Other(path) => f.write_str(path),
        }
    }
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

    /// An empty table with room for the places of others.
    pub(super) fn with_room_for<'o>(others: impl Iterator<Item = &'o Self>) -> Self {
        Self { places: Vec::with_capacity(others.map(|other| other.places.len()).sum()) }
    }

    /// Adds a place.
    pub fn add(&mut self, origin: Origin) -> OriginId {
        let id = OriginId(u32::try_from(self.places.len()).unwrap_or(u32::MAX));
        self.places.push(origin);
        id
    }

    /// Adds the places of another table behind those of this one; says how far their ids move.
    pub(super) fn append(&mut self, other: Self) -> OriginShift {
        let shift = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        self.places.extend(other.places);
        OriginShift(shift)
    }

    /// Gives back memory that is kept for more places.
    pub(super) fn shrink(&mut self) {
        self.places.shrink_to_fit();
    }

    /// The place of an id of this table; `None` for an id of another.
    pub fn get(&self, id: OriginId) -> Option<&Origin> {
        self.places.get(id.0 as usize)
    }
}

/// How far ids move when their table becomes part of another.
#[derive(Debug, Clone, Copy)]
pub(super) struct OriginShift(u32);

impl OriginShift {
    /// Moves an id.
    pub(super) const fn shift(self, id: &mut OriginId) {
        id.0 = id.0.saturating_add(self.0);
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
