//! The command line as a whole.

use std::ffi::OsString;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use super::examples::{
    CAN_EXAMPLES, COVERAGE_EXAMPLES, DIFF_EXAMPLES, EXPLAIN_EXAMPLES, GRAPH_EXAMPLES, LINT_EXAMPLES,
    LIST_EXAMPLES, PATH_EXAMPLES, long,
};
use super::{Can, Coverage, Diff, Explain, Graph, Lint, List, PathArgs, Rules, Talk};

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
