//! `netpol diff`.

use netpol_core::diff::{Change, Changes};
use netpol_core::net::ConnectionSet;
use netpol_core::report::Context;
use netpol_core::report::graph;
use netpol_core::report::text::{self, map};
use netpol_core::report::v1;

use super::answer::{TABLES_AND_PICTURES, deliver, tell_decided, wanted};
use super::graph::{drawn, is_picture};
use super::session::Session;
use crate::Exit;
use crate::args;
use crate::input::revision::{self, Tree};
use crate::render::serialized::serialized;
use crate::render::tabular::{csv, escaped, markdown};
use crate::render::text::painted;
use crate::render::{Console, Format};

/// Says what changed.
pub fn diff(args: &args::Diff, console: &mut Console<'_, '_>) -> Exit {
    args.common.exit.applied(compared(args, console))
}

fn compared(args: &args::Diff, console: &mut Console<'_, '_>) -> Result<Exit, Exit> {
    if !args.common.input.filenames.is_empty() {
        console.error("`netpol diff` takes its manifests as OLD and NEW, not with `--filename`");
        return Err(Exit::Error);
    }
    let wanted = wanted(&args.common, &TABLES_AND_PICTURES, console)?;
    let old = session(args, (&args.old, &args.new), console)?;
    let new = session(args, (&args.new, &args.old), console)?;
    if old.has_no_report() && new.has_no_report() {
        new.tell_nothing_to_do(console);
        return Ok(old.exit.and(new.exit));
    }
    for (side, name) in [(&old, &args.old), (&new, &args.new)] {
        if side.is_empty {
            console.note(format_args!("`{name}` has no object of a kind that matters"));
        }
    }
    let changes = new.analysis.changes_since(&old.analysis);
    let mut changes = of_namespace(args, (&old, &new), changes, console)?;
    tell_decided(changes.decide_unknown(new.unknown), new.unknown, console);
    console.note(text::changes::summary(&changes));
    let contexts = (old.context(), new.context());
    let ends = v1::changes::ends(&changes);
    let render = |format| match format {
        Format::Table => painted(&text::changes::changes(contexts, &changes)),
        Format::Markdown => in_markdown(contexts, &changes),
        format if is_picture(format) => drawn(&graph::of_changes(contexts, &changes), format),
        Format::Csv => {
            let rows = changes.connections.iter().flat_map(|change| csv_rows(contexts.1, change));
            csv(&["change", "from", "to", "protocol", "before", "after"], rows)
        }
        format => serialized(&v1::Changes::new(contexts, &changes, &ends), format),
    };
    let delivered = deliver(&wanted, render, console);
    let differs = if changes.is_empty() { Exit::Fine } else { Exit::Bad };
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
        &revision::tree(path, other, &console.io.directory).map_err(|message| {
            console.error(message);
            Exit::Error
        })?;
    let here = std::mem::replace(&mut console.io.directory, directory.clone());
    let session = Session::open_at(&args.common, std::slice::from_ref(path), console);
    console.io.directory = here;
    session
}

/// The changes with an end in the namespace that `--namespace` names.
fn of_namespace(
    args: &args::Diff,
    (old, new): (&Session, &Session),
    mut changes: Changes,
    console: &mut Console<'_, '_>,
) -> Result<Changes, Exit> {
    let Some(name) = args.common.input.namespace.as_deref().filter(|_| !args.common.input.all_namespaces)
    else {
        return Ok(changes);
    };
    let is_known = |session: &Session| session.analysis.cluster().namespace_named(name).is_some();
    if !is_known(old) && !is_known(new) {
        console.error(format_args!("neither side has a namespace `{name}`"));
        return Err(Exit::Error);
    }
    changes.retain_namespace((old.analysis.cluster(), new.analysis.cluster()), name);
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
    out
}

/// A row for each protocol whose ports changed.
fn csv_rows(context: Context<'_>, change: &Change) -> Vec<Vec<String>> {
    let ends = [&change.from, &change.to].map(|end| map::whole_end(context.cluster, end));
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
        (before != after).then(|| vec![kind, from, to, protocol.name().to_owned(), before, after])
    });
    rows.collect()
}
