//! Test results in the XML that `JUnit` made common: a suite for each file, a case for each finding.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use netpol_core::diagnostic::Severity;
use netpol_core::report::v1::Finding;
use netpol_core::report::v1::diagnostics::SeverityField;

use super::{Findings, lines};

/// What fails the run is a failure, the rest is output of a case that passed. A file without findings is one case.
pub(super) fn junit(findings: &Findings<'_>) -> String {
    let all = &findings.wire.diagnostics;
    let mut of_files: BTreeMap<&str, Vec<&Finding<'_>>> = BTreeMap::new();
    for finding in all {
        of_files.entry(finding.place.file).or_default().push(finding);
    }
    let names = findings.files.iter().map(|(_, file)| file.name());
    let suites: Vec<(&str, Vec<&Finding<'_>>)> =
        names.map(|name| (name, of_files.remove(name).unwrap_or_default())).collect();
    let tests: usize = suites.iter().map(|(_, cases)| cases.len().max(1)).sum();
    let failures = all.iter().filter(|finding| is_failure(findings, finding)).count();
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        text,
        "<testsuites name=\"netpol lint\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">"
    );
    for (file, cases) in suites {
        suite(&mut text, findings, (file, &cases));
    }
    text.push_str("</testsuites>\n");
    text
}

fn suite(text: &mut String, findings: &Findings<'_>, (file, cases): (&str, &[&Finding<'_>])) {
    let (tests, name) = (cases.len().max(1), escaped(file));
    let failures = cases.iter().filter(|finding| is_failure(findings, finding)).count();
    let _ = writeln!(
        text,
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">"
    );
    if cases.is_empty() {
        let _ = writeln!(text, "    <testcase name=\"no findings\" classname=\"{name}\"/>");
    }
    for finding in cases {
        case(text, findings, (&name, finding));
    }
    text.push_str("  </testsuite>\n");
}

fn case(text: &mut String, findings: &Findings<'_>, (file, finding): (&str, &Finding<'_>)) {
    let (rule, line) = (finding.rule, finding.place.line);
    let place = escaped(&lines::place(finding));
    let words = escaped(&lines::message(finding));
    let _ = writeln!(text, "    <testcase name=\"{rule} at line {line}\" classname=\"{file}\">");
    if is_failure(findings, finding) {
        let (severity, message) = (finding.severity.name(), escaped(finding.message));
        let _ = writeln!(
            text,
            "      <failure type=\"{severity}\" message=\"{message}\">{place}\n{words}</failure>"
        );
    } else {
        let _ = writeln!(text, "      <system-out>{place}\n{words}</system-out>");
    }
    text.push_str("    </testcase>\n");
}

fn is_failure(findings: &Findings<'_>, finding: &Finding<'_>) -> bool {
    let severity = match finding.severity {
        SeverityField::Error => Severity::Error,
        SeverityField::Warning => Severity::Warning,
        SeverityField::Info => Severity::Info,
    };
    findings.least.is_some_and(|least| severity >= least)
}

/// A text that XML takes, in content and in attributes. XML has no way to write most control characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(letter),
            '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            letter if letter.is_control() => escaped.push(char::REPLACEMENT_CHARACTER),
            letter => escaped.push(letter),
        }
    }
    escaped
}
