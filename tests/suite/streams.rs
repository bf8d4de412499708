//! The report goes to standard output, everything else to standard error; paint only where a person looks.

use std::io::{self, Write};

use netpol_cli::{Io, Terminal};

use crate::session::{Session, folder};

#[test]
fn version_and_help_go_to_standard_output() {
    let version = Session::small().run("--version");
    assert_eq!((version.code, version.stdout.as_str()), (0, "netpol 0.1.0\n"));
    let help = Session::small().run("can --help");
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains("Examples:") && help.stderr.is_empty());
}

#[test]
fn bad_usage_goes_to_standard_error() {
    let ended = Session::small().run("can --nonsense");
    assert_eq!(ended.code, 2);
    assert!(ended.stdout.is_empty() && ended.stderr.contains("--nonsense"));
}

#[test]
fn json_is_alone_on_standard_output() {
    let ended = Session::small().run("can x/a x/b:80 -f broken.yaml -f pair.yaml -v -o json");
    assert!(!ended.stderr.is_empty());
    let report: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(report["kind"], "Verdict");
}

#[test]
fn a_quiet_run_says_errors_alone() {
    let loud = Session::small().run("can x/a 192.0.2.1 -f template.yaml");
    assert!(loud.stderr.contains("warning"), "{}", loud.stderr);
    let quiet = Session::small().run("can x/a 192.0.2.1 -f template.yaml -q");
    assert_eq!(quiet.stderr, "");
    let wrong = Session::small().run("can x/zz 192.0.2.1 -f pair.yaml -q");
    assert!(wrong.stderr.contains("x/zz"), "{}", wrong.stderr);
}

#[test]
fn a_verbose_run_counts() {
    let ended = Session::small().run("can x/a x/b:80 -f pair.yaml -v");
    assert!(ended.stderr.contains("1 file") && ended.stderr.contains("1 policy"), "{}", ended.stderr);
}

#[test]
fn paint_needs_a_terminal_or_a_wish() {
    let is_painted = |session: Session, words: &str| session.run(words).stdout.contains('\u{1b}');
    let words = "can x/a x/b:80 -f pair.yaml";
    assert!(!is_painted(Session::small(), words));
    assert!(is_painted(Session::small().on_a_terminal(), words));
    assert!(!is_painted(Session::small().on_a_terminal().variable("NO_COLOR", "1"), words));
    assert!(is_painted(Session::small().variable("CLICOLOR_FORCE", "1"), words));
    assert!(is_painted(Session::small(), &format!("{words} --color always")));
    assert!(!is_painted(Session::small().on_a_terminal(), &format!("{words} --color never")));
}

#[test]
fn a_report_in_a_file_is_not_painted() {
    let folder = folder(&[("pair.yaml", include_str!("../../fixtures/small/pair.yaml"))]);
    let session = Session::within(folder.path());
    let ended = session.run("can x/a x/b:80 -o text=out.txt -o json --color always");
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let saved = std::fs::read_to_string(folder.path().join("out.txt")).unwrap();
    assert!(saved.starts_with("ALLOW"), "{saved}");
}

#[test]
fn a_diagnostic_shows_the_lines_of_the_file() {
    let ended = Session::small().run("can x/a 192.0.2.1 -f bad-policy.yaml");
    assert!(ended.stderr.contains("error[invalid-field]"), "{}", ended.stderr);
    assert!(ended.stderr.contains("bad-policy.yaml:12"), "{}", ended.stderr);
    assert!(ended.stderr.contains("port: 80000"), "{}", ended.stderr);
}

#[test]
fn many_diagnostics_are_counted() {
    let wrong = "apiVersion: v1\nkind: Pod\nmetadata: {\n---\n".repeat(30);
    let folder = folder(&[("a.yaml", &wrong)]);
    let ended = Session::within(folder.path()).run("can 192.0.2.1 192.0.2.2");
    assert_eq!(ended.stderr.matches("error[").count(), 20);
    assert!(ended.stderr.contains("and 10 errors"), "{}", ended.stderr);
}

/// A reader that went away.
struct Gone;

impl Write for Gone {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(io::ErrorKind::BrokenPipe.into())
    }
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let mut stderr = Vec::new();
    let mut io = Io {
        stdin: &mut io::empty(),
        stdout: &mut Gone,
        stderr: &mut stderr,
        environment: &|_| None,
        directory: std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/small"),
        terminal: Terminal::default(),
    };
    let words = ["netpol", "can", "x/a", "x/b:80", "-f", "pair.yaml"];
    assert_eq!(netpol_cli::run(words, &mut io).code(), 0);
    assert!(stderr.is_empty());
}
