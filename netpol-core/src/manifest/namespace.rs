//! `v1 Namespace`.

use super::Metadata;
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
}

impl Namespace {
    /// Reads a namespace.
    pub fn read(decoder: &mut Decoder<'_>, root: &yaml::Node<'_>) -> Self {
        Self { span: root.span, metadata: Metadata::read_valid(decoder, root, "") }
    }
}
