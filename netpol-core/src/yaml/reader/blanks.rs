//! Blanks that kubectl's reader takes in another way than the YAML library: tabs where only spaces may indent, some of
//! which only the former refuses, and line breaks of YAML 1.1 that are none in YAML 1.2.

use super::flaw::Flaw;

/// The tabs of a document that may be refused, each judged by the token before it.
#[derive(Debug)]
pub(in crate::yaml) struct Tabs {
    /// In order of the text.
    suspects: Vec<Suspect>,
    judged: usize,
    after: After,
    refused: Option<usize>,
}

/// A tab that may be refused.
#[derive(Debug, Clone, Copy)]
struct Suspect {
    offset: usize,
    column: usize,
    /// Whether it stands behind the dash of an item, rather than behind blanks alone.
    is_behind_dash: bool,
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
    /// Finds the first tab of each line that has only blanks, or blanks and dashes, before it.
    pub(in crate::yaml) fn find(text: &str) -> Self {
        let mut suspects = Vec::new();
        let mut from = 0;
        let bytes = text.as_bytes();
        while let Some(found) = bytes.get(from..).and_then(|rest| memchr::memchr(b'\t', rest)) {
            let offset = from + found;
            let line = bytes
                .get(..offset)
                .and_then(|before| memchr::memrchr(b'\n', before))
                .map_or(0, |end| end + 1);
            let before = text.get(line..offset).unwrap_or_default();
            if before.split(' ').all(|word| matches!(word, "" | "-")) {
                let is_behind_dash = before.contains('-');
                suspects.push(Suspect { offset, column: offset - line, is_behind_dash });
            }
            let rest = bytes.get(offset..).unwrap_or_default();
            from = memchr::memchr(b'\n', rest).map_or(bytes.len(), |length| offset + length);
        }
        Self { suspects, judged: 0, after: After::Other, refused: None }
    }

    /// A token of the block context begins at `start`: judges the tabs before it.
    pub(in crate::yaml) fn reach(&mut self, start: usize) {
        while let Some(tab) = self.suspects.get(self.judged).filter(|tab| tab.offset < start) {
            let is_allowed =
                matches!(self.after, After::Plain(indent) if tab.column > indent) && !tab.is_behind_dash;
            if !is_allowed && self.refused.is_none() {
                self.refused = Some(tab.offset);
            }
            self.judged += 1;
        }
    }

    /// A scalar, or something in brackets, ends at `end`: tabs within are text or allowed.
    pub(in crate::yaml) fn pass(&mut self, end: usize) {
        while self.suspects.get(self.judged).is_some_and(|tab| tab.offset < end) {
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

const NEXT_LINE: char = '\u{85}';

/// The line breaks of a document that only kubectl takes for such, each judged by what it stands in.
#[derive(Debug)]
pub(in crate::yaml) struct Breaks {
    /// Offset and character, in order of the text.
    found: Vec<(usize, char)>,
    judged: usize,
}

impl Breaks {
    /// Finds them.
    pub(in crate::yaml) fn find(text: &str) -> Self {
        let may_be = |byte: u8| matches!(byte, 0xC2 | 0xE2);
        let found = if text.bytes().any(may_be) {
            text.char_indices()
                .filter(|(_, letter)| matches!(letter, &NEXT_LINE | '\u{2028}' | '\u{2029}'))
                .collect()
        } else {
            Vec::new()
        };
        Self { found, judged: 0 }
    }

    /// A scalar begins at `start`. Those before it are harmless at the end of a line.
    ///
    /// # Errors
    /// One that is not.
    pub(in crate::yaml) fn reach(&mut self, text: &str, start: usize) -> Result<(), Flaw> {
        while let Some((offset, letter)) = self.next_before(start) {
            let rest = text.get(offset + letter.len_utf8()..).unwrap_or_default();
            if !rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n') {
                return Err(refusal(offset, letter));
            }
        }
        Ok(())
    }

    /// A text in quotes ends at `end`: separators between two characters are kept as they are.
    ///
    /// # Errors
    /// One that kubectl would make something else of.
    pub(in crate::yaml) fn pass_quoted(&mut self, text: &str, end: usize) -> Result<(), Flaw> {
        while let Some((offset, letter)) = self.next_before(end) {
            let before = text.get(..offset).and_then(|before| before.chars().next_back());
            let after = text.get(offset + letter.len_utf8()..).and_then(|rest| rest.chars().next());
            if letter == NEXT_LINE || [before, after].into_iter().flatten().any(char::is_whitespace) {
                return Err(refusal(offset, letter));
            }
        }
        Ok(())
    }

    /// A text without quotes ends at `end`.
    ///
    /// # Errors
    /// The first of them in it.
    pub(in crate::yaml) fn pass_unquoted(&mut self, end: usize) -> Result<(), Flaw> {
        self.next_before(end).map_or(Ok(()), |(offset, letter)| Err(refusal(offset, letter)))
    }

    fn next_before(&mut self, end: usize) -> Option<(usize, char)> {
        let next = self.found.get(self.judged).copied().filter(|(offset, _)| *offset < end)?;
        self.judged += 1;
        Some(next)
    }
}

fn refusal(offset: usize, letter: char) -> Flaw {
    let message = format!("U+{:04X} stands here, at which kubectl ends the line", u32::from(letter));
    Flaw::of(offset, offset + letter.len_utf8(), message)
        .with_help("remove it, or write it as an escape in double quotes")
}
