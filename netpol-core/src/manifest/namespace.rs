//! `v1 Namespace`.

use super::Metadata;
use crate::text::Span;

/// A namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    /// Where the object stands.
    pub span: Span,
    /// Name and labels.
    pub metadata: Metadata,
}
