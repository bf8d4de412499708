//! Namespaces, given or only named.

use crate::manifest::Admission;
use crate::selector::Labels;
use crate::text::Span;

/// Names a namespace of a [`super::Cluster`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamespaceId(pub u32);

/// A namespace. `kubernetes.io/metadata.name` is always among its labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    /// The name.
    pub name: String,
    /// The labels; what is not listed is absent for a described namespace, else what the facts say.
    pub labels: Labels,
    /// Whether a Namespace object or the configuration describes it.
    pub is_described: bool,
    /// Whether the API server takes its object.
    pub admission: Admission,
    /// Where its object stands.
    pub span: Option<Span>,
}

impl Namespace {
    /// The label that every namespace has, with its name as the value.
    pub const NAME_LABEL: &'static str = "kubernetes.io/metadata.name";

    /// Whether every cluster has a namespace of this name, which nobody gave labels.
    pub fn is_in_every_cluster(name: &str) -> bool {
        matches!(name, "default" | "kube-node-lease" | "kube-public" | "kube-system")
    }
}
