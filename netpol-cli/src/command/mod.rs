//! One file a command.

mod run;
pub mod completions;
pub mod man;

pub use run::run;
