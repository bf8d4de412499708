//! The [code quality report](https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format) of GitLab.

use netpol_core::report::v1::Finding;
use netpol_core::report::v1::diagnostics::SeverityField;
use serde_json::{Value, json};

use super::{Findings, lines};
use crate::render::Format;
use crate::render::serialized::serialized;

/// A list of issues.
pub(super) fn gitlab(findings: &Findings<'_>) -> String {
    let issues: Vec<Value> = findings.wire.diagnostics.iter().map(issue).collect();
    serialized(&issues, Format::Json)
}

fn issue(finding: &Finding<'_>) -> Value {
    let severity = match finding.severity {
        SeverityField::Error => "major",
        SeverityField::Warning => "minor",
        SeverityField::Info => "info",
    };
    json!({
        "type": "issue",
        "check_name": finding.rule,
        "description": lines::message(finding),
        "severity": severity,
        "fingerprint": finding.fingerprint,
        "location": {
            "path": finding.place.file,
            "lines": {"begin": finding.place.line, "end": finding.place.end_line},
        },
    })
}
