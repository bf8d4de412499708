//! Inputs by their names.

use std::collections::BTreeMap;

use netpol_core::analysis::{Analysis, Settings};
use netpol_core::text::{FileSet, SourceFile};
use serde_json::{Value, json};

use super::{estate, scale};

/// Pods and policies of each input.
pub const INPUTS: [&str; 4] = ["1000-100", "10000-1000", "100000-10000", PUBLIC];
/// The model of the public scale test: 2,400 pods and 9,600 policies.
pub const PUBLIC: &str = "k8s-netpol-scale";

/// The files of an input.
///
/// # Panics
/// An input that is too large for a set of files.
pub fn files(input: &str) -> FileSet {
    let text = json!({"apiVersion": "v1", "kind": "List", "items": objects(input)}).to_string();
    let mut files = FileSet::new();
    add(&mut files, "bench", text);
    files
}

/// The same input with each policy in a file of its own, and the other objects of a namespace together in another.
pub fn many_files(input: &str) -> FileSet {
    let text =
        |object: &Value, field: &str| object["metadata"][field].as_str().unwrap_or("cluster").to_owned();
    let mut by_file: BTreeMap<String, String> = BTreeMap::new();
    for object in objects(input) {
        let namespace = text(&object, "namespace");
        let name = if object["kind"] == "NetworkPolicy" {
            format!("policies/{namespace}/{}.json", text(&object, "name"))
        } else {
            format!("objects/{namespace}.json")
        };
        let file = by_file.entry(name).or_default();
        file.push_str(&object.to_string());
        file.push('\n');
    }
    let mut files = FileSet::new();
    for (name, text) in by_file {
        add(&mut files, &name, text);
    }
    files
}

fn add(files: &mut FileSet, name: &str, text: String) {
    let added = files.add(SourceFile::found(name, text));
    assert!(added.is_ok(), "the input is small enough for a file set");
}

fn objects(input: &str) -> Vec<Value> {
    match input.split_once('-').map(|(pods, policies)| (pods.parse(), policies.parse())) {
        Some((Ok(pods), Ok(policies))) => estate::estate(estate::Size { pods, policies }),
        _ => scale::scale(scale::Model::PUBLIC),
    }
}

/// An input, read and indexed.
pub fn analysis(input: &str) -> Analysis {
    Analysis::new(files(input), Settings::default())
}
