//! Whole runs of the program.

mod examples;
