//! `metadata` of any object.

use std::borrow::Cow;

use super::decode::placeholder::has_placeholder;
use super::decode::{Decoder, GoType, Path, go};
use crate::text::{Span, Spanned};
use crate::yaml::{Entry, Mapping, Node, Value};

/// A label: key and value with their places. A value with an unresolved placeholder is `None` inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The key.
    pub key: Spanned<String>,
    /// The value; `None` when the text holds an unresolved `${VAR}`.
    pub value: Spanned<Option<String>>,
}

/// An owner of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerReference {
    /// `apiVersion`, possibly empty.
    pub api_version: String,
    /// `kind`, possibly empty.
    pub kind: String,
    /// `name`.
    pub name: String,
    /// Whether the owner is the controller.
    pub is_controller: bool,
}

/// `metadata`, as far as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// `name`; `generateName` where there is no name.
    pub name: Spanned<String>,
    /// `namespace`; the default namespace, at the place of the name, where there is none. Empty for an object
    /// of the whole cluster.
    pub namespace: Spanned<String>,
    /// `labels`, in the order of the text.
    pub labels: Vec<Label>,
    /// `ownerReferences`.
    pub owners: Vec<OwnerReference>,
}

const OWNER: &str = "ObjectMeta";
const STRING: GoType = GoType::new(OWNER, "string");
const MAP: GoType = GoType::new(OWNER, "map[string]string");
const REFERENCE: &str = "OwnerReference";
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

/// A name that is no text, so that the object can still be told from others.
fn misread_name(node: &Node<'_>) -> Option<Spanned<String>> {
    let text = scalar_text(&node.value)?.into_owned();
    Some(Spanned { value: text, span: node.span, via: node.via })
}

/// The text of a scalar, also of one that is read as a number or a truth value.
pub(super) fn scalar_text<'v>(value: &'v Value<'_>) -> Option<Cow<'v, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text.as_ref())),
        Value::Int(number) => Some(number.to_string().into()),
        Value::Uint(number) => Some(number.to_string().into()),
        Value::Float(number) => Some(go::float(*number).into()),
        Value::Bool(value) => Some(value.to_string().into()),
        Value::Null | Value::Sequence(_) | Value::Mapping(_) => None,
    }
}

impl Metadata {
    /// Reads the `metadata` of an object. `default_namespace` is empty for an object of the whole cluster.
    pub fn read(decoder: &mut Decoder<'_>, root: &Node<'_>, default_namespace: &str) -> Self {
        let nowhere = Span::new(root.span.file, root.span.start, root.span.start);
        let Value::Mapping(mapping) = &root.value else { return Self::empty(nowhere, default_namespace) };
        match mapping.get("metadata") {
            Some(entry) => Self::read_field(decoder, entry, default_namespace),
            None => Self::empty(nowhere, default_namespace),
        }
    }

    /// Reads the field `metadata`, or `template.metadata` and the like at the root of `path`.
    pub fn read_field(decoder: &mut Decoder<'_>, entry: &Entry<'_>, default_namespace: &str) -> Self {
        let path = Path::ROOT.field("metadata");
        let mut metadata = Self::empty(entry.key_span, default_namespace);
        let expected = GoType::new("metadataOnlyObject", "v1.ObjectMeta");
        let Some(mapping) = decoder.mapping(&entry.value, &path, expected) else { return metadata };
        let (mut name, mut generated, mut namespace) = (None, None, None);
        for entry in &mapping.entries {
            let path = path.field(&entry.key);
            match entry.key.as_ref() {
                "name" => {
                    let text = decoder.string(&entry.value, &path, STRING);
                    name = text.or_else(|| misread_name(&entry.value));
                }
                "namespace" => namespace = decoder.string(&entry.value, &path, STRING),
                "generateName" => generated = decoder.string(&entry.value, &path, STRING),
                "labels" => metadata.labels = labels(decoder, &entry.value, &path),
                "ownerReferences" => metadata.owners = owners(decoder, &entry.value, &path),
                _ => other_field(decoder, entry, &mapping.entries, &path),
            }
        }
        let is_set = |text: &Spanned<String>| !text.value.is_empty();
        if let Some(name) = name.filter(is_set).or(generated.filter(is_set)) {
            metadata.name = name;
        }
        metadata.namespace.span = metadata.name.span;
        if let Some(namespace) = namespace.filter(is_set).filter(|_| !default_namespace.is_empty()) {
            metadata.namespace = namespace;
        }
        metadata
    }

