//! Folders that define the same objects: clusters of their own in one repository, or overlays of one base.

use indexmap::IndexMap;

use crate::diagnostic::rule::DUPLICATE_OBJECT;
use crate::diagnostic::{Diagnostic, Severity};
use crate::text::{FileSet, Span};

/// Two folders, that of the earlier object first, and whether the paths below them are the same.
struct Pair<'f> {
    folders: (&'f str, &'f str),
    is_parallel: bool,
}

/// The findings about all files, those about duplicates in the same two folders as one info, where the folders have
/// several or where the files are the same below them.
pub(super) fn folded<'d>(
    found: impl Iterator<Item = &'d Diagnostic>,
    files: &FileSet,
) -> impl Iterator<Item = Diagnostic> {
    let mut kept: Vec<Diagnostic> = Vec::new();
    let mut pairs: IndexMap<(&str, &str), (bool, Vec<&Diagnostic>)> = IndexMap::new();
    for found in found {
        match pair(found, files) {
            Some(pair) => {
                let (is_parallel, duplicates) = pairs.entry(pair.folders).or_default();
                *is_parallel |= pair.is_parallel;
                duplicates.push(found);
            }
            None => kept.push(found.clone()),
        }
    }
    for (folders, (is_parallel, duplicates)) in pairs {
        if is_parallel || duplicates.len() > 1 {
            kept.extend(told(folders, &duplicates));
        } else {
            kept.extend(duplicates.into_iter().cloned());
        }
    }
    kept.into_iter()
}

/// One info of all duplicates in two folders, at the first of them.
fn told((earlier, later): (&str, &str), duplicates: &[&Diagnostic]) -> Option<Diagnostic> {
    let first = duplicates.iter().min_by_key(|found| (found.primary.span.file, found.primary.span.start))?;
    let objects = if duplicates.len() == 1 { "object" } else { "objects" };
    let message = format!(
        "`{earlier}` and `{later}` define the same {} {objects}, as if they were one cluster; those of `{later}` win",
        duplicates.len()
    );
    let (name, other) = (last(earlier), last(later));
    let help = format!(
        "clusters or overlays of their own are judged one by one: pass one folder, or write in netpol.toml \
         `[[clusters]]` with `name = \"{name}\"` and `paths = [\"{earlier}\"]`, and another for `{other}`"
    );
    Some((*first).clone().with_severity(Severity::Info).with_message(message).with_help(help))
}

fn last(folder: &str) -> &str {
    folder.rsplit('/').next().unwrap_or(folder)
}

/// The two folders that a duplicate and its earlier object lie in, as far down as their paths differ first.
fn pair<'f>(found: &Diagnostic, files: &'f FileSet) -> Option<Pair<'f>> {
    let earlier = found.related.first().filter(|_| found.rule == DUPLICATE_OBJECT)?.span;
    let name = |span: Span| files.get(span.file).map(crate::text::SourceFile::name);
    let (earlier, later) = (name(earlier)?, name(found.primary.span)?);
    let mut start = 0;
    let parts = earlier.split('/').zip(later.split('/'));
    for (one, _) in parts.take_while(|(one, other)| one == other) {
        start += one.len() + 1;
    }
    // A file that stands right there lies in no folder of its own.
    let end = |name: &str| name.get(start..)?.find('/').map(|length| start + length);
    let (one, other) = (end(earlier)?, end(later)?);
    let folders = (earlier.get(..one)?, later.get(..other)?);
    Some(Pair { folders, is_parallel: earlier.get(one..) == later.get(other..) })
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Severity;
    use crate::manifest::{ReadOptions, read};
    use crate::text::{FileSet, SourceFile};

    /// What is said of files with the objects of these names.
    fn said(files: &[(&str, &[&str])]) -> Vec<(Severity, String)> {
        let mut set = FileSet::new();
        for (file, names) in files {
            let object =
                |name: &&str| format!("{{apiVersion: v1, kind: Pod, metadata: {{name: '{name}'}}}}\n---\n");
            let text: String = names.iter().map(object).collect();
            set.add(SourceFile::found(*file, text)).unwrap();
        }
        let manifests = read(&set, &ReadOptions::default(), |_, _| None::<()>);
        manifests.diagnostics.into_iter().map(|found| (found.severity, found.message)).collect()
    }

    #[test]
    fn a_pair_of_folders_is_one_info() {
        let found = said(&[("c/east/x/a.yaml", &["a", "b"]), ("c/west/x/a.yaml", &["a", "b", "c"])]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, Severity::Info);
        assert!(found[0].1.starts_with("`c/east` and `c/west` define the same 2 objects"), "{found:?}");
        let three = said(&[("a/x.yaml", &["a"]), ("b/x.yaml", &["a"]), ("c/x.yaml", &["a"])]);
        assert_eq!(three.len(), 2, "{three:?}");
    }

    #[test]
    fn single_duplicates_are_warnings() {
        for files in [
            [("a.yaml", ["a"].as_slice()), ("b.yaml", &["a"])],
            [("x/a.yaml", &["a"]), ("y/b.yaml", &["a"])],
            [("x/a.yaml", &["a"]), ("x/y/a.yaml", &["a"])],
        ] {
            let found = said(&files);
            assert_eq!((found.len(), found[0].0), (1, Severity::Warning), "{found:?}");
        }
    }

    #[test]
    fn names_with_placeholders_are_never_equal() {
        assert_eq!(
            said(&[("a.yaml", &["x-${A}", "x-${A}"])]).iter().filter(|(_, it)| it.contains("twice")).count(),
            0
        );
    }
}
