//! `docs/lint-review.md` speaks of all that lint says of real manifests, and of nothing else.

use std::collections::BTreeSet;
use std::path::Path;

use netpol_tests::corpus;
use serde_json::Value;

use crate::program::Run;

#[test]
fn each_finding_in_real_manifests_was_read_by_hand() {
    let Some(folder) = corpus::folder() else { return };
    let review = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/lint-review.md");
    let review = std::fs::read_to_string(review).unwrap();
    let rows = review.lines().filter_map(|line| line.strip_prefix("| ")).filter(|line| !line.contains("---"));
    let rows: Vec<Vec<&str>> = rows.map(|row| row.split('|').map(str::trim).collect()).collect();
    let reviewed: BTreeSet<(String, String)> = rows
        .iter()
        .skip(1)
        .filter(|row| row[1] != "—")
        .map(|row| (row[0].to_owned(), row[1].trim_matches('`').to_owned()))
        .collect();
    let mut found = BTreeSet::new();
    for project in folder.join("real").read_dir().unwrap() {
        let project = project.unwrap().path();
        if !project.is_dir() {
            continue;
        }
        let name = project.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(rows.iter().any(|row| row[0] == name), "{name} has a row");
        let report: Value = serde_json::from_str(&Run::at(&project).netpol("lint -o json").stdout).unwrap();
        let rules = report["diagnostics"].as_array().unwrap().iter().map(|it| it["rule"].as_str().unwrap());
        found.extend(rules.map(|rule| (name.clone(), rule.to_owned())));
    }
    assert_eq!(found, reviewed);
}
