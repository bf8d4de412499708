//! The command line, run in process: exit codes, streams, input, configuration, questions.

mod session;
mod exit_codes;
mod streams;
mod input;
mod config;
mod queries;
mod formats;
mod examples;
