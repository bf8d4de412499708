//! Laws of verdicts over generated clusters.

use netpol_core::cluster::Asked;
use netpol_core::net::{Decided, Protocol};
use netpol_tests::engine::Engine;
use netpol_tests::generate::{Flow, Generated, Random, flows, nasty, to_json, to_yaml};
use netpol_tests::naive::{Naive, Outcome};
use serde_json::{Value, json};

/// How many clusters each law is tried on, and how many flows of each.
const CLUSTERS: u64 = 60;
const FLOWS: usize = 40;

/// A generated cluster with questions about it.
fn cases() -> impl Iterator<Item = (u64, Generated, Vec<Flow>)> {
    (1_000_000..1_000_000 + CLUSTERS).map(|seed| {
        let generated = nasty(seed);
        let ends = Naive::new(&generated.objects, &generated.options).everything();
        let flows = flows(&mut Random::new(seed), &ends, FLOWS);
        (seed, generated, flows)
    })
}

fn answer(engine: &Engine, flow: &Flow) -> Outcome {
    engine.decide(&flow.from, &flow.to, flow.protocol, flow.port)
}

#[test]
fn a_point_is_answered_as_the_set_of_all_ports_says() {
    for (seed, Generated { objects, options }, flows) in cases() {
        let engine = Engine::new(&to_yaml(&objects), &options);
        for flow in flows {
            let verdict = engine.ask(&flow.from.to_string(), &flow.to.to_string(), Asked::Every).unwrap();
            let place = membership(&verdict.decided, &flow);
            let expected: &[Outcome] = match place {
                Outcome::Allow => &[Outcome::Allow],
                Outcome::Unknown => &[Outcome::Unknown],
                _ if verdict.pairs.len() == 1 => &[Outcome::Deny],
                _ => &[Outcome::Deny, Outcome::Partial, Outcome::Unknown],
            };
            let point = answer(&engine, &flow);
            assert!(expected.contains(&point), "seed {seed}: {flow:?}: {point:?} is not among {expected:?}");
        }
    }
}

fn membership(decided: &Decided, flow: &Flow) -> Outcome {
    let protocol = Protocol::parse(flow.protocol).unwrap();
    if decided.allowed.contains(protocol, flow.port) {
        Outcome::Allow
    } else if decided.unknown.contains(protocol, flow.port) {
        Outcome::Unknown
    } else {
        Outcome::Deny
    }
}

#[test]
fn an_added_rule_never_takes_a_connection_away() {
    for (seed, Generated { mut objects, options }, flows) in cases() {
        let before = Engine::new(&to_yaml(&objects), &options);
        let mut random = Random::new(seed);
        let mut policies: Vec<&mut Value> =
            objects.iter_mut().filter(|object| object["kind"] == "NetworkPolicy").collect();
        if policies.is_empty() {
            continue;
        }
        let index = random.below(policies.len());
        let Some(change) = add_rule(policies[index], &mut random) else { continue };
        let after = Engine::new(&to_yaml(&objects), &options);
        for flow in flows {
            let (old, new) = (answer(&before, &flow), answer(&after, &flow));
            assert!(is_no_less(old, new), "seed {seed}: {change}: {flow:?} was {old:?} and is {new:?}");
        }
    }
}

/// Adds a rule in a direction that the policy isolates already, and says which.
fn add_rule(policy: &mut Value, random: &mut Random) -> Option<String> {
    let types: Vec<String> = policy["spec"]["policyTypes"]
        .as_array()?
        .iter()
        .map(|name| name.as_str().unwrap().to_lowercase())
        .collect();
    if types.is_empty() {
        return None;
    }
    let direction = random.pick(&types).clone();
    let peers = if direction == "ingress" { "from" } else { "to" };
    let rule = match random.below(4) {
        0 => json!({}),
        1 => json!({peers: [{"namespaceSelector": {}}]}),
        2 => json!({peers: [{"podSelector": {"matchLabels": {"app": "a"}}}], "ports": [{"port": "web"}]}),
        _ => json!({"ports": [{"port": 80}, {"port": 53, "protocol": "UDP"}]}),
    };
    let told = format!("{direction} {rule} in {}", policy["metadata"]["name"]);
    match policy["spec"][&direction].as_array_mut() {
        Some(rules) => rules.insert(random.below(rules.len() + 1), rule),
        None => policy["spec"][&direction] = json!([rule]),
    }
    Some(told)
}

