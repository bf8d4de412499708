//! Laws that hold for every input.

mod reports;
mod sets;
mod verdicts;
