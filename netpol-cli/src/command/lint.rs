//! `netpol lint`.

use std::io::Write as _;
use std::path::Path;

use netpol_core::Analysis;
use netpol_core::diagnostic::Severity;
use netpol_core::policy::OpaqueReason;

use super::answer::{deliver, wanted};
use super::baseline;
use super::choice::settings;
use super::fixing::{self, Fixing, Places, Plan};
use super::outputs;
use super::session::{Prepared, counted, tell_counts};
use crate::Exit;
use crate::args::{self, ExitRules, FailOn};
use crate::render::findings::Findings;
use crate::render::{Console, Format, Volume, Wanted, offered};

/// Finds what is wrong, and what is probably not meant.
pub fn lint(args: &args::Lint, console: &mut Console<'_, '_>) -> Exit {
    args.common.exit.applied(linted(args, console))
}

fn linted(args: &args::Lint, console: &mut Console<'_, '_>) -> Result<Exit, Exit> {
    let wanted = wanted(&args.common, &offered::FINDINGS, console)?;
    let paths = args.common.input.all_paths(&console.io.directory);
    let mut prepared = Prepared::read(&args.common, &paths, console)?;
    let settings = settings((&args.choice, &args.common.input), &mut prepared, console)?;
    let Prepared { input, settings: facts, exit, config, folder, .. } = prepared;
    outputs::refuse_inputs(args.choice.write_baseline.as_deref(), &input, console)?;
    let places = Places { paths: input.paths, outside: input.outside };
    let analysis = Analysis::new(input.files, facts);
    tell_counts(&analysis, console);
    if let Some(file) = &args.choice.write_baseline {
        let ended = baseline::write(file, &analysis.lint(&settings), &analysis, console);
        let configured = config.lint.baseline.map(|configured| folder.join(configured));
        if configured.as_deref() != Some(console.io.directory.join(file).as_path()) {
            baseline::tell_use(file, console);
        }
        return Ok(exit.and(ended));
    }
    let (plan, choice) = (Plan::of(&args.fixes), fixing::choice(&args.fixes));
    let mut fixing = match plan {
        Plan::Leave => Fixing::new(analysis, &settings, choice, |_| false),
        Plan::Show => Fixing::new(analysis, &settings, choice, |_| true),
        Plan::Write => Fixing::new(analysis, &settings, choice, |id| places.hold(id)),
    };
    let exit = exit.and(match plan {
        Plan::Leave => Exit::Fine,
        Plan::Show => return Ok(exit.and(fixing.show(console))),
        Plan::Write => {
            fixing::tell_closed(&fixing, choice, &places, console);
            fixing.write(&places, &settings, console)
        }
    });
    let Fixing { analysis, report, .. } = fixing;
    let report = report.folded();
    let findings = Findings::new(&report, analysis.files(), least(args.common.exit.fail_on));
    let render = |format, width| {
        if args.choice.statistics { findings.counted(format, width) } else { findings.rendered(format) }
    };
    let exit = exit.and(deliver(&wanted, render, console)).and(summarised(&wanted, &findings, console));
    fixing::tell(&report, &args.fixes, console);
    tell(&findings, &analysis, console);
    let exit = if findings.fail() { exit.and(Exit::Bad) } else { exit };
    Ok(exit.and(emptiness(&analysis, &args.common.exit, console)))
}

/// The least severity that fails the run.
const fn least(fail_on: Option<FailOn>) -> Option<Severity> {
    match fail_on {
        Some(FailOn::Error) | None => Some(Severity::Error),
        Some(FailOn::Warning) => Some(Severity::Warning),
        Some(FailOn::Info) => Some(Severity::Info),
        Some(FailOn::Never) => None,
    }
}

/// Whether there was nothing to look at.
fn emptiness(analysis: &Analysis, rules: &ExitRules, console: &mut Console<'_, '_>) -> Exit {
    if analysis.tally().understood > 0 || rules.allow_empty {
        return Exit::Fine;
    }
    console.note("there is nothing to lint: no relevant object was found");
    Exit::NothingToDo
}

/// Says what the report does not.
fn tell(findings: &Findings<'_>, analysis: &Analysis, console: &mut Console<'_, '_>) {
    let files = analysis.files().iter().filter(|(_, file)| file.is_manifest()).count();
    let suppressed = match findings.wire.counts.suppressed {
        0 => String::new(),
        count => format!("; {} suppressed", counted(count, "finding")),
    };
    let opaque = analysis.policies().opaque.iter().filter(|it| it.reason == OpaqueReason::Kind).count();
    if opaque > 0 {
        let what = match opaque {
            1 => "1 policy is of a kind that is not evaluated".to_owned(),
            _ => format!("{opaque} policies are of kinds that are not evaluated"),
        };
        console.note(format_args!("{what}; `--select unevaluated-policy` shows where"));
    }
    let silent = &findings.report.without_workloads;
    if !silent.is_empty() && analysis.tally().understood > 0 {
        let rules = counted(silent.len(), "rule");
        let need = if silent.len() == 1 { "it needs" } else { "they need" };
        let names: Vec<&str> = silent.iter().map(|rule| rule.0).collect();
        let which =
            if console.volume == Volume::Verbose { names.join(", ") } else { "`-v` names them".to_owned() };
        console.note(format_args!("{rules} skipped: {need} workloads, and the input has none ({which})"));
    }
    if findings.report.gone_from_baseline > 0 {
        let gone = counted(findings.report.gone_from_baseline, "finding");
        console.note(format_args!("{gone} of the baseline are gone: write it again with `--write-baseline`"));
    }
    console.note(format_args!("{} in {}{suppressed}", findings.summary(), counted(files, "file")));
}

/// Adds the findings to the summary of a GitHub job, when there is one.
fn summarised(wanted: &Wanted, findings: &Findings<'_>, console: &mut Console<'_, '_>) -> Exit {
    let asked = wanted.targets(console.format).iter().any(|target| target.format == Format::Github);
    let file = (console.io.environment)("GITHUB_STEP_SUMMARY").filter(|file| asked && !file.is_empty());
    let Some(file) = file else { return Exit::Fine };
    let path = console.io.directory.join(Path::new(&file));
    let opened = std::fs::OpenOptions::new().create(true).append(true).open(path);
    let written =
        opened.and_then(|mut summary| summary.write_all(findings.rendered(Format::Markdown).as_bytes()));
    if let Err(error) = written {
        console.error(format_args!("`{file}` cannot be written: {error}"));
        return Exit::Error;
    }
    Exit::Fine
}
