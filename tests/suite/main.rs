//! Whole runs of the program.

mod program;
mod answers;
mod fixes;
mod graphs;
mod diffs;
mod lists;
mod coverages;
mod pastes;
mod paths;
mod codes;
mod queries;
mod reading;
mod inputs;
mod renderers;
mod clusters;
mod configuration;
mod bad_input;
mod hostile;
mod pages;
mod process;
mod examples;
mod first_day;
mod lint;
mod lint_formats;
mod lint_review;
mod lint_rules;
