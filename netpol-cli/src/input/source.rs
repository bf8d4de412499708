//! The files of a run, in the order in which the user gave them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use globset::GlobMatcher;
use netpol_core::text::{FileId, FileSet, Rendering, SourceFile};

use super::folder::{self, Found};
use super::kustomization::Kustomizations;
use super::program::Surroundings;
use super::revision::Tree;
use super::skip::Skip;
use super::{bounded, missing, pattern, rendered, revision};
use crate::Io;

/// What to read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Files, folders, globs and `-`.
    pub paths: Vec<String>,
    /// What standard input is called.
    pub stdin_filename: String,
    /// Of the files in folders, only those that one matches; every file when it is empty.
    pub include: Vec<GlobMatcher>,
    /// Of the files in folders, those that one matches are left out.
    pub exclude: Vec<GlobMatcher>,
    /// The folder that `include` and `exclude` speak of.
    pub configured_in: PathBuf,
    /// Of all files, only those of one cluster.
    pub only: Option<Only>,
}

/// The files of one cluster among several.
#[derive(Debug, Clone)]
pub enum Only {
    /// Those that one of these matches, or that lie in a folder that it matches.
    In(Vec<GlobMatcher>),
    /// All others.
    NotIn(Vec<GlobMatcher>),
}

impl Only {
    /// Whether a file, by its canonical path, belongs to it; paths are those below `folder`.
    pub fn holds(&self, path: &Path, folder: &Path) -> bool {
        let path = path.strip_prefix(folder).unwrap_or(path);
        let matches =
            |globs: &[GlobMatcher]| globs.iter().any(|glob| path.ancestors().any(|it| glob.is_match(it)));
        match self {
            Self::In(globs) => matches(globs),
            Self::NotIn(globs) => !matches(globs),
        }
    }
}

/// The canonical paths of the files that are to be read from the disk.
pub fn listed(options: &Options, io: &Io<'_>) -> Vec<PathBuf> {
    let mut unheard = Input::default();
    let on_disk = options.paths.iter().filter(|path| *path != "-" && !rendered::is_spelled(path));
    let on_disk = on_disk.filter(|path| revision::spelled(path).is_none());
    let candidates: Vec<Candidate> =
        on_disk.flat_map(|path| candidates_of(path, &io.directory, options, &mut unheard)).collect();
    candidates.into_iter().filter(|it| it.skip.is_none()).map(|it| it.canonical).collect()
}

/// What was read.
#[derive(Debug, Default)]
pub struct Input {
    /// The files.
    pub files: FileSet,
    /// Where those of them are that came from the disk.
    pub paths: BTreeMap<FileId, PathBuf>,
    /// Those that a link brought here from outside of the folder that the user named.
    pub outside: BTreeSet<FileId>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// What was left out, and how many files of it there were.
    pub skipped: BTreeMap<Skip, usize>,
    /// The folder of the first chart whose templates were left out, as the user names it.
    pub chart: Option<String>,
    /// The folder of the first kustomization that changes its sources, as the user names it.
    pub kustomization: Option<String>,
    /// Links to folders outside of those that the user named, which were not walked.
    pub links: Vec<String>,
    /// Hidden folders that were not walked, although they have what could be manifests.
    pub hidden: Vec<String>,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Whether a name was mistyped, or nothing else was named, so that no answer is about what was meant.
    pub is_slip: bool,
}

impl Problem {
    /// Something without which there is no answer about what was meant.
    pub fn fatal(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, is_slip: true }
    }
}

impl Input {
    /// The notes on what was left out, if something was.
    pub fn notes(&self) -> Vec<String> {
        let kinds = Skip::ALL.into_iter().filter_map(|skip| Some((skip, *self.skipped.get(&skip)?)));
        let parts: Vec<String> =
            kinds.map(|(skip, count)| format!("{count} {}", skip.words(count))).collect();
        let skipped = format!("skipped, as they are no manifests: {}", parts.join(", "));
        let skipped = (!parts.is_empty()).then_some(skipped);
        let chart = self
            .chart
            .as_ref()
            .map(|chart| format!("to have the chart rendered, pass `helm:{chart}` instead"));
        let notes = skipped.into_iter().chain(chart).chain(self.sources_in_words());
        notes.chain(self.hidden_in_words()).chain(self.links_in_words()).collect()
    }

