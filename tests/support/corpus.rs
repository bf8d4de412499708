//! Where the corpus of cases with known answers is.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

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

/// Says something to whoever runs the tests, past the harness, which swallows what is printed.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
