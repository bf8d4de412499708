//! Findings as a table for a pull request or a job's summary.

use std::fmt::Write as _;

use netpol_core::lint::page::url;
use netpol_core::lint::rule_named;

use super::{Findings, lines};
use crate::render::tabular::{escaped, worded};

/// A headline with the counts, and a table.
pub(super) fn markdown(findings: &Findings<'_>) -> String {
    let mut text = format!("### netpol lint: {}\n", lines::summary(&findings.wire.counts));
    if findings.wire.diagnostics.is_empty() {
        return text;
    }
    text.push_str("\n| Severity | Place | Rule | Finding |\n| --- | --- | --- | --- |\n");
    for finding in &findings.wire.diagnostics {
        let rule = match rule_named(finding.rule) {
            Some(rule) => format!("[{}]({})", finding.rule, url(rule)),
            None => finding.rule.to_owned(),
        };
        let place = escaped(&format!("{}:{}", finding.place.file, finding.place.line));
        let help = finding.help.map(|help| format!("<br>help: {}", worded(help))).unwrap_or_default();
        let also = lines::also(finding);
        let also = also.map_or_else(String::new, |places| format!("<br>also at {}", escaped(&places)));
        let message = worded(finding.message) + &also;
        let _ = writeln!(text, "| {} | {place} | {rule} | {message}{help} |", finding.severity.name());
    }
    text
}
