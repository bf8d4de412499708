//! From paths, folders, globs and standard input to the files of an analysis.

pub mod source;
pub mod folder;
pub mod bounded;
pub mod pattern;
pub mod skip;
pub mod missing;
pub mod revision;

pub use source::{Input, Options, read};
