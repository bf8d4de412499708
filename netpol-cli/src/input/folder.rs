//! The manifests of a folder.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder};

use super::bounded::has_an_end;

/// A file that was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Its name, as the user would write it, with `/` between folders.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

/// What a walk found, in byte order of names, and what it stumbled over.
#[derive(Debug, Default)]
pub struct Walk {
    /// The files.
    pub files: Vec<Found>,
    /// What could not be read.
    pub problems: Vec<String>,
    /// Links to folders outside, which are not walked.
    pub links: Vec<String>,
    /// Hidden folders in the root that have what could be manifests, and are not walked.
    pub hidden: Vec<String>,
}

/// Walks a folder; `name` is what the user calls it, and every name in the answer begins with it.
/// Ignore files are honoured, hidden files are left alone. Links are followed, but for those to folders outside of the
/// root: there is no end to what may lie there.
pub fn walk(name: &str, root: &Path) -> Walk {
    let mut walk = Walk::default();
    let links: Arc<Mutex<Vec<PathBuf>>> = Arc::default();
    let (left, real) = (links.clone(), root.canonicalize().unwrap_or_else(|_| root.to_owned()));
    let endless: Arc<Mutex<Vec<PathBuf>>> = Arc::default();
    let found_endless = endless.clone();
    let is_walked = move |entry: &DirEntry| {
        let is_left = leads_outside(entry, &real);
        if is_left {
            left.lock().unwrap_or_else(PoisonError::into_inner).push(entry.path().to_owned());
        }
        let without_end = endless_ignore_file(entry.path());
        let is_left = is_left || without_end.is_some();
        found_endless.lock().unwrap_or_else(PoisonError::into_inner).extend(without_end);
        !is_left
    };
    let above = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let above = above.ancestors().find_map(endless_ignore_file);
    let mut builder = WalkBuilder::new(root);
    builder.filter_entry(is_walked).hidden(true).follow_links(true).git_global(false).require_git(false);
    match above {
        None => {
            builder.add_custom_ignore_filename(".netpolignore");
        }
        Some(file) => {
            builder.ignore(false).git_ignore(false).git_exclude(false).parents(false);
            walk.problems.push(endless_in_words(&file, name, root));
        }
    }
    let entries = builder.build();
    for entry in entries {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                let below = entry.path().strip_prefix(root).unwrap_or(entry.path());
                walk.files.push(Found { name: joined(name, below), path: entry.into_path() });
            }
            Ok(_) => {}
            Err(error) if is_no_matter(&error) => {}
            Err(error) => walk.problems.push(in_words(&error, name, root)),
        }
    }
    let endless = endless.lock().unwrap_or_else(PoisonError::into_inner);
    walk.problems.extend(endless.iter().map(|file| endless_in_words(file, name, root)));
    let links = links.lock().unwrap_or_else(PoisonError::into_inner);
    walk.links = links.iter().map(|path| named(path, name, root)).collect();
    walk.links.sort_unstable();
    walk.hidden = hidden(name, root);
    walk.files.sort_unstable();
    walk.problems.sort_unstable();
    walk
}

/// Hidden folders of tools, which hold YAML that is no manifest.
const OF_TOOLS: [&str; 8] =
    [".git", ".github", ".gitlab", ".circleci", ".vscode", ".idea", ".devcontainer", ".terraform"];
/// So many entries of a hidden folder are looked at.
const LOOKED_AT: usize = 256;

/// The hidden folders in a folder in which the first few entries are like manifests.
fn hidden(name: &str, root: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(root).into_iter().flatten().filter_map(Result::ok);
    let is_hidden = |entry: &std::fs::DirEntry| {
        let file = entry.file_name();
        let own = file.to_string_lossy();
        own.starts_with('.')
            && !OF_TOOLS.contains(&own.as_ref())
            && entry.file_type().is_ok_and(|kind| kind.is_dir())
            && has_manifests(&entry.path())
    };
    let mut hidden: Vec<String> =
        entries.filter(is_hidden).map(|entry| joined(name, Path::new(&entry.file_name()))).collect();
    hidden.sort_unstable();
    hidden
}

fn has_manifests(folder: &Path) -> bool {
    let walk = WalkBuilder::new(folder).standard_filters(false).max_depth(Some(3)).build();
    let mut files = walk.take(LOOKED_AT).filter_map(Result::ok);
    files.any(|entry| {
        entry.file_type().is_some_and(|kind| kind.is_file())
            && entry.path().extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
    })
}

