//! What the tests of netpol share: a second evaluator, generators of clusters, and the way to the corpus.

#![expect(clippy::missing_panics_doc, reason = "a test that cannot be set up fails by a panic")]

pub mod corpus;
pub mod effort;
pub mod engine;
pub mod generate;
pub mod naive;
pub mod shrink;
pub mod spec;
pub mod stored;
pub mod toolchain;
pub mod worlds;
