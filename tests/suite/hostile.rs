//! Hostile input through the program itself, with 4 GiB of memory: it ends soon, names what it could not read, and
//! answers from the rest.

#![cfg(unix)]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use netpol_tests::toolchain::program;

use crate::program::{Folder, Outcome, pod};

/// A run takes no longer in a build without optimisation on a machine that is busy with other tests; the programs that
/// people run take a tenth.
const PATIENCE: Duration = Duration::from_secs(60);

const HEAD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: hostile, namespace: lab}\n";

fn lab() -> Folder {
    Folder::with(&[("client.yaml", &pod("client")), ("server.yaml", &pod("server"))])
}

/// What `netpol can` says in a folder.
fn ask(folder: &Folder, paths: &str) -> Outcome {
    run(folder, &format!("can lab/client lab/server:80 {paths}"))
}

/// What `netpol` says in a folder.
fn run(folder: &Folder, arguments: &str) -> Outcome {
    let netpol = program("netpol");
    let line = format!("ulimit -v 4194304; exec '{}' {arguments}", netpol.display());
    let mut command = Command::new("sh");
    command.args(["-c", &line]).current_dir(folder.path()).stdin(Stdio::null());
    let start = Instant::now();
    let output = command.output().unwrap();
    assert!(start.elapsed() < PATIENCE, "took {:?}", start.elapsed());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    let code = output.status.code().unwrap_or_else(|| panic!("ended by a signal: {stderr}"));
    Outcome { code: u8::try_from(code).unwrap(), stdout, stderr }
}

/// The good files are answered from beside `name`, whose text is refused with a message that has these words.
fn refused(name: &str, text: impl AsRef<[u8]>, words: &[&str]) {
    let folder = lab();
    folder.write(name, text);
    let outcome = ask(&folder, "");
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    assert!(outcome.stdout.starts_with("ALLOW"), "{outcome:?}");
    assert!(outcome.stderr.contains(name), "{}", outcome.stderr);
    for word in words {
        assert!(outcome.stderr.contains(word), "{word}: {}", outcome.stderr);
    }
    assert!(outcome.stderr.len() < 100_000, "{} bytes", outcome.stderr.len());
}

/// The good files are answered from beside a text that is no trouble.
fn harmless(name: &str, text: impl AsRef<[u8]>) {
    let folder = lab();
    folder.write(name, text);
    let outcome = ask(&folder, "");
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(outcome.stdout.starts_with("ALLOW") && outcome.stderr.len() < 100_000, "{}", outcome.stderr);
}

#[test]
fn merge_keys_have_a_limit() {
    let keys: Vec<String> = (0..1000).map(|index| format!("k{index}: v")).collect();
    let merges: Vec<String> = (0..1000).map(|index| format!("  m{index}: {{<<: *a}}\n")).collect();
    let text =
        format!("apiVersion: v1\nkind: Pod\nmetadata:\n  a: &a {{{}}}\n{}", keys.join(", "), merges.concat());
    refused("hostile.yaml", text, &["hostile.yaml:", "more than 100000 values"]);
}

#[test]
fn nesting_has_a_limit_in_every_syntax() {
    let deep = 10_000;
    let words = ["more than 1000 deep"];
    let (open, close) = ("[".repeat(deep), "]".repeat(deep));
    refused("hostile.yaml", format!("{HEAD}spec: {open}{close}\n"), &words);
    refused("hostile.yaml", format!("{HEAD}spec:\n  {}1\n", "- ".repeat(deep)), &words);
    let block: String = (1..deep).flat_map(|depth| [" ".repeat(depth), "a:\n".to_owned()]).collect();
    refused("hostile.yaml", format!("{HEAD}spec:\n{block}"), &words);
    let json = format!("{{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{open}{close}}}");
    refused("hostile.json", json, &words);
}

