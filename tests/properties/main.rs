//! Laws that hold for every input.

mod changes;
mod maps;
mod reports;
mod sets;
mod verdicts;
