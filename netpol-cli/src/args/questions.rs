//! Commands that ask for connections one by one.

use std::path::PathBuf;

use clap::Args;

use super::Common;

/// `netpol can`.
#[derive(Debug, Args)]
pub struct Can {
    /// Where the connection comes from, such as shop/frontend
    #[arg(required_unless_present = "queries")]
    pub from: Option<String>,
    /// Where it goes to, with or without a port, such as shop/cart:8080
    #[arg(value_name = "TO[:PORT]", required_unless_present = "queries")]
    pub to: Option<String>,
    /// Answer many questions: a file of JSON lines, - for standard input
    #[arg(long, value_name = "FILE")]
    pub queries: Option<PathBuf>,
    /// Files, folders and globs of manifests, - for standard input [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// What every question takes.
    #[command(flatten)]
    pub common: Common,
}

/// `netpol explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// Where the connection comes from, such as shop/frontend
    pub from: String,
    /// Where it goes to, with or without a port, such as shop/cart:8080
    #[arg(value_name = "TO[:PORT]")]
    pub to: String,
    /// Files, folders and globs of manifests, - for standard input [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// What every question takes.
    #[command(flatten)]
    pub common: Common,
}