const fn is_no_less(old: Outcome, new: Outcome) -> bool {
    match (old, new) {
        (Outcome::Deny, _) | (_, Outcome::Allow) => true,
        (Outcome::Unknown | Outcome::Partial, _) => !matches!(new, Outcome::Deny),
        (Outcome::Allow, _) => false,
    }
}

#[test]
fn the_order_of_documents_does_not_matter() {
    for (seed, Generated { objects, options }, flows) in cases() {
        let engine = Engine::new(&to_yaml(&objects), &options);
        let shuffled = Engine::new(&to_yaml(&shuffle(&objects, seed)), &options);
        for flow in flows {
            assert_eq!(answer(&engine, &flow), answer(&shuffled, &flow), "seed {seed}: {flow:?}");
        }
    }
}

fn shuffle(objects: &[Value], seed: u64) -> Vec<Value> {
    let mut random = Random::new(seed);
    let mut rest = objects.to_vec();
    let mut shuffled = Vec::new();
    while !rest.is_empty() {
        shuffled.push(rest.swap_remove(random.below(rest.len())));
    }
    shuffled
}

#[test]
fn two_runs_say_the_same() {
    for (seed, Generated { objects, options }, flows) in cases() {
        let text = to_yaml(&objects);
        let (one, two) = (Engine::new(&text, &options), Engine::new(&text, &options));
        for flow in flows {
            let told = |engine: &Engine| {
                format!("{:?}", engine.ask(&flow.from.to_string(), &flow.to.to_string(), Asked::Every))
            };
            assert_eq!(told(&one), told(&two), "seed {seed}: {flow:?}");
        }
    }
}

#[test]
fn yaml_and_json_of_the_same_objects_give_the_same_verdicts() {
    for (seed, Generated { objects, options }, flows) in cases() {
        let (yaml, json) =
            (Engine::new(&to_yaml(&objects), &options), Engine::new(&to_json(&objects), &options));
        for flow in flows {
            assert_eq!(answer(&yaml, &flow), answer(&json, &flow), "seed {seed}: {flow:?}");
        }
    }
}

#[test]
fn what_the_server_stores_by_default_may_be_spelled_out() {
    for (seed, Generated { mut objects, options }, flows) in cases() {
        let engine = Engine::new(&to_yaml(&objects), &options);
        objects.iter_mut().filter(|object| object["kind"] == "NetworkPolicy").for_each(spell_out);
        let spelled_out = Engine::new(&to_yaml(&objects), &options);
        for flow in flows {
            assert_eq!(answer(&engine, &flow), answer(&spelled_out, &flow), "seed {seed}: {flow:?}");
        }
    }
}

/// Writes what defaulting would: `policyTypes`, and the protocol of ports.
fn spell_out(policy: &mut Value) {
    let spec = &mut policy["spec"];
    if spec["policyTypes"].as_array().is_none_or(Vec::is_empty) {
        let has_egress = spec["egress"].as_array().is_some_and(|rules| !rules.is_empty());
        spec["policyTypes"] = if has_egress { json!(["Ingress", "Egress"]) } else { json!(["Ingress"]) };
    }
    for direction in ["ingress", "egress"] {
        let rules = spec[direction].as_array_mut();
        for rule in rules.into_iter().flatten().filter(|rule| rule.is_object()) {
            let ports = rule["ports"].as_array_mut();
            for port in ports.into_iter().flatten() {
                if port["protocol"].is_null() {
                    port["protocol"] = json!("TCP");
                }
            }
        }
    }
}
