//! Stub.
use super::{Chunk, Parsed};
use crate::diagnostic::Diagnostic;
use crate::text::{FileId, SourceFile};
/// Stub.
pub fn split(_: FileId, _: &SourceFile) -> Vec<Chunk> {
    Vec::new()
}
/// Stub.
pub fn parse<'t>(
    _: &'t SourceFile,
    _: &Chunk,
    _: &dyn Fn(&str, &str) -> bool,
    _: &mut Vec<Diagnostic>,
) -> Parsed<'t> {
    Parsed::Empty
}
