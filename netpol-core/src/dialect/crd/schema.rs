//! A structural schema, as far as validation needs it.
//!
//! Source: the schemas of the definitions; <https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation>.

use crate::yaml::{Mapping, Node, Value};

/// What a value must be.
#[derive(Debug, Clone, Copy)]
pub(in crate::dialect) enum Schema {
    /// A text.
    Text(&'static Text),
    /// A whole number of 32 bits, from the first to the last.
    Integer(i64, i64),
    /// A mapping with known fields.
    Object(&'static Object),
    /// A list.
    List(&'static List),
    /// A mapping from any key to a text.
    Texts,
    /// Anything: it is checked elsewhere, or nowhere.
    Any,
}

/// A text.
#[derive(Debug)]
pub(in crate::dialect) struct Text {
    /// The values that there are; empty for any.
    pub(in crate::dialect) values: &'static [&'static str],
    /// The most characters.
    pub(in crate::dialect) longest: Option<usize>,
    /// A regular expression, as the definition has it, and whether a text fits it.
    pub(in crate::dialect) pattern: Option<Pattern>,
    /// Rules in CEL.
    pub(in crate::dialect) rules: &'static [Rule],
}

/// A regular expression, and whether a text fits it.
pub(in crate::dialect) type Pattern = (&'static str, fn(&str) -> bool);

/// A mapping with known fields.
#[derive(Debug)]
pub(in crate::dialect) struct Object {
    /// The fields.
    pub(in crate::dialect) fields: &'static [Field],
    /// How many of them must be there, and how many may.
    pub(in crate::dialect) counts: Counts,
    /// Rules in CEL.
    pub(in crate::dialect) rules: &'static [Rule],
    /// Fields of other levels or other APIs that people write here, and what to write in their place.
    pub(in crate::dialect) misplaced: &'static [(&'static str, &'static str)],
}

/// A field of a mapping.
#[derive(Debug)]
pub(in crate::dialect) struct Field {
    /// The key.
    pub(in crate::dialect) name: &'static str,
    /// What its value must be.
    pub(in crate::dialect) schema: Schema,
    /// Whether it must be there.
    pub(in crate::dialect) is_required: bool,
}

/// A list.
#[derive(Debug)]
pub(in crate::dialect) struct List {
    /// What each item must be.
    pub(in crate::dialect) items: Schema,
    /// How many items there must be, and how many may.
    pub(in crate::dialect) counts: Counts,
    /// Whether no item may stand twice (`x-kubernetes-list-type: set`).
    pub(in crate::dialect) is_set: bool,
}

/// At least, and at most.
#[derive(Debug, Clone, Copy)]
pub(in crate::dialect) struct Counts(pub(in crate::dialect) usize, pub(in crate::dialect) usize);

impl Counts {
    /// Any number.
    pub(in crate::dialect) const ANY: Self = Self(0, usize::MAX);
    /// Exactly one.
    pub(in crate::dialect) const ONE: Self = Self(1, 1);
}

/// A rule in CEL. It is looked at only when the schema finds nothing that makes it senseless.
#[derive(Debug)]
pub(in crate::dialect) struct Rule {
    /// The words of the definition.
    pub(in crate::dialect) message: &'static str,
    /// Whether a value keeps it.
    pub(in crate::dialect) holds: fn(&Node<'_>) -> bool,
}

impl Text {
    /// Any text.
    pub(in crate::dialect) const ANY: Self = Self { values: &[], longest: None, pattern: None, rules: &[] };

    /// One of some values.
    pub(in crate::dialect) const fn of(values: &'static [&'static str]) -> Self {
        Self { values, ..Self::ANY }
    }
}

impl Object {
    /// A mapping with these fields, any number of them.
    pub(in crate::dialect) const fn of(fields: &'static [Field]) -> Self {
        Self { fields, counts: Counts::ANY, rules: &[], misplaced: &[] }
    }

    /// A mapping with exactly one of these fields.
    pub(in crate::dialect) const fn one_of(fields: &'static [Field]) -> Self {
        Self { counts: Counts::ONE, ..Self::of(fields) }
    }

    /// The field of a name.
    pub(super) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Field {
    /// A field that may be absent.
    pub(in crate::dialect) const fn optional(name: &'static str, schema: Schema) -> Self {
        Self { name, schema, is_required: false }
    }

    /// A field that must be there.
    pub(in crate::dialect) const fn required(name: &'static str, schema: Schema) -> Self {
        Self { name, schema, is_required: true }
    }
}

/// The value of a field that is there and not `null`: the server drops fields that are.
pub(in crate::dialect) fn field<'n, 't>(node: &'n Node<'t>, name: &str) -> Option<&'n Node<'t>> {
    let Value::Mapping(mapping) = &node.value else { return None };
    present(mapping, name)
}

/// The value of a field of a mapping that is there and not `null`.
pub(super) fn present<'n, 't>(mapping: &'n Mapping<'t>, name: &str) -> Option<&'n Node<'t>> {
    mapping.get(name).map(|entry| &entry.value).filter(|node| node.value != Value::Null)
}

/// The items of a list; none of anything else.
pub(in crate::dialect) fn items<'n, 't>(node: Option<&'n Node<'t>>) -> &'n [Node<'t>] {
    match node.map(|node| &node.value) {
        Some(Value::Sequence(items)) => items,
        _ => &[],
    }
}
