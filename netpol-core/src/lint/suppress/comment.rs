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
    for at in memmem::find_iter(text.as_bytes(), MARK) {
        let Some(comment) = comment(text, at) else { continue };
        let span = Span::new(id, offset(comment.start), offset(comment.end));
        match parse(comment.words) {
            Some((is_file, names, reason)) => {
                let line = file.line_column(offset(comment.start)).line;
                let scope = match (is_file, comment.is_alone) {
                    (true, _) => Scope::File(id),
                    (false, false) => Scope::Line(id, line),
                    (false, true) => Scope::Line(id, line + lines_to_content(text, comment.end)),
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
    /// Where its line ends.
    end: usize,
    /// What stands behind the mark.
    words: &'t str,
    /// Whether nothing else stands on its line.
    is_alone: bool,
}

/// The comment whose first word is the mark at `at`.
fn comment(text: &str, at: usize) -> Option<Comment<'_>> {
    let (before, after) = text.split_at_checked(at)?;
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let head = before.get(line..)?.trim_end_matches([' ', '\t']);
    let content = head.strip_suffix('#')?;
    if !(content.is_empty() || content.ends_with([' ', '\t'])) {
        return None;
    }
    let words = after.get(MARK.len()..)?.lines().next().unwrap_or_default();
    let end = at + MARK.len() + words.len();
    Some(Comment { start: line + content.len(), end, words, is_alone: content.trim().is_empty() })
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

/// How many lines further the next line stands that is neither blank nor a comment.
fn lines_to_content(text: &str, end: usize) -> u32 {
    let rest = text.get(end..).unwrap_or_default();
    let lines = rest.lines().skip(1);
    let skipped = lines.take_while(|line| {
        let line = line.trim_start();
        line.is_empty() || line.starts_with('#')
    });
    1 + u32::try_from(skipped.count()).unwrap_or(u32::MAX - 1)
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
