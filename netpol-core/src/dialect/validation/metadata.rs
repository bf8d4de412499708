//! The validation of `metadata`. What is wrong here changes nothing of what a policy selects.

use super::check::Check;
use super::owners::check_owners;
use crate::manifest::decode::{Path, go};
use crate::manifest::{Metadata, names};
use crate::text::Spanned;
use crate::yaml::{Entry, Mapping, Node, Value};

/// The limit of keys and values of annotations together, in bytes.
const MAX_ANNOTATIONS: usize = 256 * 1024;

/// Reports what the API server would refuse of `metadata`.
pub(in crate::dialect) fn check_metadata(check: &mut Check, metadata: &Metadata, node: &Node<'_>) {
    let root = Path::ROOT.field("metadata");
    let fields = fields(node);
    check_name(check, metadata, fields, &root);
    // An object of the whole cluster has none.
    if !metadata.namespace.value.is_empty() {
        check.text(&metadata.namespace, &root.field("namespace"), names::namespace);
    }
    let labels_path = root.field("labels");
    for label in &metadata.labels {
        check.text(&label.key, &labels_path, names::label_key);
        if let Some(value) = &label.value.value {
            let value = Spanned { value: value.clone(), span: label.value.span, via: label.value.via };
            check.text(&value, &labels_path, names::label_value);
        }
    }
    let field = |name| fields.and_then(|fields| fields.get(name));
    if let Some(entry) = field("annotations") {
        check_annotations(check, entry, &root.field("annotations"));
    }
    if let Some(entry) = field("ownerReferences") {
        check_owners(check, &metadata.owners, entry, &root.field("ownerReferences"));
    }
    if let Some(entry) = field("finalizers") {
        check_finalizers(check, entry, &root.field("finalizers"));
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
    let written = |field: &str| {
        let node = &fields.and_then(|fields| fields.get(field))?.value;
        let Value::String(text) = &node.value else { return None };
        let text = Spanned { value: text.clone().into_owned(), span: node.span, via: node.via };
        Some(text).filter(|text| !text.value.is_empty())
    };
    let (name, prefix) = (written("name"), written("generateName"));
    if let Some(prefix) = &prefix {
        check.text(prefix, &root.field("generateName"), |text| names::subdomain(&with_masked_dash(text)));
    }
    match name {
        Some(name) => check.text(&name, &root.field("name"), names::subdomain),
        None if prefix.is_some() => {}
        None => {
            let words = "Required value: name or generateName is required";
            check.fault(metadata.name.span, &root.field("name"), words);
        }
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

fn check_finalizers(check: &mut Check, entry: &Entry<'_>, path: &Path<'_>) {
    let Value::Sequence(items) = &entry.value.value else { return };
    let text = |node: &Node<'_>| match &node.value {
        Value::String(text) => text.clone().into_owned(),
        _ => String::new(),
    };
    let finalizers: Vec<String> = items.iter().map(text).collect();
    for (value, node) in finalizers.iter().zip(items) {
        let text = Spanned { value: value.clone(), span: node.span, via: node.via };
        check.text(&text, path, names::label_key);
    }
    let has = |name: &str| finalizers.iter().any(|finalizer| finalizer == name);
    if has("orphan") && has("foregroundDeletion") {
        let listed: Vec<String> = finalizers.iter().map(|finalizer| go::json(finalizer)).collect();
        let words = "finalizer orphan and foregroundDeletion cannot be both set";
        check.fault(entry.key_span, path, format!("Invalid value: [{}]: {words}", listed.join(",")));
    }
}
