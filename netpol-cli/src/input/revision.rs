//! Manifests as a git revision has them: `git:REV[:PATH]`.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The manifests of one side of a comparison.
#[derive(Debug)]
pub struct Tree {
    /// The folder that paths are taken from.
    pub directory: PathBuf,
    /// The PATH within it.
    pub path: String,
    /// What is written down of a revision for as long as it is read.
    _written: Option<TempDir>,
}

/// A revision and, if it is named, the PATH within it.
fn spelled(text: &str) -> Option<(&str, Option<&str>)> {
    let rest = text.strip_prefix("git:")?;
    Some(rest.split_once(':').map_or((rest, None), |(revision, path)| (revision, Some(path))))
}

/// What a PATH stands for. A revision without a path of its own has that of `other`, where that is no revision.
///
/// # Errors
/// What is wrong with a revision, in words.
pub fn tree(text: &str, other: &str, directory: &Path) -> Result<Tree, String> {
    let Some((revision, path)) = spelled(text) else {
        return Ok(Tree { directory: directory.to_owned(), path: text.to_owned(), _written: None });
    };
    let path = path.or_else(|| spelled(other).is_none().then_some(other)).unwrap_or(".");
    if Path::new(path).is_absolute() {
        return Err(format!(
            "`{path}` is to be given relative to the current folder, as in `git:{revision}:path`"
        ));
    }
    let written = TempDir::new().map_err(|error| format!("no folder for `{text}`: {error}"))?;
    let prefix = git(directory, ["rev-parse", "--show-prefix"], None).map_err(|message| {
        let is_none = message.contains("not a git repository");
        if is_none {
            format!("`{text}` is asked for, and `{}` is in no git repository", directory.display())
        } else {
            message
        }
    })?;
    git(directory, ["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")], None)
        .map_err(|_| format!("there is no revision `{revision}`"))?;
    let index = written.path().join("index");
    git(directory, ["read-tree", revision], Some(&index))?;
    let folder = written.path().join("tree");
    let target = format!("--prefix={}/", folder.display());
    let top = git(directory, ["rev-parse", "--show-toplevel"], None)?;
    git(Path::new(top.trim()), ["checkout-index", "--all", "--force", &target], Some(&index))?;
    let root = folder.join(prefix.trim());
    std::fs::create_dir_all(&root).map_err(|error| format!("`{text}` cannot be written: {error}"))?;
    Ok(Tree { directory: root, path: path.to_owned(), _written: Some(written) })
}

/// Runs git, with an index of its own where it needs one, and gives what it printed.
fn git<A: AsRef<OsStr>>(
    directory: &Path,
    arguments: impl IntoIterator<Item = A>,
    index: Option<&Path>,
) -> Result<String, String> {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(directory);
    if let Some(index) = index {
        command.env("GIT_INDEX_FILE", index);
    }
    let output = command.output().map_err(|error| format!("git cannot be run: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_may_name_a_path() {
        assert_eq!(spelled("git:main"), Some(("main", None)));
        assert_eq!(spelled("git:HEAD~1:deploy/a"), Some(("HEAD~1", Some("deploy/a"))));
        assert_eq!(spelled("manifests/"), None);
    }
}
