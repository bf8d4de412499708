//! Texts, and places in them. The core knows a file only as a name and a text; nothing here reads a disk.

pub mod span;
pub mod file;
pub mod line_index;
mod one_line;
mod distance;

pub use distance::{distance, nearest};
pub use file::{FileId, FileSet, FileTooLarge, Rendering, SourceFile};
pub use line_index::{LineColumn, LineIndex};
pub use one_line::one_line;
pub use span::{Span, Spanned};
