//! Commands that ask for the map.

use clap::{Args, ValueEnum};

use super::Common;

/// `netpol list`.
#[derive(Debug, Args)]
pub struct List {
    /// Files, folders and globs of manifests, - for standard input [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// Which part of the map.
    #[command(flatten)]
    pub filter: Filter,
    /// Print pair by pair instead of groups with the same answer
    #[arg(long)]
    pub expand: bool,
    /// Only count the pairs that are allowed, denied and unknown
    #[arg(long, conflicts_with = "expand")]
    pub count: bool,
    /// What every command takes.
    #[command(flatten)]
    pub common: Common,
}

/// `netpol path`.
#[derive(Debug, Args)]
pub struct PathArgs {
    /// Where the chain begins, such as internet or shop/frontend
    pub from: String,
    /// Where it ends, with or without a port that the last hop must allow; without it, all that can be reached
    #[arg(value_name = "TO[:PORT]")]
    pub to: Option<String>,
    /// Files, folders and globs of manifests, - for standard input [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// Go so far at most, without TO
    #[arg(long, value_name = "N", conflicts_with = "to")]
    pub max_hops: Option<u32>,
    /// Say which connections to cut, the fewest, so that no chain is left
    #[arg(long, requires = "to")]
    pub cut: bool,
    /// What every command takes.
    #[command(flatten)]
    pub common: Common,
}

/// `netpol coverage`.
#[derive(Debug, Args)]
pub struct Coverage {
    /// Files, folders and globs of manifests, - for standard input [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// What every command takes.
    #[command(flatten)]
    pub common: Common,
}

/// `netpol diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// The manifests before: a file, folder or glob, or git:REV, git:REV:PATH of the repository in the current folder
    pub old: String,
    /// The manifests after, in the same spellings
    pub new: String,
    /// What every command takes.
    #[command(flatten)]
    pub common: Common,
}

/// `netpol graph`.
#[derive(Debug, Args)]
pub struct Graph {
    /// Files, folders and globs of manifests, - for standard input [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// Which part of the map.
    #[command(flatten)]
    pub filter: Filter,
    /// What every command takes.
    #[command(flatten)]
    pub common: Common,
}

/// Which part of a map is wanted.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filter")]
pub struct Filter {
    /// Connections from this endpoint only
    #[arg(long, value_name = "ENDPOINT")]
    pub from: Option<String>,
    /// Connections to this endpoint only, with or without a port
    #[arg(long, value_name = "ENDPOINT[:PORT]")]
    pub to: Option<String>,
    /// Connections to this port only, such as 443, udp/53 or http
    #[arg(long, value_name = "PORT")]
    pub port: Option<String>,
    /// Connections into workloads, or out of them; with --namespace, of that namespace
    #[arg(long, value_name = "DIRECTION")]
    pub direction: Option<Direction>,
    /// Leave out connections where no policy selects either end
    #[arg(long)]
    pub hide_not_isolated: bool,
}

/// A direction, seen from the pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Direction {
    /// Into them
    Ingress,
    /// Out of them
    Egress,
}
