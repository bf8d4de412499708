//! `netpol lint --fix` and `--diff`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, Metadata};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use netpol_core::Analysis;
use netpol_core::lint::{FixChoice, LintReport, LintSettings, apply_fixes, fixable};
use netpol_core::text::{FileId, FileSet, SourceFile, one_line};
use similar::TextDiff;

use super::session::counted;
use crate::Exit;
use crate::args;
use crate::render::Console;

/// So often the fixed texts are linted and fixed again.
const ROUNDS: usize = 20;

/// What is to be done with fixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plan {
    /// They are counted.
    Leave,
    /// They are written to the files.
    Write,
    /// They are shown as a patch.
    Show,
}

impl Plan {
    /// What the flags say: a patch changes nothing, also beside `--fix`.
    pub(super) const fn of(choice: &args::FixChoice) -> Self {
        match (choice.diff, choice.fix) {
            (true, _) => Self::Show,
            (false, true) => Self::Write,
            (false, false) => Self::Leave,
        }
    }
}

/// Which fixes the flags ask for.
pub(super) const fn choice(choice: &args::FixChoice) -> FixChoice {
    if choice.unsafe_fixes { FixChoice::All } else { FixChoice::Safe }
}

/// An input after fixes, and what they did to it.
pub(super) struct Fixing {
    /// The fixed input.
    pub(super) analysis: Analysis,
    /// What remains to be said of it.
    pub(super) report: LintReport,
    /// How many findings were settled in each file.
    settled: BTreeMap<FileId, usize>,
    original: FileSet,
}

impl Fixing {
    /// Lints and fixes until no fix is left, in memory. Of the files only those that `is_open` are changed.
    pub(super) fn new(
        analysis: Analysis,
        settings: &LintSettings,
        choice: FixChoice,
        is_open: impl Fn(FileId) -> bool,
    ) -> Self {
        let report = analysis.lint(settings);
        let original = analysis.files().clone();
        let mut fixing = Self { analysis, report, settled: BTreeMap::new(), original };
        for _ in 0..ROUNDS {
            let files = fixing.analysis.files();
            let fixed = apply_fixes(&fixing.report, files, choice, &is_open);
            let mut next = files.clone();
            for (id, text) in &fixed.texts {
                let put = files.get(*id).map(|file| next.put(file.with_text(text.as_str())));
                // A text that has grown beyond every limit, or two files of one name: nothing is changed.
                if !matches!(put, Some(Ok(place)) if place == *id) {
                    return fixing;
                }
            }
            if fixed.texts.is_empty() {
                return fixing;
            }
            let analysis = fixing.analysis.with_files(next);
            if analysis.left_out().len() > fixing.analysis.left_out().len() {
                return fixing;
            }
            fixing.report = analysis.lint(settings);
            fixing.analysis = analysis;
            for (id, count) in fixed.settled {
                *fixing.settled.entry(id).or_default() += count;
            }
        }
        fixing
    }

    /// The files that fixes changed: as they were, and as they are.
    fn changed(&self) -> impl Iterator<Item = (FileId, &SourceFile, &SourceFile)> {
        let changed =
            self.original.iter().filter_map(|(id, old)| Some((id, old, self.analysis.files().get(id)?)));
        changed.filter(|(_, old, new)| old.text() != new.text())
    }

    /// Shows the changes as a patch on standard output.
    pub(super) fn show(&self, console: &mut Console<'_, '_>) -> Exit {
        let mut patch = String::new();
        for (_, old, new) in self.changed() {
            let diff = TextDiff::from_lines(old.text(), new.text());
            let diff = diff.unified_diff().header(old.name(), new.name()).to_string();
            patch.push_str(&if console.palette.stdout { painted(&diff) } else { diff });
        }
        let (settled, files) = (self.settled.values().sum(), self.changed().count());
        match settled {
            0 => console.note("no finding can be fixed"),
            _ => console.note(format_args!(
                "{} in {} would be fixed",
                counted(settled, "finding"),
                counted(files, "file")
            )),
        }
        let end = if files == 0 { Exit::Fine } else { Exit::Bad };
        end.and(console.exactly(&patch))
    }

    /// Writes the changed files. One that cannot be written is what it was, also for what remains to be said.
    pub(super) fn write(
        &mut self,
        places: &Places,
        settings: &LintSettings,
        console: &mut Console<'_, '_>,
    ) -> Exit {
        let (mut left, mut settled, mut files) = (Vec::new(), 0, 0);
        for (id, old, new) in self.changed() {
            let Some(path) = places.paths.get(&id) else { continue };
            match replace(path, old.text(), new.text()) {
                Ok(()) => {
                    settled += self.settled.get(&id).copied().unwrap_or_default();
                    files += 1;
                }
                Err(error) => {
                    console.error(format_args!("`{}` is left as it was: {error}", old.name()));
                    left.push(id);
                }
            }
        }
        if settled > 0 {
            console.note(format_args!("fixed {} in {}", counted(settled, "finding"), counted(files, "file")));
        }
        if left.is_empty() {
            return Exit::Fine;
        }
        self.leave(&left, settings);
        Exit::Error
    }

    /// Takes back what was changed in some files.
    fn leave(&mut self, left: &[FileId], settings: &LintSettings) {
        let mut files = self.analysis.files().clone();
        for old in left.iter().filter_map(|id| self.original.get(*id)) {
            // Its text was read once, so it is within the limits.
            drop(files.put(old.with_text(old.text())));
        }
        self.analysis = self.analysis.with_files(files);
        self.report = self.analysis.lint(settings);
    }
}