    fn hidden_in_words(&self) -> Option<String> {
        let (first, others) = self.hidden.split_first()?;
        Some(match others.len() {
            0 => format!("the hidden folder `{first}` is not read; name it to have it read"),
            more => {
                format!("the hidden folder `{first}` and {more} more are not read; name one to have it read")
            }
        })
    }

    /// That files are read as they stand, before a kustomization changes them.
    fn sources_in_words(&self) -> Option<String> {
        let changes = |file: &SourceFile| file.rendering().is_some_and(|rendering| rendering.changes);
        let count = self.files.iter().filter(|(_, file)| changes(file)).count();
        let (folder, is) = (
            self.kustomization.as_deref()?,
            if count == 1 { "file is a source" } else { "files are sources" },
        );
        (count > 0).then(|| {
            format!(
                "{count} {is} of kustomizations and not rendered: rules about names, namespaces and labels skip them; \
                 to judge what reaches the cluster, pass `kustomize:{folder}` instead"
            )
        })
    }

    fn links_in_words(&self) -> Option<String> {
        let (first, others) = self.links.split_first()?;
        Some(match others.len() {
            0 => format!(
                "`{first}` is a link to a folder outside, which is not walked; name it to have it read"
            ),
            more => format!(
                "`{first}` and {more} more are links to folders outside, which are not walked; name one to have it read"
            ),
        })
    }

    fn problem(&mut self, message: impl Into<String>) {
        self.problems.push(Problem { message: message.into(), help: None, is_slip: false });
    }
}

/// Reads everything that is to be read. What cannot be read is a problem in the answer and stops nothing.
pub fn read(options: &Options, io: &mut Io<'_>) -> Input {
    let mut input = Input::default();
    let directory = io.directory.clone();
    let mut candidates = Vec::new();
    // What is written down of revisions is kept until it has been read.
    let mut trees = Vec::new();
    for path in &options.paths {
        let surroundings = Surroundings { directory: &directory, environment: io.environment };
        if rendered::is_spelled(path) {
            render(path, surroundings, &mut input);
        } else if let Some((_, below)) = revision::spelled(path) {
            candidates.extend(of_revision((path, below), surroundings, options, (&mut trees, &mut input)));
        } else {
            candidates.extend(candidates_of(path, &directory, options, &mut input));
        }
    }
    let mut candidates = once(candidates);
    if let Some(only) = &options.only {
        candidates.retain(|candidate| only.holds(&candidate.canonical, &options.configured_in));
    }
    let mut room = bounded::LARGEST;
    let named = candidates.iter().filter(|it| it.skip == Some(Skip::Kustomization)).map(|it| &it.found);
    let kustomizations = Kustomizations::read(named.map(|found| (found.name.as_str(), found.path.as_path())));
    for mut candidate in candidates {
        if !candidate.is_stdin {
            candidate.skip = candidate.skip.or_else(|| kustomizations.skip(&candidate.canonical));
            candidate.rendering = kustomizations.rendering(&candidate.canonical);
        }
        if candidate.skip == Some(Skip::Chart) && candidate.found.path.ends_with("Chart.yaml") {
            let folder = candidate.found.name.rsplit_once('/').map_or(".", |(folder, _)| folder);
            input.chart.get_or_insert_with(|| folder.to_owned());
        }
        match candidate.skip {
            Some(skip) => *input.skipped.entry(skip).or_default() += 1,
            None => add(candidate, &mut room, io, &mut input),
        }
    }
    input.kustomization = kustomizations.first;
    input
}

