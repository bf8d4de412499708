//! The map as a table that a person reads.

use std::collections::BTreeMap;

use super::causes::causes;
use super::layout::Layout;
use super::table::{Cell, Table};
use super::{Line, Role, Text, ends, facts};
use crate::cluster::{Cluster, Endpoint, NamespaceId};
use crate::evaluate::{Assumption, Decision, End};
use crate::net::IpSet;
use crate::reach::{Because, Connection, Counts, Map, Rectangle, ShareId, Side};
use crate::report::Context;

/// So many assumptions are spelled out; of more, the rest is counted.
const ASSUMPTIONS: usize = 8;

/// Some rectangles of a map: what the rules allow, what nothing stands in the way of, what is unknown and why, and
/// what it all rests on; tables have at most `width` columns.
pub fn map(context: Context<'_>, map: &Map, rectangles: &[Rectangle], width: usize) -> Text {
    let mut text = Text::default();
    let of = |because: Option<Because>, decision: Decision| {
        let kept = move |it: &&Rectangle| because.is_none_or(|because| it.because == because);
        let rectangles = rectangles.iter().filter(kept);
        rectangles.filter_map(move |it| Some((it, ports(it, decision)?)))
    };
    let title = ("allowed by the rules of policies", Role::Allow);
    section((&mut text, width), context, map, title, of(Some(Because::Rules), Decision::Allow));
    let title = ("allowed because no policy selects either end", Role::Allow);
    section((&mut text, width), context, map, title, of(Some(Because::NotIsolated), Decision::Allow));
    let title = ("unknown", Role::Unknown);
    section((&mut text, width), context, map, title, of(None, Decision::Unknown));
    text.lines.extend(basis(context, map, rectangles).lines);
    if rectangles.is_empty() {
        text.lines.insert(0, Line::new().plain(nothing(map)));
    }
    text
}

/// What is to be said where a map shows nothing.
const fn nothing(map: &Map) -> &'static str {
    if map.shares.is_empty() {
        "the input holds no workload and no pod: there is nobody to reach anybody"
    } else {
        "no connection is allowed"
    }
}

/// Why some rectangles of a map are unknown, and what the map rests on.
pub fn basis(context: Context<'_>, map: &Map, rectangles: &[Rectangle]) -> Text {
    let mut layout = Layout::default();
    causes(&mut layout, context, rectangles);
    assumed(&mut layout, context, &map.assumptions);
    layout.into_text(context)
}

/// Some rectangles of a map with their decision, in one table.
pub fn table(context: Context<'_>, map: &Map, rectangles: &[Rectangle]) -> Table {
    let decisions = [Decision::Allow, Decision::Unknown];
    let mut all = Table::new(vec!["FROM", "TO", "PORTS", "DECISION"]);
    for decision in decisions {
        let part =
            table_of(context, map, rectangles.iter().filter_map(|it| Some((it, ports(it, decision)?))));
        all.rows.extend(
            part.rows.into_iter().map(|row| row.into_iter().chain([Cell::plain(decision.name())]).collect()),
        );
    }
    all
}

/// Connections pair by pair, with their decision.
pub fn pairs(context: Context<'_>, connections: &[Connection<'_>]) -> Table {
    let mut table = Table::new(vec!["FROM", "TO", "PORTS", "DECISION", "BECAUSE"]);
    for connection in connections {
        for decision in [Decision::Allow, Decision::Unknown] {
            let Some(ports) = ports(connection.rectangle, decision) else { continue };
            let end = |end| Cell::plain(ends::end(context.cluster, end));
            table.rows.push(vec![
                end(&connection.from),
                end(&connection.to),
                Cell::plain(ports),
                Cell::plain(decision.name()),
                Cell::plain(because(connection.rectangle.because)),
            ]);
        }
    }
    table
}

/// An end with every block and every pod spelled out.
pub fn whole_end(cluster: &Cluster, end: &End) -> String {
    match &end.endpoint {
        Endpoint::Addresses(addresses) => whole_addresses(cluster, addresses),
        _ => ends::end(cluster, end),
    }
}

