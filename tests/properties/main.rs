//! Laws that hold for every input.

mod maps;
mod reports;
mod sets;
mod verdicts;
