//! The outside world, as a run sees it: handed in, so that tests run in process.

use std::io::{Read, Write};
use std::path::PathBuf;

/// What a run reads, writes and asks.
pub struct Io<'io> {
    /// Standard input.
    pub stdin: &'io mut dyn Read,
    /// Standard output: reports and nothing else.
    pub stdout: &'io mut dyn Write,
    /// Standard error: everything else.
    pub stderr: &'io mut dyn Write,
    /// Looks a variable of the environment up.
    pub environment: &'io dyn Fn(&str) -> Option<String>,
    /// The folder that relative paths start from.
    pub directory: PathBuf,
    /// Which streams are terminals.
    pub terminal: Terminal,
}

impl std::fmt::Debug for Io<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Io")
            .field("directory", &self.directory)
            .field("terminal", &self.terminal)
            .finish_non_exhaustive()
    }
}

/// Which streams a person looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Terminal {
    /// Standard output.
    pub stdout: bool,
    /// Standard error.
    pub stderr: bool,
    /// How many columns the terminal of standard output has, if that is known.
    pub columns: Option<usize>,
}
