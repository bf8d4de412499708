//! The façade: files in, answers out.

#[expect(clippy::module_inception, reason = "the analysis is what this room is named for")]
pub mod analysis;
mod questions;
mod input;

pub use analysis::{Analysis, Settings};
pub use questions::Question;
