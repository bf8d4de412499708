//! Reading: bytes to trees, by each of the ways that a text can take.

use std::fmt::Write;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use netpol_core::text::{FileSet, SourceFile};
use netpol_core::yaml::{Chunk, Parsed, parse, split};

const OBJECTS: [usize; 3] = [100, 2_000, 40_000];

fn main() {
    divan::main();
}

/// Plain block YAML: network policies and pods in turn.
fn block_yaml(objects: usize) -> String {
    let mut text = String::new();
    for number in 0..objects {
        let _ = if number % 2 == 0 {
            write!(
                text,
                "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: policy-{number}\n  \
                 namespace: team-{}\n  labels:\n    app.kubernetes.io/name: \"service-{number}\"\nspec:\n  podSelector:\n    \
                 matchLabels:\n      app: service-{number}\n  policyTypes: [Ingress, Egress]\n  ingress:\n  - from:\n    \
                 - namespaceSelector: {{}}\n      podSelector:\n        matchLabels:\n          app: client-{number}\n    \
                 - ipBlock:\n        cidr: 10.{}.0.0/16\n        except:\n        - 10.{}.1.0/24\n    ports:\n    \
                 - protocol: TCP\n      port: 8080 # http\n",
                number % 50,
                number % 250,
                number % 250
            )
        } else {
            write!(
                text,
                "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: service-{number}\n  namespace: team-{}\n  labels:\n    \
                 app: service-{number}\n    tier: backend\nspec:\n  serviceAccountName: default\n  containers:\n  \
                 - name: main\n    image: registry.example.com/service:1.{number}\n    args: [\"--port=8080\", '-v']\n    \
                 env:\n    - name: NUMBER\n      value: \"{number}\"\n    ports:\n    - name: http\n      \
                 containerPort: 8080\nstatus:\n  phase: Running\n  podIP: 10.{}.0.{}\n",
                number % 50,
                number % 250,
                number % 200
            )
        };
    }
    text
}

/// The same with an anchor in every document, which only the general reader knows.
fn unusual_yaml(objects: usize) -> String {
    block_yaml(objects).replace("  name: ", "  name: &name ")
}

/// A list as `kubectl get -o json` prints it.
fn json_list(objects: usize) -> String {
    let mut text = String::from("{\n    \"apiVersion\": \"v1\",\n    \"items\": [\n");
    for number in 0..objects {
        let comma = if number + 1 < objects { "," } else { "" };
        let _ = writeln!(
            text,
            "        {{\n            \"apiVersion\": \"v1\",\n            \"kind\": \"Pod\",\n            \"metadata\": {{\n                \
             \"labels\": {{\n                    \"app\": \"service-{number}\"\n                }},\n                \
             \"name\": \"service-{number}\",\n                \"namespace\": \"team-{}\"\n            }},\n            \
             \"spec\": {{\n                \"containers\": [\n                    {{\n                        \
             \"image\": \"registry.example.com/service:1.{number}\",\n                        \"ports\": [\n                            \
             {{\n                                \"containerPort\": 8080,\n                                \
             \"protocol\": \"TCP\"\n                            }}\n                        ]\n                    }}\n                \
             ]\n            }},\n            \"status\": {{\n                \"podIP\": \"10.0.{}.{}\"\n            }}\n        }}{comma}",
            number % 50,
            number % 250,
            number % 200
        );
    }
    text.push_str("    ],\n    \"kind\": \"List\"\n}\n");
    text
}

/// Reads a text from start to end; says how many objects of the wanted kinds it has.
fn read(bencher: Bencher<'_, '_>, text: String, wanted: fn(&str, &str) -> bool) {
    let length = text.len();
    let mut files = FileSet::new();
    let Ok(id) = files.add(SourceFile::found("bench", text)) else { return };
    let Some(source) = files.get(id) else { return };
    bencher.counter(BytesCount::new(length)).bench_local(|| {
        let chunks = split(id, black_box(source));
        chunks.iter().filter(|chunk| is_tree(source, chunk, wanted)).count()
    });
}

fn is_tree(source: &SourceFile, chunk: &Chunk, wanted: fn(&str, &str) -> bool) -> bool {
    matches!(parse(source, chunk, &wanted, &mut Vec::new()), Parsed::Tree(_))
}

#[divan::bench(args = OBJECTS)]
fn plain_block_yaml(bencher: Bencher<'_, '_>, objects: usize) {
    read(bencher, block_yaml(objects), |_, _| true);
}

#[divan::bench(args = OBJECTS)]
fn yaml_with_anchors(bencher: Bencher<'_, '_>, objects: usize) {
    read(bencher, unusual_yaml(objects), |_, _| true);
}

#[divan::bench(args = OBJECTS)]
fn yaml_of_unwanted_kinds(bencher: Bencher<'_, '_>, objects: usize) {
    read(bencher, block_yaml(objects), |_, _| false);
}

#[divan::bench(args = OBJECTS)]
fn json(bencher: Bencher<'_, '_>, objects: usize) {
    read(bencher, json_list(objects), |_, _| true);
}
