//! Small inputs that broke something, through every command and format.

use std::path::Path;

use netpol_cli::{Io, Terminal};
use netpol_tests::corpus::folder;

const RUNS: [(&str, &str); 8] = [
    ("can any any:80 -f", "text json jsonl"),
    ("explain any any:80 -f", "text json"),
    ("list -f", "table json yaml csv md dot mermaid svg html"),
    ("list --expand -f", "table json yaml csv md"),
    ("graph -f", "dot mermaid svg html json"),
    ("coverage -f", "table json yaml csv md"),
    ("path any --max-hops 3 -f", "table json yaml csv md"),
    ("lint --preset strict", "full concise json jsonl sarif github gitlab junit rdjson md"),
];

#[test]
fn hostile_inputs_break_nothing() {
    let Some(corpus) = folder() else { return };
    let entries = corpus.join("hostile").read_dir().expect("the corpus has hostile inputs");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        for (words, formats) in RUNS {
            for format in formats.split(' ') {
                broken_by(&file, words, format);
            }
        }
    }
}

/// Runs the program on a file; no line that a terminal or a log acts upon comes out.
fn broken_by(file: &Path, words: &str, format: &str) {
    let name = file.file_name().expect("it is a file").to_string_lossy();
    let words = ["netpol"].into_iter().chain(words.split(' ')).chain([&*name, "-o", format]);
    let (mut stdin, mut stdout, mut stderr): (&[u8], _, _) = (b"", Vec::new(), Vec::new());
    let mut io = Io {
        stdin: &mut stdin,
        stdout: &mut stdout,
        stderr: &mut stderr,
        environment: &|_| None,
        directory: file.parent().expect("it is in a folder").to_owned(),
        terminal: Terminal::default(),
    };
    let code = netpol_cli::run(words, &mut io).code();
    assert!(code <= 4, "{name}: {code}");
    let (stdout, stderr) = (String::from_utf8(stdout), String::from_utf8(stderr));
    for text in [stdout.expect("it is UTF-8"), stderr.expect("it is UTF-8")] {
        let is_control = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
        assert!(!text.contains(is_control), "{name} -o {format}: {text:?}");
        let begins_a_command = |line: &str| line.trim_start().starts_with("::error") && format != "github";
        assert!(!text.lines().any(begins_a_command), "{name} -o {format}: {text}");
        if format == "csv" {
            let begins_a_formula = |cell: &str| cell.starts_with(['=', '+', '@']);
            assert!(!text.split([',', '\n']).any(begins_a_formula), "{name}: {text}");
        }
    }
}
