//! Lists who reaches the workloads of a namespace on a TCP port:
//! `cargo run -p netpol-core --example audit -- FOLDER NAMESPACE PORT`.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program does the I/O that its library leaves out"
)]

use std::error::Error;
use std::path::Path;

use netpol_core::analysis::{Analysis, Settings};
use netpol_core::cluster::{Asked, Cluster, Endpoint, WorkloadId};
use netpol_core::evaluate::{Decision, Request};
use netpol_core::net::Protocol;
use netpol_core::report::text::endpoint;
use netpol_core::text::{FileSet, SourceFile};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, namespace, port] = arguments.as_slice() else {
        return Err("wants FOLDER NAMESPACE PORT".into());
    };
    let port: u16 = port.parse()?;

    let mut files = FileSet::new();
    add_manifests(Path::new(folder), &mut files)?;
    let analysis = Analysis::new(files, Settings::default());
    let cluster = analysis.cluster();

    for to in workloads(cluster).filter(|id| namespace_of(cluster, *id) == Some(namespace)) {
        println!("{} on tcp/{port}", endpoint(cluster, &Endpoint::Workload(to)));
        let others = workloads(cluster).filter(|from| *from != to);
        let answers = others.map(|from| (from, decision(&analysis, from, to, port)));
        let reaching: Vec<_> = answers.filter(|(_, decision)| *decision != Decision::Deny).collect();
        for (from, decision) in &reaching {
            println!("  {} {}", decision.name(), endpoint(cluster, &Endpoint::Workload(*from)));
        }
        if reaching.is_empty() {
            println!("  nobody");
        }
    }
    Ok(())
}

fn decision(analysis: &Analysis, from: WorkloadId, to: WorkloadId, port: u16) -> Decision {
    let request = Request {
        from: vec![Endpoint::Workload(from)],
        to: vec![Endpoint::Workload(to)],
        ports: Asked::Range(Protocol::Tcp, port, port),
    };
    analysis.verdict(&request).decision
}

fn workloads(cluster: &Cluster) -> impl Iterator<Item = WorkloadId> {
    (0..).map(WorkloadId).take(cluster.workloads.len())
}

fn namespace_of(cluster: &Cluster, id: WorkloadId) -> Option<&String> {
    Some(&cluster.namespace(cluster.workload(id)?.namespace)?.name)
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
