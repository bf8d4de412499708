//! Tables for spreadsheets and for pull requests.

use netpol_core::report::text::{Cell, Table, Text};

/// Rows as comma-separated values, the header first.
pub fn csv(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail, and every row has the width of the header.
    let _ = writer.write_record(header);
    for row in rows {
        let _ = writer.write_record(row.into_iter().map(without_formula));
    }
    writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// A cell that no spreadsheet takes for a formula, and no log for a command. No name that the API server takes is changed.
fn without_formula(cell: String) -> String {
    let is_formula = cell.len() > 1 && cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula || cell.starts_with("##[") || (cell.starts_with("::") && cell.contains(' ')) {
        return format!("'{cell}");
    }
    cell
}

/// A table as Markdown, where nothing of the input can be markup.
pub fn markdown(table: &Table) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let header = table.header.iter().map(|name| title(name)).collect();
    let mut text = line(header);
    text.push_str(&line(vec!["---".to_owned(); table.header.len()]));
    for row in &table.rows {
        text.push_str(&line(row.iter().map(cell).collect()));
    }
    text
}

fn title(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().into_iter().chain(letters.flat_map(char::to_lowercase)).collect()
}

fn cell(cell: &Cell) -> String {
    let lines: Vec<String> = cell.lines.iter().map(|line| worded(line.trim())).collect();
    lines.join("<br>")
}

/// Headings with the lines below them as lists in Markdown.
pub fn lists(text: &Text) -> String {
    let item = |line: String| {
        let words = line.trim_start();
        let blanks = line.len() - words.len();
        match blanks.checked_sub(2) {
            Some(depth) => {
                let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
                format!("{}- {}\n", " ".repeat(depth), worded(&words))
            }
            None => format!("{}\n", worded(&line)),
        }
    };
    text.lines.iter().map(|line| item(line.to_string())).collect()
}

/// Words of ours as Markdown: what stands between backticks is code, the rest is taken as it is.
pub fn worded(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escaped(text);
    }
    let part = |(number, part): (usize, &&str)| match number % 2 {
        0 => escaped(part),
        _ if part.trim().is_empty() => escaped(&format!("`{part}`")),
        _ => format!("`{}`", part.replace('|', "\\|").replace(char::is_control, " ")),
    };
    parts.iter().enumerate().map(part).collect()
}

/// A text that Markdown and HTML take as it is.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '{' | '}' | '#' | '~' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_input_is_markup() {
        let mut table = Table::new(vec!["FROM"]);
        table.rows.push(vec![Cell::plain("shop/*|<b>")]);
        assert_eq!(markdown(&table), "| From |\n| --- |\n| shop/\\*\\|&lt;b&gt; |\n");
    }

    #[test]
    fn words_between_backticks_are_code() {
        assert_eq!(worded("no pod is `app=a|b` <x>"), "no pod is `app=a\\|b` &lt;x&gt;");
        assert_eq!(worded("a `b"), "a \\`b");
    }

    #[test]
    fn no_cell_is_a_formula() {
        let row = ["=1+1", "-", "::/0", "shop/a", "@x"].map(str::to_owned).to_vec();
        assert_eq!(csv(&["a", "b", "c", "d", "e"], [row]), "a,b,c,d,e\n'=1+1,-,::/0,shop/a,'@x\n");
    }

    #[test]
    fn a_field_with_a_comma_is_quoted() {
        assert_eq!(csv(&["a", "b"], [vec!["x,y".to_owned(), "z".to_owned()]]), "a,b\n\"x,y\",z\n");
    }
}
