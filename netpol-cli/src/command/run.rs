//! Which command it is.

use crate::args::{Cli, Command};
use crate::render::Console;
use crate::{Exit, Io};

use super::{completions, man};

/// Runs a command.
pub fn run(cli: &Cli, io: &mut Io<'_>) -> Exit {
    let mut console = Console::new(&cli.talk, io);
    match &cli.command {
        Command::Completions { shell } => completions::completions(*shell, &mut console),
        Command::Man { command } => man::man(command.as_deref(), &mut console),
        Command::Schema { .. } | Command::Can(_) | Command::Explain(_) => Exit::Error,
    }
}
