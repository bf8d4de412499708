//! `netpol completions`.

use clap_complete::Shell;

use crate::Exit;
use crate::render::Console;

/// Prints the completions of a shell.
pub fn completions(shell: Shell, console: &mut Console<'_, '_>) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut crate::args::command(), "netpol", &mut script);
    console.report(&String::from_utf8_lossy(&script))
}
