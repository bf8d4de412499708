//! The connections that np-guard's analyser recorded, against `netpol list`.
//!
//! Compared are IPv4 and pairs of different workloads, as ipBlocks that select no pods and unknowns as denials give
//! them; its `{ingress-controller}` is an invention of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::path::Path;

use ipnet::IpNet;
use netpol_cli::{Io, Terminal};
use netpol_core::net::{IpSet, RangeSet};
use netpol_core::policy::Direction;
use netpol_tests::corpus::{folder, say};
use serde::Deserialize;
use serde_json::Value;

/// A workload that pairs which differ have as an end: folder, workload, reason.
type Deviation = (&'static str, &'static str, &'static str);

const HOST: &str =
    "uses its node's network, which selectors do not match; np-guard takes it for an ordinary pod";
const FINISHED: &str = "has finished, so it is no endpoint; np-guard takes it for a running pod";
const BEHIND: &str =
    "stands behind a broken document of its file; np-guard reads nothing of the file from there on";

const REFUSED: &str =
    "is the subject of a policy without `podSelector` or `namespaceSelector`, which the API server refuses";

const DEVIATIONS: [Deviation; 29] = [
    ("anp_test_10", "network-policy-conformance-hufflepuff/cedric-diggory[StatefulSet]", REFUSED),
    ("anp_test_9", "network-policy-conformance-gryffindor/harry-potter[StatefulSet]", REFUSED),
    (
        "anp_test_combining_test_6_and_test_10",
        "network-policy-conformance-hufflepuff/cedric-diggory[StatefulSet]",
        REFUSED,
    ),
    ("example_pods_w_same_owner_and_labels_gap_anp_good", "default/internal-security[Pod]", REFUSED),
    ("document_with_syntax_error", "default/adservice[Deployment]", BEHIND),
    ("document_with_syntax_error", "default/cartservice[Deployment]", BEHIND),
    ("document_with_syntax_error", "default/currencyservice[Deployment]", BEHIND),
    ("document_with_syntax_error", "default/loadgenerator[Deployment]", BEHIND),
    ("document_with_syntax_error", "default/paymentservice[Deployment]", BEHIND),
    ("document_with_syntax_error", "default/productcatalogservice[Deployment]", BEHIND),
    ("document_with_syntax_error", "default/redis-cart[Deployment]", BEHIND),
    ("document_with_syntax_error", "default/shippingservice[Deployment]", BEHIND),
    ("ipblockstest", "kube-system/calico-node-tier[DaemonSet]", HOST),
    ("ipblockstest", "kube-system/ibm-keepalived-watcher[DaemonSet]", HOST),
    ("ipblockstest", "kube-system/ibm-kube-fluentd-with-tier[DaemonSet]", HOST),
    ("ipblockstest", "default/cognetive-agents-agent[DaemonSet]", HOST),
    ("ipblockstest", "default/cognetive-agents-analyzer[DaemonSet]", HOST),
    ("ipblockstest", "default/cognetive-agents[DaemonSet]", HOST),
    ("ipblockstest", "default/cognetive-local-analyzer-7d77fb55cc[ReplicaSet]", HOST),
    ("ipblockstest", "ibm-system/ibm-cloud-provider-ip-169-60-164-10-5c9dd7c9c[ReplicaSet]", HOST),
    ("ipblockstest", "ibm-system/ibm-cloud-provider-ip-169-60-164-14-6d448884df[ReplicaSet]", HOST),
    ("ipblockstest", "kube-system-dummy-to-ignore/calico-kube-controllers-7694668c77[ReplicaSet]", HOST),
    ("ipblockstest", "kube-system/calico-node[DaemonSet]", HOST),
    ("ipblockstest", "kube-system/ibm-keepalived-watcher-for-demo[DaemonSet]", HOST),
    ("ipblockstest", "kube-system/ibm-kube-fluentd[DaemonSet]", HOST),
    ("minikube_resources", "ingress-nginx/ingress-nginx-admission-create[Job]", FINISHED),
    ("minikube_resources", "ingress-nginx/ingress-nginx-admission-patch[Job]", FINISHED),
    ("multiple_topology_resources_2", "demo/cog-agents-account-command[DaemonSet]", HOST),
    ("multiple_topology_resources_2", "demo/cog-agents-account-query[DaemonSet]", HOST),
];

#[test]
fn the_list_has_the_connections_that_np_guard_recorded() {
    let Some(corpus) = folder() else { return };
    let (mut folders, mut pairs, mut deviating, mut unexplained) = (0, 0, 0, Vec::new());
    let mut used: BTreeSet<Deviation> = BTreeSet::new();
    for name in names(&corpus.join("np-guard")) {
        let case = corpus.join("np-guard").join(&name);
        let recorded = Flows::recorded(&case);
        let listed = Flows::listed(&case);
        folders += 1;
        pairs += recorded.pairs().union(&listed.pairs()).count();
        for (from, to) in recorded.differences(&listed) {
            let explains = |it: &&Deviation| it.0 == name && (it.1 == from || it.1 == to);
            match DEVIATIONS.iter().find(explains) {
                Some(deviation) => {
                    used.insert(*deviation);
                    deviating += 1;
                }
                None => unexplained.push(format!("{name}: {from} -> {to}")),
            }
        }
    }
    say(&format!(
        "np-guard: {folders} folders, {pairs} pairs, {deviating} deviate as {} listed workloads do",
        DEVIATIONS.len()
    ));
    assert!(unexplained.is_empty(), "{unexplained:#?}");
    assert_eq!(used.len(), DEVIATIONS.len(), "each listed workload deviates: {used:#?}");
}

/// The reasons are the whole difference: with ordinary, running pods, and without what stands behind a broken document,
/// both say the same.
#[test]
fn without_what_np_guard_takes_otherwise_the_lists_are_the_same() {
    let Some(corpus) = folder() else { return };
    let cases: BTreeSet<&str> = DEVIATIONS.iter().map(|(case, ..)| *case).collect();
    for name in cases {
        let case = corpus.join("np-guard").join(name);
        let ordinary = tempfile::tempdir().unwrap();
        std::fs::create_dir(ordinary.path().join("manifests")).unwrap();
        for file in std::fs::read_dir(case.join("manifests")).unwrap().map(Result::unwrap) {
            let text = std::fs::read_to_string(file.path()).unwrap();
            std::fs::write(ordinary.path().join("manifests").join(file.file_name()), as_np_guard(&text))
                .unwrap();
        }
        let (recorded, listed) = (Flows::recorded(&case), Flows::listed(ordinary.path()));
        assert_eq!(recorded.differences(&listed), [], "{name}");
    }
}

/// A file as np-guard takes it.
fn as_np_guard(text: &str) -> String {
    let read = text
        .find("{{")
        .and_then(|broken| text.get(..broken)?.rfind("\n---"))
        .map_or(text, |end| &text[..end]);
    let ordinary = read.replace("hostNetwork: true", "hostNetwork: false");
    let ordinary = ordinary.replace("\"hostNetwork\":true", "\"hostNetwork\":false");
    let ordinary = if text.contains("AdminNetworkPolicy") { with_selectors(&ordinary) } else { ordinary };
    ordinary.replace("phase: Succeeded", "phase: Running").replace("phase: Failed", "phase: Running")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Policies with each selector that a definition wants: a missing one selects everything there.
fn with_selectors(text: &str) -> String {
    let documents = serde_yaml::Deserializer::from_str(text);
    let documents = documents.map(|document| {
        let mut document = Value::deserialize(document).unwrap();
        add_selectors(&mut document);
        document.to_string()
    });
    documents.collect::<Vec<_>>().join("\n---\n")
}

fn add_selectors(value: &mut Value) {
    if let Some(pods) = value.get_mut("pods").and_then(Value::as_object_mut) {
        for name in ["namespaceSelector", "podSelector"] {
            pods.entry(name).or_insert_with(|| serde_json::json!({}));
        }
    }
    match value {
        Value::Object(fields) => fields.values_mut().for_each(add_selectors),
        Value::Array(items) => items.iter_mut().for_each(add_selectors),
        _ => {}
    }
}

/// What may flow: between workloads, and between workloads and addresses by the ports.
#[derive(Debug, Default, PartialEq, Eq)]
struct Flows {
    inside: BTreeMap<(String, String), String>,
    /// By the workload, the direction seen from it, and the ports.
    outside: BTreeMap<(String, Direction), BTreeMap<String, IpSet>>,
}

impl Flows {
    fn add(&mut self, from: &End, to: &End, ports: &Value) {
        let ports = ports.to_string();
        match (from, to) {
            (End::Workload(from), End::Workload(to)) if from == to => {}
            (End::Workload(from), End::Workload(to)) => {
                let before = self.inside.insert((from.clone(), to.clone()), ports.clone());
                assert!(before.is_none_or(|before| before == ports), "{from} -> {to} has two answers");
            }
            (End::Workload(name), End::Addresses(addresses)) => {
                self.add_outside((name.clone(), Direction::Egress), ports, addresses);
            }
            (End::Addresses(addresses), End::Workload(name)) => {
                self.add_outside((name.clone(), Direction::Ingress), ports, addresses);
            }
            _ => {}
        }
    }

    fn add_outside(&mut self, workload: (String, Direction), ports: String, addresses: &IpSet) {
        let v4 = IpSet { v6: RangeSet::empty(), ..addresses.clone() };
        if v4.is_empty() {
            return;
        }
        let by_ports = self.outside.entry(workload).or_default();
        let entry = by_ports.entry(ports).or_insert_with(IpSet::empty);
        *entry = entry.union(&v4);
    }

    fn recorded(case: &Path) -> Self {
        let text = std::fs::read_to_string(case.join("connections.json")).unwrap();
        let connections: Vec<Value> = serde_json::from_str(&text).unwrap();
        let mut flows = Self::default();
        for connection in &connections {
            let end = |field: &str| End::recorded(connection[field].as_str().unwrap());
            flows.add(&end("source"), &end("destination"), &connection["connections"]);
        }
        flows
    }

    fn listed(case: &Path) -> Self {
        let words = ["list", "--expand", "-o", "json", "--ip-block-pods", "ignore", "--unknown", "deny"];
        let (stdout, stderr) = run(case, &words);
        let report: Value = serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stderr}"));
        let mut flows = Self::default();
        for connection in report["connections"].as_array().unwrap() {
            let end = |field: &str| End::listed(&connection[field]);
            flows.add(&end("from"), &end("to"), &connection["allowed"]);
        }
        flows
    }

    /// The pairs of ends, all addresses as one.
    fn pairs(&self) -> BTreeSet<(String, String)> {
        let outside = self.outside.keys().map(|(name, direction)| with_addresses(name, *direction));
        self.inside.keys().cloned().chain(outside).collect()
    }

    /// The pairs of ends that differ.
    fn differences(&self, other: &Self) -> Vec<(String, String)> {
        let outside = |flows: &Self, name: &str, direction| {
            flows.outside.get(&(name.to_owned(), direction)).cloned().unwrap_or_default()
        };
        let differs = |(from, to): &(String, String)| match (from.as_str(), to.as_str()) {
            (ADDRESSES, to) => {
                outside(self, to, Direction::Ingress) != outside(other, to, Direction::Ingress)
            }
            (from, ADDRESSES) => {
                outside(self, from, Direction::Egress) != outside(other, from, Direction::Egress)
            }
            _ => {
                let pair = (from.clone(), to.clone());
                self.inside.get(&pair) != other.inside.get(&pair)
            }
        };
        self.pairs().union(&other.pairs()).filter(|pair| differs(pair)).cloned().collect()
    }
}

/// What stands for all addresses in a pair.
const ADDRESSES: &str = "addresses";

fn with_addresses(name: &str, direction: Direction) -> (String, String) {
    let (name, addresses) = (name.to_owned(), ADDRESSES.to_owned());
    match direction {
        Direction::Egress => (name, addresses),
        Direction::Ingress => (addresses, name),
    }
}

/// One end of a connection.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Workload(String),
    Addresses(IpSet),
    Invented,
}

