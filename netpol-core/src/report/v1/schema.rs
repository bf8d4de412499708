//! The JSON Schema of each kind.

use schemars::{JsonSchema, schema_for};

use super::{
    Changes, ConnectionGroups, Connections, Coverage, Diagnostics, Error, Explanation, Finding, Graph, Path,
    Rules, Verdict,
};

/// A kind, and how its schema is made.
type Kind = (&'static str, fn() -> serde_json::Value);

/// The kinds, in kebab-case, in the order of their names.
const KINDS: &[Kind] = &[
    ("changes", of::<Changes<'_>>),
    ("connection-groups", of::<ConnectionGroups<'_>>),
    ("connections", of::<Connections<'_>>),
    ("coverage", of::<Coverage<'_>>),
    ("diagnostic", of::<Finding<'_>>),
    ("diagnostics", of::<Diagnostics<'_>>),
    ("error", of::<Error<'_>>),
    ("explanation", of::<Explanation<'_>>),
    ("graph", of::<Graph<'_>>),
    ("path", of::<Path<'_>>),
    ("rules", of::<Rules>),
    ("verdict", of::<Verdict<'_>>),
];

/// The kinds that have a schema, in kebab-case.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(name, _)| *name)
}

/// The JSON Schema (draft 2020-12) of a kind, by its name in kebab-case.
///
/// ```
/// use netpol_core::report::v1;
///
/// assert!(v1::kinds().all(|kind| v1::schema(kind).is_some()));
/// assert_eq!(v1::schema("nonsense"), None);
/// ```
pub fn schema(kind: &str) -> Option<serde_json::Value> {
    KINDS.iter().find(|(name, _)| *name == kind).map(|(_, schema)| schema())
}

fn of<T: JsonSchema>() -> serde_json::Value {
    schema_for!(T).to_value()
}
