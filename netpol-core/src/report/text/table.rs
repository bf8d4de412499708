//! Tables: columns of cells, a cell of one or more lines, fitted to a width.

use textwrap::core::display_width;

use super::{Line, Role, Text, fold};

/// Columns between two columns.
const GAP: usize = 3;
/// The longest word that a column is not narrower than, where that can be.
const WORD: usize = 40;
/// No column is narrower than this, or than its header.
const NARROWEST: usize = 8;

/// A table, for people, and for formats that have tables.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// The names of the columns, in capitals.
    pub header: Vec<&'static str>,
    /// The rows; each has a cell for every column.
    pub rows: Vec<Vec<Cell>>,
    /// So many columns, the last ones, are read line by line: the lines of their cells belong together.
    pub in_step: usize,
}

/// The lines of a cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell {
    /// What its words are.
    pub role: Option<Role>,
    /// The lines.
    pub lines: Vec<String>,
}

impl Cell {
    /// A cell of plain words in one line.
    pub fn plain(words: impl Into<String>) -> Self {
        Self { role: None, lines: vec![words.into()] }
    }

    /// A cell of plain lines.
    pub const fn lines(lines: Vec<String>) -> Self {
        Self { role: None, lines }
    }

    /// A cell whose words have a role.
    pub fn with(role: Role, words: impl Into<String>) -> Self {
        Self { role: Some(role), lines: vec![words.into()] }
    }
}

/// What the cells of a column want.
#[derive(Debug, Clone, Copy, Default)]
struct Want {
    /// The width of the longest word, within bounds.
    least: usize,
    /// The width without a break.
    most: usize,
}

impl Table {
    /// An empty table.
    pub const fn new(header: Vec<&'static str>) -> Self {
        Self { header, rows: Vec::new(), in_step: 0 }
    }

    /// The table in lines of at most `width` columns: columns aligned, long lines of cells broken between words.
    pub fn to_text(&self, width: usize) -> Text {
        let wants: Vec<Want> = (0..self.header.len()).map(|column| self.want(column)).collect();
        let gaps = GAP * self.header.len().saturating_sub(1);
        let widths = fitted(&wants, width.saturating_sub(gaps));
        let mut lines = vec![self.header_line(&widths)];
        for row in &self.rows {
            let cells = self.broken_row(row, &widths);
            let height = cells.iter().map(|(_, lines)| lines.len()).max().unwrap_or_default();
            lines.extend((0..height).map(|number| row_line(&cells, number, &widths)));
        }
        Text { lines }
    }

    /// The cells of a row with their lines broken; those of columns in step stay next to each other.
    fn broken_row(&self, row: &[Cell], widths: &[usize]) -> Vec<(Role, Vec<String>)> {
        let pieces = |(cell, width): (&Cell, &usize)| -> Vec<Vec<String>> {
            cell.lines.iter().map(|line| broken(line, *width)).collect()
        };
        let mut cells: Vec<Vec<Vec<String>>> = row.iter().zip(widths).map(pieces).collect();
        let first = cells.len().saturating_sub(self.in_step);
        let in_step = cells.get_mut(first..).unwrap_or_default();
        let count = in_step.iter().map(Vec::len).max().unwrap_or_default();
        for number in 0..count {
            let height = in_step.iter().filter_map(|cell| cell.get(number)).map(Vec::len).max();
            for cell in &mut *in_step {
                if let (Some(lines), Some(height)) = (cell.get_mut(number), height) {
                    lines.resize(height, String::new());
                }
            }
        }
        let roles = row.iter().map(|cell| cell.role.unwrap_or(Role::Plain));
        roles.zip(cells.into_iter().map(|lines| lines.concat())).collect()
    }

    fn want(&self, column: usize) -> Want {
        let header = self.header.get(column).map_or(0, |name| name.len());
        let start = Want { least: header, most: header };
        let lines = self.rows.iter().filter_map(|row| row.get(column)).flat_map(|cell| &cell.lines);
        lines.fold(start, |want, line| {
            let words = line.split(' ').map(display_width).max().unwrap_or_default();
            Want { least: want.least.max(words.min(WORD)), most: want.most.max(display_width(line)) }
        })
    }

