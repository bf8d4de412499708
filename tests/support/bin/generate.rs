//! Writes a generated input, for benches and for trying things out:
//! `cargo run -p netpol-tests --bin generate -- estate-small > small.yaml`.

use std::io::Write;
use std::process::ExitCode;

use netpol_tests::generate::estate::{Size, estate};
use netpol_tests::generate::scale::{Model, scale};
use netpol_tests::generate::{nasty, to_json, to_yaml};
use serde_json::Value;

const USAGE: &str = "usage: generate estate-small|estate-mid|estate-large|estate-PODS-POLICIES|k8s-netpol-scale|nasty-SEED [--format json|yaml]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let format = arguments.iter().position(|argument| argument == "--format").map(|at| arguments.get(at + 1));
    let text = match (arguments.first().and_then(|name| objects(name)), format.flatten().map(String::as_str))
    {
        (Some(objects), Some("json")) => to_json(&objects),
        (Some(objects), Some("yaml") | None) => to_yaml(&objects),
        _ => {
            let _ = writeln!(std::io::stderr(), "{USAGE}");
            return ExitCode::from(2);
        }
    };
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn objects(name: &str) -> Option<Vec<Value>> {
    match name {
        "estate-small" => Some(estate(Size::SMALL)),
        "estate-mid" => Some(estate(Size::MID)),
        "estate-large" => Some(estate(Size::LARGE)),
        "k8s-netpol-scale" => Some(scale(Model::PUBLIC)),
        _ => other(name),
    }
}

fn other(name: &str) -> Option<Vec<Value>> {
    if let Some(seed) = name.strip_prefix("nasty-") {
        return Some(nasty(seed.parse().ok()?).objects);
    }
    let (pods, policies) = name.strip_prefix("estate-")?.split_once('-')?;
    Some(estate(Size { pods: pods.parse().ok()?, policies: policies.parse().ok()? }))
}
