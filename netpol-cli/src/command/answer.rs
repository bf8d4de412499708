//! What answers to one question have in common.

use netpol_core::Question;
use netpol_core::cluster::SpellingError;
use netpol_core::evaluate::{Decision, UnknownAs};

use super::outputs;
use super::session::{Session, counted};
use crate::Exit;
use crate::args::Common;
use crate::render::text::without_commands;
use crate::render::{Console, Format, Wanted};

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
/// A format that the command does not have, or two reports in one place, which has been said.
pub(super) fn wanted(
    common: &Common,
    offered: &[Format],
    console: &mut Console<'_, '_>,
) -> Result<Wanted, Exit> {
    let wanted = Wanted::new(&common.report.output, offered).map_err(|message| {
        console.error(message);
        Exit::Error
    })?;
    outputs::refuse_shared(&common.report.output, console)?;
    Ok(wanted)
}

/// Refuses several namespaces where bare names are looked up in one.
///
/// # Errors
/// Several namespaces, which has been said.
pub(super) fn one_namespace(common: &Common, console: &mut Console<'_, '_>) -> Result<(), Exit> {
    let names: Vec<&str> = common.input.namespaces().collect();
    if names.len() < 2 {
        return Ok(());
    }
    console.error("`--namespace` takes one namespace here: that of FROM and TO where they name none");
    console.help("write the namespace before the name, as in `shop/cart`");
    Err(Exit::Error)
}

/// Whether a word is written as a path, and is one: `manifests/`, `a.yaml`, `./x`.
pub(super) fn is_path(word: &str, console: &Console<'_, '_>) -> bool {
    let begins = ["/", "./", "../"].iter().any(|start| word.starts_with(start));
    let ends = ["/", ".yaml", ".yml", ".json"].iter().any(|end| word.ends_with(end));
    (begins || ends || word == "." || word == "..") && console.io.directory.join(word).exists()
}

/// Refuses a path where an endpoint is wanted.
///
/// # Errors
/// The path, which has been said.
pub(super) fn endpoints_only(
    command: &str,
    words: [&str; 2],
    console: &mut Console<'_, '_>,
) -> Result<(), Exit> {
    let Some(path) = words.into_iter().find(|word| is_path(word, console)) else { return Ok(()) };
    console.error(format_args!("`{path}` is a file or folder, and an endpoint is wanted here"));
    console.help(format_args!("name two endpoints first: `netpol {command} FROM TO:PORT -f {path}`"));
    Err(Exit::Error)
}

/// Whether there is something to judge: of an empty input nothing can be said, also where it is all right.
///
/// # Errors
/// How the run ends on an empty input, which has been said.
pub(super) fn judgeable(session: &Session, console: &mut Console<'_, '_>) -> Result<(), Exit> {
    if !session.is_empty {
        return Ok(());
    }
    if session.exit != Exit::NothingToDo {
        console.note("there is nothing to judge: no object of a kind that matters was found");
    }
    Err(session.exit)
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
    let path = path_in(error, console);
    let is_of_input = matches!(
        error,
        SpellingError::Unknown { .. }
            | SpellingError::SelectsNothing { .. }
            | SpellingError::NoNamespace { .. }
    );
    if session.is_empty && is_of_input && path.is_none() {
        console.note(error);
        return session.exit;
    }
    console.error(error);
    match path {
        None if session.analysis.cluster().workloads.is_empty() && is_of_input => {
            let namespace = &session.namespace;
            console.help(format_args!(
                "the input has no workload; ask for pods by their labels, as in `{namespace}/@app=web`"
            ));
        }
        Some(path) => console.help(format_args!("`{path}` is a file or folder: name it with `-f {path}`")),
        None => error.help().iter().for_each(|help| console.help(help)),
    }
    Exit::Error
}

/// The file or folder that stands where an endpoint should.
fn path_in(error: &SpellingError, console: &Console<'_, '_>) -> Option<String> {
    let names: Vec<String> = match error {
        SpellingError::Unknown { name, .. } => {
            let bare = name.split_once('/').map(|(_, name)| name.to_owned());
            bare.into_iter().chain([name.clone()]).collect()
        }
        SpellingError::OutsideName { name } => vec![name.clone()],
        SpellingError::NoNamespace { namespace, .. } => vec![namespace.clone()],
        _ => return None,
    };
    names.into_iter().find(|name| !name.is_empty() && console.io.directory.join(name).exists())
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

/// Writes each report that is wanted, in lines of at most so many columns.
pub(super) fn deliver(
    wanted: &Wanted,
    render: impl Fn(Format, usize) -> String,
    console: &mut Console<'_, '_>,
) -> Exit {
    let mut exit = Exit::Fine;
    for target in wanted.targets(console.format) {
        let report = render(target.format, console.width(&target));
        exit = exit.and(match &target.file {
            // Commands are what this format is for; its texts cannot add any.
            None if target.format == Format::Github => console.report(&report),
            None => console.report(&without_commands(report)),
            Some(file) => console.save(file, &report),
        });
    }
    exit
}
