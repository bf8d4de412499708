//! Laws of maps over generated clusters and over every scenario of the corpus.

use std::collections::{BTreeMap, BTreeSet};

use netpol_core::cluster::{Asked, Endpoint, WorkloadId};
use netpol_core::evaluate::{End, Request, Verdict};
use netpol_core::net::{Decided, IpSet};
use netpol_core::reach::{Map, expand};
use netpol_tests::corpus::{options, scenarios};
use netpol_tests::engine::Engine;
use netpol_tests::generate::{Generated, nasty, to_json, to_yaml};

/// How many generated clusters each law is tried on.
const CLUSTERS: u64 = 150;

/// Clusters by their names.
fn cases() -> impl Iterator<Item = (String, Engine)> {
    let generated = (2_000_000..2_000_000 + CLUSTERS).map(|seed| {
        let Generated { objects, options } = nasty(seed);
        (format!("seed {seed}"), Engine::new(&to_yaml(&objects), &options))
    });
    let recorded = scenarios().map(|scenario| {
        let objects = scenario["objects"].as_array().expect("a scenario has objects");
        (scenario["id"].to_string(), Engine::new(&to_json(objects), &options(&scenario)))
    });
    generated.chain(recorded)
}

/// What may flow from a pod to a pod; what is denied is absent.
type Flows = BTreeSet<(String, String, Decided)>;

#[test]
fn the_map_says_of_every_pair_what_the_question_about_it_says() {
    for (name, engine) in cases() {
        let cluster = engine.analysis().cluster();
        let map = engine.analysis().map();
        let mut mapped: BTreeMap<(&Endpoint, &Endpoint), Flows> = BTreeMap::new();
        let connections = expand(cluster, &map, &map.rectangles);
        for connection in &connections {
            let decided = &connection.rectangle.decided;
            let flows = flows(&engine, &map, (&connection.from, &connection.to), decided);
            mapped.entry((&connection.from.endpoint, &connection.to.endpoint)).or_default().extend(flows);
        }
        let ends: Vec<Endpoint> =
            (0u32..).map(|id| Endpoint::Workload(WorkloadId(id))).take(cluster.workloads.len()).collect();
        for (from, to) in ends.iter().flat_map(|from| ends.iter().map(move |to| (from, to))) {
            let verdict = ask(&engine, from.clone(), to.clone());
            let answered: Flows = verdict
                .pairs
                .iter()
                .filter(|pair| !pair.decided.is_nothing())
                .flat_map(|pair| flows(&engine, &map, (&pair.from, &pair.to), &pair.decided))
                .collect();
            let mapped = mapped.remove(&(from, to)).unwrap_or_default();
            assert_eq!(mapped, answered, "{name}: {from:?} -> {to:?}");
        }
    }
}

/// A pair of ends pod by pod, without a pod of several and itself.
fn flows(engine: &Engine, map: &Map, (from, to): (&End, &End), decided: &Decided) -> Flows {
    let (sources, targets) = (pods(engine, map, from), pods(engine, map, to));
    let is_whole = from.pods.is_none() && to.pods.is_none() && sources.len() == 1;
    let pairs = sources.iter().flat_map(|from| targets.iter().map(move |to| (from, to)));
    let pairs = pairs.filter(|(from, to)| is_whole || from != to || from.ends_with('…'));
    pairs.map(|(from, to)| (from.clone(), to.clone(), decided.clone())).collect()
}

/// The names of the pods of an end, with their namespace; none for addresses.
fn pods(engine: &Engine, map: &Map, end: &End) -> Vec<String> {
    let Endpoint::Workload(workload) = end.endpoint else { return Vec::new() };
    let shares = map.shares.of_workload(workload).filter_map(|id| map.shares.get(id));
    let members = shares.flat_map(|share| &share.members);
    let names = members.map(|it| engine.analysis().cluster().pod_name(it.group, it.ordinal));
    end.pods.clone().unwrap_or_else(|| names.collect())
}

