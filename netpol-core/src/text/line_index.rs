//! From bytes to lines and columns.

/// A line and a column, both counted from 1; the column counts code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: u32,
    /// The column in code points, from 1.
    pub column: u32,
}

/// The bytes between two counts.
const STEP: usize = 1024;

/// How many lines and code points stand before places of a text, a count every kibibyte: any place is found by
/// reading one step, however long the lines are or however many there are of them.
#[derive(Debug, Clone)]
pub struct LineIndex {
    steps: Vec<Step>,
    /// The continuation bytes before every step; empty for ASCII.
    continuations: Vec<u32>,
}

/// What stands before a step.
#[derive(Debug, Clone, Copy, Default)]
struct Step {
    /// The line ends before it.
    lines: u32,
    /// Where the line begins in which it begins.
    line_start: u32,
}

impl LineIndex {
    /// The index of `text`, which must be shorter than 4 GiB.
    pub fn new(text: &str) -> Self {
        let mut steps = Vec::with_capacity(text.len() / STEP + 1);
        let mut before = Step::default();
        steps.push(before);
        for (number, bytes) in text.as_bytes().chunks(STEP).enumerate() {
            before = before.after(bytes, number * STEP);
            steps.push(before);
        }
        Self { steps, continuations: counted(text) }
    }

    /// Line and column of the byte at `offset` of the same text; the last place for an offset beyond it.
    pub fn line_column(&self, text: &str, offset: u32) -> LineColumn {
        let end = (offset as usize).min(text.len());
        let step = end / STEP;
        let rest = text.as_bytes().get(step * STEP..end).unwrap_or_default();
        let before = self.steps.get(step).copied().unwrap_or_default().after(rest, step * STEP);
        let start = before.line_start as usize;
        let [from, to] = [start, end].map(|offset| self.continuations_before(text, offset));
        LineColumn {
            line: before.lines.saturating_add(1),
            column: narrow((end - start).saturating_sub(to.saturating_sub(from)) + 1),
        }
    }

    /// Where the line begins that holds the byte at `offset` of the same text.
    pub fn line_start(&self, text: &str, offset: u32) -> u32 {
        let end = (offset as usize).min(text.len());
        let step = end / STEP;
        let rest = text.as_bytes().get(step * STEP..end).unwrap_or_default();
        self.steps.get(step).copied().unwrap_or_default().after(rest, step * STEP).line_start
    }

    /// How many bytes before `end` go on with a code point.
    fn continuations_before(&self, text: &str, end: usize) -> usize {
        let Some(before) = self.continuations.get(end / STEP) else { return 0 };
        let rest = text.as_bytes().get(end - end % STEP..end).unwrap_or_default();
        *before as usize + count(rest)
    }
}

impl Step {
    /// What stands before the end of `bytes`, which begin at `start` of the text.
    fn after(self, bytes: &[u8], start: usize) -> Self {
        let lines = memchr::memchr_iter(b'\n', bytes).count();
        let last = memchr::memrchr(b'\n', bytes);
        Self {
            lines: self.lines.saturating_add(narrow(lines)),
            line_start: last.map_or(self.line_start, |last| narrow(start + last + 1)),
        }
    }
}

/// The continuation bytes before every [`STEP`]th byte, the end included; none for ASCII.
fn counted(text: &str) -> Vec<u32> {
    if text.is_ascii() {
        return Vec::new();
    }
    let steps = text.as_bytes().chunks(STEP).scan(0, |sum, step| {
        *sum += count(step);
        Some(narrow(*sum))
    });
    std::iter::once(0).chain(steps).collect()
}

fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| is_continuation(**byte)).count()
}

/// Whether a byte goes on with a code point that another byte began.
const fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_code_points_and_lines_start_at_one() {
        let text = "aé\nb\r\n\nc";
        let index = LineIndex::new(text);
        let at = |offset| {
            let place = index.line_column(text, offset);
            (place.line, place.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(3), (1, 3));
        assert_eq!(at(4), (2, 1));
        assert_eq!(at(7), (3, 1));
        assert_eq!(at(8), (4, 1));
        assert_eq!(at(99), (4, 2));
    }

    #[test]
    fn every_place_is_what_counting_from_the_start_says() {
        let text = "é: x\n\n".repeat(700) + &"y".repeat(3000) + "\nz";
        let index = LineIndex::new(&text);
        let (mut line, mut column) = (1, 1);
        for (offset, character) in text.char_indices() {
            let place = index.line_column(&text, u32::try_from(offset).unwrap());
            assert_eq!((place.line, place.column), (line, column), "{offset}");
            (line, column) = if character == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
    }

    #[test]
    fn columns_of_a_long_line_count_code_points() {
        let text = format!("a\n{}", "é".repeat(5000));
        let index = LineIndex::new(&text);
        for column in [0_u32, 511, 512, 1023, 1024, 3000, 5000] {
            let place = index.line_column(&text, 2 + 2 * column);
            assert_eq!((place.line, place.column), (2, column + 1));
        }
    }
}
