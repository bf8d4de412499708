//! Laws of explanations and of their wire form.

use netpol_core::evaluate::Decision;
use netpol_core::net::ConnectionSet;
use netpol_core::report::{Context, v1};
use netpol_tests::engine::Engine;
use netpol_tests::generate::{Generated, Random, flows, nasty, to_yaml};
use netpol_tests::naive::Naive;
use serde_json::Value;

/// How many clusters each law is tried on, and how many questions about each.
const CLUSTERS: u64 = 40;
const FLOWS: usize = 15;

/// The verdict and the explanation of a question as JSON.
struct Reports {
    seed: u64,
    verdict: Value,
    explanation: Value,
}

/// The reports of many questions about many generated clusters.
fn reports() -> Vec<Reports> {
    let mut all = Vec::new();
    for seed in 2_000_000..2_000_000 + CLUSTERS {
        let Generated { objects, options } = nasty(seed);
        let ends = Naive::new(&objects, &options).everything();
        let engine = Engine::new(&to_yaml(&objects), &options);
        for flow in flows(&mut Random::new(seed), &ends, FLOWS) {
            all.push(report(&engine, seed, &format!("{}", flow.from), &format!("{}", flow.to)));
        }
    }
    all
}

fn report(engine: &Engine, seed: u64, from: &str, to: &str) -> Reports {
    let analysis = engine.analysis();
    let question = analysis.question_on(from, to, netpol_core::cluster::Asked::Every, "default").unwrap();
    let context =
        Context { cluster: analysis.cluster(), policies: analysis.policies(), files: analysis.files() };
    let verdict = analysis.verdict(&question.request);
    let explanation = analysis.explain(&question.request);
    assert_eq!(
        explanation.verdict, verdict,
        "seed {seed}: {from} -> {to}: the explanation is of another verdict"
    );
    for pair in &explanation.pairs {
        let both = pair.egress.decided.allowed.intersection(&pair.ingress.decided.allowed);
        let is_within = |set: &ConnectionSet| pair.pair.decided.allowed.is_subset(set);
        assert!(is_within(&both), "seed {seed}: {from} -> {to}: more is allowed than both directions allow");
        let is_sound = pair.pair.decision == Decision::of(&pair.pair.asked, &pair.pair.decided);
        assert!(is_sound, "seed {seed}: {from} -> {to}: the decision does not follow from the sets");
    }
    Reports {
        seed,
        verdict: serde_json::to_value(v1::Verdict::new(context, &verdict, Vec::new())).unwrap(),
        explanation: serde_json::to_value(v1::Explanation::new(
            context,
            &explanation,
            v1::explanation::Extras::default(),
        ))
        .unwrap(),
    }
}

#[test]
fn reports_are_the_same_byte_for_byte_in_two_runs() {
    for (one, two) in reports().into_iter().zip(reports()) {
        let seed = one.seed;
        assert_eq!(one.verdict.to_string(), two.verdict.to_string(), "seed {seed}");
        assert_eq!(one.explanation.to_string(), two.explanation.to_string(), "seed {seed}");
    }
}

#[test]
fn reports_are_valid_by_their_schemas() {
    let validator = |kind: &str| jsonschema::validator_for(&v1::schema(kind).unwrap()).unwrap();
    let (verdicts, explanations) = (validator("verdict"), validator("explanation"));
    for Reports { seed, verdict, explanation } in reports() {
        for (validator, report) in [(&verdicts, &verdict), (&explanations, &explanation)] {
            let faults: Vec<String> = validator.iter_errors(report).map(|fault| fault.to_string()).collect();
            assert!(faults.is_empty(), "seed {seed}: {faults:?}\n{report:#}");
        }
    }
}

#[test]
fn every_policy_and_rule_of_an_explanation_has_a_place() {
    for Reports { seed, explanation, .. } in reports() {
        let pairs = explanation["pairs"].as_array().cloned().unwrap_or_else(|| vec![explanation.clone()]);
        for section in pairs.iter().flat_map(|pair| [&pair["egress"], &pair["ingress"]]) {
            for policy in section["policies"].as_array().into_iter().flatten() {
                let rules = policy["rules"].as_array().into_iter().flatten();
                for part in rules.chain([policy]) {
                    let has_place = part["file"] == "input.yaml" && part["line"].as_u64() > Some(0);
                    assert!(has_place, "seed {seed}: no place in {part:#}");
                }
            }
        }
    }
}