    fn empty(place: Span, default_namespace: &str) -> Self {
        Self {
            name: Spanned::new(String::new(), place),
            namespace: Spanned::new(default_namespace.to_owned(), place),
            labels: Vec::new(),
            owners: Vec::new(),
        }
    }
}

/// Reads labels: those of an object, of a pod template, or the selector of a Service.
pub fn labels(decoder: &mut Decoder<'_>, node: &Node<'_>, path: &Path<'_>) -> Vec<Label> {
    let Some(mapping) = decoder.mapping(node, path, MAP) else { return Vec::new() };
    let mut labels = Vec::with_capacity(mapping.entries.len());
    for entry in &mapping.entries {
        let via = entry.value.via;
        let value = match entry.value.value {
            Value::Null => Some(Spanned { value: Some(String::new()), span: entry.value.span, via }),
            _ => decoder
                .text(&entry.value, path, STRING)
                .map(|text| text.map(|text| (!has_placeholder(text)).then(|| text.to_owned()))),
        };
        if let Some(value) = value {
            let key = Spanned { value: entry.key.clone().into_owned(), span: entry.key_span, via };
            labels.push(Label { key, value });
        }
    }
    labels
}

/// Annotations are only looked at for their type.
fn annotations(decoder: &mut Decoder<'_>, node: &Node<'_>, path: &Path<'_>) {
    let Some(mapping) = decoder.mapping(node, path, MAP) else { return };
    for entry in &mapping.entries {
        if !matches!(entry.value.value, Value::String(_) | Value::Null) {
            decoder.wrong_type(&entry.value, path, STRING);
        }
    }
}

fn owners(decoder: &mut Decoder<'_>, node: &Node<'_>, path: &Path<'_>) -> Vec<OwnerReference> {
    let items = decoder.sequence(node, path, GoType::new(OWNER, "[]v1.OwnerReference")).unwrap_or_default();
    let mut owners = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        if let Some(mapping) = decoder.mapping(item, &path, GoType::new(OWNER, "v1.OwnerReference")) {
            owners.push(owner(decoder, mapping, &path));
        }
    }
    owners
}

fn owner(decoder: &mut Decoder<'_>, mapping: &Mapping<'_>, path: &Path<'_>) -> OwnerReference {
    let mut text = |name: &str| {
        let read = |entry: &Entry<'_>| {
            decoder.string(&entry.value, &path.field(name), GoType::new(REFERENCE, "string"))
        };
        mapping.get(name).and_then(read).map(|text| text.value).unwrap_or_default()
    };
    let (api_version, kind, name) = (text("apiVersion"), text("kind"), text("name"));
    let is_controller = mapping.get("controller").is_some_and(|entry| entry.value.value == Value::Bool(true));
    OwnerReference { api_version, kind, name, is_controller }
}

/// A field that is only looked at for its type, or that does not exist.
fn other_field(decoder: &mut Decoder<'_>, entry: &Entry<'_>, siblings: &[Entry<'_>], path: &Path<'_>) {
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
        "managedFields" => {
            decoder.sequence(node, path, GoType::new(OWNER, "[]v1.ManagedFieldsEntry"));
        }
        "creationTimestamp" | "deletionTimestamp" => {}
        _ => decoder.field_beside(entry, siblings, path, &FIELDS),
    }
}
