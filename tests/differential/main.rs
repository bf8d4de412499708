//! The engine against the naive evaluator, on generated clusters with every feature.
//!
//! `NETPOL_FLOWS` is how many flows are asked, `NETPOL_SEED` the first seed. A disagreement is shrunk and printed.

mod worlds;

use std::panic::{AssertUnwindSafe, catch_unwind};

use netpol_tests::corpus::say;
use netpol_tests::effort::number;
use netpol_tests::engine::Engine;
use netpol_tests::generate::{Flow, Generated, Random, flows, nasty, to_json, to_yaml};
use netpol_tests::naive::{End, Naive, Options, Outcome};
use netpol_tests::shrink::shrink;
use serde_json::Value;

/// How many flows are asked of each cluster.
const FLOWS_OF_A_CLUSTER: usize = 100;

#[test]
fn the_engine_and_the_naive_evaluator_agree_on_generated_flows() {
    let clusters = number("NETPOL_FLOWS", 100_000).div_ceil(FLOWS_OF_A_CLUSTER as u64);
    let first = number("NETPOL_SEED", 1);
    let workers = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let work = |worker: u64| {
            move || {
                let seeds = (first..first + clusters).filter(|seed| seed % workers == worker);
                seeds.fold(Tally::default(), |tally, seed| tally.plus(&compare(seed)))
            }
        };
        let workers: Vec<_> = (0..workers).map(|worker| scope.spawn(work(worker))).collect();
        workers.into_iter().map(|worker| worker.join().expect("no evaluator panics")).collect()
    });
    let all = tallies.iter().fold(Tally::default(), |all, tally| all.plus(tally));
    let Tally { allow, deny, partial, unknown, .. } = all;
    say(&format!(
        "{} flows: {allow} allow, {deny} deny, {partial} partial, {unknown} unknown",
        allow + deny + partial + unknown
    ));
    assert!(all.failures.is_empty(), "{}", all.failures.join("\n\n"));
    assert!([allow, deny, unknown].iter().all(|count| *count > 0), "the flows do not meet every answer");
}

/// What was answered.
#[derive(Debug, Default)]
struct Tally {
    allow: usize,
    deny: usize,
    partial: usize,
    unknown: usize,
    failures: Vec<String>,
}

impl Tally {
    fn plus(&self, other: &Self) -> Self {
        Self {
            allow: self.allow + other.allow,
            deny: self.deny + other.deny,
            partial: self.partial + other.partial,
            unknown: self.unknown + other.unknown,
            failures: self.failures.iter().chain(&other.failures).take(10).cloned().collect(),
        }
    }

    fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Allow => self.allow += 1,
            Outcome::Deny => self.deny += 1,
            Outcome::Partial => self.partial += 1,
            Outcome::Unknown => self.unknown += 1,
        }
    }
}

/// Asks both about one cluster; at most one disagreement of a cluster is told.
fn compare(seed: u64) -> Tally {
    let Generated { objects, options } = nasty(seed);
    let naive = Naive::new(&objects, &options);
    let engine = Engine::new(&rendered(&objects, seed), &options);
    let mut random = Random::new(seed ^ 0xF10);
    let mut tally = Tally::default();
    for flow in flows(&mut random, &naive.everything(), FLOWS_OF_A_CLUSTER) {
        let second = naive.decide(&flow.from, &flow.to, flow.protocol, flow.port);
        tally.count(second);
        if tally.failures.is_empty() && by_engine(&engine, &flow) != Ok(second) {
            tally.failures.push(report(seed, &objects, &options, &flow));
        }
    }
    tally
}

fn rendered(objects: &[Value], seed: u64) -> String {
    if seed.is_multiple_of(2) { to_yaml(objects) } else { to_json(objects) }
}

fn by_engine(engine: &Engine, flow: &Flow) -> Result<Outcome, String> {
    let Flow { from, to, protocol, port } = flow;
    catch_unwind(AssertUnwindSafe(|| engine.decide(from, to, protocol, *port)))
        .map_err(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "a panic".to_owned()))
}

fn report(seed: u64, objects: &[Value], options: &Options, flow: &Flow) -> String {
    let answers = |objects: &[Value]| {
        let naive = Naive::new(objects, options);
        let ends = naive.everything();
        let is_there =
            |end: &End| matches!(end, End::Address(_) | End::Hypothetical { .. }) || ends.contains(end);
        (is_there(&flow.from) && is_there(&flow.to)).then(|| {
            let engine = Engine::new(&to_json(objects), options);
            (by_engine(&engine, flow), naive.decide(&flow.from, &flow.to, flow.protocol, flow.port))
        })
    };
    let fails = |objects: &[Value]| answers(objects).is_some_and(|(engine, naive)| engine != Ok(naive));
    let smallest = if fails(objects) { shrink(objects, &fails) } else { objects.to_vec() };
    let Flow { from, to, protocol, port } = flow;
    let told = match answers(&smallest) {
        Some((engine, naive)) => format!("engine: {engine:?}, naive: {naive:?}"),
        None => "an end is missing".to_owned(),
    };
    format!("seed {seed}: {from} -> {to} {protocol}/{port}: {told}\n{options:?}\n{}", to_yaml(&smallest))
}
