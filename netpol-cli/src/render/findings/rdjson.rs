//! The [diagnostic format](https://github.com/reviewdog/reviewdog/tree/master/proto/rdf) of reviewdog.

use netpol_core::diagnostic::{Diagnostic, Severity};
use netpol_core::lint::page::url;
use netpol_core::lint::rule_named;
use netpol_core::text::{FileSet, Span};
use serde_json::{Value, json};

use super::Findings;
use crate::render::Format;
use crate::render::serialized::serialized;

/// A diagnostic result. Its columns count bytes.
pub(super) fn rdjson(findings: &Findings<'_>) -> String {
    let diagnostics: Vec<Value> =
        findings.report.findings.iter().map(|found| diagnostic(found, findings.files)).collect();
    let source = json!({"name": "netpol", "url": env!("CARGO_PKG_REPOSITORY")});
    serialized(&json!({"source": source, "diagnostics": diagnostics}), Format::Json)
}

fn diagnostic(found: &Diagnostic, files: &FileSet) -> Value {
    let severity = match found.severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Info => "INFO",
    };
    let message = match &found.help {
        Some(help) => format!("{}\nhelp: {help}", found.message),
        None => found.message.clone(),
    };
    let mut code = json!({"value": found.rule.0});
    if let Some(rule) = rule_named(found.rule.0) {
        code["url"] = json!(url(rule));
    }
    let mut value = json!({
        "message": message,
        "location": location(found.primary.span, files),
        "severity": severity,
        "code": code,
    });
    let related: Vec<Value> = found
        .related
        .iter()
        .map(|label| json!({"message": label.message, "location": location(label.span, files)}))
        .collect();
    if !related.is_empty() {
        value["relatedLocations"] = json!(related);
    }
    // A suggestion replaces one range, so a fix of several edits is none.
    if let Some([edit]) = found.fix.as_ref().map(|fix| fix.edits.as_slice())
        && edit.span.file == found.primary.span.file
    {
        value["suggestions"] = json!([{"range": range(edit.span, files), "text": edit.text}]);
    }
    value
}

fn location(span: Span, files: &FileSet) -> Value {
    let path = files.get(span.file).map_or("", |file| file.name());
    json!({"path": path, "range": range(span, files)})
}

fn range(span: Span, files: &FileSet) -> Value {
    json!({"start": position(span.start, span, files), "end": position(span.end, span, files)})
}

fn position(offset: u32, span: Span, files: &FileSet) -> Value {
    let Some(file) = files.get(span.file) else { return json!({"line": 1, "column": 1}) };
    let column = offset.saturating_sub(file.line_start(offset)) + 1;
    json!({"line": file.line_column(offset).line, "column": column})
}
