//! What lint calls needless changes nothing when it is taken away.

use std::sync::Arc;

use netpol_core::lint::{LintSettings, Preset};
use netpol_core::policy::{Direction, Policy};
use netpol_tests::engine::Engine;
use netpol_tests::generate::{Generated, Random, nasty, policy, to_yaml};
use serde_json::Value;

/// How many clusters are tried.
const CLUSTERS: u64 = 400;

/// A cluster with more policies than usual, so that some say what others say.
fn cluster(seed: u64) -> Generated {
    let Generated { mut objects, options } = nasty(seed);
    let mut random = Random::new(seed);
    for number in 0..random.between(0, 12) {
        let namespace = *random.pick(&["n0", "n1"]);
        objects.push(policy::policy(&mut random, &format!("more-{number}"), namespace));
    }
    Generated { objects, options }
}

/// The findings of some rules: the policy by namespace and name, and the rule of it that is meant.
fn findings(engine: &Engine, rules: &[&str]) -> Vec<(String, String, Option<usize>)> {
    let analysis = engine.analysis();
    let settings = LintSettings { preset: Preset::Strict, ..LintSettings::default() };
    let report = analysis.lint(&settings);
    let of_rules = report.findings.iter().filter(|finding| rules.contains(&finding.rule.0));
    of_rules
        .map(|finding| {
            let object = finding.object.clone().unwrap();
            let set = analysis.policies();
            let policy = set.policies.iter().find(|policy| policy.object == object).unwrap();
            let start = |origin| set.origins.get(origin).unwrap().span.start;
            let rule = policy.rules.iter().position(|rule| start(rule.origin) == finding.primary.span.start);
            (object.namespace.unwrap(), object.name, rule)
        })
        .collect()
}

/// The objects without what was found.
fn without(objects: &[Value], engine: &Engine, found: &[(String, String, Option<usize>)]) -> Vec<Value> {
    let mut left = Vec::new();
    for object in objects {
        let name = |key: &str| object["metadata"][key].as_str().unwrap_or_default().to_owned();
        let mut object = object.clone();
        let is_policy = object["kind"] == "NetworkPolicy";
        let of_this: Vec<_> = found
            .iter()
            .filter(|(namespace, policy, _)| {
                is_policy && *namespace == name("namespace") && *policy == name("name")
            })
            .collect();
        if of_this.iter().any(|(.., rule)| rule.is_none()) {
            continue;
        }
        let mut rules: Vec<usize> = of_this.iter().filter_map(|(.., rule)| *rule).collect();
        rules.sort_unstable();
        if !rules.is_empty() {
            // Written types stay what they were when the rules go.
            let set = engine.analysis().policies();
            let is_this = |it: &&Arc<Policy>| {
                it.object.name == name("name") && it.object.namespace.as_deref() == Some(&*name("namespace"))
            };
            let directions = set.policies.iter().find(is_this).unwrap().directions;
            let types = [("Ingress", Direction::Ingress), ("Egress", Direction::Egress)];
            let types = types.into_iter().filter(|(_, direction)| directions.contains(*direction));
            object["spec"]["policyTypes"] = types.map(|(name, _)| name).collect();
            let ingress = object["spec"]["ingress"].as_array().map_or(0, Vec::len);
            for rule in rules.into_iter().rev() {
                let (list, at) = if rule < ingress { ("ingress", rule) } else { ("egress", rule - ingress) };
                object["spec"][list].as_array_mut().unwrap().remove(at);
            }
        }
        left.push(object);
    }
    left
}

/// Takes away what some rules find, and compares the maps.
fn check(rules: &[&str]) -> usize {
    let mut count = 0;
    for seed in 8_000_000..8_000_000 + CLUSTERS {
        let Generated { objects, options } = cluster(seed);
        let before = Engine::new(&to_yaml(&objects), &options);
        let found = findings(&before, rules);
        if found.is_empty() {
            continue;
        }
        count += found.len();
        let left = without(&objects, &before, &found);
        let after = Engine::new(&to_yaml(&left), &options);
        let changes = after.analysis().changes_since(before.analysis());
        assert!(changes.connections.is_empty(), "seed {seed}: {found:?}: {:?}", changes.connections);
    }
    count
}

#[test]
fn needless_policies_and_rules_change_nothing_when_they_go() {
    let count = check(&["redundant-policy", "redundant-rule"]);
    assert!(count > 50, "{count} findings");
}

#[test]
fn what_is_needless_today_changes_nothing_today() {
    let count = check(&["redundant-policy", "redundant-rule", "needless-today"]);
    assert!(count > 50, "{count} findings");
}
