//! Laws that hold for every input.

mod changes;
mod coverage;
mod edits;
mod maps;
mod redundancy;
mod reports;
mod sets;
mod updates;
mod verdicts;
mod ways;
