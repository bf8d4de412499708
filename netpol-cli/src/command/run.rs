//! Which command it is.

use crate::args::{Cli, Command, VERSION};
use crate::render::{Console, Format};
use crate::{Exit, Io};

use super::{
    can, clusters, complete, completions, coverage, diff, explain, graph, lint, list, man, path, rules,
    schema,
};

/// Runs a command.
pub fn run(cli: &Cli, io: &mut Io<'_>) -> Exit {
    let mut console = Console::new(&cli.talk, io);
    let preferred = (console.io.environment)("NETPOL_OUTPUT").filter(|name| !name.is_empty());
    match preferred.map(|name| name.parse::<Format>()).transpose() {
        Ok(format) => console.format = format,
        Err(message) => {
            console.error(format_args!("`NETPOL_OUTPUT`: {message}"));
            return Exit::Error;
        }
    }
    clusters::each(cli, &mut console).unwrap_or_else(|| judge(&cli.command, &mut console))
}

/// Runs a command once.
pub(super) fn judge(command: &Command, console: &mut Console<'_, '_>) -> Exit {
    match command {
        Command::Can(args) => can::can(args, console),
        Command::Explain(args) => explain::explain(args, console),
        Command::Path(args) => path::path(args, console),
        Command::Coverage(args) => coverage::coverage(args, console),
        Command::Diff(args) => diff::diff(args, console),
        Command::Graph(args) => graph::graph(args, console),
        Command::List(args) => list::list(args, console),
        Command::Lint(args) => lint::lint(args, console),
        Command::Rules(args) => rules::rules(args, console),
        Command::Completions { shell } => completions::completions(*shell, console),
        Command::Complete { words } => complete::complete(words, console),
        Command::Version => console.report(&format!("netpol {VERSION}\n")),
        Command::Man { command } => man::man(command.as_deref(), console),
        Command::Schema { kind } => schema::schema(kind.as_deref(), console),
    }
}