/// Addresses with every block spelled out: `outside`, `internet`, `10.0.0.0/9 192.168.0.0/16`.
pub fn whole_addresses(cluster: &Cluster, addresses: &IpSet) -> String {
    ends::named_addresses(cluster, addresses).unwrap_or_else(|| {
        let cidrs: Vec<String> = addresses.cidrs().iter().map(ToString::to_string).collect();
        cidrs.join(" ")
    })
}

/// The ports of a rectangle that are allowed, or unknown, in words.
fn ports(rectangle: &Rectangle, decision: Decision) -> Option<String> {
    let set = match decision {
        Decision::Unknown => &rectangle.decided.unknown,
        _ => &rectangle.decided.allowed,
    };
    (!set.is_empty()).then(|| set.to_string())
}

const fn because(because: Because) -> &'static str {
    match because {
        Because::Rules => "rules",
        Because::NotIsolated => "not isolated",
    }
}

/// The rows of some rectangles, destinations that belong together next to each other.
fn table_of<'r>(
    context: Context<'_>,
    map: &Map,
    rectangles: impl Iterator<Item = (&'r Rectangle, String)>,
) -> Table {
    let mut table = Table::new(vec!["FROM", "TO", "PORTS"]);
    let mut rows: Vec<(Vec<String>, Vec<String>, String)> = Vec::new();
    let mut itself: BTreeMap<String, Vec<ShareId>> = BTreeMap::new();
    for (rectangle, ports) in rectangles {
        match own_share(map, rectangle) {
            Some(share) => itself.entry(ports).or_default().push(share),
            None => {
                rows.push((side(context, map, &rectangle.to), side(context, map, &rectangle.from), ports));
            }
        }
    }
    rows.sort();
    rows.extend(itself.into_iter().map(|(ports, shares)| {
        (vec!["itself".to_owned()], side(context, map, &Side::Pods(shares.into())), ports)
    }));
    table.rows.extend(
        rows.into_iter()
            .map(|(to, from, ports)| vec![Cell::lines(from), Cell::lines(to), Cell::plain(ports)]),
    );
    table
}

/// The pod that a rectangle is about, when it is about one pod and itself.
fn own_share(map: &Map, rectangle: &Rectangle) -> Option<ShareId> {
    match (rectangle.from.pods(), rectangle.to.pods()) {
        ([from], [to]) if from == to => map.shares.get(*from).filter(|it| it.is_bare_pod).map(|_| *from),
        _ => None,
    }
}

fn section<'r>(
    (text, width): (&mut Text, usize),
    context: Context<'_>,
    map: &Map,
    (title, role): (&str, Role),
    rectangles: impl Iterator<Item = (&'r Rectangle, String)>,
) {
    let table = table_of(context, map, rectangles);
    if table.rows.is_empty() {
        return;
    }
    if !text.lines.is_empty() {
        text.lines.push(Line::new());
    }
    text.lines.push(Line::new().with(role, format!("{title}:")));
    text.lines.extend(below(&table, width));
}

/// A table below its heading.
pub(super) fn below(table: &Table, width: usize) -> impl Iterator<Item = Line> {
    table.to_text(width.saturating_sub(2)).lines.into_iter().map(indented)
}

fn indented(mut line: Line) -> Line {
    line.segments.insert(0, super::Segment { role: Role::Plain, text: "  ".to_owned(), span: None });
    line
}

/// How many pairs of a map are allowed, denied and unknown: `12 of 110 pairs of workloads are allowed, 98 denied`.
/// Replicas that policies tell apart count one by one.
pub fn counts(map: &Map, counts: Counts) -> String {
    let are_whole = map.shares.iter().all(|(_, share)| share.is_whole);
    let ends = if are_whole { "workloads" } else { "workloads and replicas" };
    let Counts { allowed, unknown, denied } = counts;
    let all = allowed + unknown + denied;
    let of_all = format!("{allowed} of {all} pairs of {ends} are allowed, {denied} denied");
    if unknown == 0 { of_all } else { format!("{of_all}, {unknown} unknown") }
}

