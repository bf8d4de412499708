//! Changes as a table that a person reads.

use std::collections::BTreeMap;

use super::ends::end;
use super::layout::count;
use super::table::{Cell, Table};
use super::{Line, Role, Text, map};
use crate::diff::{Cause, Change, Changes, Kind, Side, Why};
use crate::evaluate::End;
use crate::net::Decided;
use crate::report::Context;

/// What was added and removed, then what changed between the ends that stayed, in at most `width` columns.
pub fn changes((old, new): (Context<'_>, Context<'_>), changes: &Changes, width: usize) -> Text {
    let mut text = Text::default();
    for (side, words) in sides((old, new), changes) {
        text.lines.push(Line::new().with(role(side), presence(side)).plain(format!(" {words}")));
    }
    let table = table((old, new), changes);
    if !table.rows.is_empty() {
        if !text.lines.is_empty() {
            text.lines.push(Line::new());
        }
        text.lines.extend(table.to_text(width).lines);
    }
    if text.lines.is_empty() {
        text.lines.push(Line::new().plain(summary_of_none(changes)));
    }
    text.lines.extend(unjudged((old, new), changes).lines);
    text
}

/// What is to be said where no connection is known to have changed.
fn summary_of_none(changes: &Changes) -> &'static str {
    if changes.is_void {
        "neither input holds a workload: there is no connection to compare"
    } else if changes.unjudged.is_empty() {
        "no connection changed"
    } else {
        "no connection is known to have changed"
    }
}

/// What changed without anybody knowing what that does, a line each below one that says so; empty where nothing did.
pub fn unjudged(contexts: (Context<'_>, Context<'_>), changes: &Changes) -> Text {
    let of = |why: Why| changes.unjudged.iter().filter(move |found| found.why == why).peekable();
    let mut text = Text::default();
    for (why, words) in [
        (Why::NotEvaluated, "changed and not evaluated:"),
        (Why::NoWorkload, "changed, with no workload to tell what that does:"),
        (
            Why::TypesKept,
            "`policyTypes` is not written, so a cluster that has the old policy keeps its types; write them:",
        ),
    ] {
        let mut found = of(why);
        if found.peek().is_some() {
            text.lines.push(Line::new().plain(words));
            let policies = found.map(|it| format!("  {}", cause_words(contexts, &it.cause)));
            text.lines.extend(policies.map(|line| Line::new().plain(line)));
        }
    }
    text
}

/// What was added and what was removed, a line each.
pub fn ends(contexts: (Context<'_>, Context<'_>), changes: &Changes) -> Vec<String> {
    sides(contexts, changes).map(|(side, words)| format!("{} {words}", presence(side))).collect()
}

fn sides<'a>(
    contexts: (Context<'a>, Context<'a>),
    changes: &'a Changes,
) -> impl Iterator<Item = (Side, String)> + 'a {
    let namespaces = changes.namespaces.iter().map(|(side, name)| (*side, format!("namespace {name}")));
    namespaces.chain(changes.ends.iter().map(move |changed| {
        let context = of_side(contexts, changed.side);
        (changed.side, super::ends::workload(context.cluster, changed.workload))
    }))
}

const fn presence(side: Side) -> &'static str {
    match side {
        Side::Old => "removed",
        Side::New => "added",
    }
}

const fn role(side: Side) -> Role {
    match side {
        Side::Old => Role::Deny,
        Side::New => Role::Allow,
    }
}

const fn of_side<'a>((old, new): (Context<'a>, Context<'a>), side: Side) -> Context<'a> {
    match side {
        Side::Old => old,
        Side::New => new,
    }
}

/// What changes have in common: the kind, before, after, the causes.
type Same<'c> = (Kind, &'c Decided, &'c Decided, &'c [Cause]);

/// The changes, those alike together: their sources, then their destinations.
pub fn table((old, new): (Context<'_>, Context<'_>), changes: &Changes) -> Table {
    let mut by_target: BTreeMap<(Same<'_>, &End), Vec<&End>> = BTreeMap::new();
    for change in &changes.connections {
        let same = (change.kind, &change.before, &change.after, change.causes.as_slice());
        by_target.entry((same, &change.to)).or_default().push(&change.from);
    }
    let mut rows: BTreeMap<(Same<'_>, Vec<&End>), Vec<&End>> = BTreeMap::new();
    for ((same, to), from) in by_target {
        rows.entry((same, from)).or_default().push(to);
    }
    let folded =
        |ends: &[&End]| Cell::lines(map::folded(ends.iter().map(|it| end(new.cluster, it)).collect()));
    let mut table = Table::new(vec!["CHANGE", "FROM", "TO", "BEFORE", "AFTER", "BECAUSE OF"]);
    for (((kind, before, after, causes), from), to) in rows {
        table.rows.push(vec![
            Cell::with(kind_role(kind), kind.name()),
            folded(&from),
            folded(&to),
            Cell::plain(words(before)),
            Cell::plain(words(after)),
            Cell::lines(causes.iter().map(|cause| cause_words((old, new), cause)).collect()),
        ]);
    }
    table
}

const fn kind_role(kind: Kind) -> Role {
    match kind {
        Kind::Added | Kind::Widened => Role::Allow,
        Kind::Removed | Kind::Narrowed => Role::Deny,
        Kind::Changed => Role::Unknown,
    }
}

/// What may flow, in words.
pub fn words(decided: &Decided) -> String {
    match (decided.allowed.is_empty(), decided.unknown.is_empty()) {
        (true, true) => "-".to_owned(),
        (false, true) => decided.allowed.to_string(),
        (true, false) => format!("unknown: {}", decided.unknown),
        (false, false) => format!("{}, unknown: {}", decided.allowed, decided.unknown),
    }
}

/// What is behind a change: `NetworkPolicy shop/cart cart.yaml:4`.
pub fn causes(contexts: (Context<'_>, Context<'_>), change: &Change) -> Vec<String> {
    change.causes.iter().map(|cause| cause_words(contexts, cause)).collect()
}

fn cause_words((old, new): (Context<'_>, Context<'_>), cause: &Cause) -> String {
    let context = of_side((old, new), cause.side);
    let gone = match cause.side {
        Side::Old => "the old ",
        Side::New => "",
    };
    match context.file_line(cause.span) {
        Some((file, line)) => format!("{gone}{} {file}:{line}", cause.object),
        None => cause.object.to_string(),
    }
}

/// `2 connections added, 1 narrowed, 1 workload added`.
pub fn summary(changes: &Changes) -> String {
    let of = |kind: Kind| changes.connections.iter().filter(|change| change.kind == kind).count();
    let kinds = [Kind::Added, Kind::Removed, Kind::Widened, Kind::Narrowed, Kind::Changed];
    let counted = kinds.into_iter().map(|kind| (of(kind), kind)).filter(|(number, _)| *number > 0);
    let mut parts: Vec<String> = counted
        .map(|(number, kind)| format!("{} {}", count(number, "connection", "connections"), kind.name()))
        .collect();
    for side in [Side::New, Side::Old] {
        let number = changes.ends.iter().filter(|changed| changed.side == side).count();
        if number > 0 {
            parts.push(format!("{} {}", count(number, "workload", "workloads"), presence(side)));
        }
    }
    if changes.unexplained > 0 {
        parts.push(format!("of {} of which the cause is not told", changes.unexplained));
    }
    if parts.is_empty() {
        parts.push(summary_of_none(changes).to_owned());
    }
    if !changes.unjudged.is_empty() {
        let policies = count(changes.unjudged.len(), "policy", "policies");
        parts.push(format!("{policies} changed that cannot be judged"));
    }
    parts.join(", ")
}
