//! `metadata` of any object.

use std::borrow::Cow;

use super::bookkeeping;
use super::decode::placeholder::has_placeholder;
use super::decode::{Decoder, GoType, Path};
use super::validity::check_labels;
use crate::text::{SourceFile, Span, Spanned};
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
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct OwnerReference {
    /// `apiVersion`, possibly empty.
    pub api_version: String,
    /// `kind`, possibly empty.
    pub kind: String,
    /// `name`.
    pub name: String,
    /// `uid`, possibly empty.
    pub uid: String,
    /// `controller`.
    pub controller: Option<bool>,
    /// `blockOwnerDeletion`.
    pub block_deletion: Option<bool>,
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
const REFERENCE_FIELDS: [&str; 6] = ["apiVersion", "blockOwnerDeletion", "controller", "kind", "name", "uid"];

/// A name that is no text, so that the object can still be told from others.
fn misread_name(decoder: &Decoder<'_>, node: &Node<'_>) -> Option<Spanned<String>> {
    let text = scalar_text(decoder.file, node)?.into_owned();
    Some(Spanned { value: text, span: node.span, via: node.via })
}

/// The text of a scalar; as it is written where it is read as a number or a truth value: `y` is `y` then, not `true`.
pub(super) fn scalar_text<'v>(file: &'v SourceFile, node: &'v Node<'_>) -> Option<Cow<'v, str>> {
    match &node.value {
        Value::String(text) => Some(Cow::Borrowed(text.as_ref())),
        Value::Int(_) | Value::Uint(_) | Value::Float(_) | Value::Bool(_) => {
            let written = file.text().get(node.span.start as usize..node.span.end as usize);
            written.map(|written| Cow::Borrowed(written.trim()))
        }
        Value::Null | Value::Sequence(_) | Value::Mapping(_) => None,
    }
}

impl Metadata {
    /// Whether the object names its namespace itself.
    pub fn names_namespace(&self) -> bool {
        self.namespace.span != self.name.span
    }

    /// Reads the `metadata` of an object. `default_namespace` is empty for an object of the whole cluster.
    pub fn read(decoder: &mut Decoder<'_>, root: &Node<'_>, default_namespace: &str) -> Self {
        let nowhere = Span::new(root.span.file, root.span.start, root.span.start);
        let Value::Mapping(mapping) = &root.value else { return Self::empty(nowhere, default_namespace) };
        match mapping.get("metadata") {
            Some(entry) => Self::read_field(decoder, entry, default_namespace),
            None => Self::empty(nowhere, default_namespace),
        }
    }

    /// Reads the `metadata` of an object that is validated nowhere else, and validates its labels.
    pub(super) fn read_valid(decoder: &mut Decoder<'_>, root: &Node<'_>, default_namespace: &str) -> Self {
        let metadata = Self::read(decoder, root, default_namespace);
        check_labels(decoder, &metadata.labels, &Path::ROOT.field("metadata").field("labels"));
        metadata
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
                    name = text.or_else(|| misread_name(decoder, &entry.value));
                }
                "namespace" => {
                    let text = decoder.string(&entry.value, &path, STRING);
                    namespace = text.or_else(|| misread_name(decoder, &entry.value));
                }
                "generateName" => generated = decoder.string(&entry.value, &path, STRING),
                "labels" => metadata.labels = labels(decoder, &entry.value, &path),
                "ownerReferences" => metadata.owners = owners(decoder, &entry.value, &path),
                _ => bookkeeping::field(decoder, entry, &mapping.entries, &path),
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
        let made_text = decoder.made_text(&entry.value);
        let value = match entry.value.value {
            Value::Null => Some(Spanned { value: Some(String::new()), span: entry.value.span, via }),
            _ if made_text.is_some() => {
                Some(Spanned { value: made_text.map(str::to_owned), span: entry.value.span, via })
            }
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

fn owners(decoder: &mut Decoder<'_>, node: &Node<'_>, path: &Path<'_>) -> Vec<OwnerReference> {
    let items = decoder.sequence(node, path, GoType::new(OWNER, "[]v1.OwnerReference")).unwrap_or_default();
    let mut owners = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        let mapping = decoder.mapping(item, &path, GoType::new(OWNER, "v1.OwnerReference"));
        owners.push(mapping.map(|mapping| owner(decoder, mapping, &path)).unwrap_or_default());
    }
    owners
}

fn owner(decoder: &mut Decoder<'_>, mapping: &Mapping<'_>, path: &Path<'_>) -> OwnerReference {
    let mut owner = OwnerReference::default();
    for entry in &mapping.entries {
        let (node, path) = (&entry.value, path.field(&entry.key));
        let mut text = |go_type| {
            let text = decoder.string(node, &path, GoType::new(REFERENCE, go_type));
            text.map(|text| text.value).unwrap_or_default()
        };
        match entry.key.as_ref() {
            "apiVersion" => owner.api_version = text("string"),
            "kind" => owner.kind = text("string"),
            "name" => owner.name = text("string"),
            "uid" => owner.uid = text("types.UID"),
            "controller" => owner.controller = flag(decoder, node, &path),
            "blockOwnerDeletion" => owner.block_deletion = flag(decoder, node, &path),
            _ => decoder.field_beside(entry, &mapping.entries, &path, &REFERENCE_FIELDS),
        }
    }
    owner
}

fn flag(decoder: &mut Decoder<'_>, node: &Node<'_>, path: &Path<'_>) -> Option<bool> {
    decoder.boolean(node, path, GoType::new(REFERENCE, "bool")).map(|flag| flag.value)
}
