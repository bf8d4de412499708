//! Findings with the lines that they are about.

use netpol_core::lint::page::url;
use netpol_core::lint::rule_named;

use super::Findings;
use crate::render::diagnostic::painted;

/// Each finding with its snippet, and a blank line behind it. The rule's name links to its page.
pub(super) fn full(findings: &Findings<'_>) -> String {
    let mut text = String::new();
    for diagnostic in &findings.report.findings {
        let name = diagnostic.rule.0;
        let shown = painted(diagnostic, findings.files);
        let linked =
            rule_named(name).map(|rule| format!("[\u{1b}]8;;{}\u{1b}\\{name}\u{1b}]8;;\u{1b}\\]", url(rule)));
        match linked {
            Some(linked) => text.push_str(&shown.replacen(&format!("[{name}]"), &linked, 1)),
            None => text.push_str(&shown),
        }
        text.push('\n');
    }
    text
}
