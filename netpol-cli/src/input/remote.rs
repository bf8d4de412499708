//! What kustomizations and charts would fetch from elsewhere: it is refused before a program runs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use netpol_core::text::{FileId, FileSet, SourceFile, Span};
use netpol_core::yaml::{self, Mapping, Node, Parsed, Value};

use super::bounded;
use super::source::Problem;

/// Keys of a kustomization whose items are paths of files or folders.
const PATHS: [&str; 9] = [
    "resources",
    "bases",
    "components",
    "crds",
    "generators",
    "transformers",
    "validators",
    "configurations",
    "patchesStrategicMerge",
];
/// Keys whose items have a `path`.
const WITH_PATH: [&str; 3] = ["patches", "patchesJson6902", "replacements"];
const GENERATORS: [&str; 2] = ["configMapGenerator", "secretGenerator"];
const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Whether a source is plainly not of this disk: a URL, or what git takes for one.
pub(super) fn is_remote(source: &str) -> bool {
    let starts = ["git@", "git::", "gh:", "github.com", "gitlab.com", "bitbucket.org"];
    source.contains("://") || starts.iter().any(|start| source.starts_with(start)) || source.contains("?ref=")
}

/// A file that is looked through.
struct Text {
    name: String,
    files: FileSet,
    id: FileId,
}

impl Text {
    fn read(name: String, path: &Path) -> Result<Self, Problem> {
        let bytes = bounded::read(path, bounded::LARGEST);
        let bytes = bytes.map_err(|error| Problem::fatal(format!("`{name}` cannot be read: {error}")))?;
        let mut files = FileSet::new();
        let added = files.add(SourceFile::found(name.as_str(), "").with_bytes(bytes));
        let id = added.map_err(|error| Problem::fatal(error.to_string()))?;
        Ok(Self { name, files, id })
    }

    /// The mappings of its documents, one after the other; stops at the first that something is wrong with.
    fn each(&self, mut look: impl FnMut(&Mapping<'_>) -> Result<(), Problem>) -> Result<(), Problem> {
        let Some(file) = self.files.get(self.id) else { return Ok(()) };
        for chunk in yaml::split(self.id, file) {
            match yaml::parse(file, &chunk, &|_, _| true, &mut Vec::new()) {
                Parsed::Tree(Node { value: Value::Mapping(fields), .. }) => look(&fields)?,
                Parsed::Empty => {}
                _ => return Err(Problem::fatal(format!("`{}` cannot be read", self.name))),
            }
        }
        Ok(())
    }

    fn refusal(&self, span: Span, what: &str) -> Problem {
        let line = self.files.get(self.id).map_or(1, |file| file.line_column(span.start).line);
        Problem::fatal(format!("{}:{line}: {what}", self.name))
    }

    fn remote(&self, span: Span, source: &str) -> Problem {
        let help = "download it and name the file, or render it elsewhere and name the result";
        let what = format!("`{source}` is remote, and netpol opens no network");
        Problem { help: Some(help.to_owned()), ..self.refusal(span, &what) }
    }
}

/// Refuses a kustomization with remote sources, its own or those of what it is made of.
///
/// # Errors
/// The first remote source, or one that is not there, with its file and line.
pub(super) fn refuse_in_kustomization(name: &str, path: &Path) -> Result<(), Problem> {
    let mut left: Vec<(String, PathBuf)> = vec![(name.trim_end_matches('/').to_owned(), path.to_owned())];
    let mut seen = BTreeSet::new();
    while let Some((name, folder)) = left.pop() {
        if !seen.insert(folder.canonicalize().unwrap_or_else(|_| folder.clone())) {
            continue;
        }
        let Some(file) = NAMES.iter().find(|file| folder.join(file).is_file()) else {
            return Err(Problem::fatal(format!("`{name}` has no kustomization.yaml")));
        };
        let text = Text::read(format!("{name}/{file}"), &folder.join(file))?;
        text.each(|fields| {
            for node in sources(fields) {
                let Value::String(source) = &node.value else { continue };
                left.extend(local(&text, node, source, (&name, &folder))?);
            }
            match fields.get("helmCharts").or_else(|| fields.get("helmChartInflationGenerator")) {
                Some(entry) => {
                    Err(text
                        .refusal(entry.key_span, "kustomize would have helm render this; use `helm:CHART`"))
                }
                None => Ok(()),
            }
        })?;
    }
    Ok(())
}

/// A source that is there; a folder, to be looked through. What is written out in place of a path is looked through here.
fn local(
    text: &Text,
    node: &Node<'_>,
    source: &str,
    (name, folder): (&str, &Path),
) -> Result<Option<(String, PathBuf)>, Problem> {
    if source.contains('\n') {
        return if has_remote_line(source) { Err(text.remote(node.span, "a source")) } else { Ok(None) };
    }
    let path = folder.join(source);
    if !path.exists() {
        return Err(if is_remote(source) {
            text.remote(node.span, source)
        } else {
            text.refusal(node.span, &format!("there is no file or folder `{source}`"))
        });
    }
    if path.is_dir() {
        return Ok(Some((format!("{name}/{source}"), path)));
    }
    Ok(None)
}

/// Whether a text has a URL in a line that is no comment.
fn has_remote_line(text: &str) -> bool {
    text.lines().any(|line| !line.trim_start().starts_with('#') && line.contains("://"))
}

/// All that a kustomization names as files or folders.
fn sources<'n, 't>(fields: &'n Mapping<'t>) -> Vec<&'n Node<'t>> {
    let mut sources: Vec<&Node<'t>> = PATHS.iter().flat_map(|key| items(fields, key)).collect();
    let field = |item: &'n Node<'t>, key: &str| match &item.value {
        Value::Mapping(item) => item.get(key).map(|entry| &entry.value),
        _ => None,
    };
    sources
        .extend(WITH_PATH.iter().flat_map(|key| items(fields, key)).filter_map(|item| field(item, "path")));
    for item in GENERATORS.iter().flat_map(|key| items(fields, key)) {
        let Value::Mapping(generator) = &item.value else { continue };
        let lists = ["files", "envs"].into_iter().flat_map(|key| items(generator, key));
        let remote = |node: &&Node<'_>| matches!(&node.value, Value::String(text) if is_remote(text));
        sources.extend(lists.filter(remote));
        sources.extend(field(item, "env").filter(remote));
    }
    sources.extend(fields.get("openapi").and_then(|entry| field(&entry.value, "path")));
    sources
}

fn items<'n, 't>(fields: &'n Mapping<'t>, key: &str) -> &'n [Node<'t>] {
    match fields.get(key).map(|entry| &entry.value.value) {
        Some(Value::Sequence(items)) => items,
        _ => &[],
    }
}

