//! The JSON Schema of each kind.

use schemars::{JsonSchema, schema_for};

use super::{ConnectionGroups, Connections, Diagnostics, Error, Explanation, Finding, Rules, Verdict};

/// The kinds that have a schema, in kebab-case.
pub const fn kinds() -> &'static [&'static str] {
    &[
        "verdict",
        "explanation",
        "error",
        "connections",
        "connection-groups",
        "diagnostics",
        "diagnostic",
        "rules",
    ]
}

/// The JSON Schema (draft 2020-12) of a kind, by its name in kebab-case.
///
/// ```
/// use netpol_core::report::v1;
///
/// assert!(v1::kinds().iter().all(|kind| v1::schema(kind).is_some()));
/// assert_eq!(v1::schema("nonsense"), None);
/// ```
pub fn schema(kind: &str) -> Option<serde_json::Value> {
    match kind {
        "verdict" => Some(of::<Verdict<'_>>()),
        "explanation" => Some(of::<Explanation<'_>>()),
        "error" => Some(of::<Error<'_>>()),
        "connections" => Some(of::<Connections<'_>>()),
        "connection-groups" => Some(of::<ConnectionGroups<'_>>()),
        "diagnostics" => Some(of::<Diagnostics<'_>>()),
        "diagnostic" => Some(of::<Finding<'_>>()),
        "rules" => Some(of::<Rules>()),
        _ => None,
    }
}

fn of<T: JsonSchema>() -> serde_json::Value {
    schema_for!(T).to_value()
}
