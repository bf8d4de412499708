//! What was meant by a path that does not exist.

use std::path::Path;

use crate::config::nearest;

/// What to do about a path that does not exist: the one that is nearly spelled so, or the revision that is called so.
pub fn help(name: &str, path: &Path) -> Option<String> {
    if let Some(near) = suggestion(name, path) {
        return Some(format!("did you mean `{near}`?"));
    }
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || "-_./~^@".contains(letter);
    let folder = path.parent()?;
    let is_in_git = folder.ancestors().any(|folder| folder.join(".git").exists());
    (is_in_git && name.chars().all(is_word) && !name.ends_with('/') && !name.ends_with(".yaml"))
        .then(|| format!("if `{name}` is a revision: `netpol diff git:{name} PATH`"))
}

/// The existing path that is spelled most like `name`, as the user would type it.
fn suggestion(name: &str, path: &Path) -> Option<String> {
    let typed = path.file_name()?.to_str()?;
    let entries = std::fs::read_dir(path.parent()?).ok()?;
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort_unstable();
    let near = nearest(typed, names.iter().map(String::as_str).filter(|name| *name != typed))?;
    let folder = name.trim_end_matches('/').rsplit_once('/').map(|(folder, _)| folder);
    Some(folder.map_or_else(|| near.to_owned(), |folder| format!("{folder}/{near}")))
}