/// Puts another text into a file. A link leads to the file that is written; owner, mode and further names of the file
/// stay. It is put there whole or not at all where that can be had: a file of several names, or of an owner that the
/// user cannot give files to, is written in place.
fn replace(path: &Path, old: &str, new: &str) -> io::Result<()> {
    let path = path.canonicalize()?;
    if std::fs::read(&path)? != old.as_bytes() {
        return Err(io::Error::other("it has changed since it was read"));
    }
    let metadata = std::fs::metadata(&path)?;
    if metadata.permissions().readonly() {
        return Err(io::Error::other("it may not be written"));
    }
    let folder = path.parent().unwrap_or(&path);
    // Also where it is not what takes the place of the old one, it shows that there is room.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(new.as_bytes())?;
    if !takes_identity(file.as_file(), &metadata) {
        return overwrite(&path, new);
    }
    file.as_file().set_permissions(metadata.permissions())?;
    file.persist(&path).map(drop).map_err(|error| error.error)
}

/// Gives a new file the owner of the old one; whether it can take its place.
#[cfg(unix)]
fn takes_identity(file: &File, old: &Metadata) -> bool {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let is_alike = || file.metadata().is_ok_and(|new| (new.uid(), new.gid()) == (old.uid(), old.gid()));
    old.nlink() == 1 && (is_alike() || fchown(file, Some(old.uid()), Some(old.gid())).is_ok())
}

#[cfg(not(unix))]
const fn takes_identity(_file: &File, _old: &Metadata) -> bool {
    true
}

/// Writes a text over that of a file.
fn overwrite(path: &Path, new: &str) -> io::Result<()> {
    let mut file = File::options().write(true).open(path)?;
    file.write_all(new.as_bytes())?;
    file.set_len(new.len() as u64)?;
    file.sync_all()
}

/// A patch for a terminal.
fn painted(diff: &str) -> String {
    let style = |line: &str| match line.as_bytes() {
        [b'+', ..] => AnsiColor::Green.on_default(),
        [b'-', ..] => AnsiColor::Red.on_default(),
        [b'@', ..] => AnsiColor::Cyan.on_default(),
        _ => Style::new(),
    };
    // Tabs stay, as a patch has them.
    let shown = |line: &str| line.split('\t').map(one_line).collect::<Vec<_>>().join("\t");
    let lines: Vec<String> =
        diff.lines().map(|line| format!("{0}{1}{0:#}\n", style(line), shown(line))).collect();
    lines.concat()
}

/// Says which findings could be fixed, and what cannot be.
pub(super) fn tell(report: &LintReport, choice: &args::FixChoice, console: &mut Console<'_, '_>) {
    let of = |fixes| fixable(report, fixes).count();
    let (safe, all) = (of(FixChoice::Safe), of(FixChoice::All));
    let what = match (Plan::of(choice), choice.unsafe_fixes) {
        (Plan::Leave, true) if all > 0 => {
            format!("`--fix --unsafe-fixes` settles {}", counted(all, "finding"))
        }
        (Plan::Leave, _) if safe > 0 && all > safe => {
            format!("`--fix` settles {}, `--unsafe-fixes` {} more", counted(safe, "finding"), all - safe)
        }
        (Plan::Leave, _) if safe > 0 => format!("`--fix` settles {}", counted(safe, "finding")),
        (Plan::Leave, _) if all > 0 => format!("`--fix --unsafe-fixes` settles {}", counted(all, "finding")),
        (Plan::Write, false) if all > safe => {
            format!("`--unsafe-fixes` settles {}", counted(all - safe, "more finding"))
        }
        _ => return,
    };
    console.note(what);
}

/// Says which findings stand in files that cannot be written.
pub(super) fn tell_closed(
    fixing: &Fixing,
    choice: FixChoice,
    places: &Places,
    console: &mut Console<'_, '_>,
) {
    let edits = fixable(&fixing.report, choice).flat_map(|(_, fix)| &fix.edits);
    let ids: BTreeSet<FileId> = edits.map(|edit| edit.span.file).collect();
    for (id, file) in ids.into_iter().filter_map(|id| Some((id, fixing.analysis.files().get(id)?))) {
        let why = match (file.is_verbatim(), places.outside.contains(&id)) {
            (false, _) => "it is not UTF-8",
            (true, true) => "a link leads to it from the folder; name the file itself to have it fixed",
            (true, false) if places.hold(id) => continue,
            (true, false) => "it is no file on the disk; `--diff` shows what would change",
        };
        console.note(format_args!("`{}` is left as it is: {why}", file.name()));
    }
}

/// Where the files of the input are.
#[derive(Debug)]
pub(super) struct Places {
    /// Those that are on the disk.
    pub(super) paths: BTreeMap<FileId, PathBuf>,
    /// Those that a link brought here from outside of the folder that the user named.
    pub(super) outside: BTreeSet<FileId>,
}

impl Places {
    /// Whether a file can be written.
    pub(super) fn hold(&self, id: FileId) -> bool {
        self.paths.contains_key(&id) && !self.outside.contains(&id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_has_changed_since_it_was_read_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.yaml");
        std::fs::write(&path, "newer").expect("written");
        let error = replace(&path, "older", "fixed").expect_err("it has changed");
        assert_eq!(error.to_string(), "it has changed since it was read");
        assert_eq!(std::fs::read_to_string(&path).expect("read"), "newer");
        replace(&path, "newer", "fixed").expect("it is as it was");
        assert_eq!(std::fs::read_to_string(&path).expect("read"), "fixed");
        assert_eq!(folder.path().read_dir().expect("read").count(), 1, "nothing stays beside it");
    }
}
