//! What was meant by a path that does not exist.

use std::path::Path;

use super::revision;
use crate::config::nearest;

/// What to do about a path that does not exist: the revision that is called so, or the one that is nearly spelled so.
pub fn help(name: &str, path: &Path, directory: &Path) -> Option<String> {
    if revision::is_revision(name, directory) {
        return Some(format!("did you mean the revision `git:{name}`?"));
    }
    suggestion(name, path).map(|near| format!("did you mean `{near}`?"))
}

/// The existing path that is spelled most like `name`, as the user would type it.
pub fn suggestion(name: &str, path: &Path) -> Option<String> {
    let typed = path.file_name()?.to_str()?;
    let entries = std::fs::read_dir(path.parent()?).ok()?;
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort_unstable();
    let near = nearest(typed, names.iter().map(String::as_str).filter(|name| *name != typed))?;
    let folder = name.trim_end_matches('/').rsplit_once('/').map(|(folder, _)| folder);
    Some(folder.map_or_else(|| near.to_owned(), |folder| format!("{folder}/{near}")))
}
