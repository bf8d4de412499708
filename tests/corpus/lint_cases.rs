//! Manifests on which lint was false, noisy or silent (`lint-cases` of the corpus): all that `netpol lint` says of each.
//!
//! One row a case. A case that has no row fails, and so does a finding that its row does not list: whoever adds a
//! finding reads it here, and asks whether it is true and useful.

use std::path::Path;

use netpol_cli::{Io, Terminal};
use netpol_tests::corpus;
use serde_json::Value;

/// What is expected of a case.
struct Case {
    /// The name of its file or folder.
    name: &'static str,
    /// All findings of the recommended preset: `severity rule file:line`, in the order of the report.
    findings: &'static [&'static str],
    /// Words that stand in the messages, the labels, the helps or the notes.
    says: &'static [&'static str],
    /// Words that stand in none of them.
    never: &'static [&'static str],
}

const fn case(name: &'static str, findings: &'static [&'static str]) -> Case {
    Case { name, findings, says: &[], never: &[] }
}

impl Case {
    const fn says(self, says: &'static [&'static str]) -> Self {
        Self { says, ..self }
    }

    const fn never(self, never: &'static [&'static str]) -> Self {
        Self { never, ..self }
    }
}

/// The cases that are not right yet, and what they wait for. One that comes right must leave the list.
const WAITING: &[(&str, &str)] = &[];

const CASES: &[Case] = &[
    case("01-peer-matches-nothing-kustomize-namespace", &[]),
    case("02-peer-matches-nothing-policy-without-namespace.yaml", &["info peer-matches-nothing 27"])
        .says(&["names no namespace and counts as `default`", "`shop`"])
        .never(&["add `namespaceSelector"]),
    case("03-one-sided-connection-pod-cidr-block.yaml", &["info one-sided-connection 28"])
        .says(&["no pod has an address in 10.42.0.0/16", "--pod-cidrs"]),
    case("04-unknown-kind-kubeconfig.yaml", &[]),
    case("05-unknown-kind-talos.yaml", &[]),
    case("06-wrong-type-grafana-provisioning.yaml", &[]).never(&["--fix"]),
    case("07-unreadable-yaml-helm-index", &[]),
    case("09-unrendered-template-no-manifest", &[]),
    case("10-empty-rule-allows-all-egress-with-ports.yaml", &["info empty-rule-allows-all 18"]),
    case("11-empty-rule-allows-all-named-allow.yaml", &["info empty-rule-allows-all 8"]),
    case("12-database-port-open-to-world-9092.yaml", &[]),
    case("14-peer-matches-nothing-kube-system.yaml", &["warning legacy-namespace-label 22"])
        .never(&["did you mean"]),
    case("15-two-findings-one-peer.yaml", &["warning legacy-namespace-label 22"]),
    // A whole pair of folders is one finding.
    case("16-duplicate-object-two-clusters", &["info duplicate-object west/all.yaml:1"]),
    case("17-duplicate-object-orphan-patch", &[]),
    case(
        "19-duplicate-key-missing-separator.yaml",
        &["info dns-policy-isolates 12", "warning duplicate-key 12"],
    )
    .says(&["`---`", "NetworkPolicy shop/deny-all"]),
    case(
        "20-unknown-kind-route-v1.yaml",
        &["error unknown-kind 3", "error unknown-kind 8", "error unknown-kind 12"],
    )
    .says(&[
        "`apiVersion: route.openshift.io/v1`",
        "`apiVersion: networking.k8s.io/v1`",
        "`apiVersion: monitoring.coreos.com/v1`",
    ]),
    case("21-invalid-field-placeholder.yaml", &["warning unresolved-placeholder 6"]).never(&["regex"]),
    case("23-dns-egress-blocked-apiserver-only.yaml", &["info dns-egress-blocked 16"]),
    case("24-except-given-back-many.yaml", &["warning except-given-back 26"]).says(&[
        "10.0.48.0/20",
        "10.0.64.0/20",
        "10.0.80.0/20",
    ]),
    case("25-unresolved-placeholder-replicas.yaml", &[]),
    case("26-unevaluated-policy-calico-name.yaml", &["warning duplicate-object 13"]).never(&["default/"]),
    case("27-policy-selects-nothing-other-namespace", &[]),
    // The server says both of the same value.
    case("28-invalid-field-port-letter-o.yaml", &["error invalid-field 7", "error invalid-field 7"])
        .says(&["did you mean the number 30030?"])
        .never(&["`3003o`"]),
    case("30-redundant-policy-two-unnamed-namespaces", &[]),
    case("50-missed-port-not-declared.yaml", &["warning undeclared-port 45", "warning undeclared-port 53"])
        .says(&["tcp/8085", "tcp/8084"]),
    case(
        "51-missed-namespace-label.yaml",
        &[
            "warning namespace-label-missing 21",
            "warning namespace-label-missing 22",
            "info namespace-label-missing 23",
        ],
    )
    .says(&["kubernetes.io/metadata.name: ccms-dev"]),
    case("53-missed-service-lets-nobody-in.yaml", &["warning service-without-clients 22"]),
    case("54-missed-outside-by-namespace-selector.yaml", &["warning outside-by-selector 20"])
        .says(&["ipBlock"]),
    case("55-missed-environment-names-refused-service.yaml", &["warning named-service-refused 9"])
        .says(&["Service shop/redis"]),
    case("56-missed-deny-all-that-allows.yaml", &["info denied-in-name-only 9"]),
    case(
        "58-missed-finding-in-replaced-document",
        &["warning rule-without-direction a-base.yaml:8", "warning duplicate-object b-generated.yaml:1"],
    ),
    case("59-missed-allow-dns-isolates.yaml", &["warning dns-policy-isolates 25"]),
];

