//! The two streams: reports on one, messages on the other.

use std::fmt::Display;
use std::io::{self, ErrorKind};
use std::path::Path;

use anstream::adapter::strip_str;
use anstyle::{AnsiColor, Style};

use netpol_core::text::one_line;

use super::{Format, Target};
use crate::args::{Color, Talk};
use crate::config::Output;
use crate::input::Only;
use crate::input::program::Surroundings;
use crate::{Exit, Io};

/// Which streams are painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// Standard output.
    pub stdout: bool,
    /// Standard error.
    pub stderr: bool,
}

impl Palette {
    /// `--color` decides, then `NO_COLOR`, then `CLICOLOR_FORCE`, then the configuration, then whether a person looks.
    pub fn new(color: Option<Color>, configured: Option<Color>, io: &Io<'_>) -> Self {
        let is_set = |name: &str| (io.environment)(name).is_some_and(|value| !value.is_empty());
        let is_forced =
            || (io.environment)("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0");
        let is_dumb = (io.environment)("TERM").is_some_and(|value| value == "dumb");
        let color = match color {
            None | Some(Color::Auto) if is_set("NO_COLOR") => Color::Never,
            None | Some(Color::Auto) if is_forced() => Color::Always,
            color => color.or(configured).unwrap_or(Color::Auto),
        };
        match color {
            Color::Always => Self { stdout: true, stderr: true },
            Color::Never => Self { stdout: false, stderr: false },
            Color::Auto => {
                Self { stdout: io.terminal.stdout && !is_dumb, stderr: io.terminal.stderr && !is_dumb }
            }
        }
    }
}

/// How much is said on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Volume {
    /// Errors.
    Quiet,
    /// Errors, warnings and notes.
    Normal,
    /// Counts and every remark too.
    Verbose,
}

/// Tables are not wider than this where no terminal says how wide it is.
const WIDEST: usize = 100;

/// The streams of a run, with how they are to be used.
#[derive(Debug)]
pub struct Console<'c, 'io> {
    /// The streams.
    pub io: &'c mut Io<'io>,
    /// Which are painted.
    pub palette: Palette,
    /// How much is said.
    pub volume: Volume,
    /// The format of reports, where none is asked for and the command has it.
    pub format: Option<Format>,
    /// The cluster that is judged, where there are several.
    pub cluster: Option<OneCluster>,
    /// When the command line wants colours, if it says so.
    color: Option<Color>,
}

/// One of several clusters: its name, but for what none of them lists, and its files.
#[derive(Debug, Clone)]
pub struct OneCluster {
    /// The name.
    pub name: Option<String>,
    /// The files.
    pub only: Only,
}

impl<'c, 'io> Console<'c, 'io> {
    /// The streams as the command line wants them.
    pub fn new(talk: &Talk, io: &'c mut Io<'io>) -> Self {
        let volume = match (talk.quiet, talk.verbose) {
            (true, _) => Volume::Quiet,
            (false, false) => Volume::Normal,
            (false, true) => Volume::Verbose,
        };
        let palette = Palette::new(talk.color, None, io);
        Self { palette, volume, format: None, cluster: None, color: talk.color, io }
    }

    /// What programs are found and run in.
    pub fn surroundings(&self) -> Surroundings<'_> {
        Surroundings { directory: &self.io.directory, environment: self.io.environment }
    }

    /// Heeds what a configuration says where nothing else has said it.
    pub fn configure(&mut self, output: &Output) {
        self.format = self.format.or(output.format.map(|key| key.0));
        self.palette = Palette::new(self.color, output.color.map(|key| key.0), self.io);
    }

    /// How many columns a report may have: those of the terminal. Elsewhere tables keep to a width that people can read,
    /// and answers to one question keep their lines.
    pub fn width(&self, target: &Target) -> usize {
        let columns = self.io.terminal.columns.filter(|_| target.file.is_none() && self.io.terminal.stdout);
        let elsewhere = if target.format == Format::Text { usize::MAX } else { WIDEST };
        columns.unwrap_or(elsewhere)
    }

    /// Says what went wrong.
    pub fn error(&mut self, message: impl Display) {
        self.say("error", AnsiColor::Red, &message);
    }

    /// Says what looks wrong.
    pub fn warning(&mut self, message: impl Display) {
        if self.volume >= Volume::Normal {
            self.say("warning", AnsiColor::Yellow, &message);
        }
    }

    /// Says what is worth knowing.
    pub fn note(&mut self, message: impl Display) {
        if self.volume >= Volume::Normal {
            self.say("note", AnsiColor::Cyan, &message);
        }
    }

    /// Says what only the curious want to know.
    pub fn detail(&mut self, message: impl Display) {
        if self.volume >= Volume::Verbose {
            self.say("note", AnsiColor::Cyan, &message);
        }
    }

    /// Says what to do about the message before.
    pub fn help(&mut self, message: impl Display) {
        self.message(&format!("  help: {}\n", one_line(message.to_string())));
    }

    /// Writes painted text to standard error. There is nobody to tell when that fails.
    pub fn message(&mut self, painted: &str) {
        let written = if self.palette.stderr {
            self.io.stderr.write_all(painted.as_bytes())
        } else {
            write!(self.io.stderr, "{}", strip_str(painted))
        };
        drop(written);
    }

    /// Writes painted text to standard output.
    pub fn report(&mut self, painted: &str) -> Exit {
        let written = if self.palette.stdout {
            self.io.stdout.write_all(painted.as_bytes())
        } else {
            write!(self.io.stdout, "{}", strip_str(painted))
        };
        let flushed = written.and_then(|()| self.io.stdout.flush());
        self.written(flushed)
    }

    /// Writes a text to standard output byte for byte, such as a patch that another program reads.
    pub fn exactly(&mut self, text: &str) -> Exit {
        let written = self.io.stdout.write_all(text.as_bytes()).and_then(|()| self.io.stdout.flush());
        self.written(written)
    }

    /// Writes a report to a file, without paint.
    pub fn save(&mut self, file: &Path, painted: &str) -> Exit {
        let path = self.io.directory.join(file);
        match std::fs::write(path, strip_str(painted).to_string()) {
            Ok(()) => Exit::Fine,
            Err(error) => {
                self.error(format_args!("`{}` cannot be written: {error}", file.display()));
                Exit::Error
            }
        }
    }

    /// What the outcome of a write to standard output means: a reader that went away is no error.
    pub fn written(&mut self, outcome: io::Result<()>) -> Exit {
        match outcome {
            Ok(()) => Exit::Fine,
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Exit::Fine,
            Err(error) => {
                self.error(format_args!("the report cannot be written: {error}"));
                Exit::Error
            }
        }
    }

    fn say(&mut self, word: &str, color: AnsiColor, message: &dyn Display) {
        let style: Style = color.on_default().bold();
        // Words of files and of the command line stand in it.
        let message = one_line(message.to_string());
        self.message(&format!("{style}{word}{style:#}: {message}\n"));
    }
}
