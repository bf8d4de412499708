//! What lint says of policies as people paste them, alone: the mistake of each is named, and those that are right are
//! left in peace.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::program::Run;

/// The findings that each may have, as `severity rule`, in the order of the text.
const PASTES: &[(&str, &[&str])] = &[
    ("01-egress-without-dns", &["warning egress-without-dns"]),
    ("02-dns-over-tcp", &["info dns-policy-isolates", "warning dns-single-protocol"]),
    ("03-namespace-and-pods-as-two-items", &["warning split-peer"]),
    ("04-ports-as-their-own-rule", &["warning split-rule"]),
    ("05-label-name-of-a-namespace", &["info legacy-namespace-label"]),
    ("06-legacy-label-for-dns", &["warning legacy-namespace-label"]),
    ("07-coredns-label", &["warning dns-peer-mistaken"]),
    ("08-kube-dns-in-the-own-namespace", &["warning dns-peer-mistaken"]),
    ("09-egress-rules-without-policy-types", &["warning implicit-ingress-isolation"]),
    ("10-empty-egress-without-policy-types", &["warning egress-list-without-effect"]),
    ("11-rules-of-a-direction-that-is-not-listed", &["warning rule-without-direction"]),
    ("12-deny-all-with-an-empty-rule", &["warning empty-rule-allows-all"]),
    ("13-deny-egress-to-every-pod", &["warning denied-in-name-only"]),
    ("14-empty-from", &["warning empty-rule-allows-all"]),
    ("15-external-by-namespace-selector", &["warning outside-by-selector"]),
    ("16-api-server-by-selector", &["warning api-server-by-selector"]),
    ("17-exception-given-back", &["warning except-given-back"]),
    ("18-metadata-service", &["info metadata-address-reachable"]),
    ("19-wide-peer-beside-a-narrow-one", &["warning peer-within-another"]),
    ("20-namespace-and-pods-with-all-namespaces", &["warning peer-within-another"]),
    ("21-chart-in-the-selector", &["warning changing-label-selected"]),
    ("22-pod-template-hash", &["warning changing-label-selected"]),
    ("23-replies", &["warning egress-without-dns", "warning reply-traffic-allowed"]),
    ("24-egress-listed-by-accident", &["info egress-listed-without-rules"]),
    ("25-protocol-in-lower-case", &["error invalid-field"]),
    ("26-port-range-as-text", &["error invalid-field"]),
    ("27-address-without-prefix", &["error invalid-field"]),
    ("28-selector-in-the-rule", &["error wrong-type"]),
    ("29-ports-within-a-peer", &["error unknown-field"]),
    ("30-allow-dns-alone", &["info dns-policy-isolates"]),
    ("50-right-default-deny", &[]),
    ("51-right-ingress-for-one-app", &[]),
    ("52-right-egress-with-dns", &[]),
    ("53-right-internet-with-exceptions", &[]),
    ("54-right-same-namespace", &[]),
    ("55-right-deny-other-namespaces", &[]),
    ("56-right-open-to-all", &[]),
    ("57-right-example-of-the-documentation", &[]),
    ("58-right-database-closed", &[]),
    ("59-right-two-namespaces", &[]),
    ("60-right-by-address", &[]),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/pastes")
}

fn findings(name: &str) -> Vec<String> {
    let outcome = Run::at(&folder()).netpol(&format!("lint {name}.yaml -o json"));
    let report: Value = serde_json::from_str(&outcome.stdout).expect("the report is JSON");
    let all = report["diagnostics"].as_array().expect("it lists findings");
    let brief = |it: &Value| format!("{} {}", it["severity"].as_str().unwrap(), it["rule"].as_str().unwrap());
    all.iter().map(brief).collect()
}

#[test]
fn a_pasted_policy_is_told_its_mistake_and_nothing_else() {
    let differing: Vec<String> = PASTES
        .iter()
        .filter_map(|(name, expected)| {
            let found = findings(name);
            (found != *expected).then(|| format!("{name}: expected {expected:?}, found {found:?}"))
        })
        .collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn every_paste_has_a_row() {
    let entries = folder().read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.collect();
    names.sort();
    let rows: Vec<String> = PASTES.iter().map(|(name, _)| format!("{name}.yaml")).collect();
    assert_eq!(names, rows);
}