/// What `netpol lint` of a case says: the report, and all its words with the notes.
fn lint(path: &Path) -> (Vec<Value>, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut io = Io {
        stdin: &mut &b""[..],
        stdout: &mut stdout,
        stderr: &mut stderr,
        environment: &|_| None,
        directory: path.parent().expect("a case is in a folder").to_owned(),
        terminal: Terminal::default(),
    };
    let name = path.file_name().and_then(|name| name.to_str()).expect("names of cases are plain");
    netpol_cli::run(["netpol", "lint", name, "--isolated", "-o", "json"], &mut io);
    let report: Value = serde_json::from_slice(&stdout).expect("the report is JSON");
    let findings = report["diagnostics"].as_array().expect("it lists findings").clone();
    let mut words = String::from_utf8(stderr).expect("notes are text");
    for finding in &findings {
        let labels = finding["labels"].as_array().into_iter().flatten().map(|label| &label["message"]);
        for said in [&finding["message"], &finding["help"]].into_iter().chain(labels) {
            words.push_str(said.as_str().unwrap_or_default());
            words.push('\n');
        }
    }
    (findings, words)
}

/// `severity rule file:line`; the file is left out where there is but one.
fn brief(finding: &Value, case: &str) -> String {
    let file = finding["file"].as_str().unwrap_or_default();
    let place = file.strip_prefix(case).unwrap_or(file).trim_start_matches('/');
    let colon = if place.is_empty() { "" } else { ":" };
    let [severity, rule] = ["severity", "rule"].map(|name| finding[name].as_str().unwrap_or_default());
    format!("{severity} {rule} {place}{colon}{}", finding["line"])
}

/// In what a case differs from its row; empty when it is right.
fn differences(folder: &Path, case: &Case) -> Vec<String> {
    let (findings, words) = lint(&folder.join(case.name));
    let found: Vec<String> = findings.iter().map(|finding| brief(finding, case.name)).collect();
    let mut differences = Vec::new();
    if found != case.findings {
        differences.push(format!("  expected {:#?}\n  found {found:#?}", case.findings));
    }
    for missing in case.says.iter().filter(|said| !words.contains(*said)) {
        differences.push(format!("  it does not say {missing:?}:\n{words}"));
    }
    for said in case.never.iter().filter(|never| words.contains(*never)) {
        differences.push(format!("  it says {said:?}:\n{words}"));
    }
    differences
}

#[test]
fn lint_says_of_each_case_what_was_found_right_by_hand() {
    let Some(folder) = corpus::folder().map(|corpus| corpus.join("lint-cases")) else { return };
    let mut wrong = Vec::new();
    for case in CASES {
        let differences = differences(&folder, case);
        let waits = WAITING.iter().find(|(name, _)| *name == case.name);
        match waits {
            None if !differences.is_empty() => {
                wrong.push(format!("{}\n{}", case.name, differences.join("\n")));
            }
            Some((name, _)) if differences.is_empty() => {
                wrong.push(format!("{name} is right: take it from the list of those that wait"));
            }
            _ => {}
        }
    }
    for (name, what) in WAITING {
        corpus::say(&format!("lint-cases: {name} waits for {what}"));
    }
    corpus::say(&format!("lint-cases: {} of {} are right", CASES.len() - WAITING.len(), CASES.len()));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_case_has_one_row() {
    let Some(folder) = corpus::folder().map(|corpus| corpus.join("lint-cases")) else { return };
    let listed = folder.read_dir().expect("the corpus has lint-cases");
    let mut names: Vec<String> = listed
        .map(|entry| entry.expect("it can be listed").file_name().into_string().expect("names are text"))
        .collect();
    names.sort();
    let rows: Vec<&str> = CASES.iter().map(|case| case.name).collect();
    assert_eq!(rows, names, "a row for each case, in their order");
    assert!(WAITING.iter().all(|(name, _)| rows.contains(name)), "only cases wait");
}
