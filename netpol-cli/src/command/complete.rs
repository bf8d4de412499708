//! `netpol complete`: what can follow the words of a command line. Completions of shells ask for it.

use std::collections::BTreeSet;

use clap::{Arg, ArgAction, Command};
use netpol_core::cluster::Cluster;
use netpol_core::dialect::Profile;
use netpol_core::lint::RULES;
use netpol_core::report::text;
use netpol_core::report::v1;
use netpol_core::{Analysis, Settings};

use crate::Exit;
use crate::input;
use crate::render::Console;
use crate::render::offered::formats_of;

/// So many answers are given at most.
const ANSWERS: usize = 1000;

/// Prints what can follow, a line each, with what it is behind a tab where that is known.
pub fn complete(words: &[String], console: &mut Console<'_, '_>) -> Exit {
    let netpol = crate::args::command();
    let (typed, before) = words.split_last().map_or(("", words), |(last, before)| (last.as_str(), before));
    let line = Line::read(&netpol, before);
    let answers = line.answers(typed, console);
    let lines: Vec<String> = answers.into_iter().take(ANSWERS).map(|answer| answer + "\n").collect();
    console.report(&lines.concat())
}

/// A command line as far as it is typed, without its last word.
struct Line<'c> {
    netpol: &'c Command,
    command: Option<&'c Command>,
    /// The flag that the last word is the value of.
    flag: Option<&'c Arg>,
    /// How many words stand without a flag behind the command.
    positionals: usize,
    /// What names the manifests.
    paths: Vec<String>,
    namespace: Option<String>,
}

impl<'c> Line<'c> {
    fn read(netpol: &'c Command, words: &[String]) -> Self {
        let mut line =
            Self { netpol, command: None, flag: None, positionals: 0, paths: Vec::new(), namespace: None };
        for word in words {
            match line.flag.take() {
                Some(flag) => line.take_value(flag, word),
                None if word.starts_with('-') && word.len() > 1 => line.take_flag(word),
                None if line.command.is_none() => line.command = netpol.find_subcommand(word),
                None => {
                    line.positionals += 1;
                    line.paths.extend(line.names_paths(line.positionals).then(|| word.clone()));
                }
            }
        }
        line
    }

    fn take_flag(&mut self, word: &str) {
        let (name, value) = split_flag(word);
        let commands = self.command.into_iter().chain([self.netpol]).chain(self.netpol.get_subcommands());
        let is_it = |argument: &&Arg| {
            argument.get_long_and_visible_aliases().is_some_and(|names| names.contains(&name))
                || argument.get_short().is_some_and(|short| name.chars().eq([short]))
        };
        let Some(flag) = commands.flat_map(Command::get_arguments).find(is_it) else { return };
        match value {
            Some(value) => self.take_value(flag, value),
            None if matches!(flag.get_action(), ArgAction::Set | ArgAction::Append) => self.flag = Some(flag),
            None => {}
        }
    }

    fn take_value(&mut self, flag: &Arg, value: &str) {
        match flag.get_id().as_str() {
            "filenames" => self.paths.extend(value.split(',').map(str::to_owned)),
            "namespace" => self.namespace = value.split(',').next().map(str::to_owned),
            _ => {}
        }
    }

    /// How many endpoints the command takes before its PATHs.
    fn endpoints(&self) -> usize {
        match self.command.map(Command::get_name) {
            Some("can" | "explain" | "path") => 2,
            _ => 0,
        }
    }

    fn names_paths(&self, positional: usize) -> bool {
        let takes_paths = self
            .command
            .is_some_and(|command| command.get_positionals().any(|argument| argument.get_id() == "paths"));
        takes_paths && positional > self.endpoints()
    }

    fn answers(&self, typed: &str, console: &mut Console<'_, '_>) -> Vec<String> {
        if let Some(flag) = self.flag {
            return beginning_with(typed, self.values(flag, typed, console));
        }
        if let Some((flag, typed)) = typed.split_once('=').filter(|_| typed.starts_with("--")) {
            let mut line = Self { paths: self.paths.clone(), namespace: self.namespace.clone(), ..*self };
            line.take_flag(flag);
            let values = line.flag.map(|argument| self.values(argument, typed, console));
            let values = beginning_with(typed, values.unwrap_or_default());
            return values.into_iter().map(|value| format!("{flag}={value}")).collect();
        }
        let Some(command) = self.command else {
            let shown = self.netpol.get_subcommands().filter(|command| !command.is_hide_set());
            let about = |command: &Command| {
                let about = command.get_about().map(ToString::to_string).unwrap_or_default();
                format!("{}\t{about}", command.get_name())
            };
            return beginning_with(typed, shown.map(about).collect());
        };
        if typed.starts_with('-') {
            let flags = command.get_arguments().chain(self.netpol.get_arguments()).filter_map(|argument| {
                let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
                argument.get_long().map(|long| format!("--{long}\t{help}"))
            });
            return beginning_with(typed, flags.collect());
        }
        beginning_with(typed, self.words_of(command, typed, console))
    }

