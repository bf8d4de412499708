//! Tabs at the start of lines that hold nothing else: kubectl's reader refuses most of them, the YAML library none.

use super::flaw::Flaw;

/// The tabs of a document that may be refused, each judged by the token before it.
#[derive(Debug)]
pub(in crate::yaml) struct Tabs {
    /// Offset and column, in order of the text.
    suspects: Vec<(usize, usize)>,
    judged: usize,
    after: After,
    refused: Option<usize>,
}

/// What the last token allows a blank line after it to have.
#[derive(Debug, Clone, Copy)]
enum After {
    /// An unquoted text, which the line could go on with, of a collection at this column.
    Plain(usize),
    /// Anything else.
    Other,
}

impl Tabs {
    /// Finds the lines that begin with blanks and a tab and then hold nothing but blanks and perhaps a comment.
    pub(in crate::yaml) fn find(text: &str) -> Self {
        let mut suspects = Vec::new();
        let mut from = 0;
        let bytes = text.as_bytes();
        while let Some(found) = bytes.get(from..).and_then(|rest| memchr::memchr(b'\t', rest)) {
            let tab = from + found;
            let line =
                bytes.get(..tab).and_then(|before| memchr::memrchr(b'\n', before)).map_or(0, |end| end + 1);
            let rest = bytes.get(tab..).unwrap_or_default();
            let end = memchr::memchr(b'\n', rest).map_or(bytes.len(), |length| tab + length);
            let is_indentation = bytes.get(line..tab).unwrap_or_default().iter().all(|byte| *byte == b' ');
            let content = rest.iter().take(end - tab).find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
            if is_indentation && matches!(content, None | Some(b'#')) {
                suspects.push((tab, tab - line));
            }
            from = end;
        }
        Self { suspects, judged: 0, after: After::Other, refused: None }
    }

    /// A token of the block context begins at `start`: judges the tabs before it.
    pub(in crate::yaml) fn reach(&mut self, start: usize) {
        while let Some((tab, column)) =
            self.suspects.get(self.judged).copied().filter(|(tab, _)| *tab < start)
        {
            let is_allowed = matches!(self.after, After::Plain(indent) if column > indent);
            if !is_allowed && self.refused.is_none() {
                self.refused = Some(tab);
            }
            self.judged += 1;
        }
    }

    /// A scalar, or something in brackets, ends at `end`: tabs within are text or allowed.
    pub(in crate::yaml) fn pass(&mut self, end: usize) {
        while self.suspects.get(self.judged).is_some_and(|(tab, _)| *tab < end) {
            self.judged += 1;
        }
        self.after = After::Other;
    }

    /// As [`Self::pass`], for an unquoted value in a collection whose keys or dashes stand at `column`.
    pub(in crate::yaml) fn pass_plain(&mut self, end: usize, column: usize) {
        self.pass(end);
        self.after = After::Plain(column);
    }

    /// The first tab that is refused, once the document has been read up to `end`.
    pub(in crate::yaml) fn flaw(mut self, end: usize) -> Option<Flaw> {
        self.reach(end);
        self.refused.map(|tab| {
            Flaw::of(tab, tab + 1, "a tab stands where only spaces may indent")
                .with_help("remove the tab, or replace it with spaces")
        })
    }
}
