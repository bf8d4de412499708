//! What can be typed.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;

use crate::Exit;
use crate::render::Target;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Who can talk to whom in a Kubernetes cluster, and why: answered from manifests, offline
#[derive(Debug, Parser)]
#[command(name = "netpol", version, styles = STYLES, max_term_width = 100, subcommand_required = true)]
#[command(after_help = "Exit codes: 0 allowed, 1 denied or partial, 2 error, 3 nothing to do, 4 unknown")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Who is told what.
    #[command(flatten)]
    pub talk: Talk,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say whether FROM may open a connection to TO
    #[command(after_help = CAN_EXAMPLES, after_long_help = long(CAN_EXAMPLES))]
    Can(Can),
    /// Say why FROM may or may not open a connection to TO: every policy, rule and line
    #[command(after_help = EXPLAIN_EXAMPLES, after_long_help = long(EXPLAIN_EXAMPLES))]
    Explain(Explain),
    /// List who can reach whom: every allowed and every unknown connection
    #[command(after_help = LIST_EXAMPLES, after_long_help = long(LIST_EXAMPLES))]
    List(List),
    /// Find the shortest chain of allowed connections from FROM to TO, or all that FROM can reach
    #[command(after_help = PATH_EXAMPLES, after_long_help = long(PATH_EXAMPLES))]
    Path(PathArgs),
    /// Say which workloads are isolated, by which policies, and to whom they are open
    #[command(after_help = COVERAGE_EXAMPLES)]
    Coverage(Coverage),
    /// Say what changed between two sets of manifests, in connections
    #[command(after_help = DIFF_EXAMPLES)]
    Diff(Diff),
    /// Draw who can reach whom, as a picture or a page
    #[command(after_help = GRAPH_EXAMPLES, after_long_help = long(GRAPH_EXAMPLES))]
    Graph(Graph),
    /// Find what the API server would refuse, and what it would accept but nobody wants
    #[command(after_help = LINT_EXAMPLES)]
    Lint(Lint),
    /// List the lint rules, or print the page of one
    #[command(after_help = "Examples:\n  netpol rules\n  netpol rules policy-selects-nothing")]
    Rules(Rules),
    /// Print the completions of a shell
    #[command(after_help = "Example:\n  netpol completions bash > /etc/bash_completion.d/netpol")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page of netpol, or of one command
    #[command(after_help = "Example:\n  netpol man explain | man -l -")]
    Man {
        /// The command
        command: Option<String>,
    },
    /// Print the JSON Schema of an output, or the names of the kinds there are
    #[command(after_help = "Example:\n  netpol schema verdict > verdict.schema.json")]
    Schema {
        /// The kind, in kebab-case; without it, the kinds are listed
        kind: Option<String>,
    },
}

const SPELLINGS: &str = "\
Ends:
  shop/cart              the workload or pod of that name, else the Service
  shop/deploy/cart       that kind: deploy, sts, ds, rs, job, cj, po, svc
  ns/shop                every pod of a namespace
  'shop/@app=web'        every pod that the labels select
  10.1.2.3, 10.0.0.0/8   an address, or the addresses of a block outside the cluster
  internet               every globally routable address
  node/n1                a node
  db.shop.svc            a cluster DNS name
  any                    everything, inside and outside
Ports (after TO):
  :8080  :udp/53  :8000-8100  :http (a named port)  :udp (every port of UDP)";

const CAN_EXAMPLES: &str = "\
Examples:
  netpol can shop/frontend shop/cart:8080 -f manifests/
  netpol can -n shop frontend internet:443
  netpol can --queries questions.jsonl -f manifests/ > answers.jsonl

A line of questions:
  {\"from\":\"shop/a\",\"to\":\"shop/b\",\"protocol\":\"TCP\",\"port\":80}";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  netpol explain shop/frontend shop/cart:8080 -f manifests/
  netpol explain -n shop frontend cart:http -o json
  helm template . | netpol explain shop/frontend db.shop.svc:5432 -f -";

const LIST_EXAMPLES: &str = "\
Examples:
  netpol list -f manifests/
  netpol list --to shop/db:5432        who can reach the database
  netpol list -n shop --direction ingress --hide-not-isolated
  netpol list --expand -o csv > connections.csv";

const PATH_EXAMPLES: &str = "\
Examples:
  netpol path internet shop/db:5432 -f manifests/
  netpol path shop/frontend --max-hops 2      all that it can reach in two hops
  netpol path shop/frontend payments/ledger --cut

Exit codes: 0 there is a way, 1 there is none, 4 it hangs on what is unknown";

const COVERAGE_EXAMPLES: &str = "\
Examples:
  netpol coverage -f manifests/
  netpol coverage -n shop -o md
  netpol coverage -o csv > coverage.csv";

const DIFF_EXAMPLES: &str = "\
Examples:
  netpol diff old/ new/
  netpol diff git:main manifests/         manifests/ as the branch main has it, and as it is now
  netpol diff git:v1:deploy git:v2:deploy -o md";

const GRAPH_EXAMPLES: &str = "\
Examples:
  netpol graph -o html=map.html -f manifests/
  netpol graph -n shop -o svg > shop.svg
  netpol graph | dot -Tpng > map.png";
const LINT_EXAMPLES: &str = "\
Examples:
  netpol lint manifests/
  helm template . | netpol lint -
  netpol lint -o github -o sarif=netpol.sarif
  netpol lint --select api --fail-on warning
  netpol lint --write-baseline netpol-baseline.json

Suppress a finding:  # netpol: ignore[RULE] reason     on its line or the line above";

/// The end of `--help`: how ends are spelled, then the examples.
fn long(examples: &str) -> String {
    format!("{SPELLINGS}\n\n{examples}")
}

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
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "to"])]
    pub queries: Option<PathBuf>,
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
    /// What every question takes.
    #[command(flatten)]
    pub common: Common,
}

