//! What every command on manifests begins with: configuration, input, analysis, and what is to be said of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use netpol_core::diagnostic::rule::{DUPLICATE_OBJECT, UNEVALUATED_POLICY};
use netpol_core::diagnostic::{Category, Diagnostic, RuleName, Severity};
use netpol_core::evaluate;
use netpol_core::manifest::{LeftOut, Tally};
use netpol_core::report::Context;
use netpol_core::{Analysis, Settings};

use super::{facts, outputs};
use crate::Exit;
use crate::args::{Common, UnknownAs};
use crate::config::{self, Config, ConfigError, Glob, NamedCluster};
use crate::input::{self, Input, pattern};
use crate::render::console::Volume;
use crate::render::{Console, diagnostic};

/// An input that was read, and how it is to be asked.
#[derive(Debug)]
pub(super) struct Session {
    /// The input.
    pub(super) analysis: Analysis,
    /// The namespace of bare names.
    pub(super) namespace: String,
    /// How unknowns are decided.
    pub(super) unknown: evaluate::UnknownAs,
    /// How the run would end if every answer were good.
    pub(super) exit: Exit,
    /// Whether there is nothing to ask about.
    pub(super) is_empty: bool,
}

impl Session {
    /// Reads what is to be read, and says on standard error what is to be said of it.
    ///
    /// # Errors
    /// A configuration that cannot be used, which has been said.
    pub(super) fn open(common: &Common, console: &mut Console<'_, '_>) -> Result<Self, Exit> {
        let paths = common.input.all_paths(&console.io.directory);
        let session = Self::open_at(common, &paths, console)?;
        session.tell_nothing_to_do(console);
        Ok(session)
    }

    /// The same of other PATHs than `--filename` names; that there is nothing to do is left to be said.
    ///
    /// # Errors
    /// A configuration that cannot be used, which has been said.
    pub(super) fn open_at(
        common: &Common,
        paths: &[String],
        console: &mut Console<'_, '_>,
    ) -> Result<Self, Exit> {
        let Prepared { settings, namespace, input, mut exit, .. } = Prepared::read(common, paths, console)?;
        let analysis = Analysis::new(input.files, settings);
        tell_diagnostics(&analysis, console);
        tell_counts(&analysis, console);
        if analysis.left_out().iter().any(|left_out| matches!(left_out, LeftOut::Unreadable(_))) {
            exit = Exit::Error;
        }
        let is_empty = analysis.tally().understood == 0;
        if is_empty {
            let is_allowed = common.exit.allow_empty;
            exit = exit.and(if is_allowed { Exit::Fine } else { Exit::NothingToDo });
        }
        let unknown = match common.report.unknown {
            None => evaluate::UnknownAs::Unknown,
            Some(UnknownAs::Allow) => evaluate::UnknownAs::Allow,
            Some(UnknownAs::Deny) => evaluate::UnknownAs::Deny,
        };
        Ok(Self { analysis, namespace, unknown, exit, is_empty })
    }

    /// Says that there is nothing to do, if that is so.
    pub(super) fn tell_nothing_to_do(&self, console: &mut Console<'_, '_>) {
        if self.exit == Exit::NothingToDo {
            console.note("there is nothing to do: no relevant object was found");
        }
    }

    /// Says which policies cannot be judged, since the input holds nobody they could act on.
    pub(super) fn tell_nobody(&self, console: &mut Console<'_, '_>) {
        let context = self.context();
        let evaluated = context.policies.policies.iter().map(|policy| (&policy.object, policy.origin));
        let opaque = context.policies.opaque.iter().map(|it| (&it.policy.object, it.policy.origin));
        let policies: Vec<_> = evaluated.chain(opaque).collect();
        let words = "the input holds no workload and no pod";
        if policies.is_empty() {
            return console.note(words);
        }
        let named = policies.iter().take(NAMED).map(|(object, origin)| {
            let place = context.span(*origin).and_then(|span| context.file_line(span));
            place.map_or_else(|| object.to_string(), |(file, line)| format!("{object} ({file}:{line})"))
        });
        let named: Vec<String> = named.collect();
        let more = match policies.len() - named.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let number = counted_as(policies.len(), "policy", "policies");
        console.note(format_args!("{words}: {number} cannot be judged: {}{more}", named.join(", ")));
    }

    /// Whether there is no report to give: nothing was found, and nobody said that this is all right.
    pub(super) fn has_no_report(&self) -> bool {
        self.is_empty && self.exit != Exit::Fine
    }