#[test]
fn lists_within_lists_have_a_limit() {
    let (open, close) = ("{apiVersion: v1, kind: List, items: [".repeat(20), "]}".repeat(20));
    refused("hostile.yaml", format!("{open}{}{close}\n", pod("deep").trim_end()), &["more than 8 deep"]);
}

#[test]
fn very_many_parts_are_no_trouble() {
    let labels: String =
        (0..200_000).flat_map(|index| ["    l".to_owned(), index.to_string(), ": v\n".to_owned()]).collect();
    harmless(
        "labels.yaml",
        format!("apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n  namespace: lab\n  labels:\n{labels}"),
    );
    harmless("documents.yaml", "---\n".repeat(1_000_000));
    harmless("keys.yaml", format!("{HEAD}spec:\n{}", "  a: 1\n".repeat(1_000_000)));
}

#[test]
fn bytes_that_are_no_manifest_are_no_trouble() {
    harmless("nul.yaml", vec![0; 1_000_000]);
    let mut state = 1_u32;
    let random = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    });
    harmless("random.yaml", random.take(1_000_000).collect::<Vec<u8>>());
    refused("nul.yaml", format!("{HEAD}x: \0\n"), &["nul.yaml:4:4", "U+0000"]);
}

#[test]
fn a_file_larger_than_the_limit_is_not_read() {
    let folder = lab();
    let file = std::fs::File::create(folder.path().join("huge.yaml")).unwrap();
    file.set_len(5 << 30).unwrap();
    let outcome = ask(&folder, "");
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.stdout.starts_with("ALLOW") && outcome.stderr.contains("`huge.yaml`"), "{outcome:?}");
    assert!(outcome.stderr.contains("larger than the limit of 1 GiB"), "{outcome:?}");
}

#[test]
fn a_line_that_is_longer_than_a_document_may_be_is_not_read() {
    let policy =
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: x, namespace: lab}\n";
    let spec =
        |length| format!("{policy}spec: {{podSelector: {{matchLabels: {{app: {}}}}}}}\n", "x".repeat(length));
    refused("hostile.yaml", spec(128 << 20), &["hostile.yaml:1", "larger than the limit of 128 MiB"]);
    refused("hostile.yaml", spec(5 << 20), &["hostile.yaml:4", "longer than the limit of 4 MiB"]);
}

#[test]
fn a_long_value_is_not_repeated_whole() {
    let folder = lab();
    let policy =
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: x, namespace: lab}\n";
    let label = "x".repeat(3 << 20);
    folder.write("long.yaml", format!("{policy}spec: {{podSelector: {{matchLabels: {{app: {label}}}}}}}\n"));
    let outcome = ask(&folder, "");
    assert!(outcome.stderr.contains("must be no more than 63 bytes"), "{} bytes", outcome.stderr.len());
    assert!(outcome.stderr.len() < 10_000, "{} bytes", outcome.stderr.len());
}

#[test]
fn a_pipe_without_a_writer_is_given_up() {
    let folder = lab();
    let made = Command::new("mkfifo").arg(folder.path().join("pipe.yaml")).status();
    assert!(made.unwrap().success());
    let outcome = ask(&folder, "");
    assert_eq!(outcome.code, 0, "a pipe in a folder is no file: {outcome:?}");
    let outcome = ask(&folder, "-f . -f pipe.yaml");
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(
        outcome.stdout.starts_with("ALLOW") && outcome.stderr.contains("within 5 seconds"),
        "{outcome:?}"
    );
}

#[test]
fn a_document_of_very_many_values_is_refused() {
    let values = "1,".repeat(5_000_000);
    let json = format!("{{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":[{values}1]}}");
    refused("hostile.json", json, &["more than 5000000 values"]);
}

#[test]
fn a_file_of_very_many_documents_is_read_up_to_a_limit() {
    refused("hostile.yaml", "---\na\n".repeat(1_000_100), &["more than 1000000 documents"]);
    let items = "{},".repeat(1_000_100);
    let list = format!("{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{items}{{}}]}}");
    harmless("hostile.json", list);
}

