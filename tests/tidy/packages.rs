//! The packages we depend on: each has its reason in the documentation, and none wants a newer Rust than we say.

use netpol_tests::toolchain::metadata;
use serde_json::Value;

use crate::sources::{assert_none, read};

#[test]
fn each_dependency_of_the_library_and_the_command_line_has_its_reason() {
    let document = read("docs/architecture.md");
    let manifests = ["netpol-core/Cargo.toml", "netpol-cli/Cargo.toml"];
    let found: Vec<String> = manifests
        .iter()
        .flat_map(|path| dependencies(&read(path)).into_iter().map(move |name| (path, name)))
        .filter(|(_, name)| name != "netpol-core" && !document.contains(&format!("| `{name}` |")))
        .map(|(path, name)| format!("{path}: the reason for `{name}` is missing in docs/architecture.md"))
        .collect();
    assert_none(&found);
}

#[test]
fn no_reason_outlives_its_dependency() {
    let document = read("docs/architecture.md");
    let (_, after) =
        document.split_once("<!-- dependencies -->").expect("the document has a table of dependencies");
    let (table, _) = after.split_once("<!-- end of dependencies -->").expect("the table ends");
    let used: Vec<String> = ["netpol-core/Cargo.toml", "netpol-cli/Cargo.toml"]
        .iter()
        .flat_map(|path| dependencies(&read(path)))
        .collect();
    let documented = table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let found: Vec<String> = documented
        .filter(|name| !used.iter().any(|used| used == name))
        .map(|name| format!("docs/architecture.md: `{name}` is not used any more"))
        .collect();
    assert_none(&found);
}

#[test]
fn no_dependency_wants_a_newer_rust_than_the_workspace_states() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("cargo lists packages");
    let stated = packages
        .iter()
        .find(|package| package["name"] == "netpol-core")
        .and_then(|package| version(&package["rust_version"]))
        .expect("the core states its Rust");
    let newer = packages
        .iter()
        .filter(|package| version(&package["rust_version"]).is_some_and(|wanted| wanted > stated));
    let found: Vec<String> = newer
        .map(|package| {
            format!("{} {} wants Rust {}", package["name"], package["version"], package["rust_version"])
        })
        .collect();
    assert_none(&found);
}

#[test]
fn dependencies_and_versions_are_read() {
    let manifest = "[dependencies]\na.workspace = true\nb = { workspace = true, optional = true }\n\n[dev-dependencies]\nc = \"1\"\n";
    assert_eq!(dependencies(manifest), ["a", "b"]);
    assert!(version(&Value::from("1.90")) > version(&Value::from("1.88.0")));
}

/// The names under `[dependencies]`.
fn dependencies(manifest: &str) -> Vec<String> {
    let lines = manifest.lines().skip_while(|line| *line != "[dependencies]").skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    let names = lines.filter_map(|line| line.split(['.', ' ', '=']).next()).filter(|name| !name.is_empty());
    names.filter(|name| !name.starts_with('#')).map(str::to_owned).collect()
}

fn version(text: &Value) -> Option<(u32, u32)> {
    let mut parts = text.as_str()?.split('.').map(|part| part.parse::<u32>().ok());
    Some((parts.next()??, parts.next().flatten().unwrap_or(0)))
}
