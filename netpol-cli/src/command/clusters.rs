//! One repository, many clusters: a command judges each on its own.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::run::judge;
use super::session;
use crate::args::{Cli, Command, Common};
use crate::config::{Glob, NamedCluster, nearest};
use crate::input::{self, Only, pattern};
use crate::render::console::OneCluster;
use crate::render::{Console, Format};
use crate::{Exit, Io};

/// Runs a command for each cluster of the input; `None` when there is but one, without a name.
pub(super) fn each(cli: &Cli, console: &mut Console<'_, '_>) -> Option<Exit> {
    let (common, paths) = manifests(&cli.command, &console.io.directory)?;
    let chosen = match chosen(common, &paths, console) {
        Ok(chosen) => chosen,
        Err(exit) => return Some(exit),
    };
    if chosen.iter().all(|cluster| cluster.name.is_none()) {
        return None;
    }
    if chosen.len() > 1
        && let Some(message) = one_only(cli, common, console)
    {
        console.error(message);
        let names: Vec<&str> = chosen.iter().filter_map(|cluster| cluster.name.as_deref()).collect();
        console.help(format_args!("pass `--cluster NAME`: there are {}", names.join(", ")));
        return Some(Exit::Error);
    }
    Some(judged(cli, chosen, console))
}

/// What a command takes of manifests; `None` for one that reads none.
fn manifests<'c>(command: &'c Command, directory: &Path) -> Option<(&'c Common, Vec<String>)> {
    let common = match command {
        Command::Can(args) => &args.common,
        Command::Explain(args) => &args.common,
        Command::Path(args) => &args.common,
        Command::Coverage(args) => &args.common,
        Command::Graph(args) => &args.common,
        Command::List(args) => &args.common,
        Command::Lint(args) => &args.common,
        Command::Diff(args) => return Some((&args.common, vec![args.new.clone()])),
        Command::Rules(_) | Command::Completions { .. } | Command::Man { .. } | Command::Schema { .. } => {
            return None;
        }
        Command::Complete { .. } | Command::Version => return None,
    };
    Some((common, common.input.all_paths(directory)))
}

/// The clusters that have files in the input, and what none of them lists, or those that the user picks.
fn chosen(common: &Common, paths: &[String], console: &mut Console<'_, '_>) -> Result<Vec<OneCluster>, Exit> {
    let picked = &common.input.clusters;
    let (clusters, options) = session::clusters(common, paths, console)?;
    if let Some(unknown) = picked.iter().find(|name| clusters.iter().all(|it| it.name != **name)) {
        console.error(format_args!("there is no cluster `{unknown}`"));
        let names: Vec<&str> = clusters.iter().map(|cluster| cluster.name.as_str()).collect();
        match nearest(unknown, names.iter().copied()) {
            Some(near) => console.help(format_args!("did you mean `{near}`?")),
            None if names.is_empty() => console.help("name clusters in netpol.toml, under `[[clusters]]`"),
            None => console.help(format_args!("there are {}", names.join(", "))),
        }
        return Err(Exit::Error);
    }
    if clusters.is_empty() {
        return Ok(Vec::new());
    }
    let only = |cluster: &NamedCluster| globs(&cluster.paths);
    let all: Vec<_> = clusters.iter().flat_map(only).collect();
    let named =
        clusters.iter().map(|it| OneCluster { name: Some(it.name.clone()), only: Only::In(only(it)) });
    if !picked.is_empty() {
        let is_picked = |it: &OneCluster| it.name.as_ref().is_some_and(|name| picked.contains(name));
        return Ok(named.filter(is_picked).collect());
    }
    let rest = OneCluster { name: None, only: Only::NotIn(all) };
    let files = input::listed(&options, console.io);
    let has_files = |it: &OneCluster| files.iter().any(|file| it.only.holds(file, &options.configured_in));
    Ok(named.chain([rest]).filter(has_files).collect())
}

fn globs(paths: &[Glob]) -> Vec<globset::GlobMatcher> {
    let plain = paths.iter().map(|path| path.0.trim_start_matches("./").trim_end_matches('/'));
    plain.filter_map(|path| pattern::glob(path).ok()).collect()
}

