//! From manifests to the index: the cluster, the index of its policies, and all of it with reading.

use std::collections::BTreeSet;

use divan::{Bencher, black_box};
use inputs::{INPUTS, analysis, files};
use netpol_core::analysis::{Analysis, Settings};
use netpol_core::cluster::{Cluster, Facts};
use netpol_core::index::{Plugin, PolicyIndex};
use netpol_core::manifest::{self, ReadOptions};
use netpol_core::net::Family;

pub mod inputs;

fn main() {
    divan::main();
}

#[divan::bench(args = INPUTS, sample_count = 10, sample_size = 1)]
fn cluster(bencher: Bencher<'_, '_>, input: &str) {
    let options = ReadOptions::default();
    let files = files(input);
    let namespaces = BTreeSet::new();
    bencher.with_inputs(|| manifest::read(&files, &options, |_, _| None::<()>)).bench_local_values(
        |manifests| {
            Cluster::new(black_box(manifests), Facts::default(), &namespaces, &[Family::V4, Family::V6])
        },
    );
}

#[divan::bench(args = INPUTS, sample_count = 10, sample_size = 1)]
fn index(bencher: Bencher<'_, '_>, input: &str) {
    let analysis = analysis(input);
    bencher.bench_local(|| {
        PolicyIndex::new(black_box(analysis.cluster()), analysis.policies(), Plugin::default())
    });
}

#[divan::bench(args = INPUTS, sample_count = 5, sample_size = 1)]
fn reading_cluster_and_index(bencher: Bencher<'_, '_>, input: &str) {
    let files = files(input);
    bencher
        .with_inputs(|| files.clone())
        .bench_local_values(|files| Analysis::new(files, Settings::default()));
}
