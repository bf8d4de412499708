//! Manifests that people run: each isolated workload has a connection that is explained by policy, file and line,
//! and a denial whose proposed edit turns the answer.

use std::path::Path;

use netpol_core::analysis::{Analysis, Settings};
use netpol_core::cluster::{Asked, Endpoint, Hypothetical, WorkloadId};
use netpol_core::diagnostic::Edit;
use netpol_core::evaluate::{Decision, PolicyRef, Request};
use netpol_core::explain::{DirectionExplanation, Isolation, PairExplanation};
use netpol_core::net::{IpSet, Protocol};
use netpol_core::policy::{Direction, Ports};
use netpol_core::text::{FileSet, SourceFile};
use netpol_tests::corpus::{folder, say};

const FOLDERS: [&str; 4] = ["microservices-demo", "argo-cd", "kube-prometheus", "longhorn"];

#[test]
fn every_isolated_workload_is_explained_and_its_denial_can_be_turned() {
    let Some(corpus) = folder() else { return };
    say("real manifests: isolated directions, allowed and denied connections explained");
    for name in FOLDERS {
        let sources = read(&corpus.join("real").join(name));
        let analysis = analyse(&sources);
        let (mut isolated, mut allowed, mut denied) = (0, 0, 0);
        for workload in (0..).map(WorkloadId).take(analysis.cluster().workloads.len()) {
            for direction in Direction::ALL {
                let Some(found) = check(&analysis, &sources, workload, direction) else { continue };
                isolated += 1;
                allowed += usize::from(found.0);
                denied += usize::from(found.1);
            }
        }
        say(&format!(
            "  {name:<20} {isolated:>3} isolated, {allowed:>3} allowed, {denied:>3} denied and turned"
        ));
        assert!(isolated > 0 && denied > 0, "{name} has isolated workloads with something denied");
    }
}

/// The files of a folder, in the order of their names.
fn read(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                files.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

fn analyse(sources: &[(String, String)]) -> Analysis {
    let mut files = FileSet::new();
    for (name, text) in sources {
        files.add(SourceFile::found(name.clone(), text.clone())).unwrap();
    }
    Analysis::new(files, Settings::default())
}

/// Explains one allowed and one denied connection of a workload, and turns the denial; `None` when the workload is
/// not isolated in the direction. The answer tells which of the two there were.
fn check(
    analysis: &Analysis,
    sources: &[(String, String)],
    workload: WorkloadId,
    direction: Direction,
) -> Option<(bool, bool)> {
    let requests = requests(analysis, workload, direction);
    let explanation = analysis.explain(requests.first()?);
    let pair = explanation.pairs.first()?;
    if !matches!(side_of(pair, direction).isolation, Isolation::Isolated { .. }) {
        return None;
    }
    let of =
        |decision: Decision| requests.iter().find(|request| analysis.verdict(request).decision == decision);
    let allowed = of(Decision::Allow);
    if let Some(request) = allowed {
        is_placed(analysis, request, direction);
    }
    // What this direction alone denies: the other end is open.
    let denied = requests.iter().find(|request| {
        let explanation = analysis.explain(request);
        let Some(pair) = explanation.pairs.first() else { return false };
        side_of(pair, direction).decision == Decision::Deny
    });
    if let Some(request) = denied {
        is_placed(analysis, request, direction);
        is_turned(analysis, sources, request);
    }
    Some((allowed.is_some(), denied.is_some()))
}

/// Questions between a workload and everything it may talk to, on every port that a policy names and one that none does.
fn requests(analysis: &Analysis, workload: WorkloadId, direction: Direction) -> Vec<Request> {
    let rules = analysis.policies().policies.iter().flat_map(|policy| &policy.rules);
    let items = rules.flat_map(|rule| rule.value.ports.iter().flatten());
    let mut ports: Vec<u16> = items
        .filter_map(|item| match item.value.ports {
            Ports::Range(first, _) => Some(first),
            _ => None,
        })
        .chain([12345])
        .collect();
    ports.sort_unstable();
    ports.dedup();
    let count = analysis.cluster().workloads.len();
    let mut others: Vec<Endpoint> = (0..)
        .map(WorkloadId)
        .take(count)
        .filter(|other| *other != workload)
        .map(Endpoint::Workload)
        .collect();
    let labels = vec![("app".to_owned(), "stranger".to_owned())];
    others.push(Endpoint::Hypothetical(Hypothetical { namespace: "elsewhere".to_owned(), labels }));
    others.push(Endpoint::Addresses(IpSet::single("198.51.100.7".parse().unwrap())));
    let this = Endpoint::Workload(workload);
    let request = |other: &Endpoint, port: u16| {
        let (from, to) = match direction {
            Direction::Ingress => (other.clone(), this.clone()),
            Direction::Egress => (this.clone(), other.clone()),
        };
        Request { from: vec![from], to: vec![to], ports: Asked::Range(Protocol::Tcp, port, port) }
    };
    others.iter().flat_map(|other| ports.iter().map(move |port| request(other, *port))).collect()
}

const fn side_of(pair: &PairExplanation, direction: Direction) -> &DirectionExplanation {
    match direction {
        Direction::Egress => &pair.egress,
        Direction::Ingress => &pair.ingress,
    }
}

/// Every policy that an explanation names stands in a file, on a line that names its kind or begins its document.
fn is_placed(analysis: &Analysis, request: &Request, direction: Direction) {
    let explanation = analysis.explain(request);
    let pair = explanation.pairs.first().unwrap();
    let side = side_of(pair, direction);
    assert!(!side.policies.is_empty(), "an isolated workload has policies that isolate it");
    let text = netpol_core::report::text::explanation(analysis.context(), &explanation, &[]).to_string();
    for fact in &side.policies {
        let PolicyRef::Evaluated(index) = fact.policy else { continue };
        let policy = &analysis.policies().policies[index as usize];
        let place = analysis.policies().origins.get(policy.origin).unwrap().span;
        let (file, at) = analysis.files().locate(place).unwrap();
        assert!(text.contains(&policy.object.name), "{} is named: {text}", policy.object);
        assert!(text.contains(&format!("{file}:{}", at.line)), "{file}:{} is named: {text}", at.line);
    }
}

/// The proposed edits, applied to a copy, make the answer an allow.
fn is_turned(analysis: &Analysis, sources: &[(String, String)], request: &Request) {
    let explanation = analysis.explain(request);
    let edits: Vec<Edit> =
        analysis.suggestions(&explanation).into_iter().flat_map(|suggestion| suggestion.edits).collect();
    assert!(!edits.is_empty(), "a denial comes with an edit: {request:?}");
    let mut changed = sources.to_vec();
    let mut sorted = edits;
    sorted.sort_by_key(|edit| std::cmp::Reverse((edit.span.file, edit.span.start)));
    for edit in &sorted {
        let text = &mut changed[edit.span.file.index()].1;
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    let turned = analyse(&changed);
    assert_eq!(turned.cluster().workloads.len(), analysis.cluster().workloads.len());
    assert_eq!(turned.verdict(request).decision, Decision::Allow, "{request:?}\n{sorted:?}");
}
