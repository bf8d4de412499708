//! The tree of a document.

use std::borrow::Cow;

use crate::text::Span;

/// A value and its place. Aliases and merge keys are resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Node<'t> {
    /// The value, resolved as kubectl resolves it.
    pub value: Value<'t>,
    /// Where the value stands; empty, between two bytes, for a value that is not written.
    pub span: Span,
    /// Where the alias (`*name`) or merge key (`<<`) stands that brought the value here, if one did.
    pub via: Option<Span>,
}

/// A value of JSON.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'t> {
    /// `null`, `~` or nothing.
    Null,
    /// `true`, `yes`, `on` and their like.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number above the range of `Int`.
    Uint(u64),
    /// Any other number.
    Float(f64),
    /// A text.
    String(Cow<'t, str>),
    /// A list.
    Sequence(Vec<Node<'t>>),
    /// A mapping.
    Mapping(Mapping<'t>),
}

impl Value<'_> {
    /// The name that Go's JSON decoder has for the type: `null`, `bool`, `number`, `string`, `array` or `object`.
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Int(_) | Self::Uint(_) | Self::Float(_) => "number",
            Self::String(_) => "string",
            Self::Sequence(_) => "array",
            Self::Mapping(_) => "object",
        }
    }
}

/// Keys and values in the order of the text. A key stands once: of duplicates, the last.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mapping<'t> {
    /// The entries.
    pub entries: Vec<Entry<'t>>,
}

impl<'t> Mapping<'t> {
    /// The entry of a key.
    pub fn get(&self, key: &str) -> Option<&Entry<'t>> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<'t> {
    /// The key as text; numbers and booleans are spelled as kubectl spells them.
    pub key: Cow<'t, str>,
    /// Where the key stands.
    pub key_span: Span,
    /// The value; its `via` also tells of a key that came through a merge.
    pub value: Node<'t>,
}