    /// What ids in answers are looked up in.
    pub(super) fn context(&self) -> Context<'_> {
        Context {
            cluster: self.analysis.cluster(),
            policies: self.analysis.policies(),
            files: self.analysis.files(),
        }
    }
}

/// So many policies that cannot be judged are named.
const NAMED: usize = 5;

/// What was read before it is analysed.
#[derive(Debug)]
pub(super) struct Prepared {
    /// The configuration.
    pub(super) config: Config,
    /// Its name and text, if there is one.
    pub(super) config_file: Option<(String, String)>,
    /// The folder that the configuration speaks of.
    pub(super) folder: PathBuf,
    /// How the input is to be read and judged.
    pub(super) settings: Settings,
    /// The version of Kubernetes, if somebody named it.
    pub(super) kubernetes_version: Option<String>,
    /// The namespace of bare names.
    pub(super) namespace: String,
    /// The input.
    pub(super) input: Input,
    /// How the run would end if all were well.
    pub(super) exit: Exit,
}

impl Prepared {
    /// Reads configuration and input.
    ///
    /// # Errors
    /// A configuration that cannot be used, or a report that would go over what is read, which has been said.
    pub(super) fn read(
        common: &Common,
        paths: &[String],
        console: &mut Console<'_, '_>,
    ) -> Result<Self, Exit> {
        let Configured { mut config, file, folder } =
            configuration(common, paths, &console.io.directory).map_err(|error| told(&error, console))?;
        let only = console.cluster.as_ref().map(|cluster| cluster.only.clone());
        let name = console.cluster.as_ref().and_then(|cluster| cluster.name.as_deref());
        if let Some(cluster) = config.clusters.iter().find(|cluster| Some(cluster.name.as_str()) == name) {
            config.cluster = cluster.over(&config.cluster);
        }
        console.configure(&config.output);
        let settings = facts::settings(common, &config).map_err(|(message, help)| {
            console.error(message);
            console.help(help);
            Exit::Error
        })?;
        let named = common.input.namespaces().next().map(str::to_owned);
        let namespace = named.unwrap_or_else(|| settings.default_namespace.clone());
        let options = options((common, paths), &config, folder.clone()).map_err(|message| {
            console.error(message);
            Exit::Error
        })?;
        let options = input::Options { only, ..options };
        let input = input::read(&options, console.io);
        let exit = tell_input(&input, console);
        if input.problems.iter().any(|problem| problem.is_slip) {
            return Err(exit);
        }
        let files = || common.report.output.iter().filter_map(|target| target.file.as_deref());
        outputs::refuse_inputs(files(), &input, console)?;
        if let Some((name, _)) = &file {
            let read = console.io.directory.join(name);
            files().try_for_each(|output| outputs::refuse_one(output, &read, console))?;
        }
        let version = config.cluster.kubernetes_version.as_ref().map(|key| &key.0);
        let kubernetes_version = common.cluster.kubernetes_version.as_ref().or(version).cloned();
        Ok(Self { config_file: file, folder, settings, kubernetes_version, namespace, input, exit, config })
    }
}

fn told(error: &ConfigError, console: &mut Console<'_, '_>) -> Exit {
    console.error(error);
    error.help.iter().for_each(|help| console.help(help));
    Exit::Error
}

/// The clusters that the configuration of some PATHs names, and how these PATHs are to be read.
///
/// # Errors
/// A configuration that cannot be used, which has been said.
pub(super) fn clusters(
    common: &Common,
    paths: &[String],
    console: &mut Console<'_, '_>,
) -> Result<(Vec<NamedCluster>, input::Options), Exit> {
    let Configured { config, folder, .. } =
        configuration(common, paths, &console.io.directory).map_err(|error| told(&error, console))?;
    let options = options((common, paths), &config, folder).map_err(|message| {
        console.error(message);
        Exit::Error
    })?;
    Ok((config.clusters, options))
}

/// A configuration, its name and text, and the folder that it stands in.
struct Configured {
    config: Config,
    file: Option<(String, String)>,
    folder: PathBuf,
}

