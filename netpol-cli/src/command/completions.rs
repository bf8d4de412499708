//! `netpol completions`: scripts that ask `netpol complete` what can follow, and know the flags by heart where it has no
//! answer.

use clap_complete::{Shell, generate};

use crate::Exit;
use crate::args::CompletionsFor;
use crate::render::Console;

const BASH: &str = include_str!("completions/asks.bash");
const ZSH: &str = include_str!("completions/asks.zsh");
const FISH: &str = include_str!("completions/asks.fish");
const KUBECTL: &str = include_str!("completions/kubectl.sh");

/// Prints the completions of a shell.
pub fn completions(shell: CompletionsFor, console: &mut Console<'_, '_>) -> Exit {
    let script = match shell {
        CompletionsFor::Bash => flags(Shell::Bash).replacen("_netpol() {", "_netpol_flags() {", 1) + BASH,
        CompletionsFor::Zsh => zsh(),
        CompletionsFor::Fish => flags(Shell::Fish) + FISH,
        CompletionsFor::Elvish => flags(Shell::Elvish),
        CompletionsFor::PowerShell => flags(Shell::PowerShell),
        CompletionsFor::Kubectl => KUBECTL.to_owned(),
    };
    console.report(&script)
}

/// The script of a shell that knows commands and flags.
fn flags(shell: Shell) -> String {
    let mut script = Vec::new();
    generate(shell, &mut crate::args::command(), "netpol", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// The script for zsh. Its first line says what it completes, and its end hands over to `_netpol`, which ours calls.
fn zsh() -> String {
    let flags = flags(Shell::Zsh);
    let end = "if [ \"$funcstack[1]\" = \"_netpol\" ]; then";
    flags.split_once(end).map_or_else(|| flags.clone(), |(flags, _)| flags.to_owned()) + ZSH
}
