//! From offsets in a chunk to spans of a file.

use crate::text::{FileId, Span};

/// Where a chunk begins.
#[derive(Debug, Clone, Copy)]
pub(in crate::yaml) struct Place {
    /// The file.
    pub(in crate::yaml) file: FileId,
    /// The first byte of the chunk.
    pub(in crate::yaml) base: u32,
}

impl Place {
    /// The span of a range of bytes of the chunk.
    pub(in crate::yaml) fn span(self, start: usize, end: usize) -> Span {
        Span::new(self.file, self.offset(start), self.offset(end))
    }

    fn offset(self, relative: usize) -> u32 {
        self.base.saturating_add(u32::try_from(relative).unwrap_or(u32::MAX))
    }

    /// The offset in the chunk of a byte of the file.
    pub(in crate::yaml) const fn relative(self, offset: u32) -> usize {
        offset.saturating_sub(self.base) as usize
    }
}