#[test]
fn the_same_flaw_over_and_over_is_told_up_to_a_limit() {
    let containers = "[],".repeat(200_000);
    let text = format!("{HEAD}spec: {{containers: [{containers}[]]}}\n");
    let folder = lab();
    folder.write("hostile.yaml", text);
    let outcome = ask(&folder, "");
    assert!(outcome.stdout.starts_with("ALLOW"), "{outcome:?}");
    for words in ["more than 100000 flaws were found", "99997 more messages of wrong-type"] {
        assert!(outcome.stderr.contains(words), "{}", outcome.stderr);
    }
}

#[test]
fn a_source_without_an_end_is_given_up() {
    let folder = lab();
    let outcome = ask(&folder, "-f . -f /dev/zero");
    assert_eq!(outcome.code, 2, "{outcome:?}");
    let is_told = outcome.stderr.contains("`/dev/zero` cannot be read: it is larger than the limit of 1 GiB");
    assert!(outcome.stdout.starts_with("ALLOW") && is_told, "{outcome:?}");
}

/// What `netpol lint` finds in one hostile policy, in time and with 4 GiB.
fn linted(spec: &str) {
    let folder = lab();
    let policy =
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: x, namespace: lab}\n";
    folder.write("hostile.yaml", format!("{policy}spec:\n{spec}"));
    let outcome = run(&folder, "lint -o json");
    assert!(outcome.code <= 1 && outcome.stdout.contains("\"Diagnostics\""), "{}", outcome.stderr);
}

#[test]
fn lint_of_very_many_parts_ends_soon() {
    let values = (0..200_000).map(|number| format!("v{number},")).collect::<Vec<_>>().concat();
    let block = |number: u32| format!("20.{}.{}.0/25", number >> 8, number & 255);
    let excepts: String = (0..60_000).map(|number| block(number) + ",").collect();
    let not_in = format!("{{matchExpressions: [{{key: app, operator: NotIn, values: [{values}]}}]}}");
    let peers =
        format!("[{{ipBlock: {{cidr: 20.0.0.0/8, except: [{excepts}]}}}}, {{podSelector: {not_in}}}]");
    linted(&format!("  podSelector: {not_in}\n  ingress: [{{from: {peers}}}]\n"));
    let pods = |number| format!("{{podSelector: {{matchLabels: {{app: x{number}}}}}}}");
    let peers: String = (0..20_000).map(|number| pods(number) + ",").collect();
    linted(&format!("  podSelector: {{}}\n  ingress: [{{from: [{peers}]}}]\n"));
    let rules: Vec<String> = (0..20_000).map(|number| format!("  - from: [{}]\n", pods(number))).collect();
    linted(&format!("  podSelector: {{}}\n  ingress:\n{}", rules.concat()));
    let blocks = (0..20_000).map(|number| format!("  - from: [{{ipBlock: {{cidr: {}}}}}]\n", block(number)));
    linted(&format!("  podSelector: {{}}\n  ingress:\n{}", blocks.collect::<Vec<_>>().concat()));
}

#[test]
fn what_cannot_be_opened_is_named_and_the_rest_is_read() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = lab();
    symlink("nowhere", folder.path().join("dangling.yaml")).unwrap();
    symlink(".", folder.path().join("loop")).unwrap();
    folder.write("secret.yaml", pod("secret"));
    let secret = folder.path().join("secret.yaml");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o000)).unwrap();
    let outcome = ask(&folder, "");
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.stdout.starts_with("ALLOW"), "{outcome:?}");
    assert!(outcome.stderr.contains("`dangling.yaml` cannot be read"), "{outcome:?}");
    assert!(outcome.stderr.contains("`loop` is a link to"), "{outcome:?}");
    if std::fs::read(&secret).is_err() {
        assert!(outcome.stderr.contains("`secret.yaml` cannot be read"), "{outcome:?}");
    }
}
