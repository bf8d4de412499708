//! `docs/lint-review.md` speaks of all that lint says of the manifests of the corpus.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use netpol_tests::corpus;

use crate::program::Run;

/// A case and a rule.
type Row = (String, String);

/// The rows of the review; `—` for a case of which nothing is said.
fn reviewed() -> BTreeSet<Row> {
    let review = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/lint-review.md");
    let review = std::fs::read_to_string(review).unwrap();
    let rows =
        review.lines().filter_map(|line| line.strip_prefix("| ")).filter(|line| !line.starts_with("case "));
    let cells = rows.map(|row| row.split(" | ").map(str::trim).map(str::to_owned).collect::<Vec<_>>());
    cells.map(|row| (row[0].clone(), row[1].trim_matches('`').to_owned())).collect()
}

/// The cases of a set: its folders, and its files that are manifests.
fn cases(set: &Path) -> Vec<PathBuf> {
    let listed = set.read_dir().unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> =
        listed.filter(|path| path.is_dir() || path.extension().is_some_and(|it| it == "yaml")).collect();
    cases.sort();
    cases
}

/// What lint says of a case.
fn found(case: &Path) -> BTreeSet<Row> {
    let name = case.file_name().unwrap().to_str().unwrap();
    let run = Run::at(if case.is_dir() { case } else { case.parent().unwrap() });
    let path = if case.is_dir() { "." } else { name };
    let report = run.netpol(&format!("lint --isolated -o json {path}")).json();
    let rules = report["diagnostics"].as_array().unwrap().iter().map(|it| it["rule"].as_str().unwrap());
    rules.map(|rule| (name.to_owned(), rule.to_owned())).collect()
}

#[test]
fn each_finding_in_the_manifests_of_the_corpus_was_read_by_hand() {
    let Some(folder) = corpus::folder() else { return };
    let reviewed = reviewed();
    for set in ["real", "reports", "lint-cases"] {
        for case in cases(&folder.join(set)) {
            let name = case.file_name().unwrap().to_str().unwrap().to_owned();
            assert!(reviewed.iter().any(|(case, _)| *case == name), "{name} has a row");
            let found = found(&case);
            let unread: Vec<&Row> = found.difference(&reviewed).collect();
            assert!(unread.is_empty(), "read these, and add their rows to docs/lint-review.md: {unread:?}");
            // What lint should say of its own cases is held row by row elsewhere.
            let own = reviewed.iter().filter(|(case, rule)| *case == name && rule != "—");
            let stale: Vec<&Row> = own.filter(|row| set != "lint-cases" && !found.contains(*row)).collect();
            assert!(stale.is_empty(), "rows of docs/lint-review.md that nothing is found for: {stale:?}");
        }
    }
}
