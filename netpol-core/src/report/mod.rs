//! Answers made readable: words for people, the wire format for programs. This is the only prose of the
//! core besides diagnostics, so that every front end says the same.

pub mod context;
pub mod graph;
pub mod text;
pub mod v1;

#[cfg(test)]
pub(crate) mod scenario;

pub use context::Context;