    fn header_line(&self, widths: &[usize]) -> Line {
        let cells: Vec<(Role, Vec<String>)> =
            self.header.iter().map(|name| (Role::Dim, vec![(*name).to_owned()])).collect();
        row_line(&cells, 0, widths)
    }
}

/// The widths of columns that have `available` together: what they want, else the widest give way first.
fn fitted(wants: &[Want], available: usize) -> Vec<usize> {
    let total = |widths: &[usize]| widths.iter().fold(0usize, |all, width| all.saturating_add(*width));
    let whole: Vec<usize> = wants.iter().map(|want| want.most).collect();
    if total(&whole) <= available {
        return whole;
    }
    let widest = |of: &dyn Fn(usize) -> Vec<usize>| {
        (NARROWEST..=available).map(of).take_while(|widths| total(widths) <= available).last()
    };
    let words = |cap: usize| wants.iter().map(|want| want.least.min(cap)).collect();
    let least: Vec<usize> = widest(&words).unwrap_or_else(|| words(NARROWEST));
    let lines =
        |cap: usize| whole.iter().zip(&least).map(|(most, least)| (*most).min(cap).max(*least)).collect();
    widest(&lines).unwrap_or(least)
}

/// A line broken between words, where it is too long.
fn broken(line: &str, width: usize) -> Vec<String> {
    if display_width(line) <= width { vec![line.to_owned()] } else { fold::broken(line, width) }
}

fn row_line(cells: &[(Role, Vec<String>)], number: usize, widths: &[usize]) -> Line {
    let mut line = Line::new();
    let mut owed = 0;
    for ((role, lines), width) in cells.iter().zip(widths) {
        let words = lines.get(number).map(String::as_str).unwrap_or_default();
        if !words.is_empty() {
            if owed > 0 {
                line.push(Role::Plain, " ".repeat(owed));
            }
            line.push(*role, words);
            owed = 0;
        }
        owed += width.saturating_sub(display_width(words)) + GAP;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(words: &[&str]) -> Cell {
        Cell::lines(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn columns_are_aligned_and_no_line_ends_in_blanks() {
        let mut table = Table::new(vec!["FROM", "TO", "PORTS"]);
        table.rows.push(vec![
            lines(&["shop/a", "shop/longer"]),
            Cell::plain("shop/b"),
            Cell::plain("tcp/80"),
        ]);
        assert_eq!(
            table.to_text(80).to_string(),
            "FROM          TO       PORTS\nshop/a        shop/b   tcp/80\nshop/longer\n"
        );
    }

    #[test]
    fn what_is_too_wide_is_broken_within_its_cell() {
        let mut table = Table::new(vec!["FROM", "TO", "PORTS"]);
        let from = Cell::plain("shop/{adservice, cart, checkout, currency, frontend}");
        table.rows.push(vec![from, Cell::plain("shop/payment"), Cell::plain("tcp/80, tcp/443, tcp/8443")]);
        assert_eq!(
            table.to_text(50).to_string(),
            "FROM               TO             PORTS\n\
             shop/{adservice,   shop/payment   tcp/80, tcp/443,\n\
             \u{20}     cart,                         tcp/8443\n\
             \u{20}     checkout,\n\
             \u{20}     currency,\n\
             \u{20}     frontend}\n"
        );
    }

    #[test]
    fn lines_that_belong_together_stay_next_to_each_other() {
        let mut table = Table { in_step: 2, ..Table::new(vec!["A", "PORTS", "OPEN TO"]) };
        table.rows.push(vec![
            Cell::plain("a"),
            lines(&["tcp/1", "tcp/2"]),
            lines(&["every pod of shop", "b"]),
        ]);
        assert_eq!(
            table.to_text(23).to_string(),
            "A   PORTS   OPEN TO\na   tcp/1   every pod\n              of shop\n    tcp/2   b\n"
        );
    }

    #[test]
    fn no_line_is_wider_than_the_table_may_be() {
        let mut table = Table::new(vec!["A", "B"]);
        let wide = "漢字".repeat(40_000);
        table.rows.push(vec![Cell::plain(wide.clone()), Cell::plain("x".repeat(70_000))]);
        table.rows.push(vec![Cell::plain("a, ".repeat(900)), Cell::plain("")]);
        for width in [30, 80, 100] {
            assert!(table.to_text(width).lines.iter().all(|line| line.width() <= width), "{width}");
        }
    }
}
