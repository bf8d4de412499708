//! What a terminal, a file or a pipe gets: one file a format.

pub mod console;
pub mod usage;
pub mod target;

pub use console::Console;
pub use target::{Format, Target};
