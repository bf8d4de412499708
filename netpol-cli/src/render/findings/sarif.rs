//! [SARIF 2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).

use std::fmt::Write as _;

use netpol_core::lint::page::{page, url};
use netpol_core::lint::{Level, RULES, Rule};
use netpol_core::report::v1::Finding;
use netpol_core::report::v1::diagnostics::{FixField, Place, SeverityField, Suppression, SuppressionKind};
use serde_json::{Value, json};

use super::{Findings, lines};
use crate::render::Format;
use crate::render::serialized::serialized;

/// A log of one run.
pub(super) fn sarif(findings: &Findings<'_>) -> String {
    let all = findings.wire.diagnostics.iter().chain(&findings.wire.suppressed);
    let results: Vec<Value> = all.map(result).collect();
    let driver = json!({
        "name": "netpol",
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "informationUri": env!("CARGO_PKG_REPOSITORY"),
        "rules": RULES.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
    });
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": driver},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {"SRCROOT": {"description": {"text": "the folder that netpol ran in"}}},
            "invocations": [{"executionSuccessful": true}],
            "results": results,
        }],
    });
    serialized(&log, Format::Json)
}

fn descriptor(rule: &Rule) -> Value {
    let level = match rule.natural_level() {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
        Level::Off => "none",
    };
    json!({
        "id": rule.name.0,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": page(rule), "markdown": page(rule)},
        "helpUri": url(rule),
        "defaultConfiguration": {"level": level},
        "properties": {"tags": [rule.category.name(), "kubernetes", "network-policy"]},
    })
}

fn result(finding: &Finding<'_>) -> Value {
    let level = match finding.severity {
        SeverityField::Error => "error",
        SeverityField::Warning => "warning",
        SeverityField::Info => "note",
    };
    let mut location = json!({"physicalLocation": physical(&finding.place)});
    if let Some(object) = &finding.object {
        let namespace = object.namespace.map(|namespace| format!("{namespace}/")).unwrap_or_default();
        let name = format!("{} {namespace}{}", object.kind, object.name);
        location["logicalLocations"] = json!([{"fullyQualifiedName": name, "kind": "resource"}]);
    }
    let related = finding.labels.iter().enumerate();
    let related: Vec<Value> = related
        .map(|(id, label)| {
            json!({"id": id, "physicalLocation": physical(&label.place), "message": {"text": label.message}})
        })
        .collect();
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level,
        "message": {"text": lines::message(finding)},
        "locations": [location],
        "partialFingerprints": {"netpol/v1": finding.fingerprint},
    });
    if let Ok(index) = RULES.binary_search_by(|rule| rule.name.0.cmp(finding.rule)) {
        result["ruleIndex"] = json!(index);
    }
    if !related.is_empty() {
        result["relatedLocations"] = json!(related);
    }
    if let Some(suppression) = &finding.suppression {
        result["suppressions"] = json!([suppressed(suppression)]);
    }
    if let Some(fix) = &finding.fix {
        result["fixes"] = json!([fixed(fix)]);
    }
    result
}

fn physical(place: &Place<'_>) -> Value {
    let region = json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    });
    json!({"artifactLocation": artifact(place.file), "region": region})
}

/// A file; its name is relative to the folder of the run, unless it begins at the root.
fn artifact(file: &str) -> Value {
    match file.strip_prefix('/') {
        Some(below_root) => json!({"uri": format!("file:///{}", encoded(below_root))}),
        None => json!({"uri": encoded(file), "uriBaseId": "SRCROOT"}),
    }
}

fn suppressed(suppression: &Suppression<'_>) -> Value {
    let kind = match suppression.kind {
        SuppressionKind::InSource => "inSource",
        SuppressionKind::Configured | SuppressionKind::Baseline => "external",
    };
    json!({"kind": kind, "justification": suppression.reason})
}

fn fixed(fix: &FixField<'_>) -> Value {
    let changes: Vec<Value> = fix
        .edits
        .iter()
        .map(|edit| {
            let region = json!({"byteOffset": edit.start, "byteLength": edit.end - edit.start});
            let replacement = json!({"deletedRegion": region, "insertedContent": {"text": edit.text}});
            json!({"artifactLocation": artifact(edit.file), "replacements": [replacement]})
        })
        .collect();
    json!({"description": {"text": fix.message}, "artifactChanges": changes})
}

/// A path as part of a URI.
fn encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_relative_to_the_run_unless_it_begins_at_the_root() {
        assert_eq!(artifact("a b/ü.yaml"), json!({"uri": "a%20b/%C3%BC.yaml", "uriBaseId": "SRCROOT"}));
        assert_eq!(artifact("/tmp/a.yaml"), json!({"uri": "file:///tmp/a.yaml"}));
    }
}
