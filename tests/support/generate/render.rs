//! Objects as text.

use serde_json::{Value, json};

/// A stream of YAML documents.
pub fn to_yaml(objects: &[Value]) -> String {
    let documents: Vec<String> =
        objects.iter().map(|object| serde_yaml::to_string(object).unwrap()).collect();
    documents.join("---\n")
}

/// One `List` in JSON.
pub fn to_json(objects: &[Value]) -> String {
    serde_json::to_string_pretty(&json!({"apiVersion": "v1", "kind": "List", "items": objects})).unwrap()
}
