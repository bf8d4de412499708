//! One finding a line.

use std::fmt::Write as _;

use super::{Findings, lines};

/// `a.yaml:9:3: error[rule]: message`.
pub(super) fn concise(findings: &Findings<'_>) -> String {
    let mut text = String::new();
    for finding in &findings.wire.diagnostics {
        let (place, severity, rule) = (lines::place(finding), finding.severity.name(), finding.rule);
        let _ = writeln!(text, "{place}: {severity}[{rule}]: {}", finding.message);
    }
    text
}
