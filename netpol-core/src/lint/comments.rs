//! Comments beside what they are about: people say there what they mean.

use crate::text::{FileSet, Span};

/// The comments on the lines of a place, and on the lines of comments right above it.
pub(super) fn about(files: &FileSet, span: Span) -> Vec<&str> {
    let Some(text) = files.get(span.file).map(crate::text::SourceFile::text) else { return Vec::new() };
    let (start, end) = (span.start as usize, span.end as usize);
    let (Some(before), Some(behind)) = (text.get(..start), text.get(end..)) else { return Vec::new() };
    let first = before.rfind('\n').map_or(0, |newline| newline + 1);
    let last = end + behind.find('\n').unwrap_or(behind.len());
    let above = text.get(..first).unwrap_or_default().lines().rev().map(str::trim);
    let above = above.take_while(|line| line.starts_with('#'));
    let own = text.get(first..last).unwrap_or_default().lines();
    above.chain(own.filter_map(comment)).collect()
}

/// The comment at the end of a line. A `#` behind a blank begins one, unless a text in quotes holds it.
fn comment(line: &str) -> Option<&str> {
    let mut quote = None;
    let mut before = ' ';
    for (at, letter) in line.char_indices() {
        match (quote, letter) {
            (None, '#') if before.is_whitespace() => return line.get(at..),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
        before = letter;
    }
    None
}

/// Whether one of some words, in lower case, stands in a text.
pub(super) fn has_word(text: &str, words: &[&str]) -> bool {
    let text = text.to_lowercase();
    text.split(|letter: char| !letter.is_alphanumeric()).any(|word| words.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SourceFile;

    #[test]
    fn comments_above_and_at_the_ends_of_lines_are_about_a_place() {
        let text = "a: 1 # no\n# above\n  # too\n- to: [] # own \"quoted\"\n  b: 'x # y' # last\n# below\n";
        let mut files = FileSet::new();
        let file = files.add(SourceFile::named("f", text)).expect("small");
        let place = |part: &str| u32::try_from(text.find(part).expect("it is there")).expect("small");
        let span = Span::new(file, place("to:"), place(" # last"));
        assert_eq!(about(&files, span), ["# too", "# above", "# own \"quoted\"", "# last"]);
        assert_eq!(about(&files, Span::new(file, 900, 901)), Vec::<&str>::new());
    }

    #[test]
    fn words_are_whole() {
        assert!(has_word("# from the Internet (everybody)", &["internet"]));
        assert!(!has_word("small", &["all"]));
    }
}
