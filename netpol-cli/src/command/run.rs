//! Which command it is.

use crate::args::{Cli, Command, VERSION};
use crate::render::{Console, Format};
use crate::{Exit, Io};

use super::{
    can, complete, completions, coverage, diff, explain, graph, lint, list, man, path, rules, schema,
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
    match &cli.command {
        Command::Can(args) => can::can(args, &mut console),
        Command::Explain(args) => explain::explain(args, &mut console),
        Command::Path(args) => path::path(args, &mut console),
        Command::Coverage(args) => coverage::coverage(args, &mut console),
        Command::Diff(args) => diff::diff(args, &mut console),
        Command::Graph(args) => graph::graph(args, &mut console),
        Command::List(args) => list::list(args, &mut console),
        Command::Lint(args) => lint::lint(args, &mut console),
        Command::Rules(args) => rules::rules(args, &mut console),
        Command::Completions { shell } => completions::completions(*shell, &mut console),
        Command::Complete { words } => complete::complete(words, &mut console),
        Command::Version => console.report(&format!("netpol {VERSION}\n")),
        Command::Man { command } => man::man(command.as_deref(), &mut console),
        Command::Schema { kind } => schema::schema(kind.as_deref(), &mut console),
    }
}
