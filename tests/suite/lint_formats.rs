//! The formats of findings, each read by a parser of its own or held against its schema.

use std::collections::BTreeSet;

use netpol_tests::toolchain::source_of;
use serde_json::{Value, json};

use crate::program::{Folder, Outcome, Run};

/// Findings of every severity, a suppressed one, a further place in another file, and texts that formats must escape.
fn folder() -> Folder {
    let policy =
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web, namespace: shop}\n";
    let suppressed = "  polcyTypes: [] # netpol: ignore[unknown-field] a <reason> & \"more\"\n";
    let fires = std::fs::read_to_string("../fixtures/lint/policy-selects-nothing/fires.yaml").unwrap();
    Folder::with(&[
        ("a, b.yaml", &format!("{policy}spec:\n  podSelector: {{}}\n  \"<a>&%\": 1\n{suppressed}")),
        ("selects.yaml", &fires),
        ("again.yaml", &format!("{policy}spec: {{podSelector: {{}}}}\n")),
    ])
}

fn lint(format: &str) -> Outcome {
    let outcome = folder().netpol(&format!("lint -o {format}"));
    assert_eq!(outcome.code, 1, "{outcome:?}");
    outcome
}

/// The findings of the JSON report, which the other formats are held against.
fn findings() -> Vec<Value> {
    lint("json").json()["diagnostics"].as_array().unwrap().clone()
}

fn assert_valid(schema: &Value, value: &Value) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn there_are_findings_of_every_severity() {
    let severities: BTreeSet<String> =
        findings().iter().map(|finding| finding["severity"].as_str().unwrap().to_owned()).collect();
    assert_eq!(severities.len(), 3);
}

#[test]
fn json_validates_against_its_schema() {
    let schema = |kind: &str| Run::small().netpol(&format!("schema {kind}")).json();
    assert_valid(&schema("diagnostics"), &lint("json").json());
    let line = schema("diagnostic");
    let lines = lint("jsonl").json_lines();
    assert_eq!(lines, findings());
    for value in &lines {
        assert_valid(&line, value);
    }
    assert_valid(&schema("rules"), &Run::small().netpol("rules -o json").json());
}

#[test]
fn sarif_is_a_log_of_version_2_1_0() {
    let log = lint("sarif").json();
    assert_valid(&sarif_schema(), &log);
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), findings().len() + 1, "suppressed findings are kept");
    let suppressed: Vec<&Value> = results.iter().filter(|it| it.get("suppressions").is_some()).collect();
    assert_eq!(suppressed[0]["suppressions"][0]["justification"], "a <reason> & \"more\"");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    let prints: BTreeSet<&str> =
        results.iter().map(|it| it["partialFingerprints"]["netpol/v1"].as_str().unwrap()).collect();
    assert_eq!(prints.len(), results.len(), "fingerprints are distinct");
    let empty = Folder::with(&[("a.yaml", "a: b\n")]).netpol("lint -o sarif --allow-empty").json();
    assert_eq!(empty["runs"][0]["results"], json!([]));
}

/// The schema of the standard, which the crate `serde-sarif` carries.
fn sarif_schema() -> Value {
    let file = source_of("serde-sarif").join("src/schema.json");
    let mut schema: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    // The standard's expression for languages has a bracket too many and is none; netpol names no language.
    for part in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][part]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern");
    }
    schema
}

#[test]
fn gitlab_gets_what_its_code_quality_report_asks_for() {
    let schema = json!({"type": "array", "items": {"type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {"description": {"type": "string"}, "check_name": {"type": "string"},
            "fingerprint": {"type": "string"}, "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {"type": "object", "required": ["path", "lines"], "properties": {"path": {"type": "string"},
                "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer"}}}}}}}});
    let report = lint("gitlab").json();
    assert_valid(&schema, &report);
    let issues = report.as_array().unwrap();
    let prints: BTreeSet<&str> = issues.iter().map(|it| it["fingerprint"].as_str().unwrap()).collect();
    assert_eq!((issues.len(), prints.len()), (findings().len(), findings().len()));
}

