//! `netpol.toml`: what manifests cannot tell, and what a team wants to hear of, written down once.

mod clusters;
mod file;
mod lint;
mod output;
pub(crate) mod value;

pub use clusters::NamedCluster;
pub(crate) use file::nearest;
pub use file::{Block, Cluster, Config, ConfigError, Dns, FILE_NAME, Glob, find, parse, read};
pub(crate) use lint::no_rule;
pub use lint::{Day, LevelKey, Lint, LintException, PresetKey, RuleKey, SelectedKey};
pub use output::{ColorKey, FormatKey, Output};