/// Refuses a chart that depends on others which are remote and not in its folder `charts`.
///
/// # Errors
/// The first such chart, with its file and line.
pub(super) fn refuse_in_chart(name: &str, path: &Path) -> Result<(), Problem> {
    if path.is_file() {
        return Ok(());
    }
    let name = name.trim_end_matches('/');
    if !path.join("Chart.yaml").is_file() {
        return Err(Problem::fatal(format!("`{name}` has no Chart.yaml")));
    }
    let vendored = vendored(&path.join("charts"));
    for file in ["Chart.yaml", "requirements.yaml"] {
        if !path.join(file).is_file() {
            continue;
        }
        let text = Text::read(format!("{name}/{file}"), &path.join(file))?;
        text.each(|fields| {
            let remote = items(fields, "dependencies").iter().find_map(|it| remote_dependency(it, &vendored));
            remote.map_or(Ok(()), |(span, source)| Err(text.remote(span, source)))
        })?;
    }
    let charts = vendored.iter().filter(|chart| path.join("charts").join(chart).join("Chart.yaml").is_file());
    charts.into_iter().try_for_each(|chart| {
        refuse_in_chart(&format!("{name}/charts/{chart}"), &path.join("charts").join(chart))
    })
}

/// The names in a folder of charts.
fn vendored(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names
}

fn remote_dependency<'n>(item: &'n Node<'_>, vendored: &[String]) -> Option<(Span, &'n str)> {
    let Value::Mapping(fields) = &item.value else { return None };
    let text = |key: &str| match &fields.get(key)?.value {
        Node { value: Value::String(text), span, .. } => Some((*span, text.as_ref())),
        _ => None,
    };
    let (span, repository) = text("repository")?;
    let (_, name) = text("name")?;
    let is_local = repository.is_empty() || repository.starts_with("file://");
    let archive = format!("{name}-");
    let is_archive = |it: &String| it.strip_suffix(".tgz").is_some_and(|it| it.starts_with(&archive));
    let is_there = vendored.iter().any(|it| it == name || is_archive(it));
    (!is_local && !is_there).then_some((span, repository))
}

#[cfg(test)]
mod tests {
    use super::is_remote;

    #[test]
    fn remote_sources_are_known_by_their_looks() {
        for source in
            ["https://a/b", "git::ssh://x", "git@github.com:a/b", "github.com/a/b//c?ref=v1", "oci://x/y"]
        {
            assert!(is_remote(source), "{source}");
        }
        for source in ["../base", "a.yaml", "github/b.yaml", "./x"] {
            assert!(!is_remote(source), "{source}");
        }
    }
}
