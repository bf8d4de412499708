//! What cargo says of the packages of the workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// All packages, as `cargo metadata` prints them.
pub fn metadata() -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--offline", "--format-version", "1"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo writes JSON")
}

/// The folder of the source of a dependency.
pub fn source_of(dependency: &str) -> PathBuf {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("a list");
    let package = packages.iter().find(|package| package["name"] == dependency);
    let manifest = package.and_then(|package| package["manifest_path"].as_str()).expect("a dependency");
    Path::new(manifest).parent().expect("a folder").to_owned()
}
