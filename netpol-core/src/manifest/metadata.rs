//! `metadata` of any object.

use crate::text::Spanned;

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
