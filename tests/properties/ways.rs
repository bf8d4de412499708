//! Laws of ways and cuts over generated clusters.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use netpol_core::analysis::Analysis;
use netpol_core::cluster::{Asked, Endpoint, Hypothetical, WorkloadId};
use netpol_core::evaluate::{Request, UnknownAs};
use netpol_core::net::{ConnectionSet, IpSet, PortSet, Protocol};
use netpol_core::reach::path::{Goal, Quest, Through, Ways};
use netpol_core::reach::{Map, Share, ShareId, Wanted};
use netpol_tests::engine::Engine;
use netpol_tests::generate::{Generated, nasty, to_yaml};

/// How many clusters each law is tried on.
const CLUSTERS: u64 = 60;

/// The port that some of the chains are to end with.
const PORT: u16 = 80;

fn cases() -> impl Iterator<Item = (u64, Engine)> {
    (3_000_000..3_000_000 + CLUSTERS).map(|seed| {
        let Generated { objects, options } = nasty(seed);
        (seed, Engine::new(&to_yaml(&objects), &options))
    })
}

#[test]
fn a_pod_that_does_not_exist_has_the_same_answers_as_a_workload() {
    for (seed, engine) in cases() {
        let own = engine.analysis();
        let labels = vec![("app".to_owned(), "a".to_owned()), ("tier".to_owned(), "b".to_owned())];
        let namespace = if seed % 2 == 0 { "n0" } else { "elsewhere" }.to_owned();
        let pod = Endpoint::Hypothetical(Hypothetical { namespace, labels });
        let mut quest = Quest {
            from: vec![pod.clone()],
            to: Vec::new(),
            ports: Asked::Every,
            unknown: UnknownAs::Unknown,
        };
        let with_pod = own.with_ends_of(&mut quest).unwrap();
        let [new @ Endpoint::Workload(_)] = quest.from.as_slice() else { panic!("seed {seed}: {quest:?}") };
        for other in (0u32..).map(|id| Endpoint::Workload(WorkloadId(id))).take(own.cluster().workloads.len())
        {
            for (is_source, name) in [(true, "from"), (false, "to")] {
                let decided = |analysis: &Analysis, pod: &Endpoint| {
                    let (pod, other) = (vec![pod.clone()], vec![other.clone()]);
                    let (from, to) = if is_source { (pod, other) } else { (other, pod) };
                    let verdict = analysis.verdict(&Request { from, to, ports: Asked::Every });
                    verdict.pairs.into_iter().map(|pair| pair.decided).collect::<BTreeSet<_>>()
                };
                let (asked, mapped) = (decided(own, &pod), decided(&with_pod, new));
                assert_eq!(asked, mapped, "seed {seed}: {name} the pod, {other:?}");
            }
        }
    }
}

/// Pairs of ends.
type Set = BTreeSet<(ShareId, ShareId)>;

/// Who can reach whom, pair by pair, and of those pairs the ones on the port.
#[derive(Debug)]
struct Pairs {
    all: Set,
    on_port: Set,
}

fn pairs(map: &Map) -> Pairs {
    let port = ConnectionSet::of(Protocol::Tcp, PortSet::single(PORT));
    let (mut all, mut on_port) = (BTreeSet::new(), BTreeSet::new());
    for rectangle in map.rectangles.iter().filter(|it| !it.decided.allowed.is_empty()) {
        for from in rectangle.from.pods() {
            for to in rectangle.to.pods() {
                if is_itself(map, *from, *to) {
                    continue;
                }
                all.insert((*from, *to));
                if rectangle.decided.allowed.overlaps(&port) {
                    on_port.insert((*from, *to));
                }
            }
        }
    }
    Pairs { all, on_port }
}

/// Whether a pair is a single pod and itself.
fn is_itself(map: &Map, from: ShareId, to: ShareId) -> bool {
    from == to && map.shares.get(from).is_some_and(Share::is_one_pod)
}

