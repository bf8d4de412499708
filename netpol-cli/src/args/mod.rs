//! What can be typed.

pub mod cli;
mod examples;
mod order;
pub mod questions;
pub mod maps;
pub mod lint;
pub mod common;
pub mod planned;

pub use cli::{Cli, Command, CompletionsFor, VARIABLES, VERSION, command, parse};
pub(crate) use common::block;
pub use common::{
    Cluster, Color, Common, ExitRules, FailOn, Input, IpBlockPods, NamespaceLabels, Report, Talk, UnknownAs,
};
pub use lint::{DEFAULT_BASELINE, FixChoice, Lint, LintChoice, Rules};
pub use maps::{Coverage, Diff, Direction, Filter, Graph, List, PathArgs};
pub use planned::Planned;
pub use questions::{Can, Explain};
