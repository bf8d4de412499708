//! Small inputs and what kubectl made of them.

use std::path::PathBuf;

use netpol_core::text::{FileSet, SourceFile};
use netpol_core::yaml::{Node, Parsed, Value, parse, split};
use serde_json::Value as Json;

/// The folder of the corpus, if it is there.
fn corpus() -> Option<PathBuf> {
    let default = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/corpus"));
    let folder = std::env::var_os("NETPOL_CORPUS").map_or_else(default, PathBuf::from);
    folder.is_dir().then_some(folder)
}

#[test]
#[expect(clippy::print_stdout, reason = "the count is what the run is for")]
fn documents_have_the_values_that_kubectl_reads() {
    let Some(folder) = corpus() else {
        println!("skipped: no corpus (set NETPOL_CORPUS)");
        return;
    };
    let text = std::fs::read_to_string(folder.join("yaml/kubectl.json")).expect("the corpus is readable");
    let cases: Vec<Json> = serde_json::from_str(&text).expect("the corpus is JSON");
    let disagreements: Vec<String> = cases.iter().filter_map(disagreement).collect();
    println!("{} of {} inputs agree with kubectl", cases.len() - disagreements.len(), cases.len());
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
}

/// What is wrong with a case.
fn disagreement(case: &Json) -> Option<String> {
    let bytes = match (&case["input"], &case["input_base64"]) {
        (Json::String(text), _) => text.clone().into_bytes(),
        (_, Json::String(text)) => base64(text),
        _ => return Some(format!("{}: no input", case["name"])),
    };
    let (objects, is_readable) = read(bytes);
    let expected: Vec<&Json> = case["objects"].as_array().into_iter().flatten().collect();
    let expected_readable = case["ok"].as_bool() == Some(true);
    // kubectl stops at the first document that is broken, and at an item of a list that is no object.
    let agrees = if expected_readable {
        is_readable && objects.iter().collect::<Vec<_>>() == expected
    } else {
        !is_readable && objects.iter().zip(&expected).all(|(ours, theirs)| ours == *theirs)
    };
    (!agrees).then(|| format!("{}: read {objects:?}, readable: {is_readable}; kubectl: {case}", case["name"]))
}

/// The objects of a file, lists flattened, and whether all of it is readable as objects.
fn read(bytes: Vec<u8>) -> (Vec<Json>, bool) {
    let mut files = FileSet::new();
    let id = files.add(SourceFile::named("input", "").with_bytes(bytes)).expect("the input is small");
    let source = files.get(id).expect("the file was added");
    let mut objects = Vec::new();
    let mut is_readable = true;
    for chunk in split(id, source) {
        let mut diagnostics = Vec::new();
        match parse(source, &chunk, &|_, _| true, &mut diagnostics) {
            Parsed::Tree(node) => is_readable &= flatten(json(&node), &mut objects),
            Parsed::Empty | Parsed::Skipped => {}
            Parsed::Broken { .. } | Parsed::Template { .. } => is_readable = false,
        }
    }
    (objects, is_readable)
}

/// Adds an object, or the items of a list; tells whether it is one.
fn flatten(value: Json, objects: &mut Vec<Json>) -> bool {
    match value.get("items") {
        _ if value.is_null() => true,
        Some(Json::Array(items)) => items.iter().all(|item| flatten(item.clone(), objects)),
        _ => {
            let is_object = value.is_object();
            objects.extend(is_object.then_some(value));
            is_object
        }
    }
}

fn json(node: &Node<'_>) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(flag) => Json::from(*flag),
        Value::Int(number) => Json::from(*number),
        Value::Uint(number) => Json::from(*number),
        Value::Float(number) => Json::from(*number),
        Value::String(text) => Json::from(text.as_ref()),
        Value::Sequence(items) => items.iter().map(json).collect(),
        Value::Mapping(mapping) => {
            mapping.entries.iter().map(|entry| (entry.key.to_string(), json(&entry.value))).collect()
        }
    }
}

/// The bytes of a base64 text without line breaks.
fn base64(text: &str) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for symbol in text.bytes() {
        let Some(value) = alphabet.iter().position(|letter| *letter == symbol) else { break };
        bits = bits << 6 | u32::try_from(value).expect("an alphabet of 64");
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xFF).expect("eight bits"));
        }
    }
    bytes
}
