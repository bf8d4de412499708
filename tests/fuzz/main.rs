//! Damaged input: whatever stands in a file, nothing panics, every place lies in its text, neighbours are still read, and the same
//! bytes get the same answer.
//!
//! `NETPOL_FUZZ` is how many texts are tried, `NETPOL_FUZZ_RUNS` how many whole runs of the program; `NETPOL_FUZZ_MINUTES` how long,
//! in place of both. `NETPOL_SEED` is the first seed.

mod mutate;
mod program;
mod seeds;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use mutate::{manifests, mutated};
use netpol_core::analysis::{Analysis, Settings};
use netpol_core::cluster::Asked;
use netpol_core::diagnostic::{Diagnostic, Edit};
use netpol_core::lint::{FixChoice, LintReport, LintSettings, Preset, apply_fixes};
use netpol_core::report;
use netpol_core::text::{FileSet, SourceFile, Span};
use netpol_tests::corpus::say;
use netpol_tests::effort::Seeds;
use netpol_tests::generate::Random;

const NEIGHBOUR: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: neighbour, namespace: next-door}\n";

#[test]
fn damaged_manifests_are_read_judged_explained_and_mended_without_a_panic() {
    let manifests = manifests();
    tried("NETPOL_FUZZ", 1_000, "damaged texts", |seed| try_one(seed, &manifests));
}

#[test]
fn every_command_and_format_says_something_of_damaged_input() {
    let manifests = manifests();
    tried("NETPOL_FUZZ_RUNS", 150, "damaged runs", |seed| {
        let case = program::case(seed, &manifests);
        is_well(seed, &case, program::holds)
    });
}

/// So many seeds that fail are told of, before nothing more is tried.
const MOST_FAILURES: u64 = 5;

/// Tries seeds on all cores. `each` says whether all is well.
fn tried(variable: &str, otherwise: u64, what: &str, each: impl Fn(u64) -> bool + Sync) {
    let (count, failures) = (AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for seeds in Seeds::of_workers(variable, otherwise) {
            let (each, count, failures) = (&each, &count, &failures);
            scope.spawn(move || {
                for seed in seeds {
                    count.fetch_add(1, Ordering::Relaxed);
                    if !each(seed) && failures.fetch_add(1, Ordering::Relaxed) + 1 >= MOST_FAILURES {
                        return;
                    }
                }
            });
        }
    });
    say(&format!("{} {what}", count.into_inner()));
    assert_eq!(failures.into_inner(), 0, "seeds that fail");
}

fn try_one(seed: u64, seeds: &[String]) -> bool {
    let text = mutated(&mut Random::new(seed), seeds);
    is_well(seed, &text, |text| holds(text))
}

/// Whether all holds of an input; if not, the seed and the input are told.
fn is_well<T: std::fmt::Debug>(seed: u64, input: &T, holds: impl Fn(&T)) -> bool {
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| holds(input)));
    if outcome.is_err() {
        say(&format!("seed {seed}, {input:?}"));
    }
    outcome.is_ok()
}

fn holds(text: &str) {
    let analysis = analysis(text);
    for diagnostic in analysis.diagnostics() {
        assert_placed(analysis.files(), diagnostic);
    }
    assert!(analysis.cluster().endpoints("next-door/neighbour", "default").is_ok(), "the neighbour is read");
    answers(&analysis);
    let report = lint(&analysis);
    for finding in &report.findings {
        assert_placed(analysis.files(), finding);
    }
    let again = self::analysis(text);
    assert_eq!(analysis.diagnostics(), again.diagnostics(), "the same bytes get the same messages");
    assert_eq!(report.findings, lint(&again).findings, "the same bytes get the same findings");
    assert_fixes_settle(&analysis, report);
}

fn analysis(text: &str) -> Analysis {
    let mut files = FileSet::new();
    files.add(SourceFile::named("damaged.yaml", text)).expect("small");
    files.add(SourceFile::named("neighbour.yaml", NEIGHBOUR)).expect("small");
    Analysis::new(files, Settings::default())
}

fn lint(analysis: &Analysis) -> LintReport {
    analysis.lint(&LintSettings { preset: Preset::Strict, ..LintSettings::default() })
}

/// The map is what its pairs are, and the first pairs can be explained and their edits written.
fn answers(analysis: &Analysis) {
    let everybody = analysis.cluster().endpoints("any", "default").expect("`any` is always somebody");
    let few = |mut ends: netpol_core::cluster::Resolved| {
        ends.endpoints.truncate(4);
        ends
    };
    let (from, to) = (few(everybody.clone()), few(everybody));
    let question = analysis.question_between(&from, &to, Asked::Every).expect("few pairs");
    let explanation = analysis.explain(&question.request);
    assert_eq!(explanation.verdict, analysis.verdict(&question.request), "the reason is of the same verdict");
    let suggestions = analysis.suggestions(&explanation);
    for suggestion in &suggestions {
        assert_apply(analysis.files(), &suggestion.edits);
    }
    let words = report::text::explanation(analysis.context(), &explanation, &suggestions).to_string();
    assert!(!words.is_empty());
    analysis.map();
    analysis.coverage();
}

/// Safe fixes leave a text whose own safe fixes change nothing more.
fn assert_fixes_settle(analysis: &Analysis, mut report: LintReport) {
    let mut files = analysis.files().clone();
    let mut seen = BTreeSet::new();
    loop {
        let fixed = apply_fixes(&report, &files, FixChoice::Safe, |_| true);
        if fixed.texts.is_empty() {
            return;
        }
        for (id, text) in fixed.texts {
            assert!(seen.insert(text.clone()), "fixes go round in a circle");
            let file = files.get(id).expect("fixes are for files of the set").with_text(text);
            files.put(file).expect("small");
        }
        report = lint(&Analysis::new(files.clone(), Settings::default()));
    }
}

fn assert_placed(files: &FileSet, diagnostic: &Diagnostic) {
    for label in std::iter::once(&diagnostic.primary).chain(&diagnostic.related) {
        assert_in_text(files, label.span);
    }
    if let Some(fix) = &diagnostic.fix {
        assert_apply(files, &fix.edits);
    }
    assert!(!diagnostic.message.is_empty() && !diagnostic.message.contains('\n'), "{}", diagnostic.message);
}

/// Edits lie in their texts and do not overlap.
fn assert_apply(files: &FileSet, edits: &[Edit]) {
    let mut spans: Vec<Span> = edits.iter().map(|edit| edit.span).collect();
    spans.sort_by_key(|span| (span.file, span.start, span.end));
    for span in &spans {
        assert_in_text(files, *span);
    }
    for pair in spans.windows(2) {
        assert!(pair[0].file != pair[1].file || pair[0].end <= pair[1].start, "edits overlap: {spans:?}");
    }
}

fn assert_in_text(files: &FileSet, span: Span) {
    let text = files.get(span.file).expect("a span is in a file of the set").text();
    assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} of {} bytes", text.len());
}
