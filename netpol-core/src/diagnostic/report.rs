//! How many messages one document, and one input, may ask for.

use super::rule::UNREADABLE_YAML;
use super::{Category, Diagnostic, Severity};

/// So many messages are kept; a text with more has one flaw that is said over and over, or is no manifest.
pub(super) const MOST: usize = 100_000;

/// Adds a message. Beyond 100,000 one last message says that there are more.
pub fn report(diagnostics: &mut Vec<Diagnostic>, found: Diagnostic) {
    if diagnostics.len() < MOST {
        diagnostics.push(found);
    } else if diagnostics.len() == MOST {
        let message = format!("more than {MOST} flaws were found; from here on they are not listed");
        let last =
            Diagnostic::new(UNREADABLE_YAML, Category::Input, Severity::Error, found.primary.span, message);
        diagnostics.push(last.with_help("mend what is listed, then look again"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{FileSet, SourceFile, Span};

    #[test]
    fn the_last_message_says_that_there_are_more() {
        let file = FileSet::new().add(SourceFile::named("f", "")).expect("small");
        let mut found = Vec::new();
        for _ in 0..MOST + 5 {
            report(&mut found, Diagnostic::input(UNREADABLE_YAML, Span::new(file, 0, 0), "flaw"));
        }
        assert_eq!(found.len(), MOST + 1);
        assert!(found[MOST].message.starts_with("more than 100000 flaws"));
    }
}