#[test]
fn reviewdog_gets_what_its_diagnostic_format_asks_for() {
    let position = json!({"type": "object", "required": ["line"], "properties": {
        "line": {"type": "integer", "minimum": 1}, "column": {"type": "integer", "minimum": 1}}});
    let range =
        json!({"type": "object", "required": ["start"], "properties": {"start": position, "end": position}});
    let schema = json!({"type": "object", "required": ["source", "diagnostics"], "properties": {
        "source": {"type": "object", "required": ["name"]},
        "diagnostics": {"type": "array", "items": {"type": "object", "required": ["message", "location"],
            "properties": {"message": {"type": "string"}, "severity": {"enum": ["ERROR", "WARNING", "INFO"]},
                "code": {"type": "object", "required": ["value"]}, "suggestions": {"type": "array"},
                "relatedLocations": {"type": "array", "items": {"type": "object", "required": ["message", "location"]}},
                "location": {"type": "object", "required": ["path"], "properties": {"path": {"type": "string"},
                    "range": range}}},
            "additionalProperties": false}}}});
    let report = lint("rdjson").json();
    assert_valid(&schema, &report);
    assert_eq!(report["diagnostics"].as_array().unwrap().len(), findings().len());
}

#[test]
fn junit_is_xml_with_a_case_for_each_finding() {
    let text = lint("junit").stdout;
    let document = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    let named = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count();
    let errors = findings().iter().filter(|finding| finding["severity"] == "error").count();
    assert_eq!((named("testsuite"), named("testcase")), (3, findings().len()));
    assert_eq!(named("failure"), errors);
    assert_eq!(root.attribute("failures"), Some(errors.to_string().as_str()));
    assert_eq!(root.attribute("tests"), Some(findings().len().to_string().as_str()));
    assert!(text.contains("&lt;a&gt;&amp;%"), "{text}");
}

#[test]
fn github_gets_a_command_for_each_finding_and_a_summary() {
    let folder = folder();
    let run = Run::at(folder.path()).variable("GITHUB_STEP_SUMMARY", "summary.md");
    let outcome = run.netpol("lint -o github");
    assert_eq!(outcome.stdout.lines().count(), findings().len());
    for line in outcome.stdout.lines() {
        let (command, properties) = line.strip_prefix("::").unwrap().split_once(' ').unwrap();
        assert!(["error", "warning", "notice"].contains(&command), "{line}");
        let (properties, message) = properties.split_once("::").unwrap();
        let keys: Vec<&str> = properties.split(',').map(|it| it.split_once('=').unwrap().0).collect();
        assert!(keys.starts_with(&["file", "line", "endLine"]) && !message.is_empty(), "{line}");
    }
    assert!(outcome.stdout.contains("::error file=a%2C b.yaml,line=6,"), "{}", outcome.stdout);
    let summary = std::fs::read_to_string(folder.path().join("summary.md")).unwrap();
    assert_eq!(summary, lint("md").stdout);
    run.netpol("lint -o concise");
    assert_eq!(std::fs::read_to_string(folder.path().join("summary.md")).unwrap(), summary);
}

#[test]
fn markdown_is_a_table_where_nothing_of_the_input_is_markup() {
    let text = lint("md").stdout;
    let rows = text.lines().filter(|line| line.starts_with("| ")).count();
    assert_eq!(rows, findings().len() + 2);
    assert!(!text.contains("<a>"), "{text}");
}

#[test]
fn concise_has_one_line_for_each_finding() {
    let text = lint("concise").stdout;
    assert_eq!(text.lines().count(), findings().len());
    assert!(text.starts_with("a, b.yaml:6:3: error[unknown-field]: "), "{text}");
}

#[test]
fn several_formats_come_from_one_run() {
    let folder = folder();
    let outcome = folder.netpol("lint -o full -o sarif=netpol.sarif -o junit=netpol.xml");
    assert!(outcome.stdout.contains("╭─["), "{outcome:?}");
    let sarif = std::fs::read_to_string(folder.path().join("netpol.sarif")).unwrap();
    assert_eq!(sarif, lint("sarif").stdout);
    assert!(folder.path().join("netpol.xml").exists());
    assert_eq!(folder.netpol("lint -o full -o json").code, 2);
}

#[test]
fn links_to_pages_are_for_terminals() {
    let folder = folder();
    assert!(!folder.netpol("lint").stdout.contains('\u{1b}'));
    let shown = Run::at(folder.path()).on_a_terminal().netpol("lint").stdout;
    assert!(shown.contains("docs/rules/unknown-field.md\u{1b}\\"), "{shown}");
    assert!(!Run::at(folder.path()).on_a_terminal().netpol("lint --color never").stdout.contains('\u{1b}'));
}
