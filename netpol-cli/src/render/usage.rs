//! Help, version and bad usage.

use anstream::adapter::strip_str;

use super::Console;
use super::console::Palette;
use crate::args::{Planned, Talk};
use crate::{Exit, Io};

/// Prints help and version to standard output, bad usage to standard error.
pub fn usage(error: &clap::Error, io: &mut Io<'_>) -> Exit {
    if let Some(planned) = Planned::of(error) {
        let mut console = Console::new(&Talk::default(), io);
        console.error(planned.message);
        console.help(planned.help);
        return Exit::Error;
    }
    let palette = Palette::new(None, None, io);
    let painted = error.render().ansi().to_string();
    let text = |is_painted: bool| if is_painted { painted.clone() } else { strip_str(&painted).to_string() };
    if error.use_stderr() {
        drop(io.stderr.write_all(text(palette.stderr).as_bytes()));
        return Exit::Error;
    }
    drop(io.stdout.write_all(text(palette.stdout).as_bytes()));
    Exit::Fine
}