/// One side: a line for each namespace, such as `shop/{cart, frontend}`; or the blocks.
pub fn side(context: Context<'_>, map: &Map, side: &Side) -> Vec<String> {
    let shares = match side {
        Side::Addresses(addresses) => return vec![ends::addresses(context.cluster, addresses)],
        Side::Pods(shares) => shares,
    };
    if shares.len() == map.shares.len() && shares.len() > 1 {
        return vec![format!("every workload ({})", context.cluster.workloads.len())];
    }
    let mut by_namespace: BTreeMap<NamespaceId, Vec<ShareId>> = BTreeMap::new();
    for id in shares.iter() {
        let workload = map.shares.get(*id).and_then(|share| context.cluster.workload(share.workload));
        if let Some(workload) = workload {
            by_namespace.entry(workload.namespace).or_default().push(*id);
        }
    }
    let lines = by_namespace.into_iter().flat_map(|(id, shares)| namespace(context, map, id, &shares));
    lines.collect()
}

fn namespace(context: Context<'_>, map: &Map, id: NamespaceId, shares: &[ShareId]) -> Vec<String> {
    let name = context.cluster.namespace(id).map_or("?", |it| it.name.as_str());
    let is_own = |share: &ShareId| {
        let workload = map.shares.get(*share).and_then(|share| context.cluster.workload(share.workload));
        workload.is_some_and(|workload| workload.namespace == id)
    };
    let all = map.shares.iter().filter(|(share, _)| is_own(share)).count();
    let ends = map.ends(context.cluster, &Side::Pods(shares.into()));
    if all == shares.len() && ends.len() > 1 {
        return vec![format!("{name}/* ({})", ends.len())];
    }
    let prefix = format!("{name}/");
    let words: Vec<String> = ends.iter().map(|end| ends::end(context.cluster, end)).collect();
    let short = |word: &String| word.strip_prefix(&prefix).unwrap_or(word).to_owned();
    match words.as_slice() {
        [one] => vec![one.clone()],
        many => vec![braced(&prefix, &many.iter().map(short).collect::<Vec<_>>())],
    }
}

/// Names with their namespaces, those of a namespace together: `shop/{cart, frontend}`.
pub(super) fn folded(names: Vec<String>) -> Vec<String> {
    let mut by_namespace: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut lines = Vec::new();
    for name in names {
        match name.split_once('/').filter(|(namespace, _)| !namespace.contains(['.', ':', ' '])) {
            Some((namespace, rest)) => {
                by_namespace.entry(format!("{namespace}/")).or_default().push(rest.to_owned());
            }
            None => lines.push(name),
        }
    }
    for (prefix, names) in by_namespace {
        match names.as_slice() {
            [one] => lines.push(format!("{prefix}{one}")),
            several => lines.push(braced(&prefix, several)),
        }
    }
    lines
}

/// `shop/{a, b}`.
pub(super) fn braced(prefix: &str, names: &[String]) -> String {
    format!("{prefix}{{{}}}", names.join(", "))
}

/// What it all rests on.
pub(super) fn assumed(layout: &mut Layout, context: Context<'_>, assumptions: &[Assumption]) {
    if assumptions.is_empty() {
        return;
    }
    layout.line(Line::new());
    layout.line(Line::new().plain("assumed:"));
    let facts = facts::assumptions(context, assumptions);
    let rest = facts.len().saturating_sub(ASSUMPTIONS);
    for fact in facts.into_iter().take(ASSUMPTIONS) {
        layout.placed(Line::new().plain(format!("  {}", fact.words)), fact.place);
    }
    if rest > 0 {
        layout.line(Line::new().plain(format!("  and {rest} more, which `-o json` has")));
    }
}
