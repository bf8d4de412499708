//! Hostile and unlucky input: a clear message, exit code 2, and an answer from the rest.

use std::fmt::Write;

use crate::program::{Folder, Run, pod};

fn lab() -> Folder {
    Folder::with(&[("client.yaml", &pod("client")), ("server.yaml", &pod("server"))])
}

const QUESTION: &str = "can lab/client lab/server:80";

/// What a run says of `hostile.yaml` beside two good files.
fn beside(text: &[u8]) -> crate::program::Outcome {
    let folder = lab();
    folder.write("hostile.yaml", text);
    folder.netpol(QUESTION)
}

#[cfg(unix)]
#[test]
fn a_link_loop_is_reported_and_the_rest_is_answered() {
    let folder = lab();
    std::fs::create_dir_all(folder.path().join("x")).unwrap();
    std::os::unix::fs::symlink("..", folder.path().join("x/up")).unwrap();
    let outcome = folder.netpol(QUESTION);
    assert!(outcome.stdout.starts_with("ALLOW"), "{outcome:?}");
    assert!(outcome.stderr.contains("x/up"), "{outcome:?}");
}

#[cfg(unix)]
#[test]
fn a_dangling_link_cannot_be_read() {
    let folder = lab();
    std::os::unix::fs::symlink("nowhere", folder.path().join("gone.yaml")).unwrap();
    for paths in ["", "-f . -f gone.yaml"] {
        let outcome = folder.netpol(&format!("{QUESTION} {paths}"));
        assert_eq!(outcome.code, 2, "{outcome:?}");
        assert!(outcome.stdout.starts_with("ALLOW") && outcome.stderr.contains("gone.yaml"), "{outcome:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_dangling_link_that_no_manifest_would_be_is_no_matter() {
    let folder = lab();
    std::os::unix::fs::symlink("nowhere", folder.path().join("result")).unwrap();
    let outcome = folder.netpol(QUESTION);
    assert_eq!((outcome.code, outcome.stderr.contains("result")), (0, false), "{outcome:?}");
}

#[cfg(unix)]
#[test]
fn links_are_followed_to_files_and_to_folders_that_are_walked_anyway() {
    use std::os::unix::fs::symlink;
    let folder =
        Folder::with(&[("out/client.yaml", &pod("client")), ("in/base/server.yaml", &pod("server"))]);
    symlink("../out", folder.path().join("in/away")).unwrap();
    symlink("base", folder.path().join("in/again")).unwrap();
    let outcome = folder.netpol("can lab/client lab/server:80 -f in");
    assert_eq!(outcome.code, 2, "nobody has read the folder outside: {outcome:?}");
    let note = "`in/away` is a link to a folder outside, which is not walked; name it to have it read";
    assert!(outcome.stderr.contains(note) && !outcome.stderr.contains("again"), "{outcome:?}");
    assert_eq!(folder.netpol("can lab/client lab/server:80 -f in -f in/away").code, 0);
    symlink("../out/client.yaml", folder.path().join("in/client.yaml")).unwrap();
    assert_eq!(folder.netpol("can lab/client lab/server:80 -f in").code, 0);
}

#[test]
fn a_folder_that_is_called_like_a_file_is_a_folder() {
    let folder = lab();
    folder.write("folder.yaml/third.yaml", pod("third"));
    assert_eq!(folder.netpol("can lab/third lab/server:80").code, 0);
    assert_eq!(folder.netpol("can lab/third 192.0.2.1:80 -f folder.yaml").code, 0);
}

#[test]
fn bytes_that_are_no_text_are_read_as_kubectl_reads_them() {
    let mut text = pod("third").into_bytes();
    text.extend_from_slice(b"# \xff\xfe\n");
    assert!(beside(&text).stdout.starts_with("ALLOW"));
    let random: Vec<u8> =
        (0_u32..4096).map(|index| index.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    assert!(beside(&random).stdout.starts_with("ALLOW"));
    assert!(beside(b"apiVersion: v1\nkind: Pod\0\n").stdout.starts_with("ALLOW"));
}

#[test]
fn nesting_has_a_limit() {
    for text in [
        format!("apiVersion: v1\nkind: Pod\nspec: {}{}\n", "[".repeat(10_000), "]".repeat(10_000)),
        format!("apiVersion: v1\nkind: Pod\nspec: {}1{}\n", "{a: ".repeat(10_000), "}".repeat(10_000)),
        format!("apiVersion: v1\nkind: Pod\nspec:\n  {}1\n", "- ".repeat(10_000)),
    ] {
        let outcome = beside(text.as_bytes());
        assert_eq!(outcome.code, 2, "{}", outcome.stderr);
        assert!(outcome.stdout.starts_with("ALLOW") && outcome.stderr.contains("hostile.yaml:"));
    }
}

#[test]
fn aliases_have_a_limit() {
    let mut bomb = "apiVersion: v1\nkind: Pod\nmetadata:\n  a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (before, name) in "abcdefghi".chars().zip("bcdefghij".chars()) {
        let list = format!("*{before}, ").repeat(9);
        let _ = writeln!(bomb, "  {name}: &{name} [{}]", list.trim_end_matches(", "));
    }
    let outcome = beside(bomb.as_bytes());
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    assert!(
        outcome.stdout.starts_with("ALLOW") && outcome.stderr.contains("hostile.yaml:"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn many_labels_are_no_trouble() {
    let labels: Vec<String> = (0..50_000).map(|index| format!("l{index}: v")).collect();
    let text = format!(
        "{{apiVersion: v1, kind: Pod, metadata: {{name: third, namespace: lab, labels: {{{}}}}}, spec: {{}}}}\n",
        labels.join(", ")
    );
    assert!(beside(text.as_bytes()).stdout.starts_with("ALLOW"));
}

#[test]
fn a_long_line_is_no_trouble_and_is_not_printed_whole() {
    let text = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: \"{}\n", "x".repeat(5_000_000));
    let outcome = beside(text.as_bytes());
    assert_eq!(outcome.code, 2);
    assert!(
        outcome.stdout.starts_with("ALLOW") && outcome.stderr.len() < 100_000,
        "{} bytes",
        outcome.stderr.len()
    );
}

#[test]
fn of_many_messages_some_are_printed_and_the_rest_is_counted() {
    let torn = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: \"x\n".repeat(300);
    let outcome = beside(torn.as_bytes());
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.matches("hostile.yaml:").count() < 100, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("more"), "the rest is counted: {}", outcome.stderr);
}

#[test]
fn an_error_shows_its_place_in_the_file() {
    let outcome = Run::small().netpol(&format!("{QUESTION} -f broken.yaml"));
    assert!(outcome.stderr.contains("unreadable-yaml"), "{}", outcome.stderr);
    assert!(
        outcome.stderr.contains("broken.yaml:9") || outcome.stderr.contains("broken.yaml:10"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn line_ends_and_byte_order_marks_are_no_trouble() {
    let folder = lab();
    folder.write("third.yaml", format!("\u{feff}---\r\n{}---\r\n", pod("third").replace('\n', "\r\n")));
    let outcome = folder.netpol("can lab/third lab/server:80 -f .");
    assert_eq!((outcome.code, outcome.stderr.contains("error")), (0, false), "{outcome:?}");
}

#[test]
fn standard_input_may_hold_anything() {
    let folder = lab();
    for bytes in [&b""[..], b"\0", b"---\n---\n", b"# only a comment\n"] {
        let run = Run::at(folder.path()).stdin(bytes);
        let outcome = run.netpol(&format!("{QUESTION} -f . -f -"));
        assert!(outcome.stdout.starts_with("ALLOW"), "{outcome:?}");
    }
}
