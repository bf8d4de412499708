//! The page's security policy runs scripts by their hashes: they are those of the files.

use base64::Engine as _;
use sha2::{Digest as _, Sha256};

use crate::sources::{assert_none, read};

/// Where the page and its scripts lie.
const FOLDER: &str = "netpol-core/src/report/graph/page";

#[test]
fn the_page_knows_its_scripts_by_their_hashes() {
    let page = read(&format!("{FOLDER}/html.rs"));
    let scripts: Vec<&str> = page
        .lines()
        .filter_map(|line| line.split_once("include_str!(\"")?.1.split('"').next())
        .filter(|file| std::path::Path::new(file).extension().is_some_and(|extension| extension == "js"))
        .collect();
    assert_eq!(scripts.len(), 5);
    let found: Vec<String> = scripts
        .iter()
        .map(|file| (file, hash(&read(&format!("{FOLDER}/{file}")))))
        .filter(|(_, hash)| !page.contains(&format!("\"{hash}\"")))
        .map(|(file, hash)| format!("{FOLDER}/html.rs: the hash of {file} is {hash}"))
        .collect();
    assert_none(&found);
}

fn hash(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text.as_bytes()))
}
