//! Which finding of lint names the cause of each public report of the corpus, and why none can where none does.

use std::collections::BTreeMap;
use std::path::Path;

use netpol_cli::{Io, Terminal};
use netpol_tests::corpus;
use serde_json::Value;

/// The rule that names the cause of a report.
const NAMED: &[(&str, &str)] = &[
    ("eval-02-named-port-protocol", "named-port-unknown"),
    ("eval-12-service-port", "service-port-not-pod-port"),
    ("eval-13-statefulset-replica-pinned", "changing-label-selected"),
    ("eval-14-version-in-selector", "changing-label-selected"),
    ("eval-15-duplicate-label-key", "duplicate-key"),
    ("eval-16-bad-value-in-expression", "invalid-field"),
    ("eval-17-egress-not-in-policytypes", "rule-without-direction"),
    ("eval-19-peer-in-other-namespace", "peer-matches-nothing"),
    ("eval-21-split-peer", "split-peer"),
    ("eval-22-port-range-from-zero", "invalid-field"),
    ("eval-23-quoted-port", "invalid-field"),
    ("eval-25-one-name-in-two-namespaces", "empty-rule-allows-all"),
    ("eval-27-label-of-zeros", "wrong-type"),
    ("eval-30-expression-not-met", "policy-selects-nothing"),
    ("eval-34-no-source-pod", "peer-matches-nothing"),
    ("eval-38-cidr-with-host-bits", "ambiguous-cidr"),
    ("eval-39-typed-list", "one-sided-connection"),
    ("user-01-redis-headless-dns", "dns-egress-blocked"),
    ("user-02-service-port-in-egress", "service-port-not-pod-port"),
    ("user-03-nodeport-in-policy", "undeclared-port"),
    ("user-04-two-items-or", "split-peer"),
    ("user-05-ns-label-name", "legacy-namespace-label"),
    ("user-08-hostnetwork-ingress", "host-network-selected"),
    ("user-09-ingress-ctrl-podselector", "peer-matches-nothing"),
    ("user-10-wrong-namespace", "policy-in-empty-namespace"),
    ("user-21-deny-egress-name", "denied-in-name-only"),
    ("user-22-egress-other-namespace", "peer-matches-nothing"),
    ("user-23-both-ends", "one-sided-connection"),
    ("user-25-unknown-fields", "unknown-field"),
    ("user-27-nodeport-isolated", "exposed-service-not-admitted"),
];

/// Why lint names no cause.
const UNNAMED: &[(&str, &str)] = &[
    ("eval-01-sidecar-named-port", "nothing is wrong with the policy: a question about containers"),
    ("eval-04-named-target-port-differs", "a port that differs by pod is allowed to"),
    ("eval-05-named-port-without-to", "a question about the meaning of a name"),
    ("eval-06-named-port-of-which-side", "a question about the meaning of a name"),
    ("eval-07-finished-pod-shares-ip", "a network plugin was wrong"),
    ("eval-08-notin-two-values", "a network plugin was wrong"),
    ("eval-10-except-is-not-deny", "DNS to everywhere is meant; a network plugin was wrong"),
    ("eval-11-selector-and-except", "a network plugin was wrong"),
    ("eval-20-dns-link-local", "the manifests do not tell of a cache on the node"),
    ("eval-24-null-selector-in-peer", "another analyser was wrong"),
    ("eval-28-label-key-host", "a network plugin was wrong"),
    ("eval-29-sctp-only", "that only SCTP is meant cannot be told from the policy"),
    ("eval-32-api-server-443-6443", "where the API server listens is not in the manifests"),
    ("eval-33-empty-rule-by-template", "`- {}` is how one allows all on purpose"),
    ("eval-35-ingress-controller-host-network", "the controller is not named by its labels"),
    ("user-06-apiserver-clusterip", "waits for the issue on Services: the address of `kubernetes`"),
    ("user-11-cronjob-pod-labels", "the peer matches other pods; an explanation tells the near miss"),
    ("user-12-hook-jobs", "which pods call the API server is not in the manifests"),
    ("user-13-initcontainer-apiserver", "which pods call the API server is not in the manifests"),
    ("user-15-admission-webhook", "which pods the API server calls waits for the issue on Services"),
    ("user-17-ambient-hbone", "that a mesh carries the traffic is not in the manifests"),
    ("user-18-acme-solver", "the solver's pod is not in the manifests"),
    ("user-20-metrics-port", "which port is scraped is not in the policy's words"),
    ("user-24-ping", "nothing is wrong: ICMP is not in the API"),
    ("user-29-plugin-does-not-enforce", "the network plugin is not in the manifests"),
];

/// The rules of the findings in a folder.
fn rules_of(folder: &Path) -> Vec<String> {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut io = Io {
        stdin: &mut std::io::empty(),
        stdout: &mut stdout,
        stderr: &mut stderr,
        environment: &|_| None,
        directory: folder.to_owned(),
        terminal: Terminal::default(),
    };
    netpol_cli::run("netpol lint . --isolated -o json".split(' '), &mut io);
    let report: Value = serde_json::from_slice(&stdout).expect("the report is JSON");
    let findings = report["diagnostics"].as_array().expect("it lists findings");
    findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn lint_names_the_cause_of_each_report_whose_cause_it_can_see() {
    let Some(folder) = corpus::folder() else { return };
    let named: BTreeMap<&str, &str> = NAMED.iter().copied().collect();
    let unnamed: BTreeMap<&str, &str> = UNNAMED.iter().copied().collect();
    let mut wrong = Vec::new();
    let entries = folder.join("reports").read_dir().expect("the corpus has reports");
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    for name in &names {
        let found = rules_of(&folder.join("reports").join(name));
        match (named.get(name.as_str()), unnamed.get(name.as_str())) {
            (Some(rule), None) if found.iter().any(|it| it == rule) => {}
            (Some(rule), None) => wrong.push(format!("{name}: no `{rule}` among {found:?}")),
            (None, Some(_)) => {}
            _ => wrong.push(format!("{name} has no row, or two")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    corpus::say(&format!("lint of reports: {} of {} causes are named", named.len(), names.len()));
}