#[test]
fn the_map_says_of_the_outside_what_the_question_about_it_says() {
    for (name, engine) in cases() {
        let map = engine.analysis().map();
        let cluster = engine.analysis().cluster();
        // That a pod's own node always reaches it is left aside by maps.
        let nodes = cluster.nodes.iter().fold(IpSet::empty(), |all, node| all.union(&node.addresses));
        let outside = map.outside.difference(&nodes);
        let asked = Endpoint::Addresses(outside.clone());
        for workload in (0u32..).map(WorkloadId).take(cluster.workloads.len()) {
            let (inward, outward) = mapped(&engine, &map, (workload, &outside));
            let verdict = ask(&engine, asked.clone(), Endpoint::Workload(workload));
            assert_eq!(inward, answered(&verdict, &map, &engine), "{name}: to {workload:?}");
            let verdict = ask(&engine, Endpoint::Workload(workload), asked.clone());
            assert_eq!(outward, answered(&verdict, &map, &engine), "{name}: from {workload:?}");
        }
    }
}

#[test]
fn rectangles_are_disjoint() {
    for (name, engine) in cases() {
        let map = engine.analysis().map();
        let mut seen = BTreeSet::new();
        for rectangle in &map.rectangles {
            for (from, to) in rectangle
                .from
                .pods()
                .iter()
                .flat_map(|from| rectangle.to.pods().iter().map(move |to| (from, to)))
            {
                assert!(seen.insert((*from, *to)), "{name}: {from:?} -> {to:?} is said twice");
            }
        }
    }
}

fn ask(engine: &Engine, from: Endpoint, to: Endpoint) -> Verdict {
    engine.analysis().verdict(&Request { from: vec![from], to: vec![to], ports: Asked::Every })
}

/// Addresses by the pod that they are the other end of, and by what may flow.
type ByPod = BTreeMap<(String, Decided), IpSet>;

fn add(all: &mut ByPod, map: &Map, engine: &Engine, end: &End, (addresses, decided): (&IpSet, &Decided)) {
    for pod in pods(engine, map, end).into_iter().filter(|_| !addresses.is_empty()) {
        let entry = all.entry((pod, decided.clone())).or_insert_with(IpSet::empty);
        *entry = entry.union(addresses);
    }
}

/// What a verdict says of addresses.
fn answered(verdict: &Verdict, map: &Map, engine: &Engine) -> ByPod {
    let mut all = ByPod::new();
    for pair in verdict.pairs.iter().filter(|pair| !pair.decided.is_nothing()) {
        match (&pair.from.endpoint, &pair.to.endpoint) {
            (Endpoint::Addresses(addresses), _) => {
                add(&mut all, map, engine, &pair.to, (addresses, &pair.decided));
            }
            (_, Endpoint::Addresses(addresses)) => {
                add(&mut all, map, engine, &pair.from, (addresses, &pair.decided));
            }
            _ => panic!("{pair:?} has no addresses"),
        }
    }
    all
}

/// What the map says of addresses to and from a workload.
fn mapped(engine: &Engine, map: &Map, (workload, outside): (WorkloadId, &IpSet)) -> (ByPod, ByPod) {
    let (mut inward, mut outward) = (ByPod::new(), ByPod::new());
    for connection in expand(engine.analysis().cluster(), map, &map.rectangles) {
        let decided = &connection.rectangle.decided;
        match (&connection.from.endpoint, &connection.to.endpoint) {
            (Endpoint::Addresses(addresses), Endpoint::Workload(id)) if *id == workload => {
                let addresses = addresses.intersection(outside);
                add(&mut inward, map, engine, &connection.to, (&addresses, decided));
            }
            (Endpoint::Workload(id), Endpoint::Addresses(addresses)) if *id == workload => {
                let addresses = addresses.intersection(outside);
                add(&mut outward, map, engine, &connection.from, (&addresses, decided));
            }
            _ => {}
        }
    }
    (inward, outward)
}
