//! [Workflow commands](https://docs.github.com/actions/reference/workflow-commands-for-github-actions) that annotate
//! the lines of a pull request.

use std::fmt::Write as _;

use netpol_core::report::v1::diagnostics::{Place, SeverityField};

use super::{Findings, lines};

/// A command for each finding.
pub(super) fn github(findings: &Findings<'_>) -> String {
    let mut text = String::new();
    for finding in &findings.wire.diagnostics {
        let command = match finding.severity {
            SeverityField::Error => "error",
            SeverityField::Warning => "warning",
            SeverityField::Info => "notice",
        };
        let Place { file, line, column, end_line, end_column } = finding.place;
        let (file, rule) = (property(file), property(finding.rule));
        let _ = write!(text, "::{command} file={file},line={line},endLine={end_line}");
        if line == end_line {
            let _ = write!(text, ",col={column},endColumn={end_column}");
        }
        let _ = writeln!(text, ",title=netpol {rule}::{}", data(&lines::message(finding)));
    }
    text
}

/// A text behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_of_the_input_ends_a_command_or_a_property() {
        assert_eq!(data("a\n::error::b%"), "a%0A::error::b%25");
        assert_eq!(property("a:b,c"), "a%3Ab%2Cc");
    }
}
