//! Findings: one file a format.

mod rendered;
mod full;
mod concise;
mod statistics;
mod sarif;
mod github;
mod gitlab;
mod junit;
mod rdjson;
mod markdown;
mod lines;

pub use rendered::Findings;