/// How many hops each share is from some sources.
fn distances(all: &Set, from: &[ShareId]) -> BTreeMap<ShareId, u32> {
    let mut found: BTreeMap<ShareId, u32> = from.iter().map(|share| (*share, 0)).collect();
    let mut queue: VecDeque<ShareId> = from.iter().copied().collect();
    while let Some(at) = queue.pop_front() {
        for (_, to) in all.iter().filter(|(start, _)| *start == at) {
            if !found.contains_key(to) {
                found.insert(*to, found[&at] + 1);
                queue.push_back(*to);
            }
        }
    }
    found
}

fn shares(map: &Map, workload: WorkloadId) -> Vec<ShareId> {
    map.shares.of_workload(workload).collect()
}

fn some(shares: &[ShareId]) -> Wanted {
    Wanted::Some { shares: shares.to_vec(), addresses: IpSet::empty() }
}

/// The ends of every question about two different workloads, on any port and on one.
fn goals(engine: &Engine, map: &Map) -> Vec<(Vec<ShareId>, Vec<ShareId>, Option<Asked>)> {
    let workloads = u32::try_from(engine.analysis().cluster().workloads.len()).unwrap();
    let mut goals = Vec::new();
    for from in 0..workloads {
        for to in (0..workloads).filter(|to| *to != from) {
            for ports in [None, Some(Asked::Range(Protocol::Tcp, PORT, PORT))] {
                let ends = [WorkloadId(from), WorkloadId(to)].map(|id| shares(map, id));
                let [from, to] = ends;
                goals.push((from, to, ports));
            }
        }
    }
    goals
}

#[test]
fn the_shortest_chain_is_as_short_as_a_search_over_pairs_finds() {
    for (seed, engine) in cases() {
        let map = engine.analysis().map();
        let ways = Ways::new(engine.analysis().cluster(), &map, Through::Allowed, UnknownAs::Unknown);
        let pairs = pairs(&map);
        for (from, to, ports) in goals(&engine, &map) {
            let last = if ports.is_some() { &pairs.on_port } else { &pairs.all };
            let before = distances(&pairs.all, &from);
            let ending = last.iter().filter(|(_, end)| to.contains(end));
            let expected = ending.filter_map(|(start, _)| Some(before.get(start)? + 1)).min();
            let goal = Goal { from: some(&from), to: some(&to), ports };
            let found = ways.shortest(&goal).map(|chain| u32::try_from(chain.hops.len()).unwrap());
            assert_eq!(found, expected, "seed {seed}: {goal:?}");
        }
    }
}

#[test]
fn every_hop_is_what_the_question_about_it_says() {
    for (seed, engine) in cases() {
        let analysis = engine.analysis();
        let map = analysis.map();
        let workloads = u32::try_from(analysis.cluster().workloads.len()).unwrap();
        for (from, to) in (0..workloads).map(|from| (from, (from + 1) % workloads)) {
            let [from, to] = [from, to].map(|id| vec![Endpoint::Workload(WorkloadId(id))]);
            let quest = Quest { from, to, ports: Asked::Every, unknown: UnknownAs::Unknown };
            let path = analysis.scout(&map).shortest(&quest).unwrap();
            for step in path.hops.iter().flatten() {
                let hop = &step.hop;
                let ends = [&hop.from, &hop.to].map(|end| vec![end.endpoint.clone()]);
                let [from, to] = ends;
                let verdict = analysis.verdict(&Request { from, to, ports: Asked::Every });
                let is_said = verdict.pairs.iter().any(|pair| pair.decided.allowed == hop.decided.allowed);
                assert!(is_said, "seed {seed}: {hop:?}\n{verdict:?}");
            }
        }
    }
}