/// A file that is to be read.
struct Candidate {
    found: Found,
    canonical: PathBuf,
    is_named: bool,
    is_stdin: bool,
    is_outside: bool,
    skip: Option<Skip>,
    rendering: Option<Rendering>,
}

impl Candidate {
    fn new(found: Found) -> Self {
        let canonical = found.path.canonicalize().unwrap_or_else(|_| found.path.clone());
        let skip = Skip::by_name(&found.path);
        Self { found, canonical, is_named: false, is_stdin: false, is_outside: false, skip, rendering: None }
    }
}

/// Adds what another program renders.
fn render(path: &str, surroundings: Surroundings<'_>, input: &mut Input) {
    match rendered::rendered(path, surroundings) {
        Ok(texts) => {
            for (name, bytes) in texts {
                if let Err(error) = input.files.add(SourceFile::named(name, "").with_bytes(bytes)) {
                    input.problem(error.to_string());
                }
            }
        }
        Err(problem) => input.problems.push(problem),
    }
}

/// The files of `git:REV:PATH`, under this name.
fn of_revision(
    (name, below): (&str, Option<&str>),
    surroundings: Surroundings<'_>,
    options: &Options,
    (trees, input): (&mut Vec<Tree>, &mut Input),
) -> Vec<Candidate> {
    let tree = match revision::tree(name, below.unwrap_or("."), surroundings) {
        Ok(tree) => tree,
        Err(message) => {
            input.problems.push(Problem::fatal(message));
            return Vec::new();
        }
    };
    let mut candidates = candidates_of(&tree.path, &tree.directory, options, input);
    let revision = name.strip_suffix(&format!(":{}", tree.path)).unwrap_or(name);
    for candidate in &mut candidates {
        candidate.found.name = format!("{revision}:{}", candidate.found.name);
    }
    trees.push(tree);
    candidates
}

/// The files that a PATH stands for.
fn candidates_of(name: &str, directory: &Path, options: &Options, input: &mut Input) -> Vec<Candidate> {
    if name == "-" {
        let found = Found { name: options.stdin_filename.clone(), path: PathBuf::from("-") };
        return vec![Candidate { is_stdin: true, is_named: true, skip: None, ..Candidate::new(found) }];
    }
    let path = directory.join(name);
    match std::fs::metadata(&path) {
        Ok(metadata) if metadata.is_dir() => in_folder(name, &path, options, input),
        Ok(_) => {
            let name = name.strip_prefix("./").unwrap_or(name).replace(std::path::MAIN_SEPARATOR, "/");
            vec![Candidate { is_named: true, ..Candidate::new(Found { name, path }) }]
        }
        Err(_) if pattern::is_glob(name) => matching(name, directory, options, input),
        Err(_) if path.symlink_metadata().is_ok() => {
            input.problem(format!("`{name}` is a link to something that cannot be reached"));
            Vec::new()
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let help = missing::help(name, &path, directory);
            let message = format!("there is no file or folder `{name}`");
            let is_slip = help.is_some() || options.paths.len() == 1;
            input.problems.push(Problem { message, help, is_slip });
            Vec::new()
        }
        Err(error) => {
            input.problem(format!("`{name}` cannot be read: {error}"));
            Vec::new()
        }
    }
}

/// The manifests of a folder.
fn in_folder(name: &str, root: &Path, options: &Options, input: &mut Input) -> Vec<Candidate> {
    let walk = folder::walk(name, root);
    for problem in walk.problems {
        input.problem(problem);
    }
    input.links.extend(walk.links);
    input.hidden.extend(walk.hidden);
    let is_read = |found: &Found| folder::is_manifest(&found.name) || found.path.ends_with("Kustomization");
    let manifests = walk.files.into_iter().filter(is_read);
    let wanted = manifests.filter(|found| is_wanted(found, options));
    let real = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    wanted.map(|found| below(found, (root, &real))).collect()
}

