//! The file of findings that do not count.

use std::collections::BTreeMap;
use std::path::Path;

use netpol_core::Analysis;
use netpol_core::lint::{LintReport, fingerprints};
use serde::{Deserialize, Serialize};

use super::session::counted;
use crate::Exit;
use crate::render::serialized::serialized;
use crate::render::{Console, Format};

/// The whole file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Baseline {
    /// `netpol-baseline/v1`.
    schema: String,
    /// The findings, in the order of the input.
    findings: Vec<Known>,
}

/// A finding that does not count.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    /// The rule, for readers.
    rule: String,
    /// The object, for readers.
    object: Option<String>,
    /// The headline, for readers.
    message: String,
    /// What it is known by.
    fingerprint: String,
}

const SCHEMA: &str = "netpol-baseline/v1";

/// The fingerprints in a file, and how often each stands there.
///
/// # Errors
/// What is wrong with the file, in words.
pub(super) fn read(path: &Path, name: &str) -> Result<BTreeMap<String, usize>, String> {
    let text = crate::input::bounded::read_beside(path)
        .map_err(|error| format!("the baseline `{name}` cannot be read: {error}"))?;
    let baseline: Baseline = serde_json::from_str(&text)
        .map_err(|error| format!("the baseline `{name}` cannot be read: {error}"))?;
    if baseline.schema != SCHEMA {
        return Err(format!("the baseline `{name}` is of the schema `{}`, not `{SCHEMA}`", baseline.schema));
    }
    let mut counts = BTreeMap::new();
    for known in baseline.findings {
        *counts.entry(known.fingerprint).or_default() += 1;
    }
    Ok(counts)
}

/// Writes all findings that count to a file.
pub(super) fn write(
    file: &Path,
    report: &LintReport,
    analysis: &Analysis,
    console: &mut Console<'_, '_>,
) -> Exit {
    let prints = fingerprints(&report.findings, analysis.files());
    let known = report.findings.iter().zip(prints).map(|(finding, fingerprint)| Known {
        rule: finding.rule.to_string(),
        object: finding.object.as_ref().map(ToString::to_string),
        message: finding.message.clone(),
        fingerprint,
    });
    let baseline = Baseline { schema: SCHEMA.to_owned(), findings: known.collect() };
    let exit = console.save(file, &serialized(&baseline, Format::Json));
    if exit == Exit::Fine {
        let findings = counted(report.findings.len(), "finding");
        console.note(format_args!("{findings} written to `{}`", file.display()));
    }
    exit
}

/// Says how a baseline is used.
pub(super) fn tell_use(file: &Path, console: &mut Console<'_, '_>) {
    let name = file.display();
    console.help(format_args!(
        "use it with `--baseline {name}`, or with `baseline = \"{name}\"` under [lint] in netpol.toml"
    ));
}