#[test]
fn everybody_in_reach_is_named_once_with_the_fewest_hops() {
    for (seed, engine) in cases() {
        let cluster = engine.analysis().cluster();
        let map = engine.analysis().map();
        let ways = Ways::new(cluster, &map, Through::Allowed, UnknownAs::Unknown);
        let pairs = pairs(&map);
        for workload in (0u32..).map(WorkloadId).take(cluster.workloads.len()) {
            let from = shares(&map, workload);
            for most in [0, 1, u32::MAX] {
                let expected = distances(&pairs.all, &from).into_iter();
                let expected: BTreeMap<ShareId, u32> =
                    expected.filter(|(_, hops)| *hops > 0 && *hops <= most).collect();
                let reached = ways.reached(&some(&from), most);
                let named =
                    reached.iter().flat_map(|entry| entry.to.pods().iter().map(|to| (*to, entry.hops)));
                let named: Vec<(ShareId, u32)> = named.collect();
                assert_eq!(named.len(), expected.len(), "seed {seed}: {workload:?}, {most}");
                assert_eq!(
                    named.into_iter().collect::<BTreeMap<_, _>>(),
                    expected,
                    "seed {seed}: {workload:?}"
                );
            }
        }
    }
}

#[test]
fn a_cut_separates_and_no_smaller_one_does() {
    for (seed, engine) in cases() {
        let map = engine.analysis().map();
        let ways = Ways::new(engine.analysis().cluster(), &map, Through::Allowed, UnknownAs::Unknown);
        let Pairs { all, on_port } = pairs(&map);
        for (from, to, ports) in goals(&engine, &map) {
            let last = if ports.is_some() { &on_port } else { &all };
            let goal = Goal { from: some(&from), to: some(&to), ports };
            let cut = ways.cut(&goal).unwrap();
            let mut removed: Set = BTreeSet::new();
            for it in &cut.rectangles {
                let pairs = it.from.pods().iter().flat_map(|from| it.to.pods().iter().map(|to| (*from, *to)));
                removed.extend(pairs.filter(|(from, to)| !is_itself(&map, *from, *to)));
            }
            assert_eq!(u64::try_from(removed.len()).unwrap(), cut.connections, "seed {seed}: {goal:?}");
            let kept: BTreeSet<_> = all.difference(&removed).copied().collect();
            let reached = distances(&kept, &from);
            let is_left =
                last.difference(&removed).any(|(start, end)| reached.contains_key(start) && to.contains(end));
            assert!(!is_left, "seed {seed}: a chain is left for {goal:?}");
            assert_eq!(cut.connections, disjoint_chains((&all, last), &from, &to), "seed {seed}: {goal:?}");
        }
    }
}

/// How many chains lead from some ends to others of which no two go over the same pair: as many as must be cut.
fn disjoint_chains((all, last): (&Set, &Set), from: &[ShareId], to: &[ShareId]) -> u64 {
    let mut left = all.clone();
    let mut taken: Set = BTreeSet::new();
    let mut count = 0;
    // Augments along a pair that is left, or backwards along one that is taken.
    'augment: loop {
        let mut before: BTreeMap<ShareId, Option<ShareId>> =
            from.iter().map(|share| (*share, None)).collect();
        let mut queue: VecDeque<ShareId> = from.iter().copied().collect();
        while let Some(at) = queue.pop_front() {
            let ending =
                last.iter().find(|pair| pair.0 == at && to.contains(&pair.1) && left.contains(*pair));
            if let Some(pair) = ending {
                left.remove(pair);
                let mut at = at;
                while let Some(Some(start)) = before.get(&at).copied() {
                    if left.remove(&(start, at)) {
                        taken.insert((start, at));
                    } else {
                        taken.remove(&(at, start));
                        left.insert((at, start));
                    }
                    at = start;
                }
                count += 1;
                continue 'augment;
            }
            let forward = left.iter().filter(|(start, end)| {
                let is_last = last.contains(&(*start, *end)) && to.contains(end);
                *start == at && !is_last
            });
            let backward = taken.iter().filter(|(_, end)| *end == at).map(|(start, _)| *start);
            let next: Vec<ShareId> = forward.map(|(_, end)| *end).chain(backward).collect();
            for end in next {
                before.entry(end).or_insert_with(|| {
                    queue.push_back(end);
                    Some(at)
                });
            }
        }
        return count;
    }
}
