//! Answering: one port between two workloads, drawn at random.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use inputs::{INPUTS, Random, analysis};
use netpol_core::analysis::Analysis;
use netpol_core::cluster::{Asked, Endpoint, WorkloadId};
use netpol_core::evaluate::Request;
use netpol_core::net::Protocol;

pub mod inputs;

const QUESTIONS: usize = 1_000;

fn main() {
    divan::main();
}

/// Questions about random pairs of workloads.
fn questions(analysis: &Analysis) -> Vec<Request> {
    let mut random = Random::new(11);
    let workloads = analysis.cluster().workloads.len();
    let mut any =
        || Endpoint::Workload(WorkloadId(u32::try_from(random.below(workloads)).unwrap_or_default()));
    (0..QUESTIONS)
        .map(|_| Request {
            from: vec![any()],
            to: vec![any()],
            ports: Asked::Range(Protocol::Tcp, 8080, 8080),
        })
        .collect()
}

#[divan::bench(args = INPUTS, sample_count = 20, sample_size = 1)]
fn a_thousand_points(bencher: Bencher<'_, '_>, input: &str) {
    let analysis = analysis(input);
    let questions = questions(&analysis);
    bencher.counter(ItemsCount::new(QUESTIONS)).bench_local(|| {
        black_box(&questions).iter().map(|question| analysis.verdict(question).pairs.len()).sum::<usize>()
    });
}
