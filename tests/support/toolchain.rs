//! What cargo says of the packages of the workspace, and what it builds for tests that start a program.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

/// The packages that are built on this machine, as `cargo metadata` prints them. Those of other platforms are left out: a build does
/// not fetch them, and tests open no network.
pub fn metadata() -> Value {
    let platform = host();
    let arguments =
        ["metadata", "--locked", "--offline", "--filter-platform", &platform, "--format-version", "1"];
    let output = output("CARGO", "cargo", &arguments);
    serde_json::from_slice(&output).expect("cargo writes JSON")
}

/// The folder of the source of a dependency.
pub fn source_of(dependency: &str) -> PathBuf {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("a list");
    let package = packages.iter().find(|package| package["name"] == dependency);
    let manifest = package.and_then(|package| package["manifest_path"].as_str()).expect("a dependency");
    Path::new(manifest).parent().expect("a folder").to_owned()
}

/// One of the programs of the command line, built as the tests are: cargo builds no programs of another package on its own.
pub fn program(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let test = std::env::current_exe().expect("a test knows its own file");
        let target =
            test.ancestors().nth(3).expect("tests lie in `target/profile/deps`").to_str().expect("UTF-8");
        let mut arguments =
            vec!["build", "--quiet", "--locked", "--package", "netpol-cli", "--bins", "--target-dir", target];
        if !cfg!(debug_assertions) {
            arguments.push("--release");
        }
        output("CARGO", "cargo", &arguments);
        test.ancestors().nth(2).expect("tests lie in `target/profile/deps`").to_owned()
    });
    folder.join(name)
}

/// The platform of this machine, as cargo names it.
fn host() -> String {
    let version = String::from_utf8(output("RUSTC", "rustc", &["--version", "--verbose"])).expect("UTF-8");
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("rustc names its host").to_owned()
}

/// What a program of the toolchain prints; `variable` names another one in its place.
fn output(variable: &str, program: &str, arguments: &[&str]) -> Vec<u8> {
    let program = std::env::var(variable).unwrap_or_else(|_| program.to_owned());
    let output = Command::new(program)
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .output()
        .expect("the toolchain runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
