//! `netpol can --queries`: a line of JSON for each question, a line of JSON for each answer.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::rc::Rc;

use netpol_core::cluster::{Asked, Resolved, SpellingError, parse_port};
use netpol_core::net::Protocol;
use netpol_core::report::v1;
use rustc_hash::FxHashMap;

use super::answer::{judgeable, one_namespace, tell_decided, wanted};
use super::outputs;
use super::query::{Port, Query};
use super::session::Session;
use crate::Exit;
use crate::args::Common;
use crate::input::bounded;
use crate::render::{Console, Format, Target};

/// How much is written at once.
const BUFFER: usize = 256 * 1024;

/// Answers a file of questions, in order.
///
/// # Errors
/// What keeps every question from being answered, which has been said.
pub(super) fn answer(file: &Path, common: &Common, console: &mut Console<'_, '_>) -> Result<Exit, Exit> {
    let target = target(common, console)?;
    let is_stdin = file == Path::new("-");
    one_namespace(common, console)?;
    if is_stdin && common.input.all_paths(&console.io.directory).iter().any(|name| name == "-") {
        console.error("standard input cannot hold both the manifests and the questions");
        return Err(Exit::Error);
    }
    let path = console.io.directory.join(file);
    target.file.iter().try_for_each(|output| outputs::refuse_one(output, &path, console))?;
    let questions = if is_stdin { None } else { Some(opened(&path, file, console)?) };
    let session = Session::open(common, console)?;
    judgeable(&session, console)?;
    let mut answerer = Answerer::new(&session);
    let written = {
        let io = &mut *console.io;
        let mut input: Box<dyn Read + '_> = match questions {
            Some(file) => Box::new(file),
            None => Box::new(&mut *io.stdin),
        };
        match &target.file {
            None => answerer.answer_all(&mut BufReader::with_capacity(BUFFER, &mut input), &mut *io.stdout),
            Some(file) => File::create(io.directory.join(file)).and_then(|mut file| {
                answerer.answer_all(&mut BufReader::with_capacity(BUFFER, &mut input), &mut file)
            }),
        }
    };
    let (decided, exit) = (answerer.decided, answerer.exit);
    if decided > 0 {
        tell_decided(decided, session.unknown, console);
    }
    Ok(session.exit.and(exit).and(console.written(written)))
}

/// A question, or why a line is none.
fn read(line: &[u8]) -> Result<Query<'_>, String> {
    if !line.trim_ascii_start().starts_with(b"{") {
        return Err(
            r#"this is no question: a line is an object such as {"from":"shop/a","to":"shop/b"}"#.to_owned()
        );
    }
    serde_json::from_slice(line).map_err(|error| {
        format!("this is no question: {}", error.to_string().replace(" at line 1 column", ", at column"))
    })
}

/// Answers to many questions are JSON lines, in one place.
fn target(common: &Common, console: &mut Console<'_, '_>) -> Result<Target, Exit> {
    let offered = [Format::JsonLines, Format::Text, Format::Json];
    match wanted(common, &offered, console)?.targets(None).as_slice() {
        [target] if target.format == Format::JsonLines => Ok(target.clone()),
        _ => {
            console
                .error("the answers to `--queries` are JSON lines: give `-o jsonl` or `-o jsonl=FILE`, once");
            Err(Exit::Error)
        }
    }
}

fn opened(path: &Path, name: &Path, console: &mut Console<'_, '_>) -> Result<File, Exit> {
    bounded::opened(path).map_err(|error| {
        console.error(format_args!("`{}` cannot be read: {error}", name.display()));
        Exit::Error
    })
}

/// A longer line is no question, and what has no end is not waited for.
const LONGEST_LINE: u64 = 4 << 20;

fn too_long(line: u64) -> String {
    format!("line {line} is longer than the limit of {} MiB", LONGEST_LINE >> 20)
}

/// Answers questions, and remembers what spellings stand for.
struct Answerer<'s> {
    session: &'s Session,
    resolved: FxHashMap<String, Rc<Result<Resolved, SpellingError>>>,
    decided: usize,
    exit: Exit,
}

