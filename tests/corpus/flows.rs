//! The flows of the corpus: scenarios of objects, and what holds between two ends.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

use netpol_tests::corpus::{self, folder, say};
use netpol_tests::engine::Engine;
use netpol_tests::generate::to_json;
use netpol_tests::naive::{End, Naive, Options};
use serde_json::Value;

/// The groups whose answers follow the text of NetworkPolicy and of the policies for administrators, with the number of
/// their checks.
const GROUPS: [(&str, usize); 12] = [
    ("cyclonus", 31536),
    ("cyclonus-recipes", 216),
    ("kubernetes-e2e-netpol", 506),
    ("kunp-anp", 7),
    ("kunp-banp", 2),
    ("kunp-cnp", 4),
    ("kunp-mix", 10986),
    ("kunp-mix-np", 6616),
    ("kunp-np", 8),
    ("nca-k8s", 16696),
    ("network-policy-api-conformance", 115),
    ("policy-assistant", 166),
];

/// Scenarios whose answers the text of the API contradicts, with the answer that it gives, and why.
const DEVIATIONS: [(&str, &str, &str); 5] = [
    ("kunp-banp/kunp-banp-005", "unknown", NAME),
    ("kunp-banp/kunp-banp-006", "unknown", NAME),
    ("kunp-np/kunp-np-008", "unknown", RANGE),
    ("kunp-np/kunp-np-009", "unknown", RANGE),
    ("kunp-np/kunp-np-016", "unknown", RANGE),
];

/// "Only one baseline admin network policy with metadata.name=\"default\" can be created in the cluster" (CEL of its definition).
const NAME: &str = "its policy is not called `default`, so the API server refuses it and it is in no cluster";

/// "`endPort` … must be between 1 and 65535, inclusive" (`ValidateNetworkPolicyPort`).
const RANGE: &str = "its policy has `endPort: 65537`, so the API server refuses it and it is in no cluster";

/// A check of a scenario.
struct Check {
    from: End,
    to: End,
    protocol: String,
    port: u16,
    expected: String,
}

/// A scenario.
struct Scenario {
    id: String,
    group: String,
    objects: Vec<Value>,
    options: Options,
    checks: Vec<Check>,
}

/// How many checks of a group an evaluator agrees with.
#[derive(Debug, Default, PartialEq, Eq)]
struct Score {
    agreed: usize,
    deviating: usize,
    total: usize,
}

#[test]
fn the_naive_evaluator_agrees_with_every_check() {
    let Some(scenarios) = scenarios() else { return };
    let scores = score(&scenarios, |scenario| {
        let naive = Naive::new(&scenario.objects, &scenario.options);
        scenario
            .checks
            .iter()
            .map(|check| naive.decide(&check.from, &check.to, &check.protocol, check.port).name().to_owned())
            .collect()
    });
    assert_all_agree("naive evaluator", &scores);
}

#[test]
fn the_engine_agrees_with_every_check() {
    let Some(scenarios) = scenarios() else { return };
    let scores = score(&scenarios, |scenario| {
        let engine = Engine::new(&to_json(&scenario.objects), &scenario.options);
        scenario
            .checks
            .iter()
            .map(|check| engine.decide(&check.from, &check.to, &check.protocol, check.port).name().to_owned())
            .collect()
    });
    assert_all_agree("engine", &scores);
}

/// The README states for each group how many checks there are and how many agree.
#[test]
fn the_readme_states_the_scores() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let text = std::fs::read_to_string(readme).unwrap().replace(',', "");
    for (group, total) in GROUPS {
        let Score { agreed, total, .. } = expected(group, total);
        let row = text.lines().find(|line| line.starts_with(&format!("| `{group}` |")));
        let row = row.unwrap_or_else(|| panic!("the README has no row of {group}"));
        assert!(row.ends_with(&format!("| {total} | {agreed} |")), "{row}: {agreed} of {total} agree");
    }
}

fn score(scenarios: &[Scenario], answers: impl Fn(&Scenario) -> Vec<String>) -> BTreeMap<String, Score> {
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for scenario in scenarios {
        let score = scores.entry(scenario.group.clone()).or_default();
        let deviation = DEVIATIONS.iter().find(|(id, _, _)| *id == scenario.id);
        for (check, answer) in scenario.checks.iter().zip(answers(scenario)) {
            score.total += 1;
            if let Some((id, by_text, why)) = deviation {
                assert_eq!(answer, *by_text, "{id}: {why}");
                score.deviating += 1;
            } else if answer == check.expected {
                score.agreed += 1;
            } else {
                let Check { from, to, protocol, port, expected } = check;
                let id = &scenario.id;
                say(&format!("{id}: {from} -> {to} {protocol} {port}: {answer}, expected {expected}"));
            }
        }
    }
    scores
}

fn assert_all_agree(who: &str, scores: &BTreeMap<String, Score>) {
    let row = |(group, score): (&String, &Score)| {
        let Score { agreed, deviating, total } = score;
        let known = if *deviating > 0 { format!("  ({deviating} known deviations)") } else { String::new() };
        format!("  {group:<24}{agreed:>6}/{total}{known}")
    };
    let rows: Vec<String> = scores.iter().map(row).collect();
    say(&format!("flows, {who}\n{}", rows.join("\n")));
    let expected: BTreeMap<String, Score> =
        GROUPS.iter().map(|(group, total)| ((*group).to_owned(), expected(group, *total))).collect();
    assert_eq!(scores, &expected);
}

fn expected(group: &str, total: usize) -> Score {
    let deviating = DEVIATIONS.iter().filter(|(id, _, _)| id.split('/').next() == Some(group)).count();
    Score { agreed: total - deviating, deviating, total }
}

fn scenarios() -> Option<Vec<Scenario>> {
    folder()?;
    let known = |scenario: &Scenario| GROUPS.iter().any(|(group, _)| *group == scenario.group);
    Some(corpus::scenarios().map(|scenario| read(&scenario)).filter(known).collect())
}

fn read(line: &Value) -> Scenario {
    let text = |field: &str| line[field].as_str().unwrap().to_owned();
    let objects: Vec<Value> = line["objects"].as_array().unwrap().clone();
    let checks = line["checks"].as_array().unwrap();
    let checks = checks.iter().map(read_check).collect();
    Scenario { id: text("id"), group: text("group"), objects, options: corpus::options(line), checks }
}

fn read_check(check: &Value) -> Check {
    let text = |index: usize| check[index].as_str().unwrap();
    Check {
        from: end(text(0)),
        to: end(text(1)),
        protocol: text(2).to_owned(),
        port: u16::try_from(check[3].as_u64().unwrap()).unwrap(),
        expected: text(4).to_owned(),
    }
}

fn end(text: &str) -> End {
    match text.split_once('/') {
        Some((namespace, name)) => End::Pod { namespace: namespace.to_owned(), name: name.to_owned() },
        None => End::Address(text.parse::<IpAddr>().unwrap()),
    }
}
