//! The command line as a whole.

use std::ffi::OsString;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use super::examples::{
    CAN_EXAMPLES, COMPLETIONS_EXAMPLES, COVERAGE_EXAMPLES, DIFF_EXAMPLES, EXPLAIN_EXAMPLES, GRAPH_EXAMPLES,
    LINT_EXAMPLES, LIST_EXAMPLES, MAN_EXAMPLES, PATH_EXAMPLES, RULES_EXAMPLES, SCHEMA_EXAMPLES, long,
};
use super::order::flags_behind_the_command;
use crate::render::offered::{formats_of, in_words};

use super::{Can, Coverage, Diff, Explain, Graph, Lint, List, PathArgs, Rules, Talk};

/// The version, with the commit and the day that it was made from, where they are known.
pub const VERSION: &str = env!("NETPOL_VERSION");

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Who can talk to whom in a Kubernetes cluster, and why: answered from manifests, offline
#[derive(Debug, Parser)]
#[command(name = "netpol", version = VERSION, styles = STYLES, max_term_width = 100, subcommand_required = true)]
#[command(after_help = FIRST_STEPS)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Who is told what.
    #[command(flatten)]
    pub talk: Talk,
}

const FIRST_STEPS: &str = "\
Examples:
  netpol lint manifests/                                  # what is wrong?
  netpol explain shop/frontend shop/cart:8080 manifests/  # why is it dropped?
  netpol list manifests/                                  # who can reach whom?
  netpol diff git:main manifests/                         # what changed?
  kubectl get ns,po,deploy,rs,sts,ds,job,cronjob,svc,netpol -A -o yaml > all.yaml
  netpol coverage all.yaml                                # who is isolated?

Exit codes: 0 fine, 1 denied, findings or differences, 2 error, 3 nothing to do, 4 unknown";

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
    /// Find the shortest path of allowed connections from FROM to TO, or all that FROM can reach
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
    /// List the lint rules with their levels (-o csv: in every preset), or print the page of one
    #[command(after_help = RULES_EXAMPLES)]
    Rules(Rules),
    /// Print the completions of a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell, or kubectl for `kubectl netpol`
        shell: CompletionsFor,
    },
    /// What can follow the words of a command line, one a line; completions ask for it
    #[command(hide = true)]
    Complete {
        /// The words behind `netpol`, the last one as far as it is typed
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Print the version, with the commit and the day that it was made from
    Version,
    /// Print the manual page of netpol, or of one command
    #[command(after_help = MAN_EXAMPLES)]
    Man {
        /// The command
        command: Option<String>,
    },
    /// Print the JSON Schema of an output, or the names of the kinds there are
    #[command(after_help = SCHEMA_EXAMPLES)]
    Schema {
        /// The kind, in kebab-case; without it, the kinds are listed
        kind: Option<String>,
    },
}

/// Who asks for completions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CompletionsFor {
    /// The shell bash
    Bash,
    /// The shell zsh
    Zsh,
    /// The shell fish
    Fish,
    /// The shell elvish
    Elvish,
    /// The shell `PowerShell`
    #[value(name = "powershell")]
    PowerShell,
    /// The program `kubectl_complete-netpol`, which kubectl asks
    Kubectl,
}

/// Options that a variable of the environment can give, where the command line does not.
pub const VARIABLES: [(&str, &str); 14] = [
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
    let command = command_from(environment);
    let arguments = flags_behind_the_command(&command, arguments);
    let mut matches = command.try_get_matches_from(arguments)?;
    let mut cli = Cli::from_arg_matches_mut(&mut matches)?;
    cli.command.take_paths();
    Ok(cli)
}

impl Command {
    /// Every PATH that stands without a flag goes where all commands look for it.
    fn take_paths(&mut self) {
        let (paths, input) = match self {
            Self::Can(can) => {
                if can.queries.is_some() {
                    let words = [can.from.take(), can.to.take()];
                    can.paths.splice(0..0, words.into_iter().flatten());
                }
                (&mut can.paths, &mut can.common.input)
            }
            Self::Explain(it) => (&mut it.paths, &mut it.common.input),
            Self::Path(it) => (&mut it.paths, &mut it.common.input),
            Self::List(it) => (&mut it.paths, &mut it.common.input),
            Self::Graph(it) => (&mut it.paths, &mut it.common.input),
            Self::Coverage(it) => (&mut it.paths, &mut it.common.input),
            Self::Lint(it) => (&mut it.paths, &mut it.common.input),
            _ => return,
        };
        input.paths.append(paths);
    }
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
    with_variables(Cli::command()).mut_subcommands(with_variables).mut_subcommands(with_formats)
}

/// A command with the names of its formats in the help of `--output`.
fn with_formats(command: clap::Command) -> clap::Command {
    let formats = formats_of(command.get_name());
    let command = match command.get_name() {
        "lint" => command,
        _ if command.get_arguments().any(|argument| argument.get_id() == "fail_on") => {
            command.mut_arg("fail_on", |argument| argument.hide(true))
        }
        _ => command,
    };
    if formats.is_empty() || !command.get_arguments().any(|argument| argument.get_id() == "output") {
        return command;
    }
    command.mut_arg("output", |argument| {
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        argument.help(format!("{help}: {} [env: NETPOL_OUTPUT]", in_words(formats)))
    })
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
