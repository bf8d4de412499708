//! Asks one question of a folder of manifests: `cargo run -p netpol-core --example ask -- FOLDER FROM TO[:PORT]`.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program does the I/O that its library leaves out"
)]

use std::error::Error;
use std::path::Path;

use netpol_core::analysis::{Analysis, Settings};
use netpol_core::report;
use netpol_core::text::{FileSet, SourceFile};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, from, to] = arguments.as_slice() else {
        return Err("wants FOLDER FROM TO[:PORT]".into());
    };

    let mut files = FileSet::new();
    add_manifests(Path::new(folder), &mut files)?;
    let analysis = Analysis::new(files, Settings::default());

    let question = analysis.question(from, to, "default").map_err(|error| error.to_string())?;
    for note in &question.notes {
        println!("note: {note}");
    }
    let explanation = analysis.explain(&question.request);
    println!("decision: {}", explanation.verdict.decision.name());

    let suggestions = analysis.suggestions(&explanation);
    print!("{}", report::text::explanation(analysis.context(), &explanation, &suggestions));
    Ok(())
}

/// The library sees only names and texts; where they come from is up to the program.
fn add_manifests(path: &Path, files: &mut FileSet) -> Result<(), Box<dyn Error>> {
    if path.is_dir() {
        let mut entries: Vec<_> = std::fs::read_dir(path)?.collect::<Result<_, _>>()?;
        entries.sort_by_key(std::fs::DirEntry::path);
        return entries.iter().try_for_each(|entry| add_manifests(&entry.path(), files));
    }
    if path.extension().is_some_and(|extension| extension == "yaml") {
        let text = std::fs::read_to_string(path)?;
        files.add(SourceFile::found(path.to_string_lossy(), text))?;
    }
    Ok(())
}