    /// What can stand without a flag.
    fn words_of(&self, command: &Command, typed: &str, console: &mut Console<'_, '_>) -> Vec<String> {
        match (command.get_name(), self.positionals) {
            ("rules", 0) => RULES.iter().map(|rule| rule.name.to_string()).collect(),
            ("man", 0) => {
                let shown = self.netpol.get_subcommands().filter(|command| !command.is_hide_set());
                shown.map(|command| command.get_name().to_owned()).collect()
            }
            ("schema", 0) => v1::kinds().map(str::to_owned).chain(["config".to_owned()]).collect(),
            ("completions", 0) => {
                let shell = command.get_positionals().next();
                shell.map(possible).unwrap_or_default()
            }
            (_, number) if number < self.endpoints() => self.ends(typed, console),
            _ => Vec::new(),
        }
    }

    /// What can be the value of a flag.
    fn values(&self, flag: &Arg, typed: &str, console: &mut Console<'_, '_>) -> Vec<String> {
        match flag.get_id().as_str() {
            "output" => {
                let command = self.command.map(Command::get_name).unwrap_or_default();
                formats_of(command).iter().map(|format| format.name().to_owned()).collect()
            }
            "plugin" => Profile::NAMES.iter().map(|name| (*name).to_owned()).collect(),
            "preset" => ["minimal", "recommended", "strict"].map(str::to_owned).to_vec(),
            "select" | "ignore" => {
                let categories = ["all", "input", "api", "policy", "style", "suppression"].map(str::to_owned);
                let before = typed.rsplit_once(',').map_or("", |(before, _)| before);
                let comma = if before.is_empty() { "" } else { "," };
                let names = RULES.iter().map(|rule| rule.name.to_string()).chain(categories);
                names.map(|name| format!("{before}{comma}{name}")).collect()
            }
            "namespace" | "default_namespace" => self.namespaces(console),
            "from" | "to" => self.ends(typed, console),
            _ => possible(flag),
        }
    }

    fn namespaces(&self, console: &mut Console<'_, '_>) -> Vec<String> {
        let analysis = self.analysis(console);
        analysis.cluster().namespaces.iter().map(|namespace| namespace.name.clone()).collect()
    }

    /// The endpoints of the input: what stands in the namespace that is asked for without it.
    fn ends(&self, typed: &str, console: &mut Console<'_, '_>) -> Vec<String> {
        let analysis = self.analysis(console);
        let cluster = analysis.cluster();
        let own = self.namespace.as_ref().map(|name| format!("{name}/"));
        let workloads = workloads(cluster);
        let short = workloads.iter().filter_map(|name| {
            own.as_ref().and_then(|own| name.strip_prefix(own.as_str())).map(str::to_owned)
        });
        let mut ends: BTreeSet<String> = short.collect();
        if own.is_none() || typed.contains('/') {
            ends.extend(workloads.iter().cloned());
            ends.extend(cluster.namespaces.iter().map(|namespace| format!("ns/{}", namespace.name)));
            ends.extend(cluster.nodes.iter().map(|node| format!("node/{}", node.name)));
        }
        ends.extend(["outside", "internet", "any"].map(str::to_owned));
        ends.into_iter().collect()
    }

    fn analysis(&self, console: &mut Console<'_, '_>) -> Analysis {
        let paths = if self.paths.is_empty() { vec![".".to_owned()] } else { self.paths.clone() };
        // Who types waits: nothing is read from standard input, and nothing is configured.
        let paths = paths.into_iter().filter(|path| path != "-").collect();
        let options = input::Options {
            paths,
            configured_in: console.io.directory.clone(),
            ..input::Options::default()
        };
        Analysis::new(input::read(&options, console.io).files, Settings::default())
    }
}

/// The name of a flag and its value, where that stands in the same word: `--output=json`, `-ojson`.
fn split_flag(word: &str) -> (&str, Option<&str>) {
    if let Some(long) = word.strip_prefix("--") {
        return long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
    }
    let end = word.char_indices().nth(2).map_or(word.len(), |(at, _)| at);
    let (name, value) = word.split_at(end);
    (name.trim_start_matches('-'), Some(value.trim_start_matches('=')).filter(|value| !value.is_empty()))
}

fn workloads(cluster: &Cluster) -> Vec<String> {
    let ids = (0u32..).map(netpol_core::cluster::WorkloadId).take(cluster.workloads.len());
    ids.map(|id| text::endpoint(cluster, &netpol_core::cluster::Endpoint::Workload(id))).collect()
}

fn possible(argument: &Arg) -> Vec<String> {
    let values = argument.get_possible_values();
    values.iter().map(|value| value.get_name().to_owned()).collect()
}

fn beginning_with(typed: &str, answers: Vec<String>) -> Vec<String> {
    answers.into_iter().filter(|answer| answer.starts_with(typed)).collect()
}
