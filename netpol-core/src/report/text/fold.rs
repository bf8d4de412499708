//! Long lines in several shorter ones.

use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use super::{Line, Role, Segment, Text};

/// What follows a break stands so much further right than the beginning of its line.
const HANGING: usize = 2;

/// A line of a cell in lines of at most `width` columns. What follows a break stands below the first name behind `{`,
/// else a little to the right. Words that are too long themselves are broken.
pub(super) fn broken(line: &str, width: usize) -> Vec<String> {
    let first = line.split(' ').next().unwrap_or_default();
    let indent = first.find('{').map_or(HANGING, |at| display_width(first.get(..=at).unwrap_or_default()));
    let indent = " ".repeat(if indent * 2 > width { HANGING.min(width / 2) } else { indent });
    let options = Options::new(width.max(1))
        .subsequent_indent(&indent)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .break_words(true);
    textwrap::wrap(line, options).into_iter().map(|line| line.trim_end().to_owned()).collect()
}

/// The pieces of a word, and the blanks before it.
type Word = (usize, Vec<Segment>);

impl Text {
    /// The same words in lines of at most `width` columns, where that can be: a word is not broken.
    #[must_use]
    pub fn folded(self, width: usize) -> Self {
        let lines = self
            .lines
            .into_iter()
            .flat_map(|line| if line.width() <= width { vec![line] } else { folded(&line, width) });
        Self { lines: lines.collect() }
    }
}

fn folded(line: &Line, width: usize) -> Vec<Line> {
    let words = words(line);
    let indent = words.first().map_or(0, |(blanks, _)| *blanks) + HANGING;
    let mut lines = vec![Line::new()];
    let mut at = 0;
    for (before, pieces) in words {
        let own: usize = pieces.iter().map(|piece| display_width(&piece.text)).sum();
        if at > indent && at + before + own > width {
            lines.push(Line::new());
            at = 0;
        }
        let blanks = if at == 0 && lines.len() > 1 { indent } else { before };
        at += blanks + own;
        let Some(line) = lines.last_mut() else { continue };
        if blanks > 0 {
            line.push(Role::Plain, " ".repeat(blanks));
        }
        line.segments.extend(pieces);
    }
    lines
}

/// The words of a line; what stands between backticks is one.
fn words(line: &Line) -> Vec<Word> {
    let ticks: usize = line.segments.iter().map(|segment| segment.text.matches('`').count()).sum();
    let mut words: Vec<Word> = Vec::new();
    let mut blanks = 0;
    let mut is_open = false; // whether the next piece belongs to the last word
    let mut ticks_before = 0usize;
    for segment in &line.segments {
        for (number, piece) in segment.text.split(' ').enumerate() {
            let is_code = ticks.is_multiple_of(2) && !ticks_before.is_multiple_of(2);
            ticks_before += piece.matches('`').count();
            if number > 0 && !is_code {
                blanks += 1;
                is_open = false;
            }
            if piece.is_empty() && !is_code {
                continue;
            }
            let blank = if number > 0 && is_code { " " } else { "" };
            let piece = Segment { text: format!("{blank}{piece}"), ..segment.clone() };
            match words.last_mut().filter(|_| is_open) {
                Some((_, pieces)) => pieces.push(piece),
                None => words.push((std::mem::take(&mut blanks), vec![piece])),
            }
            is_open = true;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_goes_on_below() {
        let line = Line::new()
            .plain("  assumed: ")
            .with(Role::Strong, "no pod has an address in")
            .plain(" 10.0.0.0/8");
        let text = Text { lines: vec![line] }.folded(26);
        assert_eq!(text.to_string(), "  assumed: no pod has an\n    address in 10.0.0.0/8\n");
        assert_eq!(text.lines[1].segments[1].role, Role::Strong);
    }

    #[test]
    fn what_is_to_be_typed_stays_on_one_line() {
        let line = Line::new().plain("  set it: pass `--pod-cidrs CIDR` or not");
        let text = Text { lines: vec![line] }.folded(30);
        assert_eq!(text.to_string(), "  set it: pass\n    `--pod-cidrs CIDR` or not\n");
    }

    #[test]
    fn a_long_word_stays_whole() {
        let line = Line::new().plain("  shop/a-very-long-name-of-a-workload tcp/80");
        let text = Text { lines: vec![line] }.folded(20);
        assert_eq!(text.to_string(), "  shop/a-very-long-name-of-a-workload\n    tcp/80\n");
    }
}