/// Whether an entry below the root is a link to a folder that is not in it.
fn leads_outside(entry: &DirEntry, real: &Path) -> bool {
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    let is_link = entry.depth() > 0 && entry.path_is_symlink() && is_folder;
    is_link && entry.path().canonicalize().is_ok_and(|path| !path.starts_with(real))
}

/// The files that say what to leave out of the folder that they stand in.
const IGNORE_FILES: [&str; 4] = [".gitignore", ".ignore", ".netpolignore", ".git/info/exclude"];

/// A file of a folder that would say what to leave out, and has no end: it is not read.
fn endless_ignore_file(folder: &Path) -> Option<PathBuf> {
    IGNORE_FILES.iter().map(|name| folder.join(name)).find(|file| !has_an_end(file))
}

fn endless_in_words(file: &Path, name: &str, root: &Path) -> String {
    format!("`{}` cannot be read: it is no regular file, or too large", named(file, name, root))
}

/// Whether a link leads nowhere that would not be read as a manifest anyway.
fn is_no_matter(error: &ignore::Error) -> bool {
    match error {
        ignore::Error::WithDepth { err, .. } => is_no_matter(err),
        ignore::Error::WithPath { path, .. } => {
            !is_manifest(&path.to_string_lossy()) && path.is_symlink() && !path.exists()
        }
        _ => false,
    }
}

/// A path below the root as the user would write it.
fn named(path: &Path, name: &str, root: &Path) -> String {
    joined(name, path.strip_prefix(root).unwrap_or(path))
}

/// Whether the end of a name is one that manifests have.
pub fn is_manifest(name: &str) -> bool {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|it| ["yaml", "yml", "json"].iter().any(|known| it.eq_ignore_ascii_case(known)))
}

/// `folder` and the path below it as one name, with `/`; `.` adds nothing.
fn joined(folder: &str, below: &Path) -> String {
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let below = parts.join("/");
    match folder.trim_end_matches('/').trim_start_matches("./") {
        "" if folder.starts_with('/') => format!("/{below}"),
        "" | "." => below,
        folder => format!("{folder}/{below}"),
    }
}

/// What a walk stumbled over, with the paths as the user would write them.
fn in_words(error: &ignore::Error, name: &str, root: &Path) -> String {
    let named = |path: &Path| named(path, name, root);
    match error {
        ignore::Error::WithDepth { err, .. } => in_words(err, name, root),
        ignore::Error::WithPath { path, err } => match without_depth(err) {
            ignore::Error::Loop { ancestor, child } => loop_in_words(&named(ancestor), &named(child)),
            ignore::Error::Io(error) => format!("`{}` cannot be read: {}", named(path), cause(error)),
            other => format!("`{}`: {other}", named(path)),
        },
        ignore::Error::Loop { ancestor, child } => loop_in_words(&named(ancestor), &named(child)),
        other => other.to_string(),
    }
}

fn without_depth(error: &ignore::Error) -> &ignore::Error {
    match error {
        ignore::Error::WithDepth { err, .. } => without_depth(err),
        other => other,
    }
}

/// What the operating system said, without the absolute path that a walk puts before it.
fn cause(error: &std::io::Error) -> String {
    let said = error.get_ref().and_then(std::error::Error::source);
    said.map_or_else(|| error.to_string(), ToString::to_string)
}

fn loop_in_words(ancestor: &str, child: &str) -> String {
    let ancestor = if ancestor.is_empty() { "." } else { ancestor };
    format!("`{child}` is a link to `{ancestor}`, the folder that it is in; it is not followed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_begin_as_the_user_began() {
        let below = Path::new("x/a.yaml");
        assert_eq!(joined(".", below), "x/a.yaml");
        assert_eq!(joined("./", below), "x/a.yaml");
        assert_eq!(joined("../m/", below), "../m/x/a.yaml");
        assert_eq!(joined("./m", below), "m/x/a.yaml");
        assert_eq!(joined("/", below), "/x/a.yaml");
    }

    #[test]
    fn manifests_are_known_by_their_extension() {
        assert!(is_manifest("a.yaml") && is_manifest("x/a.yml") && is_manifest("a.JSON"));
        assert!(!is_manifest("yaml") && !is_manifest("a.tf"));
    }
}
