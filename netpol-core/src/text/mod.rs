//! Texts, and places in them. The core knows a file only as a name and a text; nothing here reads a disk.

pub mod span;
pub mod file;
pub mod line_index;

pub use file::{FileId, FileSet, FileTooLarge, SourceFile};
pub use line_index::{LineColumn, LineIndex};
pub use span::{Span, Spanned};
