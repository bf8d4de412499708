//! What every command on manifests takes.

use std::path::{Path, PathBuf};

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
    /// A file, folder or glob of manifests, - for standard input, git:REV, git:REV:PATH, kustomize:DIR or
    /// helm:CHART[?values=FILE&…]; repeatable, or with commas between [default: .]
    #[arg(short, long = "filename", value_name = "PATH", id = "filenames")]
    pub filenames: Vec<String>,
    /// Those that stand without a flag.
    #[arg(skip)]
    pub paths: Vec<String>,
    /// The name that standard input has in answers
    #[arg(long, value_name = "NAME", default_value = "-", hide_default_value = true)]
    pub stdin_filename: String,
    /// The namespace of objects that name none [default: default]
    #[arg(long, value_name = "NS")]
    pub default_namespace: Option<String>,
    /// The namespace of endpoints that name none; where no endpoint is asked for, only what is in these namespaces
    #[arg(short, long, value_name = "NS", value_delimiter = ',')]
    pub namespace: Vec<String>,
    /// Undo --namespace
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,
    /// The configuration to use [default: the netpol.toml of the manifests' folder or one above]
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    pub config: Option<PathBuf>,
    /// Ignore every netpol.toml; this is about the configuration, not about pods
    #[arg(long)]
    pub isolated: bool,
    /// Of the clusters that netpol.toml names, only these; repeatable
    #[arg(long = "cluster", value_name = "NAME", value_delimiter = ',')]
    pub clusters: Vec<String>,
}

impl Input {
    /// Every PATH, as seen from a folder. Commas separate those of `--filename`, unless they stand within braces or a file
    /// of the whole name exists.
    pub fn all_paths(&self, directory: &Path) -> Vec<String> {
        let split = self.filenames.iter().flat_map(|name| {
            if name.contains(',') && !directory.join(name).exists() {
                split(name)
            } else {
                vec![name.clone()]
            }
        });
        self.paths.iter().cloned().chain(split).collect()
    }

    /// The namespaces that are asked for.
    pub fn namespaces(&self) -> impl Iterator<Item = &str> {
        let names = self.namespace.iter().filter(|name| !name.is_empty() && !self.all_namespaces);
        names.map(String::as_str)
    }
}

/// The parts of a text between commas that stand outside of braces.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0usize;
    for letter in text.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match parts.last_mut() {
            Some(part) if letter != ',' || depth > 0 => part.push(letter),
            _ => parts.push(String::new()),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
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
    /// The format, to standard output or to a file, or a file whose name tells the format; repeatable
    #[arg(short, long, visible_alias = "output-format", value_name = "FORMAT[=FILE]")]
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
    /// The least severity of findings that fail the run [default: error]
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
    /// Say more: what was read, every message, every place
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
