//! Walks the map of who can reach whom, and lists what the internet reaches:
//! `cargo run -p netpol-core --example exposed -- FOLDER`.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program does the I/O that its library leaves out"
)]

use std::error::Error;
use std::path::Path;

use netpol_core::analysis::{Analysis, Settings};
use netpol_core::cluster::internet;
use netpol_core::net::Family;
use netpol_core::reach::{Because, Side};
use netpol_core::report::text::end;
use netpol_core::text::{FileSet, SourceFile};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("wants FOLDER")?;
    let mut files = FileSet::new();
    add_manifests(Path::new(&folder), &mut files)?;
    let analysis = Analysis::new(files, Settings::default());
    let (map, cluster) = (analysis.map(), analysis.cluster());
    let public = internet(Family::V4).union(&internet(Family::V6));

    // A map is a list of disjoint rectangles: each of some sources reaches each of some destinations.
    for rectangle in &map.rectangles {
        let Side::Addresses(addresses) = &rectangle.from else { continue };
        if !addresses.overlaps(&public) {
            continue;
        }
        for workload in map.ends(cluster, &rectangle.to) {
            let why = match rectangle.because {
                Because::Rules => "by rules",
                Because::NotIsolated => "not isolated",
            };
            println!("{}  {}  ({why})", end(cluster, &workload), rectangle.decided.possible());
        }
    }
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
