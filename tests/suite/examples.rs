//! What the documents show is what the program prints: the stories' expected outputs and the commands of the README.
//!
//! `UPDATE_EXPECTED=1` writes down what the program prints now.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use netpol_cli::{Io, Terminal, run};

/// The documents whose `console` blocks are executed.
const DOCUMENTS: [&str; 2] = ["README.md", "examples/manifests/shop/README.md"];

/// What a document says of the exit code, at the end of an output.
const EXIT: &str = "# exit ";

#[test]
fn every_expected_output_of_a_story_is_what_the_program_prints() {
    let files = expected_files();
    assert!(!files.is_empty(), "the stories have expected outputs");
    let changed: Vec<String> = files.iter().filter_map(|file| check(file, printed)).collect();
    assert!(changed.is_empty(), "{}", changed.join("\n\n"));
}

#[test]
fn every_console_block_of_a_document_is_what_the_program_prints() {
    let files = DOCUMENTS.iter().map(|document| root().join(document));
    let changed: Vec<String> = files.filter_map(|file| check(&file, with_blocks_printed)).collect();
    assert!(changed.is_empty(), "{}", changed.join("\n\n"));
}

#[test]
fn the_main_job_of_the_readme_answers() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let main_job = readme.lines().find_map(|line| line.strip_prefix("cargo run --release -p netpol-cli -- "));
    let (_, exit) = output(&format!("netpol {}", main_job.expect("the README has a main job")));
    assert_eq!(exit, 0);
}

#[test]
fn every_question_of_a_story_is_written_down_once() {
    let mut commands: Vec<String> = expected_files().iter().map(|file| first_line(file)).collect();
    let count = commands.len();
    commands.sort();
    commands.dedup();
    assert_eq!(commands.len(), count);
}

/// Compares a file with what it should be; says how they differ, or writes it when asked to.
fn check(file: &Path, expected: impl Fn(&str) -> String) -> Option<String> {
    let text = std::fs::read_to_string(file).unwrap();
    let now = expected(&text);
    if text == now {
        return None;
    }
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(file, now).unwrap();
        return None;
    }
    let differs = text.lines().zip(now.lines()).position(|(a, b)| a != b).unwrap_or(0) + 1;
    Some(format!("{}:{differs} differs from what is printed now:\n{now}", file.display()))
}

/// The command on the first line of a file, then what it prints.
fn printed(text: &str) -> String {
    let command =
        text.lines().next().and_then(|line| line.strip_prefix("$ ")).expect("a file begins with `$ netpol`");
    let (out, exit) = output(command);
    format!("$ {command}\n{out}{EXIT}{exit}\n")
}

/// A document with each block that begins ```` ```console ```` and `$ netpol` filled in.
fn with_blocks_printed(document: &str) -> String {
    let mut pieces = document.split("```console\n");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (block, rest) = piece.split_once("```").expect("a block ends");
        let block = if block.starts_with("$ netpol ") { printed(block) } else { block.to_owned() };
        let _ = write!(out, "```console\n{block}```{rest}");
    }
    out
}

fn output(command: &str) -> (String, u8) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut io = Io {
        stdin: &mut std::io::empty(),
        stdout: &mut stdout,
        stderr: &mut stderr,
        environment: &|_| None,
        directory: root(),
        terminal: Terminal::default(),
    };
    let exit = run(words(command), &mut io).code();
    assert_ne!(exit, 2, "`{command}` fails: {}", String::from_utf8_lossy(&stderr));
    (String::from_utf8(stdout).unwrap(), exit)
}

/// The words of a command, as a shell would split it; single quotes only.
fn words(command: &str) -> Vec<String> {
    let quoted = command.split('\'').enumerate();
    let words = quoted.flat_map(|(index, piece)| match index % 2 {
        0 => piece.split_whitespace().map(str::to_owned).collect(),
        _ => vec![piece.to_owned()],
    });
    words.collect()
}

fn expected_files() -> Vec<PathBuf> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        folder.read_dir().into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
    };
    let stories = entries(&root().join("examples/manifests"));
    let mut files: Vec<PathBuf> = stories.iter().flat_map(|story| entries(&story.join("expected"))).collect();
    files.sort();
    files
}

fn first_line(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap().lines().next().unwrap_or_default().to_owned()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
