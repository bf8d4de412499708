//! Ways from end to end as a person reads them.

use std::collections::BTreeSet;

use super::layout::{Layout, count};
use super::map::{basis, below, side};
use super::table::{Cell, Table};
use super::{Line, Role, Text, ends, facts};
use crate::cluster::{Endpoint, WorkloadId};
use crate::net::Decided;
use crate::policy::Direction;
use crate::reach::Map;
use crate::reach::path::{Hop, Path, Reached, RuleRef, Step};
use crate::report::Context;
use crate::report::context::{rule_path, rule_span};
use crate::selector::Truth;

/// A path in words: each hop with the rules that allow it, and what cuts it; or everybody that can be reached; then what
/// it rests on. Tables have at most `width` columns.
pub fn path(context: Context<'_>, map: &Map, path: &Path, width: usize) -> Text {
    let mut text = match &path.reached {
        Some(reached) => all_reached((context, map), path, reached, width),
        None => way(context, path),
    };
    text.lines.extend(basis(context, map, &[]).lines);
    text
}

fn way(context: Context<'_>, path: &Path) -> Text {
    let mut layout = Layout::default();
    chain(&mut layout, context, path);
    if let Some(cut) = &path.cut {
        layout.line(Line::new());
        match cut {
            Ok(steps) if steps.is_empty() && path.possible.is_some() => layout.line(
                Line::new().plain("no path of allowed connections leads there: nothing needs to be cut"),
            ),
            Ok(steps) => cut_of(&mut layout, context, steps),
            Err(_) => layout.line(
                Line::new()
                    .plain("there are too many connections between the endpoints to find the minimum cut"),
            ),
        }
    }
    layout.into_text(context)
}

/// The hops of a path in one table, or everybody that can be reached; of a cut, its connections.
pub fn table(context: Context<'_>, map: &Map, path: &Path) -> Table {
    if let Some(reached) = &path.reached {
        let mut table = reached_table(context, map, reached);
        for mut row in reached_table(context, map, &path.perhaps_reached).rows {
            let hops = row.iter_mut().take(1).flat_map(|hops| &mut hops.lines);
            hops.for_each(|hops| hops.push_str(", perhaps"));
            table.rows.push(row);
        }
        return table;
    }
    let (name, steps) = match &path.cut {
        Some(cut) => ("CUT", cut.as_deref().unwrap_or_default()),
        None => ("HOP", path.hops.as_deref().or(path.possible.as_deref()).unwrap_or_default()),
    };
    let mut table = Table::new(vec![name, "FROM", "TO", "PORTS", "ALLOWED BY"]);
    for (number, Step { hop, behind }) in (1usize..).zip(steps) {
        let sides = [(Direction::Egress, behind.egress), (Direction::Ingress, behind.ingress)];
        let allowed_by = sides.into_iter().flat_map(|(direction, isolated)| {
            let rules = behind.rules.iter().filter(move |rule| rule.direction == direction);
            let rules = rules.map(|rule| placed_rule(context, *rule));
            rules.chain(not_isolated(hop, direction, isolated))
        });
        table.rows.push(vec![
            Cell::plain(number.to_string()),
            Cell::plain(ends::end(context.cluster, &hop.from)),
            Cell::plain(ends::end(context.cluster, &hop.to)),
            Cell::plain(ports(&hop.decided)),
            Cell::lines(allowed_by.collect()),
        ]);
    }
    table
}

/// A rule with its place: `egress[0] of NetworkPolicy shop/cart (cart.yaml:4)`.
pub fn placed_rule(context: Context<'_>, rule: RuleRef) -> String {
    let words = rule_words(context, rule);
    let place = rule_span(context, rule.policy, rule.rule).and_then(|span| context.file_line(span));
    place.map_or_else(|| words.clone(), |(file, line)| format!("{words} ({file}:{line})"))
}

/// What may flow over a hop, in words.
pub fn ports(decided: &Decided) -> String {
    match (decided.allowed.is_empty(), decided.unknown.is_empty()) {
        (_, true) => decided.allowed.to_string(),
        (true, false) => format!("perhaps {}", decided.unknown),
        (false, false) => format!("{}, perhaps {}", decided.allowed, decided.unknown),
    }
}

fn chain(layout: &mut Layout, context: Context<'_>, path: &Path) {
    let from = one_of(context, &path.from, "one");
    let to = format!("{}{}", one_of(context, &path.to, "one"), ends::asked(&path.ports));
    let whole = |words: &str| Line::new().with(Role::Strong, &from).plain(words).with(Role::Strong, &to);
    match (&path.hops, &path.possible) {
        (Some(steps), _) if steps.is_empty() => {
            layout.line(whole(" is ").plain(": there is nothing to reach"));
        }
        (Some(steps), _) => {
            let hops = count(steps.len(), "hop", "hops");
            layout.line(whole(" reaches ").plain(format!(" in {hops}")));
            hops_of(layout, context, steps);
        }
        (None, Some(steps)) => {
            layout.line(
                whole(" perhaps reaches ").plain(": a path exists only if an unknown connection is allowed"),
            );
            hops_of(layout, context, steps);
        }
        (None, None) => {
            let from = one_of(context, &path.from, "none");
            let does_not = if path.from.len() > 1 { " reaches " } else { " does not reach " };
            let to = format!("{}{}", one_of(context, &path.to, "any"), ends::asked(&path.ports));
            let line = Line::new().with(Role::Strong, from).plain(does_not).with(Role::Strong, to);
            layout.line(line.plain(": no path leads there"));
        }
    }
}

