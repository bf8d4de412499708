//! What the documents promise is so.

use std::collections::BTreeMap;

use netpol_tests::corpus::{folder, scenarios};
use quote::ToTokens;
use syn::{ImplItem, ImplItemFn, Item, Visibility};

use crate::sources::{Source, assert_none, read, root, sources};

#[test]
fn the_readme_and_continuous_integration_run_the_same_commands() {
    let (readme, ci, recipes) = (read("README.md"), read(".ci/run"), read("justfile"));
    assert!(readme.contains("\ncargo test --workspace\n"), "the README says how the tests are run");
    assert!(ci.contains("\ncargo test --workspace\n"), ".ci/run runs the tests as the README says");
    assert!(recipes.contains("cargo test --workspace"), "the recipe runs the tests as the README says");
    let main_job = readme.lines().find(|line| line.starts_with("cargo run --release -p netpol-cli -- "));
    let main_job = main_job.expect("the README says how the main job is run");
    let story = "examples/manifests/shop";
    let arguments = main_job.split_once(" -- ").expect("it has arguments").1.replace(story, "\"$story\"");
    assert!(ci.contains(&arguments), ".ci/run runs the main job of the README: {arguments}");
}

#[test]
fn every_method_of_the_facade_has_an_example() {
    let methods: Vec<(String, bool)> = sources("netpol-core/src/analysis").iter().flat_map(methods).collect();
    assert!(methods.len() > 15, "the façade has methods");
    let bare = methods.into_iter().filter(|(_, has_example)| !has_example);
    let found: Vec<String> = bare.map(|(name, _)| format!("`Analysis::{name}` has no example")).collect();
    assert_none(&found);
}

#[test]
fn a_method_without_an_example_is_found() {
    let source = Source::new("a.rs", "impl Analysis { /// Words.\n pub fn a() {} pub(super) fn b() {} }");
    assert_eq!(methods(&source), [("a".to_owned(), false)]);
}

/// The public methods of `Analysis` in a file, and whether their documentation has an example.
fn methods(source: &Source) -> Vec<(String, bool)> {
    let items = source.items().filter_map(|item| match item {
        Item::Impl(item) if item.self_ty.to_token_stream().to_string() == "Analysis" => Some(&item.items),
        _ => None,
    });
    let functions = items.flatten().filter_map(|item| match item {
        ImplItem::Fn(function) if matches!(function.vis, Visibility::Public(_)) => Some(function),
        _ => None,
    });
    let has_example = |function: &ImplItemFn| {
        function.attrs.iter().any(|attribute| attribute.to_token_stream().to_string().contains("```"))
    };
    functions.map(|function| (function.sig.ident.to_string(), has_example(function))).collect()
}

#[test]
fn links_between_documents_lead_somewhere() {
    let documents = [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "docs/architecture.md",
        "examples/manifests/shop/README.md",
    ];
    let found: Vec<String> =
        documents.iter().flat_map(|document| dead_links(document, &read(document))).collect();
    assert_none(&found);
}

#[test]
fn a_dead_link_is_found() {
    assert_eq!(dead_links("README.md", "see [this](docs/nothing.md) and [that](CHANGELOG.md#one)").len(), 1);
}

#[test]
fn the_scoreboard_counts_what_the_corpus_has() {
    if folder().is_none() {
        return;
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for scenario in scenarios() {
        let group = scenario["group"].as_str().expect("a scenario has a group").to_owned();
        *counts.entry(group).or_default() += scenario["checks"].as_array().map_or(0, Vec::len);
    }
    let scoreboard = scoreboard(&read("README.md"));
    assert!(!scoreboard.is_empty(), "the README has a scoreboard");
    for (group, checks) in scoreboard {
        assert_eq!(counts.get(&group), Some(&checks), "{group}");
    }
}

/// The rows `| `group` | … | checks | …` between the marks.
fn scoreboard(readme: &str) -> BTreeMap<String, usize> {
    let (_, after) = readme.split_once("<!-- scoreboard -->").expect("the README has a scoreboard");
    let (table, _) = after.split_once("<!-- end of scoreboard -->").expect("the scoreboard ends");
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    let row = |row: &str| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let count = cells[2].replace(',', "").parse().expect("the third cell counts checks");
        (cells[0].trim_matches('`').to_owned(), count)
    };
    rows.map(row).collect()
}

fn dead_links(document: &str, text: &str) -> Vec<String> {
    let folder = root().join(document).parent().expect("a document is in a folder").to_path_buf();
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let ours = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    let paths = ours.map(|target| target.split('#').next().unwrap_or(target));
    paths
        .filter(|path| !folder.join(path).exists())
        .map(|path| format!("{document}: nothing at {path}"))
        .collect()
}
