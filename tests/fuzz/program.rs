//! Whole runs of the program on damaged input: manifests, configuration, questions, ends, baseline and kustomization.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use jsonschema::Validator;
use netpol_cli::{Io, Terminal};
use netpol_tests::generate::Random;
use serde_json::Value;
use tempfile::TempDir;

use crate::mutate::mutated;
use crate::seeds::{BASELINES, CONFIGURATIONS, ENDS, KUSTOMIZATIONS, QUESTIONS, RUNS};

const NEIGHBOUR: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: neighbour, namespace: next-door}\n";

/// What a run is given.
#[derive(Debug)]
pub(crate) struct Case {
    files: Vec<(&'static str, String)>,
    words: Vec<String>,
    is_terminal: bool,
}

/// What a run left behind.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    code: u8,
    stdout: String,
    stderr: String,
}

/// The case of a seed: one of all runs and formats, and what may be damaged of its input.
pub(crate) fn case(seed: u64, manifests: &[String]) -> Case {
    let mut random = Random::new(seed);
    let (run, formats) = *random.pick(&RUNS);
    let formats: Vec<&str> = formats.split(' ').collect();
    let format = *random.pick(&formats);
    let mut files = vec![
        ("m/damaged.yaml", damaged(&mut random, manifests, 80)),
        ("m/neighbour.yaml", NEIGHBOUR.to_owned()),
        ("o/damaged.yaml", damaged(&mut random, manifests, 40)),
        ("queries.jsonl", damaged(&mut random, &owned(&QUESTIONS), 60)),
        ("baseline.json", damaged(&mut random, &owned(&BASELINES), 50)),
    ];
    if random.chance(30) {
        files.push(("netpol.toml", damaged(&mut random, &owned(&CONFIGURATIONS), 50)));
    }
    if random.chance(20) {
        files.push(("m/kustomization.yaml", damaged(&mut random, &owned(&KUSTOMIZATIONS), 50)));
    }
    let words = run.split(' ').map(|word| match word {
        "END" => damaged(&mut random, &owned(&ENDS), 30),
        word => word.to_owned(),
    });
    let mut words: Vec<String> = words.collect();
    words.extend(["-o".to_owned(), format.to_owned()]);
    Case { files, words, is_terminal: random.chance(20) }
}

/// One of some texts, damaged in so many of a hundred cases.
fn damaged(random: &mut Random, seeds: &[String], percent: usize) -> String {
    if random.chance(percent) { mutated(random, seeds) } else { random.pick(seeds).clone() }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// What holds of every run: it ends with a code of the contract, says the same twice, and its report can be read.
pub(crate) fn holds(case: &Case) {
    let outcome = run(case, &case.words);
    assert_eq!(outcome, run(case, &case.words), "the same bytes get the same words");
    let command = case.words.first().map(String::as_str).unwrap_or_default();
    let codes: &[u8] = match command {
        "list" | "graph" | "coverage" => &[0, 2, 3],
        "lint" => &[0, 1, 2, 3],
        _ => &[0, 1, 2, 3, 4],
    };
    assert!(codes.contains(&outcome.code), "`{command}` ends with {}", outcome.code);
    // A question that is none is told among the answers.
    let is_told = !outcome.stderr.is_empty() || outcome.stdout.contains("\"kind\":\"Error\"");
    assert!(outcome.code != 2 || is_told, "an error says what it is");
    let format = case.words.last().map(String::as_str).unwrap_or_default();
    if !outcome.stdout.is_empty() {
        assert_format(format, &outcome.stdout);
    }
    let is_patch = case.words.iter().any(|word| word == "--diff");
    for text in [&outcome.stdout, &outcome.stderr] {
        let is_allowed = |letter: char| {
            !letter.is_control()
                || letter == '\n'
                || letter == '\t'
                || (case.is_terminal && letter == '\u{1b}')
        };
        let found = text.chars().find(|letter| !is_allowed(*letter));
        assert!(is_patch || found.is_none(), "{found:?} would reach a terminal");
    }
    assert_neighbour(case);
}

/// A broken file costs itself, not its neighbours.
fn assert_neighbour(case: &Case) {
    if case.files.iter().any(|(name, _)| *name == "netpol.toml" || name.ends_with("kustomization.yaml")) {
        return;
    }
    let words = ["can", "next-door/neighbour", "internet", "-f", "m", "-o", "json"].map(str::to_owned);
    let outcome = run(case, &words);
    assert!(outcome.stdout.contains("\"neighbour\""), "the neighbour is lost: {outcome:?}");
}

fn run(case: &Case, words: &[String]) -> Outcome {
    let folder = TempDir::new().expect("a folder of our own");
    for (name, text) in &case.files {
        write(folder.path(), name, text);
    }
    let (mut stdin, mut stdout, mut stderr): (&[u8], _, _) = (b"", Vec::new(), Vec::new());
    let mut io = Io {
        stdin: &mut stdin,
        stdout: &mut stdout,
        stderr: &mut stderr,
        environment: &|_| None,
        directory: folder.path().to_owned(),
        terminal: Terminal { stdout: case.is_terminal, stderr: case.is_terminal, ..Terminal::default() },
    };
    let words = std::iter::once("netpol").chain(words.iter().map(String::as_str));
    let code = netpol_cli::run(words, &mut io).code();
    // The folder has another name each time.
    let place = folder.path().to_string_lossy().into_owned();
    let text = |bytes| String::from_utf8(bytes).expect("what is written is UTF-8").replace(&place, "FOLDER");
    Outcome { code, stdout: text(stdout), stderr: text(stderr) }
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("it is in a folder")).expect("it can be made");
    std::fs::write(path, text).expect("it can be written");
}

