//! Lint with the strict preset: every rule, over an input that is read.

use divan::{Bencher, black_box};
use inputs::{INPUTS, analysis};
use netpol_core::lint::{LintSettings, Preset};

pub mod inputs;

fn main() {
    divan::main();
}

#[divan::bench(args = INPUTS, sample_count = 5, sample_size = 1)]
fn every_rule(bencher: Bencher<'_, '_>, input: &str) {
    let analysis = analysis(input);
    let settings = LintSettings { preset: Preset::Strict, ..LintSettings::default() };
    bencher.bench_local(|| black_box(&analysis).lint(&settings).findings.len());
}