/// `netpol list`.
#[derive(Debug, Args)]
pub struct List {
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
    /// What every command takes.
    #[command(flatten)]
    pub common: Common,
}

/// `netpol diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// The manifests before: a file, folder or glob, or git:REV[:PATH] of the repository one stands in
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
    /// Connections from this end only
    #[arg(long, value_name = "END")]
    pub from: Option<String>,
    /// Connections to this end only, with or without a port
    #[arg(long, value_name = "END[:PORT]")]
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

/// `netpol lint`.
#[derive(Debug, Args)]
pub struct Lint {
    /// Files, folders and globs of manifests, - for standard input [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// Which rules.
    #[command(flatten)]
    pub choice: LintChoice,
    /// What every command takes.
    #[command(flatten)]
    pub common: Common,
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
    pub write_baseline: Option<PathBuf>,
}

/// Where a baseline is written when nobody says where.
pub const DEFAULT_BASELINE: &str = "netpol-baseline.json";

/// `netpol rules`.
#[derive(Debug, Args)]
pub struct Rules {
    /// The rule; without it, all are listed
    pub rule: Option<String>,
    /// The format, to standard output or to a file; repeatable: table, json, yaml, csv, md
    #[arg(short, long, value_name = "FORMAT[=FILE]")]
    pub output: Vec<Target>,
}

/// A direction, seen from the pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Direction {
    /// Into them
    Ingress,
    /// Out of them
    Egress,
}

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
    /// github, gitlab, junit, rdjson, md
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
#[derive(Debug, Args)]
#[command(next_help_heading = "Messages")]
pub struct Talk {
    /// Errors only: no warnings, no notes
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Counts and every remark
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_default_value = true)]
    pub color: Color,
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

/// Options that a variable of the environment can give, where the command line does not.
const VARIABLES: [(&str, &str); 14] = [
    ("color", "NETPOL_COLOR"),
    ("config", "NETPOL_CONFIG"),
    ("default_namespace", "NETPOL_DEFAULT_NAMESPACE"),
    ("namespace", "NETPOL_NAMESPACE"),
    ("plugin", "NETPOL_PLUGIN"),
    ("ip_block_pods", "NETPOL_IP_BLOCK_PODS"),
    ("preset", "NETPOL_PRESET"),
    ("namespace_labels", "NETPOL_NAMESPACE_LABELS"),
    ("kubernetes_version", "NETPOL_KUBERNETES_VERSION"),
    ("cluster_domain", "NETPOL_CLUSTER_DOMAIN"),
    ("pod_cidrs", "NETPOL_POD_CIDRS"),
    ("service_cidrs", "NETPOL_SERVICE_CIDRS"),
    ("node_addresses", "NETPOL_NODE_ADDRESSES"),
    ("unknown", "NETPOL_UNKNOWN"),
];

/// Reads a command line.
///
/// # Errors
/// Bad usage; also `--help` and `--version`, whose text the error carries.
pub fn parse(
    arguments: Vec<OsString>,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Cli, clap::Error> {
    let mut matches = command_from(environment).try_get_matches_from(arguments)?;
    let mut cli = Cli::from_arg_matches_mut(&mut matches)?;
    if let Command::Lint(lint) = &mut cli.command {
        lint.common.input.filenames.splice(0..0, lint.paths.iter().cloned());
    }
    Ok(cli)
}

/// The whole command line, for completions and manual pages.
pub fn command() -> clap::Command {
    command_from(&|_| None)
}

/// The command line, with what the environment gives as the defaults of options.
fn command_from(environment: &dyn Fn(&str) -> Option<String>) -> clap::Command {
    let with_variables = |mut command: clap::Command| {
        for (option, variable) in VARIABLES {
            if !command.get_arguments().any(|argument| argument.get_id() == option) {
                continue;
            }
            command = command.mut_arg(option, |argument| {
                let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
                let argument = argument.help(format!("{help} [env: {variable}]"));
                match environment(variable).filter(|value| !value.is_empty()) {
                    Some(value) => argument.default_value(value).hide_default_value(true),
                    None => argument,
                }
            });
        }
        command
    };
    with_variables(Cli::command()).mut_subcommands(with_variables)
}

/// A block, or a single address as the block of one.
pub(crate) fn block(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
        .map_err(|_| format!("`{text}` is no address and no block such as 10.244.0.0/16"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str], variables: &[(&str, &str)]) -> Result<Cli, clap::Error> {
        let find = |name: &str| {
            variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned())
        };
        parse(words.iter().map(OsString::from).collect(), &find)
    }

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn flags_beat_variables() {
        let plugin = |cli: Cli| match cli.command {
            Command::Can(can) => can.common.cluster.plugin,
            _ => None,
        };
        let variables = [("NETPOL_PLUGIN", "cilium")];
        let from_variable = parsed(&["netpol", "can", "a", "b"], &variables).unwrap();
        assert_eq!(plugin(from_variable).as_deref(), Some("cilium"));
        let from_flag = parsed(&["netpol", "can", "a", "b", "--plugin", "calico"], &variables).unwrap();
        assert_eq!(plugin(from_flag).as_deref(), Some("calico"));
    }

    #[test]
    fn a_variable_with_a_bad_value_is_bad_usage() {
        assert!(parsed(&["netpol", "can", "a", "b"], &[("NETPOL_UNKNOWN", "maybe")]).is_err());
    }
}
