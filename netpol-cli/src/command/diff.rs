//! `netpol diff`.

use netpol_core::diff::{Change, Changes};
use netpol_core::net::ConnectionSet;
use netpol_core::report::Context;
use netpol_core::report::graph;
use netpol_core::report::text::{self, map};
use netpol_core::report::v1;

use super::answer::{deliver, tell_decided, wanted};
use super::graph::{drawn, is_picture};
use super::session::Session;
use crate::Exit;
use crate::args;
use crate::input::revision::{self, Tree};
use crate::render::serialized::serialized;
use crate::render::tabular::{csv, escaped, lists, markdown};
use crate::render::text::painted;
use crate::render::{Console, Format, offered};

/// Says what changed.
pub fn diff(args: &args::Diff, console: &mut Console<'_, '_>) -> Exit {
    args.common.exit.applied(compared(args, console))
}

fn compared(args: &args::Diff, console: &mut Console<'_, '_>) -> Result<Exit, Exit> {
    if !args.common.input.filenames.is_empty() {
        console.error("`netpol diff` takes its manifests as OLD and NEW, not with `--filename`");
        return Err(Exit::Error);
    }
    let wanted = wanted(&args.common, &offered::TABLES_AND_PICTURES, console)?;
    let old = session(args, (&args.old, &args.new), console)?;
    let new = session(args, (&args.new, &args.old), console)?;
    if old.has_no_report() && new.has_no_report() {
        new.tell_nothing_to_do(console);
        return Ok(old.exit.and(new.exit));
    }
    for (side, name) in [(&old, &args.old), (&new, &args.new)] {
        if side.is_empty {
            console.note(format_args!("`{name}` has no relevant object"));
        }
    }
    let changes = new.analysis.changes_since(&old.analysis);
    let mut changes = of_namespace(args, (&old, &new), changes, console)?;
    tell_decided(changes.decide_unknown(new.unknown), new.unknown, console);
    let contexts = (old.context(), new.context());
    let ends = v1::changes::ends(&changes);
    let render = |format, width| match format {
        Format::Table => painted(&text::changes::changes(contexts, &changes, width).folded(width)),
        Format::Markdown => in_markdown(contexts, &changes),
        format if is_picture(format) => drawn(&graph::of_changes(contexts, &changes), format),
        Format::Csv => {
            let rows = changes.connections.iter().flat_map(|change| csv_rows(contexts, change));
            let ends = text::changes::ends(contexts, &changes).into_iter().map(|words| {
                let (change, end) = words.split_once(' ').unwrap_or(("", &words));
                [format!("endpoint {change}"), end.to_owned()]
                    .into_iter()
                    .chain(vec![String::new(); 5])
                    .collect()
            });
            csv(&["change", "from", "to", "protocol", "before", "after", "because_of"], ends.chain(rows))
        }
        format => serialized(&v1::Changes::new(contexts, &changes, &ends), format),
    };
    let delivered = deliver(&wanted, render, console);
    console.note(text::changes::summary(&changes));
    let differs = match (changes.is_empty(), changes.unjudged.is_empty()) {
        (false, _) => Exit::Bad,
        (true, false) => Exit::Unknown,
        (true, true) => Exit::Fine,
    };
    // One side may be empty: that everything came, or went, is an answer.
    let read = [old, new].map(|side| if side.exit == Exit::NothingToDo { Exit::Fine } else { side.exit });
    Ok(read.into_iter().fold(delivered, Exit::and).and(differs))
}

/// Reads one side.
fn session(
    args: &args::Diff,
    (path, other): (&str, &str),
    console: &mut Console<'_, '_>,
) -> Result<Session, Exit> {
    let Tree { directory, path, .. } =
        &revision::tree(path, other, console.surroundings()).map_err(|message| {
            console.error(message);
            Exit::Error
        })?;
    let here = std::mem::replace(&mut console.io.directory, directory.clone());
    let session = Session::open_at(&args.common, std::slice::from_ref(path), console);
    console.io.directory = here;
    session
}

/// The changes with an end in one of the namespaces that `--namespace` names.
fn of_namespace(
    args: &args::Diff,
    (old, new): (&Session, &Session),
    mut changes: Changes,
    console: &mut Console<'_, '_>,
) -> Result<Changes, Exit> {
    let names: Vec<&str> = args.common.input.namespaces().collect();
    if names.is_empty() {
        return Ok(changes);
    }
    let is_known =
        |name: &&&str| [old, new].iter().any(|it| it.analysis.cluster().namespace_named(name).is_some());
    if let Some(name) = names.iter().find(|name| !is_known(name)) {
        console.error(format_args!("neither side has a namespace `{name}`"));
        return Err(Exit::Error);
    }
    changes.retain_namespaces((old.analysis.cluster(), new.analysis.cluster()), &names);
    Ok(changes)
}

/// A comment for a pull request: a summary, what came and went, the table.
fn in_markdown(contexts: (Context<'_>, Context<'_>), changes: &Changes) -> String {
    let mut out = format!("**netpol**: {}\n", text::changes::summary(changes));
    let table = text::changes::table(contexts, changes);
    let ends = text::changes::ends(contexts, changes);
    if !ends.is_empty() {
        out.push('\n');
        for line in &ends {
            out.push_str("- ");
            out.push_str(&escaped(line));
            out.push('\n');
        }
    }
    if !table.rows.is_empty() {
        out.push('\n');
        out.push_str(&markdown(&table));
    }
    let unjudged = lists(&text::changes::unjudged(contexts, changes));
    if !unjudged.is_empty() {
        out.push('\n');
    }
    out + &unjudged
}

/// A row for each protocol whose ports changed.
fn csv_rows(contexts: (Context<'_>, Context<'_>), change: &Change) -> Vec<Vec<String>> {
    let ends = [&change.from, &change.to].map(|end| map::whole_end(contexts.1.cluster, end));
    let causes = text::changes::causes(contexts, change).join("; ");
    let protocols = netpol_core::net::Protocol::ALL.into_iter();
    let rows = protocols.filter_map(|protocol| {
        let words = |allowed: &ConnectionSet, unknown: &ConnectionSet| {
            let unknown = unknown.ports(protocol);
            let sure = super::list::ranges(allowed.ports(protocol));
            if unknown.is_empty() { sure } else { format!("{sure} ?{}", super::list::ranges(unknown)) }
        };
        let before = words(&change.before.allowed, &change.before.unknown);
        let after = words(&change.after.allowed, &change.after.unknown);
        let [from, to] = ends.clone();
        let kind = change.kind.name().to_owned();
        let causes = causes.clone();
        (before != after).then(|| vec![kind, from, to, protocol.name().to_owned(), before, after, causes])
    });
    rows.collect()
}
