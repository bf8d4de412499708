//! One file a command.

mod run;
mod clusters;
pub mod can;
mod query;
mod queries;
pub mod explain;
pub mod list;
pub mod graph;
pub mod diff;
pub mod path;
pub mod coverage;
mod filter;
pub mod lint;
mod choice;
mod fixing;
mod baseline;
pub mod rules;
mod answer;
mod session;
mod facts;
pub mod complete;
mod outputs;
pub mod completions;
pub mod man;
pub mod schema;

pub use run::run;