impl<'s> Answerer<'s> {
    fn new(session: &'s Session) -> Self {
        Self { session, resolved: FxHashMap::default(), decided: 0, exit: Exit::Fine }
    }

    fn answer_all(&mut self, questions: &mut dyn BufRead, answers: &mut dyn Write) -> io::Result<()> {
        // Answers are collected here: each is many small pieces, too many to be written one by one.
        let mut ready = Vec::with_capacity(2 * BUFFER);
        let mut text = Vec::new();
        let mut line = 0;
        while (&mut *questions).take(LONGEST_LINE).read_until(b'\n', &mut text)? > 0 {
            line += 1;
            if text.len() as u64 == LONGEST_LINE && !text.ends_with(b"\n") {
                return Err(io::Error::new(io::ErrorKind::InvalidData, too_long(line)));
            }
            if !text.trim_ascii().is_empty() {
                self.answer_line(line, &text, &mut ready)?;
                ready.push(b'\n');
            }
            if ready.len() >= BUFFER {
                answers.write_all(&ready)?;
                ready.clear();
            }
            text.clear();
        }
        answers.write_all(&ready)?;
        answers.flush()
    }

    fn answer_line(&mut self, line: u64, text: &[u8], answers: &mut Vec<u8>) -> io::Result<()> {
        let query: Query<'_> = match read(text) {
            Ok(query) => query,
            Err(message) => return self.refuse(&v1::Error::new(line, &message), answers),
        };
        let question = asked(&query).and_then(|ports| {
            let (from, to) = (self.resolve(&query.from), self.resolve(&query.to));
            match (from.as_ref(), to.as_ref()) {
                (Ok(from), Ok(to)) => self.session.analysis.question_between(from, to, ports),
                (Err(error), _) | (_, Err(error)) => Err(error.clone()),
            }
        });
        match question {
            Ok(question) => {
                let mut verdict = self.session.analysis.verdict(&question.request);
                self.decided += verdict.decide_unknown(self.session.unknown);
                let notes = question.notes.iter().map(ToString::to_string).collect();
                let answer = v1::Verdict::new(self.session.context(), &verdict, notes);
                Ok(serde_json::to_writer(answers, &answer)?)
            }
            Err(error) => {
                let (message, help) = (error.to_string(), error.help());
                let wire = v1::Error::new(line, &message);
                self.refuse(&help.iter().fold(wire, |wire, help| wire.with_help(help)), answers)
            }
        }
    }

    fn refuse(&mut self, error: &v1::Error<'_>, answers: &mut Vec<u8>) -> io::Result<()> {
        self.exit = Exit::Error;
        Ok(serde_json::to_writer(answers, error)?)
    }

    fn resolve(&mut self, spelling: &str) -> Rc<Result<Resolved, SpellingError>> {
        if let Some(known) = self.resolved.get(spelling) {
            return Rc::clone(known);
        }
        let resolved = Rc::new(self.session.analysis.cluster().endpoints(spelling, &self.session.namespace));
        self.resolved.insert(spelling.to_owned(), Rc::clone(&resolved));
        resolved
    }
}

/// The ports that a line asks for.
fn asked(query: &Query<'_>) -> Result<Asked, SpellingError> {
    let protocol = query.protocol.as_deref().map(protocol).transpose()?;
    match (&query.port, protocol) {
        (None, None) => Ok(Asked::Every),
        (None, Some(protocol)) => Ok(Asked::Protocol(protocol)),
        (Some(Port::Number(number)), protocol) => match u16::try_from(*number) {
            Ok(port) if port > 0 => Ok(Asked::Range(protocol.unwrap_or(Protocol::Tcp), port, port)),
            _ => Err(SpellingError::Port { text: number.to_string() }),
        },
        (Some(Port::Text(text)), None) => parse_port(text),
        (Some(Port::Text(text)), Some(protocol)) => parse_port(&format!("{}/{text}", protocol.name())),
    }
}

fn protocol(name: &str) -> Result<Protocol, SpellingError> {
    let known = Protocol::ALL.into_iter().find(|protocol| protocol.name().eq_ignore_ascii_case(name));
    known.ok_or_else(|| SpellingError::Protocol { text: name.to_owned() })
}