/// Why a run cannot be told of several clusters at once.
fn one_only(cli: &Cli, common: &Common, console: &Console<'_, '_>) -> Option<String> {
    if let Command::Lint(args) = &cli.command
        && args.choice.write_baseline.is_some()
    {
        return Some("a baseline is that of one cluster".to_owned());
    }
    let targets = &common.report.output;
    let many = [
        Format::Text,
        Format::Table,
        Format::Full,
        Format::Concise,
        Format::Markdown,
        Format::Json,
        Format::JsonLines,
        Format::Github,
    ];
    let formats =
        targets.iter().map(|target| target.format).chain(console.format.filter(|_| targets.is_empty()));
    let single = formats.into_iter().find(|format| !many.contains(format));
    match single {
        Some(format) => Some(format!("a report in the format `{}` is of one cluster", format.name())),
        None if targets.iter().any(|target| target.file.is_some()) => {
            Some("a report in a file is of one cluster".to_owned())
        }
        None => None,
    }
}

/// Runs the command cluster by cluster, and puts the reports together; the worst code wins.
fn judged(cli: &Cli, clusters: Vec<OneCluster>, console: &mut Console<'_, '_>) -> Exit {
    let (mut exit, mut reports) = (None::<Exit>, Vec::new());
    let format = console.format;
    for cluster in clusters {
        let name = cluster.name.clone();
        let title = name.as_deref().map_or_else(|| "no cluster".to_owned(), |name| format!("cluster {name}"));
        console.note(format_args!("{title}:"));
        let mut stdout = Vec::new();
        let mut io = Io {
            stdin: &mut *console.io.stdin,
            stdout: &mut stdout,
            stderr: &mut *console.io.stderr,
            environment: console.io.environment,
            directory: console.io.directory.clone(),
            terminal: console.io.terminal,
        };
        let mut inner = Console::new(&cli.talk, &mut io);
        (inner.format, inner.cluster) = (format, Some(cluster));
        let ended = judge(&cli.command, &mut inner);
        exit = Some(exit.map_or(ended, |exit| exit.and(ended)));
        reports.push((name, title, String::from_utf8_lossy(&stdout).into_owned()));
    }
    let text = together(&reports);
    let delivered = if text.is_empty() { Exit::Fine } else { console.report(&text) };
    exit.map_or(delivered, |exit| exit.and(delivered))
}

/// Several reports as one: JSON in a wrapper, lines of JSON with the name of their cluster, anything else below a title.
fn together(reports: &[(Option<String>, String, String)]) -> String {
    let there = || reports.iter().filter(|(_, _, text)| !text.trim().is_empty());
    let own = |text: &str| object(text).filter(|report| report.contains_key("schema"));
    let whole: Option<Vec<Value>> =
        there().map(|(name, _, text)| Some(one(name.as_deref(), own(text)?))).collect();
    match whole {
        Some(clusters) if !clusters.is_empty() => {
            let wrapper = json!({"schema": "netpol/v1", "kind": "Clusters", "clusters": clusters});
            return format!("{wrapper:#}\n");
        }
        _ => {}
    }
    let lines: Option<Vec<String>> = there().map(|(name, _, text)| lines(name.as_deref(), text)).collect();
    if let Some(lines) = lines {
        return lines.concat();
    }
    if let [(_, _, text)] = reports {
        return text.clone();
    }
    let titled = there().map(|(_, title, text)| format!("{title}:\n{text}"));
    titled.collect::<Vec<_>>().join("\n")
}

fn object(text: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(text).ok()
}

/// The report of one cluster; its diagnostics carry its name.
fn one(name: Option<&str>, mut report: Map<String, Value>) -> Value {
    if let Some(Value::Array(diagnostics)) = report.get_mut("diagnostics") {
        diagnostics.iter_mut().filter_map(Value::as_object_mut).for_each(|it| carry(it, name));
    }
    json!({"name": name, "report": report})
}

fn carry(object: &mut Map<String, Value>, name: Option<&str>) {
    if let Some(name) = name {
        object.insert("cluster".to_owned(), name.into());
    }
}

/// The lines of a report in which each is an object, with the name of the cluster.
fn lines(name: Option<&str>, text: &str) -> Option<String> {
    let lines = text.lines().map(|line| {
        // A report of another schema than ours is left as it is.
        let mut object = object(line).filter(|object| !object.contains_key("$schema"))?;
        carry(&mut object, name);
        Some(format!("{}\n", Value::Object(object)))
    });
    lines.collect()
}
