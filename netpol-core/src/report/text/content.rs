//! The shape of words: lines, segments, roles.

use std::fmt;

use textwrap::core::display_width;

use crate::diagnostic::Edit;
use crate::explain::Proposal;
use crate::text::{Span, one_line};

/// What a segment is, for a front end that paints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Words.
    Plain,
    /// What the eye should find: ends, policies.
    Strong,
    /// Good news: `ALLOW`, `allowed`, `yes`.
    Allow,
    /// Bad news: `DENY`, `DENIED`, `no`.
    Deny,
    /// Neither: `UNKNOWN`, `PARTIAL`.
    Unknown,
    /// A `file:line`.
    Place,
    /// What may be overlooked.
    Dim,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// What it is.
    pub role: Role,
    /// Its words.
    pub text: String,
    /// Where it leads to, for a [`Role::Place`].
    pub span: Option<Span>,
}

/// A line, without its end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Its pieces, with the blanks between them.
    pub segments: Vec<Segment>,
}

impl Line {
    /// A line without words.
    pub fn new() -> Self {
        Self::default()
    }

    /// The line with a further piece.
    #[must_use]
    pub fn with(mut self, role: Role, text: impl Into<String>) -> Self {
        self.push(role, text);
        self
    }

    /// The line with further words.
    #[must_use]
    pub fn plain(self, text: impl Into<String>) -> Self {
        self.with(Role::Plain, text)
    }

    /// Adds a piece, on one line whatever its words hold.
    pub fn push(&mut self, role: Role, text: impl Into<String>) {
        self.segments.push(Segment { role, text: one_line(text), span: None });
    }

    /// How many columns the line takes.
    pub fn width(&self) -> usize {
        self.segments.iter().map(|segment| display_width(&segment.text)).sum()
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.segments.iter().try_for_each(|segment| f.write_str(&segment.text))
    }
}

/// Lines of words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    /// The lines.
    pub lines: Vec<Line>,
}

impl fmt::Display for Text {
    /// The words without paint, each line ended by a newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// A change that is proposed, with its text in the language of the file, as the façade renders it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The change that it renders.
    pub proposal: Proposal,
    /// What to do: ``add `- podSelector: {matchLabels: {app: adservice}}` under ingress[0].from``.
    pub text_line: String,
    /// Where; `None` for a policy that is to be added.
    pub place: Option<Span>,
    /// The policy that is to be added, whole, as a document of YAML.
    pub policy: Option<String>,
    /// The change of a file. Changes of several suggestions that meet stand in the first of them, as one; a policy is
    /// added to the file of one that denies, and where that is no file of YAML, there is no edit.
    pub edits: Vec<Edit>,
}
