//! One finding a line.

use std::fmt::Write as _;

use super::{Findings, lines};

/// `a.yaml:9:3: error[rule]: message`.
pub(super) fn concise(findings: &Findings<'_>) -> String {
    let mut text = String::new();
    for finding in &findings.wire.diagnostics {
        let (place, severity, rule) = (lines::place(finding), finding.severity.name(), finding.rule);
        let also = lines::also(finding).map_or_else(String::new, |places| format!(" (also at {places})"));
        let _ = writeln!(text, "{place}: {severity}[{rule}]: {}{also}", finding.message);
    }
    text
}