impl End {
    /// `shop/cart[Deployment]`, `10.0.0.0-10.0.0.255` or `{ingress-controller}`.
    fn recorded(text: &str) -> Self {
        let range = text.split_once('-').and_then(|(first, last)| {
            let bits = |text: &str| text.parse::<Ipv4Addr>().ok().map(Ipv4Addr::to_bits);
            Some(IpSet { v4: RangeSet::range(bits(first)?, bits(last)?), v6: RangeSet::empty() })
        });
        match range {
            Some(range) => Self::Addresses(range),
            None if text.starts_with('{') => Self::Invented,
            None => Self::Workload(text.to_owned()),
        }
    }

    fn listed(end: &Value) -> Self {
        let text = |field: &str| end[field].as_str().unwrap_or_default().to_owned();
        match end["kind"].as_str().unwrap() {
            "addresses" => {
                let cidrs = end["cidrs"].as_array().unwrap().iter();
                let blocks = cidrs.map(|cidr| cidr.as_str().unwrap().parse::<IpNet>().unwrap());
                Self::Addresses(IpSet::blocks(blocks))
            }
            "pod" => Self::Workload(format!("{}/{}[Pod]", text("namespace"), text("name"))),
            _ => {
                // An owner whose reference names no kind goes by the kind of its pods there.
                let kind = end["workloadKind"].as_str().unwrap_or("Pod");
                Self::Workload(format!("{}/{}[{kind}]", text("namespace"), text("name")))
            }
        }
    }
}

/// Runs netpol on the manifests of a case: what it printed on either stream.
fn run(case: &Path, words: &[&str]) -> (String, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let manifests = case.join("manifests").display().to_string();
    let mut io = Io {
        stdin: &mut std::io::empty(),
        stdout: &mut stdout,
        stderr: &mut stderr,
        environment: &|_| None,
        directory: case.to_owned(),
        terminal: Terminal::default(),
    };
    let words = ["netpol"].iter().chain(words).copied().chain(["-f", &manifests, "--isolated"]);
    netpol_cli::run(words, &mut io);
    (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}
