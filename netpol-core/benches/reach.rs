//! The map of who can reach whom, and what of it concerns one workload.

use divan::{Bencher, black_box};
use inputs::{INPUTS, analysis};
use netpol_core::cluster::{Asked, Endpoint, WorkloadId};
use netpol_core::net::Protocol;
use netpol_core::reach::{Filter, Wanted};

pub mod inputs;

fn main() {
    divan::main();
}

#[divan::bench(args = INPUTS, sample_count = 5, sample_size = 1)]
fn map(bencher: Bencher<'_, '_>, input: &str) {
    let analysis = analysis(input);
    bencher.bench_local(|| black_box(&analysis).map());
}

#[divan::bench(args = INPUTS, sample_count = 5, sample_size = 1)]
fn count_of_all_pairs(bencher: Bencher<'_, '_>, input: &str) {
    let analysis = analysis(input);
    let map = analysis.map();
    bencher.bench_local(|| Filter::default().counts(analysis.cluster(), black_box(&map)));
}

#[divan::bench(args = INPUTS, sample_count = 20, sample_size = 1)]
fn who_can_reach_a_workload(bencher: Bencher<'_, '_>, input: &str) {
    let analysis = analysis(input);
    let map = analysis.map();
    let middle = u32::try_from(analysis.cluster().workloads.len() / 2).unwrap_or_default();
    let Ok(to) = Wanted::of(&map, &[Endpoint::Workload(WorkloadId(middle))]) else { return };
    let ports = Some(Asked::Range(Protocol::Tcp, 8080, 8080));
    let filter = Filter { to, ports, ..Filter::default() };
    bencher.bench_local(|| filter.apply(analysis.cluster(), black_box(&map)));
}
