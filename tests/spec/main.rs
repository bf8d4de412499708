//! Runs the specifications in this folder: every line of every `verdicts` block is asked of the engine, and of the
//! naive evaluator where it knows the spelling.

use std::collections::BTreeSet;
use std::path::Path;

use netpol_core::cluster::Asked;
use netpol_core::net::Protocol;
use netpol_tests::corpus::say;
use netpol_tests::engine::{Engine, outcome};
use netpol_tests::naive::{End, Naive, Outcome};
use netpol_tests::spec::{Line, Section, Spec, options};
use serde_json::Value;

#[test]
fn every_verdict_of_every_specification_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec");
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "md"));
    files.sort();
    let (mut wrong, mut total, mut seconded) = (Vec::new(), 0, 0);
    for file in &files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        for section in Spec::read(&std::fs::read_to_string(file).unwrap()).sections {
            for (line, answers) in answers(&section) {
                total += 1;
                seconded += usize::from(answers.naive.is_some());
                wrong.extend(
                    answers.faults(&line).map(|fault| format!("spec/{name}:{}: {fault}", line.number)),
                );
            }
        }
    }
    say(&format!("{total} verdicts of {} specifications, {seconded} of them by two evaluators", files.len()));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the evaluators say to a line.
struct Answers {
    engine: Result<Outcome, String>,
    naive: Option<Outcome>,
}

impl Answers {
    fn faults(&self, line: &Line) -> impl Iterator<Item = String> {
        let Line { from, to, port, decision, .. } = line;
        let fault = move |who: &str, said: &str| {
            (said != decision).then(|| format!("{who} says {said}: `{from} -> {to} {port} {decision}`"))
        };
        let engine = match &self.engine {
            Ok(outcome) => fault("the engine", outcome.name()),
            Err(error) => fault("the engine", error),
        };
        engine.into_iter().chain(self.naive.and_then(|outcome| fault("the naive evaluator", outcome.name())))
    }
}

fn answers(section: &Section) -> Vec<(Line, Answers)> {
    let options = options(&section.toml);
    let engine = Engine::new(&section.yaml, &options);
    let objects = documents(&section.yaml);
    let naive = objects.as_ref().map(|objects| Naive::new(objects, &options));
    let ports = numbers(objects.as_deref().unwrap_or_default());
    let answer = |line: &Line| {
        let asked = asked(&line.port);
        let by_engine =
            engine.ask(&line.from, &line.to, asked.clone()).map(|verdict| outcome(verdict.decision));
        let naive = naive.as_ref().and_then(|naive| by_naive(naive, line, &asked, &ports));
        Answers { engine: by_engine, naive }
    };
    section.lines.iter().map(|line| (line.clone(), answer(line))).collect()
}

/// The documents as the naive evaluator takes them; `None` when it takes a reader of Kubernetes to read them, which
/// a comment `# only a Kubernetes reader` says.
fn documents(yaml: &str) -> Option<Vec<Value>> {
    use serde::Deserialize;
    if yaml.contains("# only a Kubernetes reader") {
        return None;
    }
    let documents =
        serde_yaml::Deserializer::from_str(yaml).map(|document| Value::deserialize(document).unwrap());
    Some(documents.filter(|document| !document.is_null()).collect())
}

/// Reads `tcp/80`, `udp`, `tcp/8000-8100`, `sctp/diameter` and nothing.
fn asked(port: &str) -> Asked {
    if port.is_empty() {
        return Asked::Every;
    }
    let (protocol, ports) =
        port.split_once('/').map_or((port, None), |(protocol, ports)| (protocol, Some(ports)));
    let protocol =
        Protocol::parse(&protocol.to_uppercase()).unwrap_or_else(|| panic!("no protocol: `{port}`"));
    let Some(ports) = ports else { return Asked::Protocol(protocol) };
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    match (first.parse(), last.parse()) {
        (Ok(first), Ok(last)) => Asked::Range(protocol, first, last),
        _ => Asked::Named(Some(protocol), ports.to_owned()),
    }
}

/// The answer of the naive evaluator, port by port; `None` when it does not know the spellings.
fn by_naive(naive: &Naive, line: &Line, asked: &Asked, numbers: &BTreeSet<u16>) -> Option<Outcome> {
    let (sources, destinations) = (ends(naive, &line.from)?, ends(naive, &line.to)?);
    let (protocols, first, last) = match asked {
        Asked::Every => (Protocol::ALL.to_vec(), 1, u16::MAX),
        Asked::Protocol(protocol) => (vec![*protocol], 1, u16::MAX),
        Asked::Range(protocol, first, last) => (vec![*protocol], *first, *last),
        Asked::Named(..) | Asked::Several(_) => return None,
    };
    let mut outcomes = Vec::new();
    for protocol in protocols {
        let inner = numbers.iter().copied().filter(|number| (first..=last).contains(number));
        for port in inner.chain([first, last]) {
            for from in &sources {
                outcomes.extend(destinations.iter().map(|to| naive.decide(from, to, protocol.name(), port)));
            }
        }
    }
    Some(Outcome::over(outcomes))
}

/// The ports at which an answer may change: every number of the objects, and its neighbours.
fn numbers(objects: &[Value]) -> BTreeSet<u16> {
    let mut numbers = BTreeSet::new();
    let mut open: Vec<&Value> = objects.iter().collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => open.extend(fields.values()),
            Value::Number(number) => {
                let number = number.as_u64().and_then(|number| u16::try_from(number).ok());
                numbers.extend(
                    number
                        .into_iter()
                        .flat_map(|number| [number.saturating_sub(1), number, number.saturating_add(1)]),
                );
            }
            _ => {}
        }
    }
    numbers.remove(&0);
    numbers
}

/// The ends of a spelling: a pod or a workload by its name, the pods of a namespace or of equal labels, an address, a
/// node, a pod that does not exist.
fn ends(naive: &Naive, spelling: &str) -> Option<Vec<End>> {
    if let Ok(address) = spelling.parse() {
        return Some(vec![End::Address(address)]);
    }
    let (namespace, name) = spelling.split_once('/').unwrap_or(("default", spelling));
    match (namespace, name.strip_prefix('@')) {
        ("node", None) => Some(vec![End::Node(name.to_owned())]),
        ("ns", None) => Some(workloads(naive, |own, _| own == name)),
        (_, Some(labels)) => selected(naive, namespace, labels),
        (_, None) => {
            let name = name.rsplit('/').next().unwrap_or(name);
            Some(workloads(naive, |own, own_name| own == namespace && own_name == name))
        }
    }
    .filter(|ends| !ends.is_empty())
}

/// The workloads whose namespace and name are wanted.
fn workloads(naive: &Naive, is_wanted: impl Fn(&str, &str) -> bool) -> Vec<End> {
    let mut ends = naive.workloads();
    ends.retain(|end| match end {
        End::Pod { namespace, name } | End::Workload { namespace, name, .. } => is_wanted(namespace, name),
        _ => false,
    });
    ends
}

/// The pods with all of the labels; when there is none, one that does not exist.
fn selected(naive: &Naive, namespace: &str, labels: &str) -> Option<Vec<End>> {
    let pairs: Option<Vec<(String, String)>> = labels
        .split(',')
        .map(|pair| pair.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned())))
        .collect();
    let mut labels = pairs.filter(|pairs| pairs.iter().all(|(key, _)| !key.ends_with('!')))?;
    labels.sort();
    let pods = naive.pods_with(namespace, &labels);
    Some(if pods.is_empty() {
        vec![End::Hypothetical { namespace: namespace.to_owned(), labels }]
    } else {
        pods
    })
}
