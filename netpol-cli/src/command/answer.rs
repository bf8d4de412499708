//! What answers to one question have in common.

use netpol_core::Question;
use netpol_core::cluster::SpellingError;
use netpol_core::evaluate::{Decision, UnknownAs};

use super::session::{Session, counted};
use crate::Exit;
use crate::args::Common;
use crate::render::{Console, Format, Wanted};

/// The formats of reports that are tables.
pub(super) const TABLES: [Format; 5] =
    [Format::Table, Format::Json, Format::Yaml, Format::Csv, Format::Markdown];

/// The formats of reports that are tables and can be drawn.
pub(super) const TABLES_AND_PICTURES: [Format; 9] = [
    Format::Table,
    Format::Json,
    Format::Yaml,
    Format::Csv,
    Format::Markdown,
    Format::Dot,
    Format::Mermaid,
    Format::Svg,
    Format::Html,
];

/// How a run ends on a decision.
pub(super) const fn exit_of(decision: Decision) -> Exit {
    match decision {
        Decision::Allow => Exit::Fine,
        Decision::Deny | Decision::Partial => Exit::Bad,
        Decision::Unknown => Exit::Unknown,
    }
}

/// The reports that are wanted.
///
/// # Errors
/// A format that the command does not have, or two reports on standard output, which has been said.
pub(super) fn wanted(
    common: &Common,
    offered: &[Format],
    console: &mut Console<'_, '_>,
) -> Result<Wanted, Exit> {
    Wanted::new(&common.report.output, offered).map_err(|message| {
        console.error(message);
        Exit::Error
    })
}

/// Understands the question, and says what is to be said of it.
///
/// # Errors
/// A spelling that names nothing, which has been said.
pub(super) fn understood(
    session: &Session,
    (from, to): (&str, &str),
    console: &mut Console<'_, '_>,
) -> Result<Question, Exit> {
    let question = session.analysis.question(from, to, &session.namespace);
    let question = question.map_err(|error| refused(&error, session, console))?;
    question.notes.iter().for_each(|note| console.note(note));
    Ok(question)
}

/// Says why a question stands for nothing. In an empty input that is no error of the user's.
pub(super) fn refused(error: &SpellingError, session: &Session, console: &mut Console<'_, '_>) -> Exit {
    if session.is_empty
        && matches!(error, SpellingError::Unknown { .. } | SpellingError::SelectsNothing { .. })
    {
        console.note(error);
        return session.exit;
    }
    console.error(error);
    error.help().iter().for_each(|help| console.help(help));
    Exit::Error
}

/// Says how many unknowns were decided.
pub(super) fn tell_decided(count: usize, unknown: UnknownAs, console: &mut Console<'_, '_>) {
    let as_what = match unknown {
        UnknownAs::Allow => "allowed",
        UnknownAs::Deny => "denied",
        UnknownAs::Unknown => return,
    };
    let pairs = counted(count, "pair");
    console.note(format_args!("{pairs} of endpoints had something unknown, which is taken as {as_what}"));
}

/// Writes each report that is wanted.
pub(super) fn deliver(
    wanted: &Wanted,
    render: impl Fn(Format) -> String,
    console: &mut Console<'_, '_>,
) -> Exit {
    let mut exit = Exit::Fine;
    for target in wanted.targets(console.format) {
        let report = render(target.format);
        exit = exit.and(match &target.file {
            None => console.report(&report),
            Some(file) => console.save(file, &report),
        });
    }
    exit
}
