//! From paths, folders, globs and standard input to the files of an analysis.

pub mod source;
pub mod folder;
pub mod bounded;
pub mod pattern;
pub mod skip;
pub mod kustomization;
pub mod missing;
pub mod program;
pub mod revision;
pub mod rendered;
mod helm;
mod remote;

pub use source::{Input, Only, Options, listed, read};