/// The manifests that a glob matches, or that lie in a folder that it matches.
fn matching(name: &str, directory: &Path, options: &Options, input: &mut Input) -> Vec<Candidate> {
    let name = name.strip_prefix("./").unwrap_or(name);
    let glob = match pattern::glob(name) {
        Ok(glob) => glob,
        Err(message) => {
            input.problem(message);
            return Vec::new();
        }
    };
    let base = pattern::base(name);
    let root = directory.join(base);
    let walk = folder::walk(if base.is_empty() { "." } else { base }, &root);
    input.links.extend(walk.links);
    input.hidden.extend(walk.hidden);
    let is_match = |found: &Found| Path::new(&found.name).ancestors().any(|path| glob.is_match(path));
    let manifests =
        walk.files.into_iter().filter(|found| folder::is_manifest(&found.name) && is_match(found));
    let real = root.canonicalize().unwrap_or_else(|_| root.clone());
    let wanted = manifests.filter(|found| is_wanted(found, options));
    let candidates: Vec<Candidate> = wanted.map(|found| below(found, (&root, &real))).collect();
    if candidates.is_empty() {
        input.problem(format!("no manifest matches `{name}`"));
    }
    candidates
}

/// A file that was found below `root`, which is really the folder `real`.
fn below(found: Found, (root, real): (&Path, &Path)) -> Candidate {
    let candidate = Candidate::new(found);
    let is_template = Skip::is_template(&candidate.found.path, root);
    let is_outside = !candidate.canonical.starts_with(real);
    Candidate { skip: candidate.skip.or(is_template.then_some(Skip::Chart)), is_outside, ..candidate }
}

/// Whether the configuration wants a file that was found.
fn is_wanted(found: &Found, options: &Options) -> bool {
    if options.include.is_empty() && options.exclude.is_empty() {
        return true;
    }
    let parent = found.path.parent().and_then(|folder| folder.canonicalize().ok());
    let path = match (parent, found.path.file_name()) {
        (Some(folder), Some(file)) => folder.join(file),
        _ => found.path.clone(),
    };
    let path = path.strip_prefix(&options.configured_in).unwrap_or(&path);
    let matches =
        |globs: &[GlobMatcher]| globs.iter().any(|glob| path.ancestors().any(|it| glob.is_match(it)));
    (options.include.is_empty() || matches(&options.include)) && !matches(&options.exclude)
}

/// Each file once, where it came first; named when it was named anywhere.
fn once(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut places: BTreeMap<PathBuf, usize> = BTreeMap::new();
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        if let Some(place) = places.get(&candidate.canonical) {
            kept[*place].is_named |= candidate.is_named;
            kept[*place].is_outside &= candidate.is_outside;
        } else {
            places.insert(candidate.canonical.clone(), kept.len());
            kept.push(candidate);
        }
    }
    kept
}

/// Adds a file, of which no more than `room` is read; takes what was read from it.
fn add(candidate: Candidate, room: &mut u64, io: &mut Io<'_>, input: &mut Input) {
    let Candidate { found, is_named, is_stdin, is_outside, rendering, .. } = candidate;
    let bytes = if is_stdin {
        let mut bytes = Vec::new();
        bounded::read_all(&mut io.stdin, &mut bytes, *room).map(|()| bytes)
    } else {
        bounded::read(&found.path, *room)
    };
    match bytes {
        Ok(bytes) => {
            *room = room.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
            let file =
                if is_named { SourceFile::named(found.name, "") } else { SourceFile::found(found.name, "") };
            match input.files.add(file.rendered_with(rendering).with_bytes(bytes)) {
                Ok(id) if !is_stdin => {
                    input.paths.insert(id, found.path);
                    input.outside.extend(is_outside.then_some(id));
                }
                Ok(_) => {}
                Err(error) => input.problem(error.to_string()),
            }
        }
        Err(error) => input.problem(format!("`{}` cannot be read: {error}", found.name)),
    }
}
