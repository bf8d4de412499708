//! What a running API server said of manifests, and how what netpol says differs from it.

use std::path::{Path, PathBuf};

use netpol_tests::corpus;
use serde_json::Value;

/// Cases where netpol says something else than the server, and why.
const DIFFERENCES: [(&str, &str); 1] =
    [("00579 text.helm-if", "a template that was not rendered is left out with a warning, never an error")];

/// What netpol says of one manifest.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// How many errors of category input or api.
    pub(crate) errors: usize,
    /// The paths of unknown fields.
    pub(crate) unknown: Vec<String>,
    /// Paths and words of wrong types.
    pub(crate) types: Vec<(String, String)>,
    /// Errors of validation, as `field: message`.
    pub(crate) faults: Vec<String>,
}

/// What differs between netpol's words and the server's; nothing when they agree.
pub(crate) fn differences(said: Said, case: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    if (said.errors == 0) != case["accepted"].as_bool().unwrap() {
        let (accepted, message) = (&case["accepted"], &case["message"]);
        differences.push(format!("{} errors, accepted: {accepted}: {message}", said.errors));
    }
    match case.get("type_error") {
        Some(expected) => differences.extend(type_difference(&said, expected)),
        None => differences.extend(field_differences(said, case)),
    }
    differences
}

/// The recorded manifests of `NetworkPolicy`.
pub(crate) fn network_policies(folder: &Path) -> PathBuf {
    folder.join("validation/recorded-network-policy.jsonl")
}

/// The recorded manifests of the policies for administrators.
pub(crate) fn cluster_policies(folder: &Path) -> PathBuf {
    folder.join("validation/recorded-cluster-policies.jsonl")
}

/// Counts the recorded cases of a file that agree; fails with those that differ without a reason, or agree in spite of one.
pub(crate) fn agree(what: &str, file: &Path, differences: impl Fn(&Value) -> Vec<String>) {
    let cases = corpus::lines(file);
    let mut surprises = Vec::new();
    let (mut agreed, mut excused) = (0, 0);
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let differences = differences(case);
        match (differences.is_empty(), DIFFERENCES.iter().any(|(excused, _)| *excused == name)) {
            (true, false) => agreed += 1,
            (false, true) => excused += 1,
            (true, true) => surprises.push(format!("{name}: agrees by now; take it off the list")),
            (false, false) => surprises.push(format!("{name}: {}", differences.join("\n"))),
        }
    }
    corpus::say(&format!("{what}: {agreed} of {} agree, {excused} differ for a reason", cases.len()));
    assert!(surprises.is_empty(), "{} differ:\n{}", surprises.len(), surprises.join("\n\n"));
    assert!(excused * 500 <= cases.len(), "at most 0.2 % differ");
}

/// The server stops at the first wrong type; netpol goes on, but must say that one.
fn type_difference(said: &Said, expected: &Value) -> Option<String> {
    let text = |name: &str| expected[name].as_str().unwrap();
    let start = format!("cannot unmarshal {}", text("got"));
    let end = format!("of type {}", text("want"));
    let has = |(field, message): &(String, String)| {
        field == text("path") && message.starts_with(&start) && message.ends_with(&end)
    };
    (!said.types.iter().any(has))
        .then(|| format!("type error\n  netpol {:?}\n  server {expected}", said.types))
}

fn field_differences(said: Said, case: &Value) -> Vec<String> {
    let sorted = |mut list: Vec<String>| {
        list.sort_unstable();
        list
    };
    let listed = |name: &str, text: fn(&Value) -> String| {
        sorted(case[name].as_array().into_iter().flatten().map(text).collect())
    };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let pair = |value: &Value| {
        format!("{}: {}", value["field"].as_str().unwrap(), value["message"].as_str().unwrap())
    };
    let said = [
        ("unknown fields", sorted(said.unknown), listed("unknown_fields", text)),
        ("errors", sorted(said.faults), listed("errors", pair)),
    ];
    let differing = said.into_iter().filter(|(_, netpol, server)| netpol != server);
    differing
        .map(|(what, netpol, server)| format!("{what}\n  netpol {netpol:?}\n  server {server:?}"))
        .collect()
}
