//! `v1 Namespace`.

use super::Metadata;
use super::admission::{Admission, bears_on_pods};
use super::decode::Decoder;
use crate::text::Span;
use crate::yaml;

/// A namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    /// Where the object stands.
    pub span: Span,
    /// Name and labels.
    pub metadata: Metadata,
    /// Whether the API server takes it.
    pub admission: Admission,
}

impl Namespace {
    /// Reads a namespace.
    pub fn read(decoder: &mut Decoder<'_>, root: &yaml::Node<'_>) -> Self {
        let metadata = Metadata::read_valid(decoder, root, "");
        Self { span: root.span, metadata, admission: Admission::of(decoder, bears_on_pods) }
    }
}
