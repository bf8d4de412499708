//! The rooms of the core import downwards only: `docs/architecture.md` has the table, and so has this file.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources::{Source, Token, assert_none, read, sources};

/// A room of the core and the rooms that it may import, lowest first. Rooms that are not built yet stand here with
/// what they will be allowed.
const ROOMS: [(&str, &[&str]); 20] = [
    ("text", &[]),
    ("net", &[]),
    ("selector", &["text"]),
    ("diagnostic", &["text"]),
    ("policy", &["text", "net", "selector", "diagnostic"]),
    ("yaml", &["text", "diagnostic"]),
    ("manifest", &["text", "diagnostic", "yaml", "selector", "net"]),
    ("cluster", &["text", "diagnostic", "net", "selector", "manifest"]),
    ("dialect", &["text", "diagnostic", "yaml", "net", "selector", "manifest", "policy"]),
    ("index", &["net", "selector", "policy", "cluster"]),
    ("evaluate", &["text", "diagnostic", "net", "selector", "policy", "cluster", "index"]),
    ("explain", &["text", "net", "selector", "policy", "cluster", "index", "evaluate"]),
    ("reach", &["net", "selector", "policy", "cluster", "index", "evaluate"]),
    ("diff", &["text", "diagnostic", "net", "selector", "policy", "cluster", "index", "evaluate", "reach"]),
    (
        "lint",
        &[
            "text",
            "net",
            "selector",
            "diagnostic",
            "policy",
            "yaml",
            "manifest",
            "cluster",
            "dialect",
            "index",
            "evaluate",
            "reach",
        ],
    ),
    ("expect", &["text", "net", "selector", "policy", "cluster", "index", "evaluate", "explain", "reach"]),
    (
        "report",
        &[
            "text",
            "net",
            "selector",
            "diagnostic",
            "policy",
            "cluster",
            "index",
            "evaluate",
            "explain",
            "reach",
            "diff",
            "lint",
            "expect",
        ],
    ),
    ("suggestion", &["text", "diagnostic", "policy", "yaml", "dialect", "evaluate", "explain", "report"]),
    (
        "analysis",
        &[
            "text",
            "net",
            "selector",
            "diagnostic",
            "policy",
            "yaml",
            "manifest",
            "cluster",
            "dialect",
            "index",
            "evaluate",
            "explain",
            "reach",
            "diff",
            "lint",
            "expect",
            "report",
            "suggestion",
        ],
    ),
    ("lib", &[]),
];

#[test]
fn rooms_import_only_what_the_table_allows() {
    let found: Vec<String> = sources("netpol-core/src").iter().flat_map(violations).collect();
    assert_none(&found);
}

#[test]
fn the_table_has_no_cycle() {
    for (position, (room, allowed)) in ROOMS.iter().enumerate() {
        for lower in *allowed {
            let below = ROOMS.iter().position(|(name, _)| name == lower);
            assert!(below.is_some_and(|below| below < position), "`{room}` may not import `{lower}`");
        }
    }
}

#[test]
fn the_table_is_the_one_of_the_documentation() {
    let documented = documented(&read("docs/architecture.md"));
    let here: BTreeMap<String, BTreeSet<String>> = ROOMS
        .iter()
        .filter(|(room, _)| *room != "lib")
        .map(|(room, allowed)| ((*room).to_owned(), allowed.iter().map(|room| (*room).to_owned()).collect()))
        .collect();
    assert_eq!(documented, here);
}

#[test]
fn an_import_upwards_a_path_out_of_the_room_and_an_unknown_room_are_found() {
    let source = |path: &str, text: &str| violations(&Source::new(path, text)).len();
    assert_eq!(source("netpol-core/src/net/port.rs", "use crate::policy::Tier;"), 1);
    assert_eq!(source("netpol-core/src/net/port.rs", "use crate::{text::Span, policy::Tier};"), 2);
    assert_eq!(source("netpol-core/src/net/port.rs", "fn a() { let b = vec![crate::index::Class]; }"), 1);
    assert_eq!(source("netpol-core/src/net/port.rs", "use super::super::policy::Tier;"), 1);
    assert_eq!(source("netpol-core/src/net/port.rs", "use super::Protocol; use crate::net::Family;"), 0);
    assert_eq!(source("netpol-core/src/attic/port.rs", "use super::Protocol;"), 1);
    assert_eq!(
        source("netpol-core/src/net/port.rs", "#[cfg(test)] mod tests { use crate::policy::Tier; }"),
        0
    );
}

fn violations(source: &Source) -> Vec<String> {
    let Some(room) = source.room() else { return Vec::new() };
    let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![format!("{}: the room `{room}` stands in no table", source.path)];
    };
    let tokens = source.tokens();
    let mut found: Vec<String> = imported(&tokens)
        .filter(|(name, _)| *name != room && !allowed.contains(name))
        .map(|(name, line)| format!("{}:{line}: `{room}` may not import `{name}`", source.path))
        .collect();
    found.extend(
        climbs(&tokens)
            .filter(|(steps, _)| *steps >= source.depth())
            .map(|(_, line)| format!("{}:{line}: `super` leaves the room, write `crate::`", source.path)),
    );
    found
}

/// The first names after `crate::`, also those inside of `crate::{…}`.
fn imported(tokens: &[Token]) -> impl Iterator<Item = (&str, usize)> {
    let starts = (0..tokens.len()).filter(|at| text(tokens, *at) == "crate" && is_path(tokens, at + 1));
    starts.flat_map(|at| {
        let first = at + 3;
        if text(tokens, first) != "{" {
            return vec![(text(tokens, first), tokens[at].line)];
        }
        let mut names = Vec::new();
        let mut depth = 0_usize;
        for position in first..tokens.len() {
            match text(tokens, position) {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            if depth == 1 && matches!(text(tokens, position), "{" | ",") && text(tokens, position + 1) != "}"
            {
                names.push((text(tokens, position + 1), tokens[position].line));
            }
        }
        names
    })
}

/// Runs of `super::`, with their lengths.
fn climbs(tokens: &[Token]) -> impl Iterator<Item = (usize, usize)> {
    let is_super = |at: usize| text(tokens, at) == "super" && is_path(tokens, at + 1);
    let starts = (0..tokens.len()).filter(move |at| is_super(*at) && !(*at >= 3 && is_super(at - 3)));
    starts.map(move |at| {
        ((0..tokens.len()).take_while(|step| is_super(at + 3 * step)).count(), tokens[at].line)
    })
}

fn is_path(tokens: &[Token], at: usize) -> bool {
    text(tokens, at) == ":" && text(tokens, at + 1) == ":"
}

fn text(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| token.text.as_str())
}

/// The table of rooms: rows `| layer | `room` | … | may import |`.
fn documented(document: &str) -> BTreeMap<String, BTreeSet<String>> {
    let table = between(document, "<!-- rooms -->", "<!-- end of rooms -->");
    let rows = table.lines().filter(|line| line.starts_with("| ") && line.contains('`'));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let allowed =
            cells[3].split(", ").map(|cell| cell.trim_matches('`')).filter(|cell| *cell != "nothing of ours");
        (cells[1].trim_matches('`').to_owned(), allowed.map(str::to_owned).collect())
    })
    .collect()
}

fn between<'a>(document: &'a str, start: &str, end: &str) -> &'a str {
    let from = document.find(start).unwrap_or_else(|| panic!("`{start}` stands in the document"));
    let to = document.find(end).unwrap_or_else(|| panic!("`{end}` stands in the document"));
    &document[from..to]
}
