//! One policy changed in an input of many files: the new answer.

use divan::{Bencher, black_box};
use inputs::{INPUTS, PUBLIC, many_files};
use netpol_core::analysis::{Analysis, Settings};
use netpol_core::cluster::{Asked, Endpoint, WorkloadId};
use netpol_core::evaluate::Request;
use netpol_core::net::Protocol;
use netpol_core::text::{FileSet, SourceFile};

pub mod inputs;

fn main() {
    divan::main();
}

/// What is written into the policy in the middle.
fn edited(files: &FileSet, spec: &str) -> FileSet {
    let names = files.iter().map(|(_, file)| file.name());
    let policies: Vec<&str> = names.filter(|name| name.starts_with("policies/")).collect();
    let name = policies.get(policies.len() / 2).copied().unwrap_or_default().to_owned();
    let namespace = name.split('/').nth(1).unwrap_or_default();
    let metadata = format!("metadata: {{name: edited, namespace: {namespace}}}");
    let text = format!("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n{metadata}\nspec: {spec}\n");
    let mut files = files.clone();
    assert!(files.put(SourceFile::found(name, text)).is_ok(), "a small file");
    files
}

/// Labels that other policies of an input look at.
fn known_labels(input: &str) -> &'static str {
    if input == PUBLIC { "{'8': 'true'}" } else { "{app: db}" }
}

/// The analysis of the edited files, and one answer of it.
fn update(bencher: Bencher<'_, '_>, input: &str, spec: &str) {
    let files = many_files(input);
    let analysis = Analysis::new(files.clone(), Settings::default());
    let edited = edited(&files, spec);
    let question = Request {
        from: vec![Endpoint::Workload(WorkloadId(0))],
        to: vec![Endpoint::Workload(WorkloadId(1))],
        ports: Asked::Range(Protocol::Tcp, 8080, 8080),
    };
    bencher.with_inputs(|| edited.clone()).bench_local_values(|files| {
        let updated = black_box(&analysis).with_files(files);
        let decision = updated.verdict(&question).decision;
        (updated, decision)
    });
}

#[divan::bench(args = INPUTS, sample_count = 20, sample_size = 1)]
fn a_policy_of_known_labels_and_ports(bencher: Bencher<'_, '_>, input: &str) {
    let labels = known_labels(input);
    update(
        bencher,
        input,
        &format!("{{podSelector: {{matchLabels: {labels}}}, ingress: [{{ports: [{{port: 8443}}]}}]}}"),
    );
}

#[divan::bench(args = INPUTS, sample_count = 20, sample_size = 1)]
fn a_policy_with_a_new_block_outside(bencher: Bencher<'_, '_>, input: &str) {
    let pods = format!("{{namespaceSelector: {{}}, podSelector: {{matchLabels: {}}}}}", known_labels(input));
    let peers = format!("[{{ipBlock: {{cidr: 203.0.113.0/24}}}}, {pods}]");
    update(bencher, input, &format!("{{podSelector: {{}}, egress: [{{to: {peers}}}]}}"));
}

#[divan::bench(args = INPUTS, sample_count = 5, sample_size = 1)]
fn a_policy_that_tells_pods_apart_anew(bencher: Bencher<'_, '_>, input: &str) {
    update(bencher, input, "{podSelector: {matchLabels: {version: v1}}}");
}