/// Of several ends one is meant, not each: `one of 10 endpoints`.
fn one_of(context: Context<'_>, endpoints: &[Endpoint], number: &str) -> String {
    match endpoints {
        [_] => ends::end_list(context.cluster, endpoints),
        _ => format!("{number} of {}", ends::end_list(context.cluster, endpoints)),
    }
}

fn hops_of(layout: &mut Layout, context: Context<'_>, steps: &[Step]) {
    for (number, step) in (1usize..).zip(steps) {
        layout.line(connection(context, &format!("  {number}  "), &step.hop));
        rules_of(layout, context, step);
    }
}

fn cut_of(layout: &mut Layout, context: Context<'_>, steps: &[Step]) {
    if steps.is_empty() {
        layout.line(Line::new().plain("nothing needs to be cut"));
        return;
    }
    let number = count(steps.len(), "connection", "connections");
    layout.line(Line::new().plain(format!("minimum cut: {number}")));
    for step in steps {
        layout.line(connection(context, "  ", &step.hop));
        rules_of(layout, context, step);
    }
}

fn connection(context: Context<'_>, before: &str, hop: &Hop) -> Line {
    Line::new()
        .plain(before)
        .with(Role::Strong, ends::end(context.cluster, &hop.from))
        .plain(" -> ")
        .with(Role::Strong, ends::end(context.cluster, &hop.to))
        .plain(format!("  {}", ports(&hop.decided)))
}

/// What stands behind a hop, a line for each rule; then why something is unknown.
fn rules_of(layout: &mut Layout, context: Context<'_>, Step { hop, behind }: &Step) {
    if behind.egress == Truth::No && behind.ingress == Truth::No {
        layout.line(Line::new().with(Role::Dim, "       no policy selects either end"));
    } else {
        for (direction, isolated) in
            [(Direction::Egress, behind.egress), (Direction::Ingress, behind.ingress)]
        {
            for rule in behind.rules.iter().filter(|rule| rule.direction == direction) {
                let words = format!("       {}", rule_words(context, *rule));
                layout.placed(Line::new().plain(words), rule_span(context, rule.policy, rule.rule));
            }
            if let Some(words) = not_isolated(hop, direction, isolated) {
                layout.line(Line::new().with(Role::Dim, format!("       {words}")));
            }
        }
    }
    for reason in &hop.reasons {
        let fact = facts::reason(context, reason);
        layout.placed(Line::new().with(Role::Unknown, "       unknown: ").plain(fact.words), fact.place);
    }
}

/// That no policy isolates an end; nothing for addresses, which no policy could isolate.
fn not_isolated(hop: &Hop, direction: Direction, isolated: Truth) -> Option<String> {
    let (name, end) = match direction {
        Direction::Egress => ("source", &hop.from),
        Direction::Ingress => ("destination", &hop.to),
    };
    let is_outside = matches!(end.endpoint, Endpoint::Addresses(_));
    (isolated == Truth::No && !is_outside).then(|| format!("{direction} of the {name}: not isolated"))
}

fn rule_words(context: Context<'_>, rule: RuleRef) -> String {
    let object = context.object(rule.policy).map(ToString::to_string).unwrap_or_default();
    format!("{} of {object}", rule_path(context, rule.policy, rule.rule))
}

fn all_reached((context, map): (Context<'_>, &Map), path: &Path, reached: &[Reached], width: usize) -> Text {
    let workloads = workloads(map, reached);
    let outside = reached.iter().any(|entry| entry.to.addresses().is_some());
    let own: BTreeSet<WorkloadId> = path.from.iter().filter_map(workload).collect();
    let others = context.cluster.workloads.len().saturating_sub(own.difference(&workloads).count());
    let others = if own.is_empty() {
        count(others, "workload", "workloads")
    } else {
        count(others, "other workload", "other workloads")
    };
    let verb = if path.from.len() > 1 { "together reach" } else { "reaches" };
    let and = if outside { ", and addresses outside" } else { "" };
    let line = Line::new()
        .with(Role::Strong, ends::end_list(context.cluster, &path.from))
        .plain(format!(" {verb} {} of {others}{and}", workloads.len()));
    let mut text = Text { lines: vec![line] };
    if !reached.is_empty() {
        text.lines.extend(below(&reached_table(context, map, reached), width));
    }
    if !path.perhaps_reached.is_empty() {
        text.lines.push(Line::new());
        text.lines.push(Line::new().with(Role::Unknown, "perhaps, over unknown connections:"));
        let table = reached_table(context, map, &path.perhaps_reached);
        text.lines.extend(below(&table, width));
    }
    text
}

/// The workloads that are reached.
fn workloads(map: &Map, reached: &[Reached]) -> BTreeSet<WorkloadId> {
    let shares = reached.iter().flat_map(|entry| entry.to.pods());
    shares.filter_map(|id| map.shares.get(*id)).map(|share| share.workload).collect()
}

const fn workload(endpoint: &Endpoint) -> Option<WorkloadId> {
    match endpoint {
        Endpoint::Workload(id) | Endpoint::Pods(id, _) => Some(*id),
        Endpoint::Replica(replica) => Some(replica.workload),
        _ => None,
    }
}

fn reached_table(context: Context<'_>, map: &Map, reached: &[Reached]) -> Table {
    let mut table = Table::new(vec!["HOPS", "FROM", "TO", "PORTS"]);
    for entry in reached {
        table.rows.push(vec![
            Cell::plain(entry.hops.to_string()),
            Cell::plain(ends::end(context.cluster, &entry.from)),
            Cell::lines(side(context, map, &entry.to)),
            Cell::plain(ports(&entry.decided)),
        ]);
    }
    table
}