fn configuration(common: &Common, paths: &[String], directory: &Path) -> Result<Configured, ConfigError> {
    let none = || Configured { config: Config::default(), file: None, folder: directory.to_owned() };
    if common.input.isolated {
        return Ok(none());
    }
    let file = match &common.input.config {
        Some(file) => Some(directory.join(file)),
        None => config::find(&first_folder(paths, directory)),
    };
    let Some(file) = file else { return Ok(none()) };
    let here = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
    let name = common.input.config.as_deref().unwrap_or_else(|| file.strip_prefix(&here).unwrap_or(&file));
    let name = name.to_string_lossy().into_owned();
    let (config, text) = config::read(&file, &name)?;
    let folder = file.parent().unwrap_or(directory);
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    Ok(Configured { config, file: Some((name, text)), folder })
}

/// The folder of the first PATH, from which the configuration is looked for upwards.
fn first_folder(paths: &[String], directory: &Path) -> PathBuf {
    let first = paths.iter().find(|name| *name != "-").map_or(".", String::as_str);
    let path = directory.join(first);
    let folder = match path.exists() {
        true if path.is_dir() => path,
        true => path.parent().map_or_else(|| directory.to_owned(), Path::to_owned),
        false if pattern::is_glob(first) => directory.join(pattern::base(first)),
        false => directory.to_owned(),
    };
    folder.canonicalize().unwrap_or(folder)
}

fn options(
    (common, paths): (&Common, &[String]),
    config: &Config,
    folder: PathBuf,
) -> Result<input::Options, String> {
    let globs =
        |globs: &[Glob]| globs.iter().map(|glob| pattern::glob(&glob.0)).collect::<Result<Vec<_>, _>>();
    let paths = match paths {
        [] => vec![".".to_owned()],
        paths => paths.to_vec(),
    };
    Ok(input::Options {
        paths,
        stdin_filename: common.input.stdin_filename.clone(),
        include: globs(&config.include)?,
        exclude: globs(&config.exclude)?,
        configured_in: folder,
        only: None,
    })
}

fn tell_input(input: &Input, console: &mut Console<'_, '_>) -> Exit {
    for problem in &input.problems {
        console.error(&problem.message);
        problem.help.iter().for_each(|help| console.help(help));
    }
    input.notes().into_iter().for_each(|note| console.note(note));
    if input.problems.is_empty() { Exit::Fine } else { Exit::Error }
}

/// Errors and warnings; remarks too for who wants to hear all.
fn tell_diagnostics(analysis: &Analysis, console: &mut Console<'_, '_>) {
    let least = match console.volume {
        Volume::Quiet => Severity::Error,
        Volume::Normal => Severity::Warning,
        Volume::Verbose => Severity::Info,
    };
    let is_folded =
        |diagnostic: &Diagnostic| diagnostic.rule == UNEVALUATED_POLICY && console.volume < Volume::Verbose;
    let told: Vec<Diagnostic> = analysis
        .diagnostics()
        .iter()
        .filter(|diagnostic| !is_folded(diagnostic))
        .map(|diagnostic| as_answers_have_it(diagnostic, analysis))
        .filter(|diagnostic| diagnostic.severity >= least)
        .collect();
    let mut number = 0;
    tell_folders(analysis, console);
    let mut shown: BTreeMap<RuleName, usize> = BTreeMap::new();
    let mut rest: BTreeMap<RuleName, usize> = BTreeMap::new();
    for diagnostic in told {
        let of_rule = shown.entry(diagnostic.rule).or_default();
        let is_shown = number < MOST || diagnostic.severity == Severity::Error;
        if (is_shown || console.volume == Volume::Verbose)
            && *of_rule < most_of_a_rule(diagnostic.severity, console.volume)
        {
            *of_rule += 1;
            number += 1;
            console.message(&diagnostic::painted(&diagnostic, analysis.files()));
        } else {
            *rest.entry(diagnostic.rule).or_default() += 1;
        }
    }
    match rest.len() {
        0 => {}
        1..=FEW => rest.iter().for_each(|(rule, count)| {
            let more = counted(*count, "more message");
            console.message(&format!("and {more} of {rule}, shown by `-v`\n"));
        }),
        rules => {
            let more = counted(rest.values().sum(), "more message");
            console.message(&format!("and {more} of {rules} rules, shown by `-v` and `netpol lint`\n"));
        }
    }
    tell_not_evaluated(analysis, console);
}

/// A diagnostic as loud as it is for an answer: what leaves the code of the run alone is no error of the run.
fn as_answers_have_it(diagnostic: &Diagnostic, analysis: &Analysis) -> Diagnostic {
    let mut diagnostic = diagnostic.clone();
    let is_unreadable = || analysis.left_out().iter().any(|it| matches!(it, LeftOut::Unreadable(_)));
    if diagnostic.category != Category::Input || !is_unreadable() {
        diagnostic.severity = diagnostic.severity.min(Severity::Warning);
    }
    diagnostic
}

