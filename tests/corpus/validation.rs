//! What a running API server said of manifests, against what netpol says of them.

use netpol_core::diagnostic::rule::{AMBIGUOUS_CIDR, INVALID_FIELD, UNKNOWN_FIELD, WRONG_TYPE};
use netpol_core::diagnostic::{Api, Category, Diagnostic, RuleName, Severity};
use netpol_core::dialect::network_policy::NetworkPolicy;
use netpol_core::dialect::{Profile, Resource, claim};
use netpol_core::manifest::{Manifests, ReadOptions, read};
use netpol_core::text::{FileSet, SourceFile};
use netpol_tests::{corpus, stored};
use serde_json::{Value, json};

use crate::recorded::{Said, agree, differences, network_policies};

fn manifests(name: &str, text: &str) -> Manifests<Resource> {
    let mut files = FileSet::new();
    files.add(SourceFile::named(name, text)).unwrap();
    let options = ReadOptions::default();
    let profile = Profile::kubernetes();
    read(&files, &options, |raw, diagnostics| claim(raw, &options, &profile, diagnostics))
}

fn policy(manifests: &Manifests<Resource>) -> Option<&NetworkPolicy> {
    manifests.policies.iter().find_map(|resource| match resource {
        Resource::NetworkPolicy(policy) => Some(policy.as_ref()),
        Resource::ClusterPolicy(_) | Resource::Unevaluated(_) => None,
    })
}

fn is_error(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Error && matches!(diagnostic.category, Category::Input | Category::Api)
}

fn api(diagnostics: &[Diagnostic], rule: RuleName) -> impl Iterator<Item = &Api> {
    diagnostics.iter().filter(move |found| found.rule == rule).filter_map(|found| found.api.as_ref())
}

/// What differs between netpol's reading of a recorded manifest and the server's; nothing when they agree.
fn differing(case: &Value) -> Vec<String> {
    let manifests = manifests("f.yaml", case["yaml"].as_str().unwrap());
    let mut differences = differences(said(&manifests.diagnostics), case);
    if let Some(expected) = case.get("stored_spec") {
        match policy(&manifests).map(stored::spec) {
            Some(spec) if spec == *expected => {}
            spec => differences.push(format!("spec\n  netpol {}\n  server {expected}", json!(spec))),
        }
    }
    differences
}

fn said(found: &[Diagnostic]) -> Said {
    let faults = [INVALID_FIELD, AMBIGUOUS_CIDR].into_iter().flat_map(|rule| api(found, rule));
    Said {
        errors: found.iter().filter(|found| is_error(found)).count(),
        unknown: api(found, UNKNOWN_FIELD).map(|api| api.field.clone()).collect(),
        types: api(found, WRONG_TYPE).map(|api| (api.field.clone(), api.message.clone())).collect(),
        faults: faults.map(|api| format!("{}: {}", api.field, api.message)).collect(),
    }
}

#[test]
fn netpol_says_of_recorded_manifests_what_the_api_server_said() {
    let Some(folder) = corpus::folder() else { return };
    agree("validation/recorded-network-policy", &network_policies(&folder), differing);
}

#[test]
fn netpol_reports_the_errors_of_kubernetes_own_validation_tests() {
    let Some(folder) = corpus::folder() else { return };
    let text = std::fs::read_to_string(folder.join("validation/network-policy.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
    let mut surprises = Vec::new();
    for case in &cases {
        let manifests = manifests("f.json", &case["manifest"].to_string());
        let mut said: Vec<String> =
            manifests.diagnostics.iter().filter(|found| is_error(found)).map(headline).collect();
        let expected = case["expected_errors"].as_array().unwrap();
        let mut expected: Vec<String> =
            expected.iter().map(|error| error.as_str().unwrap().to_owned()).collect();
        said.sort_unstable();
        expected.sort_unstable();
        if said != expected {
            surprises.push(format!("{}\n  netpol {said:?}\n  server {expected:?}", case["name"]));
        }
    }
    let agreed = cases.len() - surprises.len();
    corpus::say(&format!("validation/network-policy: {agreed} of {} agree", cases.len()));
    assert!(surprises.is_empty(), "{}", surprises.join("\n\n"));
}

fn headline(diagnostic: &Diagnostic) -> String {
    let api = diagnostic.api.as_ref();
    api.map_or_else(|| diagnostic.message.clone(), |api| format!("{}: {}", api.field, api.message))
}

#[test]
fn netpol_fills_in_what_the_api_server_fills_in() {
    let Some(folder) = corpus::folder() else { return };
    let text = std::fs::read_to_string(folder.join("validation/defaulting.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
    for case in &cases {
        let manifest = json!({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
            "metadata": {"name": "a"}, "spec": case["spec"]});
        let manifests = manifests("f.json", &manifest.to_string());
        let spec = stored::spec(policy(&manifests).unwrap());
        let mut expected = case["expected_spec"].clone();
        // The server stores no empty list.
        expected.as_object_mut().unwrap().retain(|_, value| *value != json!([]));
        assert_eq!(spec, expected, "{}", case["name"]);
    }
    corpus::say(&format!("validation/defaulting: {0} of {0} agree", cases.len()));
}
