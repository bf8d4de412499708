//! `netpol explain`.

use netpol_core::report::{text, v1};

use super::answer::{
    deliver, endpoints_only, exit_of, judgeable, one_namespace, tell_decided, understood, wanted,
};
use super::session::Session;
use crate::Exit;
use crate::args;
use crate::render::serialized::serialized;
use crate::render::text::painted;
use crate::render::{Console, Format, offered};

/// Answers a question with its whole reason.
pub fn explain(args: &args::Explain, console: &mut Console<'_, '_>) -> Exit {
    args.common.exit.applied(explained(args, console))
}

fn explained(args: &args::Explain, console: &mut Console<'_, '_>) -> Result<Exit, Exit> {
    let wanted = wanted(&args.common, &offered::ANSWERS, console)?;
    endpoints_only("explain", [&args.from, &args.to], console)?;
    one_namespace(&args.common, console)?;
    let session = Session::open(&args.common, console)?;
    judgeable(&session, console)?;
    let question = understood(&session, (&args.from, &args.to), console)?;
    let mut explanation = session.analysis.explain(&question.request);
    tell_decided(explanation.decide_unknown(session.unknown), session.unknown, console);
    let suggestions = session.analysis.suggestions(&explanation);
    let notes: Vec<String> = question.notes.iter().map(ToString::to_string).collect();
    let render = |format, width| match format {
        Format::Text => {
            painted(&text::explanation(session.context(), &explanation, &suggestions).folded(width))
        }
        format => {
            let extras = v1::explanation::Extras { notes: notes.clone(), suggestions: &suggestions };
            serialized(&v1::Explanation::new(session.context(), &explanation, extras), format)
        }
    };
    let delivered = deliver(&wanted, render, console);
    Ok(session.exit.and(delivered).and(exit_of(explanation.verdict.decision)))
}