/// Says in a line a kind how many policies are not evaluated; each with its place for who wants to hear all.
fn tell_not_evaluated(analysis: &Analysis, console: &mut Console<'_, '_>) {
    if console.volume >= Volume::Verbose {
        return;
    }
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for diagnostic in analysis.diagnostics().iter().filter(|it| it.rule == UNEVALUATED_POLICY) {
        let kind = diagnostic.object.as_ref().map_or("policy", |object| object.kind.as_str());
        *kinds.entry(kind).or_default() += 1;
    }
    for (kind, count) in kinds {
        let (verb, it) = if count == 1 { ("is", "it") } else { ("are", "they") };
        console.note(format_args!(
            "{} {verb} not evaluated: what {it} may allow or deny is unknown (`-v` shows where)",
            counted_as(count, kind, &plural(kind))
        ));
    }
}

/// `GlobalNetworkPolicies`.
fn plural(kind: &str) -> String {
    kind.strip_suffix('y').map_or_else(|| format!("{kind}s"), |stem| format!("{stem}ies"))
}

/// So many warnings are shown whole beside an answer; of more, the rest is counted.
const MOST: usize = 12;
/// The rest is counted rule by rule where there are no more rules than this.
const FEW: usize = 3;

/// Says which folders define the same objects, so that verdicts rest on the later alone.
fn tell_folders(analysis: &Analysis, console: &mut Console<'_, '_>) {
    let is_pair = |found: &&Diagnostic| found.rule == DUPLICATE_OBJECT && found.severity == Severity::Info;
    let pairs: Vec<&Diagnostic> = analysis.diagnostics().iter().filter(is_pair).collect();
    if console.volume == Volume::Verbose {
        return;
    }
    for found in pairs.iter().take(FOLDERS) {
        console.note(&found.message);
    }
    if pairs.len() > FOLDERS {
        let more = pairs.len() - FOLDERS;
        console.note(format_args!(
            "and so do {}",
            counted_as(more, "more pair of folders", "more pairs of folders")
        ));
    }
}

/// So many pairs of folders are named.
const FOLDERS: usize = 3;

/// How many messages of one rule are shown whole.
const fn most_of_a_rule(severity: Severity, volume: Volume) -> usize {
    match (severity, volume) {
        (_, Volume::Verbose) => usize::MAX,
        (Severity::Error, _) => 10,
        (Severity::Warning | Severity::Info, _) => 3,
    }
}

pub(super) fn tell_counts(analysis: &Analysis, console: &mut Console<'_, '_>) {
    let Tally { understood, irrelevant, unknown, not_objects, unreadable, .. } = analysis.tally();
    let custom: usize = unknown.values().sum();
    console.detail(format_args!(
        "read {}: {} relevant, {} irrelevant and {} unrecognised objects, {}, {}",
        counted(analysis.files().len(), "file"),
        understood,
        irrelevant,
        custom,
        counted_as(*not_objects, "document that is no object", "documents that are no objects"),
        counted(*unreadable, "unreadable document"),
    ));
    tell_skipped(analysis.tally(), console);
    let policies = analysis.policies();
    console.detail(format_args!(
        "{}, of which {} not evaluated",
        counted_as(policies.policies.len() + policies.opaque.len(), "policy", "policies"),
        policies.opaque.len()
    ));
}

/// Says how many documents are not meant for Kubernetes, or are parts of objects.
fn tell_skipped(tally: &Tally, console: &mut Console<'_, '_>) {
    let kinds = [
        (
            tally.not_objects,
            ["document that is no Kubernetes object", "documents that are no Kubernetes objects"],
        ),
        (
            tally.unreadable,
            [
                "document that cannot be parsed and does not look like one",
                "documents that cannot be parsed and do not look like one",
            ],
        ),
        (
            tally.patches,
            [
                "patch (no selector and no labels: no server takes it)",
                "patches (no selector and no labels: no server takes them)",
            ],
        ),
    ];
    let there = kinds.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = there.map(|(count, [one, many])| counted_as(count, one, many)).collect();
    if !parts.is_empty() {
        console.note(format_args!("skipped: {}", parts.join(", ")));
    }
}

/// `1 file`, `2 files`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    counted_as(count, noun, &format!("{noun}s"))
}

fn counted_as(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
