//! Tables: columns of cells, a cell of one or more lines.

use super::{Line, Role, Text};

/// Columns between two columns.
const GAP: usize = 3;

/// A table, for people, and for formats that have tables.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// The names of the columns, in capitals.
    pub header: Vec<&'static str>,
    /// The rows; each has a cell for every column.
    pub rows: Vec<Vec<Cell>>,
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

    fn width(&self) -> usize {
        self.lines.iter().map(|line| line.chars().count()).max().unwrap_or_default()
    }
}

impl Table {
    /// An empty table.
    pub const fn new(header: Vec<&'static str>) -> Self {
        Self { header, rows: Vec::new() }
    }

    /// The table for a terminal: columns aligned, the last one as wide as it gets.
    pub fn to_text(&self) -> Text {
        let widths: Vec<usize> = (0..self.header.len()).map(|column| self.width(column)).collect();
        let mut lines = vec![self.header_line(&widths)];
        for row in &self.rows {
            let height = row.iter().map(|cell| cell.lines.len()).max().unwrap_or_default();
            lines.extend((0..height).map(|number| row_line(row, number, &widths)));
        }
        Text { lines }
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column)).map(Cell::width);
        let header = self.header.get(column).map_or(0, |name| name.len());
        cells.max().unwrap_or_default().max(header)
    }

    fn header_line(&self, widths: &[usize]) -> Line {
        let cells = self.header.iter().zip(widths);
        let padded =
            cells.fold(String::new(), |line, (name, width)| format!("{line}{name:<0$}", width + GAP));
        Line::new().with(Role::Dim, padded.trim_end())
    }
}

fn row_line(row: &[Cell], number: usize, widths: &[usize]) -> Line {
    let mut line = Line::new();
    let mut owed = 0;
    for (cell, width) in row.iter().zip(widths) {
        let words = cell.lines.get(number).map(String::as_str).unwrap_or_default();
        if !words.is_empty() {
            if owed > 0 {
                line.push(Role::Plain, " ".repeat(owed));
            }
            line.push(cell.role.unwrap_or(Role::Plain), words);
            owed = 0;
        }
        owed += width.saturating_sub(words.chars().count()) + GAP;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_no_line_ends_in_blanks() {
        let mut table = Table::new(vec!["FROM", "TO", "PORTS"]);
        let from = Cell::lines(vec!["shop/a".to_owned(), "shop/longer".to_owned()]);
        table.rows.push(vec![from, Cell::plain("shop/b"), Cell::plain("tcp/80")]);
        assert_eq!(
            table.to_text().to_string(),
            "FROM          TO       PORTS\nshop/a        shop/b   tcp/80\nshop/longer\n"
        );
    }
}
