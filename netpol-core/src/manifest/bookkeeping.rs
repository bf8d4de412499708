//! Fields of `metadata` that no answer depends on: annotations, and what servers and controllers write. They are looked
//! at for their type, since one wrong type makes kubectl refuse the whole object.

use super::decode::{Decoder, GoType, Path};
use crate::yaml::{Entry, Node, Value};

const OWNER: &str = "ObjectMeta";
const STRING: GoType = GoType::new(OWNER, "string");
const ENTRY: &str = "ManagedFieldsEntry";
const FIELDS: [&str; 15] = [
    "annotations",
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "finalizers",
    "generateName",
    "generation",
    "labels",
    "managedFields",
    "name",
    "namespace",
    "ownerReferences",
    "resourceVersion",
    "selfLink",
    "uid",
];
const ENTRY_FIELDS: [&str; 7] =
    ["apiVersion", "fieldsType", "fieldsV1", "manager", "operation", "subresource", "time"];

/// A field that is only looked at for its type, or that does not exist. `siblings` are all fields beside it.
pub(super) fn field(decoder: &mut Decoder<'_>, entry: &Entry<'_>, siblings: &[Entry<'_>], path: &Path<'_>) {
    let node = &entry.value;
    match entry.key.as_ref() {
        "annotations" => annotations(decoder, node, path),
        "resourceVersion" | "selfLink" => {
            decoder.text(node, path, STRING);
        }
        "uid" => {
            decoder.text(node, path, GoType::new(OWNER, "types.UID"));
        }
        "generation" | "deletionGracePeriodSeconds" => {
            if !matches!(node.value, Value::Int(_) | Value::Null) {
                decoder.wrong_type(node, path, GoType::new(OWNER, "int64"));
            }
        }
        "finalizers" => {
            decoder.strings(node, path, [GoType::new(OWNER, "[]string"), STRING]);
        }
        "managedFields" => managed_fields(decoder, node, path),
        "creationTimestamp" | "deletionTimestamp" => decoder.time(node, path, STRING),
        _ => decoder.field_beside(entry, siblings, path, &FIELDS),
    }
}

fn annotations(decoder: &mut Decoder<'_>, node: &Node<'_>, path: &Path<'_>) {
    let Some(mapping) = decoder.mapping(node, path, GoType::new(OWNER, "map[string]string")) else { return };
    for entry in &mapping.entries {
        let is_text = matches!(entry.value.value, Value::String(_) | Value::Null);
        if !is_text && decoder.made_text(&entry.value).is_none() {
            decoder.wrong_type(&entry.value, path, STRING);
        }
    }
}

fn managed_fields(decoder: &mut Decoder<'_>, node: &Node<'_>, path: &Path<'_>) {
    let items = decoder.sequence(node, path, GoType::new(OWNER, "[]v1.ManagedFieldsEntry"));
    for (index, item) in items.unwrap_or_default().iter().enumerate() {
        let path = path.index(index);
        let fields = decoder.mapping(item, &path, GoType::new(OWNER, "v1.ManagedFieldsEntry"));
        let entries = fields.map(|fields| fields.entries.as_slice()).unwrap_or_default();
        for entry in entries {
            managed_field(decoder, entry, entries, &path.field(&entry.key));
        }
    }
}

fn managed_field(decoder: &mut Decoder<'_>, entry: &Entry<'_>, siblings: &[Entry<'_>], path: &Path<'_>) {
    let node = &entry.value;
    match entry.key.as_ref() {
        "apiVersion" | "fieldsType" | "manager" | "subresource" => {
            decoder.text(node, path, GoType::new(ENTRY, "string"));
        }
        "operation" => {
            decoder.text(node, path, GoType::new(ENTRY, "v1.ManagedFieldsOperationType"));
        }
        "time" => decoder.time(node, path, GoType::new(ENTRY, "string")),
        "fieldsV1" => {}
        _ => decoder.field_beside(entry, siblings, path, &ENTRY_FIELDS),
    }
}
