//! `netpol can`.

use netpol_core::evaluate::Verdict;
use netpol_core::report::text::{self, Text};
use netpol_core::report::v1;

use super::answer::{
    deliver, endpoints_only, exit_of, judgeable, one_namespace, tell_decided, understood, wanted,
};
use super::queries;
use super::session::Session;
use crate::Exit;
use crate::args;
use crate::render::serialized::serialized;
use crate::render::text::painted;
use crate::render::{Console, Format, offered};

/// Answers one question, or a file of them.
pub fn can(args: &args::Can, console: &mut Console<'_, '_>) -> Exit {
    let exit = match (&args.queries, &args.from, &args.to) {
        (Some(file), ..) => queries::answer(file, &args.common, console),
        (None, Some(from), Some(to)) => one(args, (from, to), console),
        _ => Err(Exit::Error),
    };
    args.common.exit.applied(exit)
}

fn one(args: &args::Can, ends: (&str, &str), console: &mut Console<'_, '_>) -> Result<Exit, Exit> {
    let wanted = wanted(&args.common, &offered::ANSWERS, console)?;
    endpoints_only("can", [ends.0, ends.1], console)?;
    one_namespace(&args.common, console)?;
    let session = Session::open(&args.common, console)?;
    judgeable(&session, console)?;
    let question = understood(&session, ends, console)?;
    let (verdict, words) = answered(&session, &question, console);
    let notes: Vec<String> = question.notes.iter().map(ToString::to_string).collect();
    let render = |format, width| match format {
        Format::Text => painted(&words.clone().folded(width)),
        format => serialized(&v1::Verdict::new(session.context(), &verdict, notes.clone()), format),
    };
    let delivered = deliver(&wanted, render, console);
    Ok(session.exit.and(delivered).and(exit_of(verdict.decision)))
}

/// The verdict, and its words: with the reason in a line when there is one pair of ends.
fn answered(
    session: &Session,
    question: &netpol_core::Question,
    console: &mut Console<'_, '_>,
) -> (Verdict, Text) {
    let request = &question.request;
    if let ([_], [_]) = (request.from.as_slice(), request.to.as_slice()) {
        let mut explanation = session.analysis.explain(request);
        tell_decided(explanation.decide_unknown(session.unknown), session.unknown, console);
        let words = text::answer(session.context(), &explanation);
        return (explanation.verdict, words);
    }
    let mut verdict = session.analysis.verdict(request);
    tell_decided(verdict.decide_unknown(session.unknown), session.unknown, console);
    let words = text::verdict(session.context(), &verdict);
    (verdict, words)
}
