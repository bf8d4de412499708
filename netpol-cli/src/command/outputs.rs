//! Where reports may go: each to a file of its own, and never over what the run reads.

use std::path::{Path, PathBuf};

use netpol_core::text::SourceFile;

use crate::Exit;
use crate::input::Input;
use crate::render::{Console, Target};

/// What tells a file from every other, whatever links lead to it.
#[derive(Debug, PartialEq, Eq)]
enum Identity {
    /// The numbers that the system knows a file by.
    #[cfg(unix)]
    Numbers(u64, u64),
    /// The place where it is, or would be.
    Place(PathBuf),
}

impl Identity {
    fn of(path: &Path) -> Self {
        #[cfg(unix)]
        if let Ok(metadata) = std::fs::metadata(path) {
            use std::os::unix::fs::MetadataExt as _;
            return Self::Numbers(metadata.dev(), metadata.ino());
        }
        let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
        let place = match (path.canonicalize(), folder, path.file_name()) {
            (Ok(place), ..) => place,
            (Err(_), Some(folder), Some(name)) => folder.join(name),
            _ => path.to_owned(),
        };
        Self::Place(place)
    }
}

/// Refuses reports of which two would go to one file.
///
/// # Errors
/// There are such reports, which has been said.
pub(super) fn refuse_shared(targets: &[Target], console: &mut Console<'_, '_>) -> Result<(), Exit> {
    let mut taken: Vec<Identity> = Vec::new();
    for file in targets.iter().filter_map(|target| target.file.as_deref()) {
        let identity = Identity::of(&console.io.directory.join(file));
        // A device such as `/dev/null` takes all that comes.
        let is_device = std::fs::metadata(console.io.directory.join(file)).is_ok_and(|it| !it.is_file());
        if !is_device && taken.contains(&identity) {
            console.error(format_args!(
                "`{}` would take two reports: give each a file of its own",
                file.display()
            ));
            return Err(Exit::Error);
        }
        taken.push(identity);
    }
    Ok(())
}

/// Refuses to write over a file that is read. A report of an earlier run, which a folder holds among its manifests, may
/// be written again.
///
/// # Errors
/// One of the files is an input, which has been said.
pub(super) fn refuse_inputs<'f>(
    outputs: impl IntoIterator<Item = &'f Path>,
    input: &Input,
    console: &mut Console<'_, '_>,
) -> Result<(), Exit> {
    for output in outputs {
        let path = console.io.directory.join(output);
        if !path.exists() {
            continue;
        }
        let identity = Identity::of(&path);
        let of_files = input.paths.iter().filter_map(|(id, path)| Some((input.files.get(*id)?, path)));
        let mut held = of_files.filter(|(file, _)| file.is_named() || !is_report(file));
        if held.any(|(_, path)| Identity::of(path) == identity) {
            return Err(refused(output, console));
        }
    }
    Ok(())
}

/// Refuses to write over one file that is read.
///
/// # Errors
/// They are one, which has been said.
pub(super) fn refuse_one(output: &Path, read: &Path, console: &mut Console<'_, '_>) -> Result<(), Exit> {
    let path = console.io.directory.join(output);
    if path.is_file() && Identity::of(&path) == Identity::of(read) {
        return Err(refused(output, console));
    }
    Ok(())
}

fn refused(output: &Path, console: &mut Console<'_, '_>) -> Exit {
    console.error(format_args!("`{}` is read by this run: write to another file", output.display()));
    Exit::Error
}

/// Whether a text is a report rather than manifests: one of ours by its schema, or one without an object.
fn is_report(file: &SourceFile) -> bool {
    const SCHEMAS: [&str; 2] = ["netpol/v1", "netpol-baseline/v1"];
    let text = file.text();
    let head: String = text.chars().take(60).collect();
    SCHEMAS.iter().any(|schema| head.contains(schema)) || !text.contains("apiVersion")
}
