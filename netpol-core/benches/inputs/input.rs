//! Inputs by their names.

use netpol_core::analysis::{Analysis, Settings};
use netpol_core::text::{FileSet, SourceFile};
use serde_json::json;

use super::{estate, scale};

/// Pods and policies of each input.
pub const INPUTS: [&str; 4] = ["1000-100", "10000-1000", "100000-10000", PUBLIC];
/// The model of the public scale test: 2,400 pods and 9,600 policies.
const PUBLIC: &str = "k8s-netpol-scale";

/// The files of an input.
///
/// # Panics
/// An input that is too large for a set of files.
pub fn files(input: &str) -> FileSet {
    let objects = match input.split_once('-').map(|(pods, policies)| (pods.parse(), policies.parse())) {
        Some((Ok(pods), Ok(policies))) => estate::estate(estate::Size { pods, policies }),
        _ => scale::scale(scale::Model::PUBLIC),
    };
    let text = json!({"apiVersion": "v1", "kind": "List", "items": objects}).to_string();
    let mut files = FileSet::new();
    let added = files.add(SourceFile::found("bench", text));
    assert!(added.is_ok(), "the input is small enough for a file set");
    files
}

/// An input, read and indexed.
pub fn analysis(input: &str) -> Analysis {
    Analysis::new(files(input), Settings::default())
}
