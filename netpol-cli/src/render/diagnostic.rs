//! Diagnostics as snippets of the text that they are about. The only place that knows miette.

use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};
use netpol_core::diagnostic::{Diagnostic, Label, Severity};
use netpol_core::text::{FileSet, SourceFile, one_line};

/// Lists of places are broken here.
const WIDTH: usize = 66;

/// Lines longer than this are not shown.
const LONGEST_LINE: usize = 400;

/// A diagnostic, painted: headline, snippet, advice.
pub fn painted(diagnostic: &Diagnostic, files: &FileSet) -> String {
    let color = match diagnostic.severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Info => AnsiColor::Cyan,
    };
    let style: Style = color.on_default().bold();
    let severity = diagnostic.severity.name();
    let message = &diagnostic.message;
    let mut painted = format!("{style}{severity}[{}]{style:#}: {message}\n", diagnostic.rule);
    painted.push_str(&snippet(diagnostic, files));
    for label in elsewhere(diagnostic) {
        if let Some((file, place)) = files.locate(label.span) {
            let _ = writeln!(painted, "  {}:{}: {}", one_line(file), place.line, label.message);
        }
    }
    painted.push_str(&also(diagnostic, files));
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(painted, "  help: {help}");
    }
    painted
}

/// Places in other files than the primary one, of which there is more to say than that it is the same there.
fn elsewhere(diagnostic: &Diagnostic) -> impl Iterator<Item = &Label> {
    let file = diagnostic.primary.span.file;
    diagnostic.related.iter().filter(move |label| label.span.file != file && label.message != Label::AGAIN)
}

/// The places where the same holds, as many on a line as fit.
fn also(diagnostic: &Diagnostic, files: &FileSet) -> String {
    let places = diagnostic.related.iter().filter(|label| label.message == Label::AGAIN);
    let places = places.filter_map(|label| files.locate(label.span));
    let mut lines: Vec<String> = Vec::new();
    for (file, place) in places {
        let place = format!("{}:{}", one_line(file), place.line);
        match lines.last_mut() {
            Some(line) if line.len() + place.len() < WIDTH => {
                line.push_str(", ");
                line.push_str(&place);
            }
            _ => lines.push(place),
        }
    }
    lines.into_iter().flat_map(|line| ["  also at ".to_owned(), line, "\n".to_owned()]).collect()
}

/// The lines of the file that the diagnostic is about; only the place when they are too long.
fn snippet(diagnostic: &Diagnostic, files: &FileSet) -> String {
    let span = diagnostic.primary.span;
    let (Some(file), Some((name, place))) = (files.get(span.file), files.locate(span)) else {
        return String::new();
    };
    let source = Source { file };
    let snippet = Snippet { diagnostic, source };
    let place_alone = || format!("   --> {name}:{}:{}\n", place.line, place.column);
    if !snippet.is_showable() {
        return place_alone();
    }
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode())
        .with_context_lines(1)
        .with_width(110)
        .with_links(false);
    let mut text = String::new();
    if handler.render_report(&mut text, &snippet).is_err() {
        return place_alone();
    }
    let Some(frame) = text.find('╭') else { return place_alone() };
    let start = text[..frame].rfind('\n').map_or(0, |newline| newline + 1);
    format!("{}\n", text[start..].trim_end())
}

/// A diagnostic as miette wants it: places alone, the words around them are ours.
struct Snippet<'s> {
    diagnostic: &'s Diagnostic,
    source: Source<'s>,
}

impl Snippet<'_> {
    fn shown(&self) -> impl Iterator<Item = &Label> {
        let primary = &self.diagnostic.primary;
        let related = self.diagnostic.related.iter();
        let related = related.filter(|l| l.span.file == primary.span.file && l.message != Label::AGAIN);
        std::iter::once(primary).chain(related)
    }

    /// Whether all lines are short, and without characters that a terminal would act upon.
    fn is_showable(&self) -> bool {
        let windows = self.shown().map(|label| {
            let span = label.span;
            let (start, end) = self.source.window(span.start as usize, span.len() as usize, (1, 1))?;
            self.source.file.text().get(start..end)
        });
        let is_short = |line: &str| line.len() <= LONGEST_LINE;
        let is_plain = |line: &str| !line.contains(|c: char| c.is_control() && c != '\t');
        let mut windows = windows;
        windows.all(|window| {
            window.is_some_and(|window| window.lines().all(|line| is_short(line) && is_plain(line)))
        })
    }
}

impl fmt::Debug for Snippet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Snippet")
    }
}

impl fmt::Display for Snippet<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Snippet<'_> {}

impl miette::Diagnostic for Snippet<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.shown().enumerate().map(|(index, label)| {
            let (start, length) = (label.span.start as usize, label.span.len() as usize);
            let words = (!label.message.is_empty()).then(|| label.message.clone());
            match index {
                0 => LabeledSpan::new_primary_with_span(words, (start, length)),
                _ => LabeledSpan::new_with_span(words, (start, length)),
            }
        })))
    }
}

/// A file whose line numbers come from its index, and of which only the lines around a place are read:
/// miette's own sources read from the start each time.
struct Source<'s> {
    file: &'s SourceFile,
}

impl Source<'_> {
    /// The bytes of the lines of a place, and of as many lines before and after; `None` where those before or behind it
    /// are longer than is shown.
    fn window(&self, start: usize, length: usize, (before, after): (usize, usize)) -> Option<(usize, usize)> {
        let text = self.file.text().as_bytes();
        let start = start.min(text.len());
        let end = start.saturating_add(length).min(text.len());
        let first = start.saturating_sub((before + 1) * (LONGEST_LINE + 2));
        let head = text.get(first..start)?;
        let newlines_before = head.iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n');
        let from = newlines_before.map(|(at, _)| first + at + 1).nth(before);
        let from = from.or((first == 0).then_some(0))?;
        let last = end.saturating_add((after + 1) * (LONGEST_LINE + 2)).min(text.len());
        let tail = text.get(end..last)?;
        let newlines_after = tail.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let to = newlines_after.map(|(at, _)| end + at + 1).nth(after);
        let to = to.or((last == text.len()).then_some(text.len()))?;
        Some((from, to))
    }
}

impl SourceCode for Source<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = match (before, after) {
            (0, 0) => (span.offset(), span.offset() + span.len()), // the place itself, for the headline of the frame
            around => self.window(span.offset(), span.len(), around).ok_or(MietteError::OutOfBounds)?,
        };
        let data = self.file.text().get(start..end).ok_or(MietteError::OutOfBounds)?;
        let place = self.file.line_column(u32::try_from(start).map_err(|_| MietteError::OutOfBounds)?);
        Ok(Box::new(MietteSpanContents::new_named(
            one_line(self.file.name()),
            data.as_bytes(),
            SourceSpan::from((start, end - start)),
            place.line as usize - 1,
            place.column as usize - 1,
            data.lines().count(),
        )))
    }
}
