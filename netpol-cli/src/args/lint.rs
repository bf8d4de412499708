//! Commands that look for faults.

use std::path::PathBuf;

use clap::Args;

use super::Common;
use crate::render::Target;

/// `netpol lint`.
#[derive(Debug, Args)]
pub struct Lint {
    /// Files, folders and globs of manifests, - for standard input [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// Which rules.
    #[command(flatten)]
    pub choice: LintChoice,
    /// What is mended.
    #[command(flatten)]
    pub fixes: FixChoice,
    /// What every command takes.
    #[command(flatten)]
    pub common: Common,
}

/// What is mended.
#[derive(Debug, Args)]
#[command(next_help_heading = "Fixes")]
pub struct FixChoice {
    /// Apply the safe fixes to the files, and report what remains
    #[arg(long)]
    pub fix: bool,
    /// With --fix or --diff: also the fixes that may open or close connections
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// Show what fixes would change as a patch, and change nothing
    #[arg(long)]
    pub diff: bool,
}

/// Which rules speak, and what is lived with.
#[derive(Debug, Args)]
#[command(next_help_heading = "Rules")]
pub struct LintChoice {
    /// The rules to begin with: minimal, recommended, strict [default: recommended]
    #[arg(long, value_name = "NAME")]
    pub preset: Option<String>,
    /// Only these rules, or rules of these categories, or all
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Not these rules, nor rules of these categories
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Count the findings of each rule instead of showing them
    #[arg(long)]
    pub statistics: bool,
    /// A baseline: findings in it do not count
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write all findings to a baseline, and report none
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = DEFAULT_BASELINE)]
    #[arg(conflicts_with_all = ["fix", "diff"])]
    pub write_baseline: Option<PathBuf>,
}

/// Where a baseline is written when nobody says where.
pub const DEFAULT_BASELINE: &str = "netpol-baseline.json";

/// `netpol rules`.
#[derive(Debug, Args)]
pub struct Rules {
    /// The rule; without it, all are listed
    pub rule: Option<String>,
    /// The format, to standard output or to a file, or a file whose name tells the format; repeatable
    #[arg(short, long, visible_alias = "output-format", value_name = "FORMAT[=FILE]")]
    pub output: Vec<Target>,
}
