//! What every command on manifests takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ipnet::IpNet;

use crate::Exit;
use crate::render::Target;

/// What every command on manifests takes.
#[derive(Debug, Args)]
pub struct Common {
    /// The manifests.
    #[command(flatten)]
    pub input: Input,
    /// The cluster.
    #[command(flatten)]
    pub cluster: Cluster,
    /// The report.
    #[command(flatten)]
    pub report: Report,
    /// The exit code.
    #[command(flatten)]
    pub exit: ExitRules,
}

/// Where manifests come from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Manifests")]
pub struct Input {
    /// A file, folder or glob of manifests, - for standard input; repeatable [default: .]
    #[arg(short, long = "filename", value_name = "PATH")]
    pub filenames: Vec<String>,
    /// The name that standard input has in answers
    #[arg(long, value_name = "NAME", default_value = "-", hide_default_value = true)]
    pub stdin_filename: String,
    /// The namespace of objects that name none [default: default]
    #[arg(long, value_name = "NS")]
    pub default_namespace: Option<String>,
    /// The namespace of FROM and TO where they name none
    #[arg(short, long, value_name = "NS")]
    pub namespace: Option<String>,
    /// Undo --namespace
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,
    /// The configuration to use [default: the netpol.toml of the manifests' folder or one above]
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    pub config: Option<PathBuf>,
    /// Use no configuration file
    #[arg(long)]
    pub isolated: bool,
}

/// What manifests cannot tell.
#[derive(Debug, Args)]
#[command(next_help_heading = "Cluster")]
pub struct Cluster {
    /// The network plugin: kubernetes (the text of the API), calico, cilium, flannel
    #[arg(long, value_name = "NAME")]
    pub plugin: Option<String>,
    /// Whether an ipBlock selects pods by their addresses
    #[arg(long, value_name = "RULE")]
    pub ip_block_pods: Option<IpBlockPods>,
    /// What labels a namespace has that is not in the input
    #[arg(long, value_name = "RULE")]
    pub namespace_labels: Option<NamespaceLabels>,
    /// The version of Kubernetes, such as 1.33
    #[arg(long, value_name = "VERSION")]
    pub kubernetes_version: Option<String>,
    /// The domain of cluster names [default: cluster.local]
    #[arg(long, value_name = "DOMAIN")]
    pub cluster_domain: Option<String>,
    /// Where pods get their addresses from
    #[arg(long, value_name = "CIDR", value_delimiter = ',', value_parser = block)]
    pub pod_cidrs: Option<Vec<IpNet>>,
    /// Where Services get their addresses from
    #[arg(long, value_name = "CIDR", value_delimiter = ',', value_parser = block)]
    pub service_cidrs: Option<Vec<IpNet>>,
    /// The addresses of nodes
    #[arg(long, value_name = "CIDR", value_delimiter = ',', value_parser = block)]
    pub node_addresses: Option<Vec<IpNet>>,
}

/// How the answer is given.
#[derive(Debug, Args)]
#[command(next_help_heading = "Report")]
pub struct Report {
    /// The format, to standard output or to a file; repeatable. can, explain: text, json, jsonl. list, coverage, path,
    /// diff: table, json, yaml, csv, md. graph, list: dot, mermaid, svg, html. lint: full, concise, json, jsonl, sarif,
    /// github, gitlab, junit, rdjson, md [env: `NETPOL_OUTPUT`, for the commands that have it]
    #[arg(short, long, value_name = "FORMAT[=FILE]")]
    pub output: Vec<Target>,
    /// Decide what the manifests leave open
    #[arg(long, value_name = "ANSWER")]
    pub unknown: Option<UnknownAs>,
}

/// How the answer becomes an exit code.
#[derive(Debug, Args)]
#[command(next_help_heading = "Exit code")]
pub struct ExitRules {
    /// 0 instead of 3 when there is no object to judge
    #[arg(long)]
    pub allow_empty: bool,
    /// 0 instead of 1 and 4: a bad or unknown answer is no failure
    #[arg(long)]
    pub exit_zero: bool,
    /// The least severity of findings that fail the run; answers have none
    #[arg(long, value_name = "LEVEL")]
    pub fail_on: Option<FailOn>,
}

impl ExitRules {
    /// How a run ends by these rules; a run that was cut short ends as the error says.
    pub fn applied(&self, ended: Result<Exit, Exit>) -> Exit {
        let exit = ended.unwrap_or_else(|exit| exit);
        if self.exit_zero { exit.forgiven() } else { exit }
    }
}

/// Who is told what.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Messages")]
pub struct Talk {
    /// Errors only: no warnings, no notes
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Counts and every remark
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN")]
    pub color: Option<Color>,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Whether an address block selects pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum IpBlockPods {
    /// It does
    Match,
    /// It means addresses outside the cluster only
    Ignore,
}

/// What is known of labels of namespaces that are not in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NamespaceLabels {
    /// None but its name: a selector that wants another does not match
    AssumeAbsent,
    /// Nothing but its name
    Unknown,
}

/// How unknowns are decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UnknownAs {
    /// As allowed
    Allow,
    /// As denied
    Deny,
}

/// The least severity that fails a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors
    Error,
    /// Warnings and errors
    Warning,
    /// All findings
    Info,
    /// None
    Never,
}

/// A block, or a single address as the block of one.
pub(crate) fn block(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
        .map_err(|_| format!("`{text}` is no address and no block such as 10.244.0.0/16"))
}
