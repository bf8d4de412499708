//! Where the parts of a policy stand in the text.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::sync::Arc;

use super::Direction;
use crate::text::{FileId, Span};

/// Names a place in [`Origins`]: the file, and the place among those of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OriginId {
    file: FileId,
    place: u32,
}

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

/// The side table of places: one table a file, which sets of policies share as long as the file stays the same.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origins {
    files: BTreeMap<FileId, Arc<Vec<Origin>>>,
}

impl Origins {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a place.
    pub fn add(&mut self, origin: Origin) -> OriginId {
        let file = origin.span.file;
        let table = Arc::make_mut(self.files.entry(file).or_default());
        let place = u32::try_from(table.len()).unwrap_or(u32::MAX);
        table.push(origin);
        OriginId { file, place }
    }

    /// Adds the places of another table, file by file, behind those of this one; says how far their ids move.
    pub(super) fn append(&mut self, other: Self) -> OriginShift {
        let mut moved = Vec::new();
        for (file, places) in other.files {
            match self.files.entry(file) {
                Entry::Vacant(entry) => {
                    entry.insert(places);
                }
                Entry::Occupied(mut entry) => {
                    let table = Arc::make_mut(entry.get_mut());
                    moved.push((file, u32::try_from(table.len()).unwrap_or(u32::MAX)));
                    table.extend(Arc::unwrap_or_clone(places));
                }
            }
        }
        OriginShift(moved)
    }

    /// Puts the places of a file in place of those that are there.
    pub(super) fn put(&mut self, file: FileId, other: &Self) {
        match other.files.get(&file) {
            Some(places) => self.files.insert(file, places.clone()),
            None => self.files.remove(&file),
        };
    }

    /// Gives back memory that is kept for more places.
    pub(super) fn shrink(&mut self) {
        for places in self.files.values_mut().filter_map(Arc::get_mut) {
            places.shrink_to_fit();
        }
    }

    /// The place of an id of this table; `None` for an id of another.
    pub fn get(&self, id: OriginId) -> Option<&Origin> {
        self.files.get(&id.file)?.get(id.place as usize)
    }
}

/// How far ids move when their table becomes part of another: by file, those that do not start at its beginning.
#[derive(Debug, Clone)]
pub(super) struct OriginShift(Vec<(FileId, u32)>);

impl OriginShift {
    /// Moves an id.
    pub(super) fn shift(&self, id: &mut OriginId) {
        let by = self.0.iter().find(|(file, _)| *file == id.file).map_or(0, |(_, by)| *by);
        id.place = id.place.saturating_add(by);
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
