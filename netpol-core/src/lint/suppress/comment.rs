//! `# netpol: ignore[rule] reason` and `# netpol: ignore-file[rule] reason`.

use memchr::memmem;

use super::{Directive, Scope};
use crate::diagnostic::Diagnostic;
use crate::lint::rules::suppressions::UNKNOWN_SUPPRESSION;
use crate::text::{FileId, SourceFile, Span};

const MARK: &str = "netpol:";

/// The directives in the comments of a file, and comments that look like one and are none.
pub(super) fn read(id: FileId, file: &SourceFile) -> (Vec<Directive>, Vec<Diagnostic>) {
    let (mut directives, mut faults) = (Vec::new(), Vec::new());
    let text = file.text();
    let mut content = Content::default();
    for comment in comments(text) {
        let span = Span::new(id, offset(comment.start), offset(comment.end));
        match parse(comment.words) {
            Some((is_file, names, reason)) => {
                let line = file.line_column(offset(comment.start)).line;
                let scope = match (is_file, comment.is_alone) {
                    (true, _) => Scope::File(id),
                    (false, false) => Scope::Line(id, line),
                    (false, true) => Scope::Line(id, content.line_after(text, comment.end, line)),
                };
                let directive = Directive::new(names, scope, span);
                directives.push(Directive { reason: reason.to_owned(), ..directive });
            }
            None => faults.push(malformed(span)),
        }
    }
    (directives, faults)
}

/// A comment that begins with the mark.
struct Comment<'t> {
    /// Where its `#` stands.
    start: usize,
    /// Where its line ends, or the next such comment begins.
    end: usize,
    /// What stands behind the mark.
    words: &'t str,
    /// Whether nothing else stands on its line.
    is_alone: bool,
}

/// The comments of a text that begin with the mark. Each byte is read a fixed number of times, however many marks a line has.
fn comments(text: &str) -> Vec<Comment<'_>> {
    let mut comments: Vec<Comment<'_>> = Vec::new();
    let (mut line, mut read) = (0, 0);
    for at in memmem::find_iter(text.as_bytes(), MARK) {
        let newline = text.get(read..at).and_then(|between| between.rfind('\n'));
        line = newline.map_or(line, |newline| read + newline + 1);
        read = at;
        let Some(start) = sign(text, line, at) else { continue };
        let is_first = comments.last().is_none_or(|last| last.start < line);
        if let Some(last) = comments.last_mut().filter(|_| !is_first) {
            last.words = text.get(last.start..start).and_then(|it| it.split_once(MARK)).map_or("", |it| it.1);
            last.end = start;
        }
        let is_alone = is_first && text.get(line..start).is_some_and(|before| before.trim().is_empty());
        comments.push(Comment { start, end: at + MARK.len(), words: "", is_alone });
    }
    for comment in comments.iter_mut().filter(|comment| comment.words.is_empty()) {
        comment.words = text.get(comment.end..).unwrap_or_default().lines().next().unwrap_or_default();
        comment.end += comment.words.len();
    }
    comments
}

/// Where the `#` stands of the comment whose first word is the mark at `at` of a line.
fn sign(text: &str, line: usize, at: usize) -> Option<usize> {
    let head = text.get(line..at)?.trim_end_matches([' ', '\t']);
    let before = head.strip_suffix('#')?;
    (before.is_empty() || before.ends_with([' ', '\t'])).then_some(line + before.len())
}

/// Whether it is for the whole file, the rules, and the reason.
fn parse(words: &str) -> Option<(bool, &str, &str)> {
    let words = words.trim().strip_prefix("ignore")?;
    let (is_file, words) = match words.strip_prefix("-file") {
        Some(words) => (true, words),
        None => (false, words),
    };
    let (names, reason) = words.strip_prefix('[')?.split_once(']')?;
    (!names.trim().is_empty()).then(|| (is_file, names, reason.trim()))
}

/// The next line that is neither blank nor a comment, found once for all comments before it.
#[derive(Debug, Default)]
struct Content {
    /// Where it begins.
    start: usize,
    /// Its number, from 1.
    line: u32,
}

impl Content {
    /// The number of the line that a comment is for, which ends at `end` of line `line`.
    fn line_after(&mut self, text: &str, end: usize, line: u32) -> u32 {
        if end < self.start {
            return self.line;
        }
        let rest = text.get(end..).unwrap_or_default();
        (self.start, self.line) = (end, line);
        for (number, line) in rest.split_inclusive('\n').enumerate() {
            let words = line.trim_start();
            if number > 0 && !(words.is_empty() || words.starts_with('#')) {
                break;
            }
            self.start += line.len();
            self.line = self.line.saturating_add(1);
        }
        self.line
    }
}

fn malformed(span: Span) -> Diagnostic {
    UNKNOWN_SUPPRESSION
        .finding(span, "this comment is no suppression that netpol understands")
        .with_help("write `# netpol: ignore[RULE] reason` or `# netpol: ignore-file[RULE] reason`")
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::FileSet;

    fn directives(text: &str) -> (Vec<Directive>, usize) {
        let mut files = FileSet::new();
        let id = files.add(SourceFile::named("a.yaml", text)).unwrap();
        let (directives, faults) = read(id, files.get(id).unwrap());
        (directives, faults.len())
    }

    fn lines(text: &str) -> Vec<u32> {
        let line = |directive: &Directive| match directive.scope {
            Scope::Line(_, line) => line,
            _ => 0,
        };
        directives(text).0.iter().map(line).collect()
    }

    #[test]
    fn a_comment_holds_for_its_own_line_or_for_the_next_that_says_something() {
        assert_eq!(lines("a: 1 # netpol: ignore[unknown-field] old\nb: 2\n"), [1]);
        assert_eq!(lines("# netpol: ignore[unknown-field]\n# netpol: ignore[wrong-type]\n\na: 1\n"), [4, 4]);
        assert_eq!(lines("# netpol: ignore-file[unknown-field]\n"), [0]);
    }

    #[test]
    fn rules_and_reason_are_read_and_unknown_rules_are_kept_apart() {
        let (found, _) = directives("# netpol: ignore[unknown-field, unknwon-kind] it is so\n");
        assert_eq!(found[0].rules.len(), 1);
        assert_eq!(found[0].unknown, ["unknwon-kind"]);
        assert_eq!(found[0].reason, "it is so");
    }

    #[test]
    fn what_is_no_comment_is_no_suppression_and_what_cannot_be_read_is_told() {
        assert_eq!(directives("a: 'x#netpol: ignore[unknown-field]'\n"), (Vec::new(), 0));
        assert_eq!(directives("# netpol: ignore\n# netpol: ignroe[unknown-field]\n").1, 2);
    }
}
