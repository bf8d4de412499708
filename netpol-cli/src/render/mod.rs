//! What a terminal, a file or a pipe gets: one file a format.

pub mod target;
pub mod offered;
pub mod console;
pub mod usage;
pub mod text;
pub mod diagnostic;
pub mod findings;
pub mod serialized;
pub mod tabular;

pub use console::{Console, Volume};
pub use target::{Format, Target, Wanted};
