//! Puts the commit and its day into the version. Without git, and where the sources are no checkout, the version stands
//! alone; nothing of the machine or the time of the build goes in, so that the same sources make the same program.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=NETPOL_COMMIT");
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let commit = env::var("NETPOL_COMMIT").ok().filter(|commit| !commit.is_empty());
    let details = commit.or_else(packaged).or_else(checked_out);
    let version = details.map_or(version.clone(), |details| format!("{version} ({details})"));
    println!("cargo:rustc-env=NETPOL_VERSION={version}");
}

/// The commit that a package was made from, as cargo notes it.
fn packaged() -> Option<String> {
    let text = fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, rest) = text.split_once("\"sha1\": \"")?;
    rest.get(..12).map(str::to_owned)
}

/// The commit of the checkout and its day; only where the repository is that of this program.
fn checked_out() -> Option<String> {
    if !Path::new("../.git").exists() {
        return None;
    }
    for name in ["HEAD", "logs/HEAD"] {
        if let Some(path) = git(&["rev-parse", "--git-path", name]) {
            println!("cargo:rerun-if-changed={path}");
        }
    }
    git(&["log", "-1", "--format=%h %cs", "--abbrev=12", "--no-show-signature"])
}

fn git(words: &[&str]) -> Option<String> {
    let output = Command::new("git").args(words).output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}
