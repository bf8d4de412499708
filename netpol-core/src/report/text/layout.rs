//! Lines with a place at the right: all places of a text stand in one column.

use super::{Line, Role, Segment, Text};
use crate::report::Context;
use crate::text::{Span, one_line};

/// A place does not move further right than this; a longer line has its place right behind it.
const FURTHEST: usize = 88;
/// Columns between the words and the place.
const GAP: usize = 3;

/// Lines on their way to a [`Text`].
#[derive(Debug, Default)]
pub(super) struct Layout {
    rows: Vec<(Line, Option<Span>)>,
}

impl Layout {
    /// Adds a line.
    pub(super) fn line(&mut self, line: Line) {
        self.rows.push((line, None));
    }

    /// Adds a line that speaks of a place, if there is one.
    pub(super) fn placed(&mut self, line: Line, span: Option<Span>) {
        self.rows.push((line, span));
    }

    /// The text, with the places aligned.
    pub(super) fn into_text(self, context: Context<'_>) -> Text {
        let widths = self.rows.iter().filter(|(_, span)| span.is_some()).map(|(line, _)| line.width());
        let column = widths.filter(|width| *width <= FURTHEST).max().unwrap_or_default();
        let lines = self.rows.into_iter().map(|(mut line, span)| {
            if let Some((span, (file, number))) = span.and_then(|span| Some((span, context.file_line(span)?)))
            {
                let blanks = column.saturating_sub(line.width()) + GAP;
                line.push(Role::Plain, " ".repeat(blanks));
                line.segments.push(Segment {
                    role: Role::Place,
                    text: one_line(format!("{file}:{number}")),
                    span: Some(span),
                });
            }
            line
        });
        Text { lines: lines.collect() }
    }
}

/// The words for a count: `1 policy`, `2 policies`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}
