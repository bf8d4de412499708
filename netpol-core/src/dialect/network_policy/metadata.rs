//! The validation of `metadata`. What is wrong here changes nothing of what a policy selects.

use super::validate::Check;
use crate::manifest::decode::{Path, go};
use crate::manifest::{Metadata, names};
use crate::text::Spanned;
use crate::yaml::{Entry, Mapping, Node, Value};

/// The limit of keys and values of annotations together, in bytes.
const MAX_ANNOTATIONS: usize = 256 * 1024;

/// Reports what the API server would refuse of `metadata`.
pub(super) fn check_metadata(check: &mut Check, metadata: &Metadata, node: &Node<'_>) {
    let root = Path::ROOT.field("metadata");
    let fields = fields(node);
    check_name(check, metadata, fields, &root);
    check.text(&metadata.namespace, &root.field("namespace"), names::namespace);
    let labels_path = root.field("labels");
    for label in &metadata.labels {
        check.text(&label.key, &labels_path, names::label_key);
        if let Some(value) = &label.value.value {
            let value = Spanned { value: value.clone(), span: label.value.span, via: label.value.via };
            check.text(&value, &labels_path, names::label_value);
        }
    }
    if let Some(entry) = fields.and_then(|fields| fields.get("annotations")) {
        check_annotations(check, entry, &root.field("annotations"));
    }
}

fn fields<'n, 't>(node: &'n Node<'t>) -> Option<&'n Mapping<'t>> {
    let Value::Mapping(root) = &node.value else { return None };
    match &root.get("metadata")?.value.value {
        Value::Mapping(fields) => Some(fields),
        _ => None,
    }
}

fn check_name(check: &mut Check, metadata: &Metadata, fields: Option<&Mapping<'_>>, root: &Path<'_>) {
    let name = &metadata.name;
    let is_written = |field: &str| {
        let entry = fields.and_then(|fields| fields.get(field));
        matches!(entry.map(|entry| &entry.value.value), Some(Value::String(text)) if !text.is_empty())
    };
    if is_written("name") {
        check.text(name, &root.field("name"), names::subdomain);
    } else if is_written("generateName") {
        check.text(name, &root.field("generateName"), |prefix| names::subdomain(&with_masked_dash(prefix)));
    } else {
        check.fault(name.span, &root.field("name"), "Required value: name or generateName is required");
    }
}

/// A prefix of names may end in a dash; the server looks at it with the end masked.
fn with_masked_dash(prefix: &str) -> String {
    let mut masked = prefix.to_owned();
    if masked.len() > 1 && masked.ends_with('-') {
        masked.pop();
        masked.pop();
        masked.push('a');
    }
    masked
}

fn check_annotations(check: &mut Check, entry: &Entry<'_>, path: &Path<'_>) {
    let Value::Mapping(annotations) = &entry.value.value else { return };
    let mut size = 0;
    for annotation in &annotations.entries {
        let value = match &annotation.value.value {
            Value::String(text) => text.len(),
            _ => 0,
        };
        size += annotation.key.len() + value;
        for fault in names::label_key(&annotation.key.to_lowercase()) {
            let message = format!("Invalid value: {}: {fault}", go::quote(&annotation.key));
            check.fault(annotation.key_span, path, message);
        }
    }
    if size > MAX_ANNOTATIONS {
        check.fault(entry.key_span, path, format!("Too long: may not be more than {MAX_ANNOTATIONS} bytes"));
    }
}
