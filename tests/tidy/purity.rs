//! The core sees only names and texts: no files, no environment, no clock, no network.

use crate::sources::{Source, Token, assert_none, read, sources};

/// What reaches out of the library, as the tokens of a path.
const OUTSIDE: [&[&str]; 12] = [
    &["std", "fs"],
    &["std", "env"],
    &["std", "process"],
    &["std", "io"],
    &["std", "os"],
    &["std", "path"],
    &["net", "TcpStream"],
    &["net", "TcpListener"],
    &["net", "UdpSocket"],
    &["net", "ToSocketAddrs"],
    &["time", "Instant"],
    &["time", "SystemTime"],
];

#[test]
fn the_core_reaches_for_nothing_outside() {
    let found: Vec<String> = sources("netpol-core/src").iter().flat_map(reaches_out).collect();
    assert_none(&found);
}

#[test]
fn the_lints_of_the_core_hold_what_those_of_the_workspace_hold() {
    let core = read("netpol-core/clippy.toml");
    let lines = read("clippy.toml");
    let missing = lines.lines().filter(|line| !core.contains(line));
    let found: Vec<String> = missing.map(|line| format!("netpol-core/clippy.toml lacks: {line}")).collect();
    assert_none(&found);
}

#[test]
fn a_file_that_is_read_and_a_clock_are_found() {
    let outside = |text: &str| reaches_out(&Source::new("netpol-core/src/yaml/a.rs", text)).len();
    assert_eq!(outside("fn f() { std::fs::read(\"a\"); }"), 1);
    assert_eq!(outside("use std::time::{Duration, Instant};"), 1);
    assert_eq!(outside("use std::{env, fmt};"), 1);
    assert_eq!(outside("use std::net::IpAddr; use std::fmt;"), 0);
}

fn reaches_out(source: &Source) -> Vec<String> {
    let tokens = source.tokens();
    let line_of = |path: &[&str]| {
        (0..tokens.len())
            .find(|at| tokens[*at].text == path[0] && leads_to(&tokens[*at + 1..], path[1]))
            .map(|at| tokens[at].line)
    };
    let found = OUTSIDE.iter().filter_map(|path| Some((path, line_of(path)?)));
    found.map(|(path, line)| format!("{}:{line}: the core uses `{}`", source.path, path.join("::"))).collect()
}

/// Whether a path goes on with a name: `::name` or `::{…, name, …}`.
fn leads_to(tokens: &[Token], name: &str) -> bool {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    if text(0) != ":" || text(1) != ":" {
        return false;
    }
    if text(2) != "{" {
        return text(2) == name;
    }
    let names = tokens[3..].iter().take_while(|token| token.text != "}");
    names.into_iter().any(|token| token.text == name)
}
