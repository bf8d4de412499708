//! What a running API server said of manifests, against what `netpol lint -o json` says of them.

use std::path::Path;

use netpol_cli::{Io, Terminal};
use netpol_tests::corpus;
use serde_json::Value;

use crate::recorded::{Said, agree, cluster_policies, differences, network_policies};

/// The findings of `netpol lint` on a text.
fn lint(text: &str) -> Vec<Value> {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut stdin = text.as_bytes();
    let mut io = Io {
        stdin: &mut stdin,
        stdout: &mut stdout,
        stderr: &mut stderr,
        environment: &|_| None,
        directory: Path::new(".").to_owned(),
        terminal: Terminal::default(),
    };
    let code = netpol_cli::run("netpol lint - --isolated -o json".split(' '), &mut io).code();
    let report: Value = serde_json::from_slice(&stdout).expect("the report is JSON");
    let findings = report["diagnostics"].as_array().expect("it lists findings").clone();
    let has_errors = findings.iter().any(|finding| finding["severity"] == "error");
    assert_eq!(code == 1, has_errors, "the code says whether there are errors: {text}");
    findings
}

fn is_error(finding: &Value) -> bool {
    finding["severity"] == "error" && (finding["category"] == "input" || finding["category"] == "api")
}

fn said(findings: &[Value]) -> Said {
    let mut said = Said { errors: findings.iter().filter(|it| is_error(it)).count(), ..Said::default() };
    for api in findings.iter().map(|finding| &finding["api"]).filter(|api| !api.is_null()) {
        let [field, message] = ["field", "message"].map(|name| api[name].as_str().unwrap().to_owned());
        match message.as_str() {
            "unknown field" => said.unknown.push(field),
            words if words.starts_with("cannot unmarshal") => said.types.push((field, message)),
            words if words.starts_with("no matches for kind") => {}
            _ => said.faults.push(format!("{field}: {message}")),
        }
    }
    said
}

#[test]
fn lint_says_of_recorded_manifests_what_the_api_server_said() {
    let Some(folder) = corpus::folder() else { return };
    let differing = |case: &Value| differences(said(&lint(case["yaml"].as_str().unwrap())), case);
    agree("lint of validation/recorded-network-policy", &network_policies(&folder), differing);
    agree("lint of validation/recorded-cluster-policies", &cluster_policies(&folder), differing);
}

#[test]
fn lint_reports_the_errors_of_kubernetes_own_validation_tests() {
    let Some(folder) = corpus::folder() else { return };
    let text = std::fs::read_to_string(folder.join("validation/network-policy.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
    for case in &cases {
        let findings = lint(&case["manifest"].to_string());
        let mut errors = said(&findings).faults;
        let expected = case["expected_errors"].as_array().unwrap();
        let mut expected: Vec<String> =
            expected.iter().map(|error| error.as_str().unwrap().to_owned()).collect();
        errors.sort_unstable();
        expected.sort_unstable();
        assert_eq!(errors, expected, "{}", case["name"]);
        assert_eq!(findings.iter().filter(|it| is_error(it)).count(), expected.len(), "{}", case["name"]);
    }
    corpus::say(&format!("lint of validation/network-policy: {0} of {0} agree", cases.len()));
}

#[test]
fn every_refusal_has_advice() {
    let Some(folder) = corpus::folder() else { return };
    let mut cases = corpus::lines(&network_policies(&folder));
    cases.extend(corpus::lines(&cluster_policies(&folder)));
    let mut silent: Vec<String> = Vec::new();
    for case in &cases {
        let findings = lint(case["yaml"].as_str().unwrap());
        let without = findings.iter().filter(|it| is_error(it) && it["help"].is_null());
        silent.extend(without.map(|finding| format!("{}: {}", finding["rule"], finding["message"])));
    }
    silent.sort();
    silent.dedup();
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}