/// A report is what its format says.
fn assert_format(format: &str, text: &str) {
    match format {
        "json" => assert_valid(&parsed(text)),
        "sarif" | "gitlab" | "rdjson" => drop(parsed(text)),
        "jsonl" => text.lines().for_each(|line| assert_valid(&parsed(line))),
        "yaml" => drop(serde_yaml::from_str::<Value>(text).unwrap_or_else(|error| panic!("{error}: {text}"))),
        "junit" | "svg" => {
            roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        }
        "github" => assert!(text.lines().all(|line| line.starts_with("::")), "{text}"),
        "html" => assert!(text.starts_with("<!"), "{text}"),
        _ => {}
    }
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A value that says its kind is as the schema of the kind wants it.
fn assert_valid(value: &Value) {
    let Some(kind) = value["kind"].as_str() else { return };
    let Some(validator) = schemas().get(kind) else { return };
    let errors: Vec<String> = validator.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{kind}: {errors:?}");
}

/// The schemas of the wire format by kind.
fn schemas() -> &'static BTreeMap<String, Validator> {
    static SCHEMAS: OnceLock<BTreeMap<String, Validator>> = OnceLock::new();
    SCHEMAS.get_or_init(|| {
        let case = Case { files: Vec::new(), words: Vec::new(), is_terminal: false };
        let schema = |words: &[&str]| run(&case, &owned(words)).stdout;
        let kinds = schema(&["schema"]);
        let kinds = kinds.lines().filter(|kind| *kind != "config");
        let validators = kinds.filter_map(|kind| {
            let schema: Value = serde_json::from_str(&schema(&["schema", kind])).ok()?;
            Some((in_capitals(kind), jsonschema::validator_for(&schema).ok()?))
        });
        let validators: BTreeMap<String, Validator> = validators.collect();
        assert!(validators.contains_key("Verdict") && validators.contains_key("ConnectionGroups"));
        validators
    })
}

/// `connection-groups` is `ConnectionGroups` in a report.
fn in_capitals(kind: &str) -> String {
    let words = kind.split('-').filter_map(|word| {
        let (first, rest) = word.split_at_checked(1)?;
        Some(first.to_uppercase() + rest)
    });
    words.collect()
}

#[test]
fn every_command_and_format_is_one_that_there_is() {
    for (words, formats) in RUNS {
        for format in formats.split(' ') {
            let words = words.split(' ').map(|word| if word == "END" { "next-door/neighbour" } else { word });
            let mut words: Vec<String> = words.map(str::to_owned).collect();
            words.extend(["-o".to_owned(), format.to_owned()]);
            let files = vec![
                ("m/neighbour.yaml", NEIGHBOUR.to_owned()),
                ("o/neighbour.yaml", NEIGHBOUR.to_owned()),
                ("queries.jsonl", QUESTIONS[0].to_owned()),
                ("baseline.json", BASELINES[0].to_owned()),
            ];
            let outcome = run(&Case { files, words: words.clone(), is_terminal: false }, &words);
            assert!(outcome.code < 2, "{words:?}: {outcome:?}");
        }
    }
}
