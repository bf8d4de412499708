//! The command line of netpol: all input and output, and all that a terminal shows.
//!
//! [`run`] is a whole run of the program in process: arguments and an [`Io`] in, an [`Exit`] out.

pub mod io;
pub mod exit;
pub mod args;
pub mod config;
pub mod input;
pub mod render;
pub mod command;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;

pub use exit::Exit;
pub use io::{Io, Terminal};

/// Runs the program against the process it is in.
pub fn main() -> ExitCode {
    let mut io = Io {
        stdin: &mut std::io::stdin().lock(),
        stdout: &mut std::io::stdout().lock(),
        stderr: &mut std::io::stderr().lock(),
        environment: &|name| std::env::var(name).ok(),
        directory: std::env::current_dir().unwrap_or_default(),
        terminal: Terminal {
            stdout: std::io::stdout().is_terminal(),
            stderr: std::io::stderr().is_terminal(),
            columns: terminal_size::terminal_size_of(std::io::stdout())
                .map(|(width, _)| usize::from(width.0)),
        },
    };
    ExitCode::from(run(std::env::args_os(), &mut io).code())
}

/// Runs the program: `arguments` begin with its name.
pub fn run(arguments: impl IntoIterator<Item = impl Into<OsString>>, io: &mut Io<'_>) -> Exit {
    let arguments = arguments.into_iter().map(Into::into).collect();
    match args::parse(arguments, io.environment) {
        Ok(args) => command::run(&args, io),
        Err(error) => render::usage::usage(&error, io),
    }
}
