//! Laws of changes over generated clusters.

use std::collections::BTreeMap;

use netpol_core::cluster::{Endpoint, WorkloadId};
use netpol_core::evaluate::End;
use netpol_core::net::{Decided, IpSet};
use netpol_core::reach::{Map, expand};
use netpol_tests::engine::Engine;
use netpol_tests::generate::{Generated, Random, nasty, to_yaml};
use serde_json::{Value, json};

/// How many clusters each law is tried on.
const CLUSTERS: u64 = 100;

/// Two inputs that differ in a policy or in the labels of some pods.
fn cases() -> impl Iterator<Item = (u64, Engine, Engine)> {
    (3_000_000..3_000_000 + CLUSTERS).map(|seed| {
        let Generated { mut objects, options } = nasty(seed);
        let before = Engine::new(&to_yaml(&objects), &options);
        change(&mut objects, &mut Random::new(seed));
        (seed, before, Engine::new(&to_yaml(&objects), &options))
    })
}

fn change(objects: &mut Vec<Value>, random: &mut Random) {
    let is_policy = |object: &Value| object["kind"] == "NetworkPolicy";
    let policies: Vec<usize> = (0..objects.len()).filter(|place| is_policy(&objects[*place])).collect();
    match (policies.is_empty(), random.below(3)) {
        (false, 0) => {
            objects.remove(*random.pick(&policies));
        }
        (false, 1) => {
            objects[*random.pick(&policies)]["spec"]["ingress"] = json!([{"ports": [{"port": 80}]}]);
        }
        _ => {
            let pods = objects.iter_mut().filter(|object| object["kind"] == "Pod");
            pods.take(1).for_each(|pod| pod["metadata"]["labels"] = json!({"app": "a", "tier": "b"}));
        }
    }
}

/// The pods of a workload by name; what is not told apart in the map of an input stands under its name there.
fn pods(engine: &Engine, map: &Map, workload: WorkloadId) -> Vec<String> {
    let shares = map.shares.of_workload(workload).filter_map(|id| map.shares.get(id).cloned());
    let members = shares.flat_map(|share| share.members);
    let mut names: Vec<String> =
        members.map(|it| engine.analysis().cluster().pod_name(it.group, it.ordinal)).collect();
    names.sort();
    names
}

/// What may flow between pods by their names, for the workloads that both inputs tell apart alike.
type Flows = BTreeMap<(u32, String, u32, String), Decided>;

fn add(flows: &mut Flows, names: &[Option<Vec<String>>], (from, to): (&End, &End), decided: &Decided) {
    let (Endpoint::Workload(source), Endpoint::Workload(target)) = (&from.endpoint, &to.endpoint) else {
        return;
    };
    let of = |end: &End, id: &WorkloadId| {
        let all = names[id.0 as usize].clone()?;
        Some(end.pods.clone().unwrap_or(all))
    };
    let (Some(sources), Some(targets)) = (of(from, source), of(to, target)) else { return };
    for (from, to) in sources.iter().flat_map(|from| targets.iter().map(move |to| (from, to))) {
        let key = (source.0, from.clone(), target.0, to.clone());
        if source == target && from == to && !from.ends_with('…') && sources.len() + targets.len() > 2 {
            continue;
        }
        if decided.is_nothing() {
            flows.remove(&key);
        } else {
            flows.insert(key, decided.clone());
        }
    }
}

fn flows(engine: &Engine, map: &Map, names: &[Option<Vec<String>>]) -> Flows {
    let mut flows = Flows::new();
    for connection in expand(engine.analysis().cluster(), map, &map.rectangles) {
        add(&mut flows, names, (&connection.from, &connection.to), &connection.rectangle.decided);
    }
    flows
}

#[test]
fn the_changes_applied_to_the_old_map_give_the_new_map() {
    for (seed, before, after) in cases() {
        let count = after.analysis().cluster().workloads.len();
        assert_eq!(count, before.analysis().cluster().workloads.len(), "seed {seed}");
        let (old, new) = (before.analysis().map(), after.analysis().map());
        let names: Vec<Option<Vec<String>>> = (0u32..)
            .map(WorkloadId)
            .take(count)
            .map(|id| Some(pods(&after, &new, id)).filter(|names| *names == pods(&before, &old, id)))
            .collect();
        let mut applied = flows(&before, &old, &names);
        let changes = after.analysis().changes_since(before.analysis());
        for change in &changes.connections {
            add(&mut applied, &names, (&change.from, &change.to), &change.after);
        }
        assert_eq!(applied, flows(&after, &new, &names), "seed {seed}");
    }
}

#[test]
fn the_changes_of_addresses_applied_to_the_old_map_give_the_new_map() {
    for (seed, before, after) in cases() {
        let changes = after.analysis().changes_since(before.analysis());
        let (old, new) = (before.analysis().map(), after.analysis().map());
        let is_whole =
            |id: u32| [&old, &new].iter().all(|map| map.shares.of_workload(WorkloadId(id)).count() == 1);
        let mut applied = outside(&before, &old);
        for change in &changes.connections {
            let (ends, decided) = ((&change.from, &change.to), (&change.before, &change.after));
            let Some((key, addresses)) = key(ends) else { continue };
            let by_answer = applied.entry(key).or_default();
            let then = by_answer.entry(decided.0.clone()).or_insert_with(IpSet::empty);
            *then = then.difference(&addresses);
            let now = by_answer.entry(decided.1.clone()).or_insert_with(IpSet::empty);
            *now = now.union(&addresses);
        }
        let mut expected = outside(&after, &new);
        for all in [&mut applied, &mut expected] {
            all.retain(|(id, _), _| is_whole(*id));
        }
        assert_eq!(tidied(applied), tidied(expected), "seed {seed}");
    }
}

/// By the workload and whether it is the source: the addresses of each answer.
type Outside = BTreeMap<(u32, bool), BTreeMap<Decided, IpSet>>;

fn key((from, to): (&End, &End)) -> Option<((u32, bool), IpSet)> {
    match (&from.endpoint, &to.endpoint) {
        (Endpoint::Workload(id), Endpoint::Addresses(set)) if from.pods.is_none() => {
            Some(((id.0, true), set.clone()))
        }
        (Endpoint::Addresses(set), Endpoint::Workload(id)) if to.pods.is_none() => {
            Some(((id.0, false), set.clone()))
        }
        _ => None,
    }
}

fn outside(engine: &Engine, map: &Map) -> Outside {
    let mut all = Outside::new();
    for connection in expand(engine.analysis().cluster(), map, &map.rectangles) {
        if let Some((key, addresses)) = key((&connection.from, &connection.to)) {
            let entry = all.entry(key).or_default();
            let set = entry.entry(connection.rectangle.decided.clone()).or_insert_with(IpSet::empty);
            *set = set.union(&addresses);
        }
    }
    all
}

fn tidied(mut all: Outside) -> Outside {
    for by_answer in all.values_mut() {
        by_answer.retain(|decided, set| !set.is_empty() && !decided.is_nothing());
    }
    all.retain(|_, by_answer| !by_answer.is_empty());
    all
}

#[test]
fn nothing_changes_between_an_input_and_itself() {
    for (seed, before, _) in cases() {
        assert!(before.analysis().changes_since(before.analysis()).is_empty(), "seed {seed}");
    }
}

#[test]
fn every_change_has_a_cause() {
    for (seed, before, after) in cases() {
        for change in after.analysis().changes_since(before.analysis()).connections {
            assert!(!change.causes.is_empty(), "seed {seed}: {change:?}");
        }
    }
}
