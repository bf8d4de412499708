//! Where the corpus of cases with known answers is.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::naive::{Blocks, Options};

/// The folder of the corpus: `NETPOL_CORPUS`, else `../shared/corpus` beside the workspace. `None`, with a
/// message, when it is not there, so that the tests that need it are skipped.
pub fn folder() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let folder = std::env::var_os("NETPOL_CORPUS").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    say(&format!("skipped: no corpus at {} (set NETPOL_CORPUS)", folder.display()));
    None
}

/// The values of a file with one JSON value a line.
pub fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The scenarios of flows, in the order of their files; none where the corpus is absent.
pub fn scenarios() -> impl Iterator<Item = Value> {
    let listed = folder().map(|corpus| corpus.join("flows").read_dir().expect("the corpus has flows"));
    let mut files: Vec<PathBuf> =
        listed.into_iter().flatten().map(|entry| entry.expect("it can be listed").path()).collect();
    files.sort();
    files.into_iter().flat_map(|file| lines(&file))
}

/// What an evaluator is told of a scenario besides its objects.
pub fn options(scenario: &Value) -> Options {
    let blocks = match scenario["options"]["ip_block_matches_pods"].as_bool() {
        Some(false) => Blocks::OutsideOnly,
        _ => Blocks::PodsToo,
    };
    Options { blocks, ..Options::default() }
}

/// Says something to whoever runs the tests, past the harness, which swallows what is printed.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
