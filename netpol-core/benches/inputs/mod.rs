//! What the benches work on: generated clusters of three sizes, and the model of the public scale test.

#[path = "../../../tests/support/generate/estate.rs"]
pub mod estate;
#[expect(clippy::missing_panics_doc, reason = "a number of things fits an `u64`")]
#[path = "../../../tests/support/generate/random.rs"]
pub mod random;
#[path = "../../../tests/support/generate/scale.rs"]
pub mod scale;

pub mod input;

pub use input::{INPUTS, PUBLIC, analysis, files, many_files};
pub use random::Random;
