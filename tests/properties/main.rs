//! Laws that hold for every input.

mod sets;
mod verdicts;
