//! `netpol path`.

use netpol_core::cluster::{Asked, Endpoint, SpellingError, split_port};
use netpol_core::evaluate::End;
use netpol_core::reach::path::{Path, Quest, Reached};
use netpol_core::reach::{Filter, Map};
use netpol_core::report::{text, v1};

use super::answer::{deliver, endpoints_only, refused, wanted};
use super::filter::{namespaces, tell_decided_of};
use super::session::Session;
use crate::Exit;
use crate::args;
use crate::render::serialized::serialized;
use crate::render::tabular::{csv, lists, markdown};
use crate::render::text::painted;
use crate::render::{Console, Format, offered};

/// Finds ways from end to end.
pub fn path(args: &args::PathArgs, console: &mut Console<'_, '_>) -> Exit {
    args.common.exit.applied(found(args, console))
}

fn found(args: &args::PathArgs, console: &mut Console<'_, '_>) -> Result<Exit, Exit> {
    let wanted = wanted(&args.common, &offered::TABLES, console)?;
    endpoints_only("path", [&args.from, args.to.as_deref().unwrap_or_default()], console)?;
    let mut session = Session::open(&args.common, console)?;
    if session.has_no_report() {
        return Ok(session.exit);
    }
    let mut quest = quest(args, &session).map_err(|error| refused(&error, &session, console))?;
    quest.notes.iter().for_each(|note| console.note(note));
    if let Some(analysis) = session.analysis.with_ends_of(&mut quest.quest) {
        session.analysis = analysis;
    }
    let mut map = session.analysis.map();
    tell_decided_of(&Filter { unknown: session.unknown, ..Filter::default() }, (&session, &mut map), console);
    let scout = session.analysis.scout(&map);
    let answer = match (&args.to, args.cut) {
        (None, _) => scout.reached(&quest.quest, args.max_hops.unwrap_or(u32::MAX)),
        (Some(_), false) => scout.shortest(&quest.quest),
        (Some(_), true) => scout.cut(&quest.quest),
    };
    let mut path = answer.map_err(|endpoint| off_the_map(endpoint, args, &session, console))?;
    let own = namespaces(&args.common, &session, console)?;
    if !own.is_empty() {
        path.keep_namespaces(session.analysis.cluster(), &map, &own);
    }
    let report = Report { session: &session, map: &map, path: &path };
    let delivered = deliver(&wanted, |format, width| report.render(format, width), console);
    tell(&path, console);
    let found = if session.is_empty { Exit::Fine } else { exit_of(&path) };
    Ok(session.exit.and(delivered).and(found))
}

/// A quest, and what is to be said about how it was understood.
#[derive(Debug)]
struct Understood {
    quest: Quest,
    notes: Vec<String>,
}

fn quest(args: &args::PathArgs, session: &Session) -> Result<Understood, SpellingError> {
    let cluster = session.analysis.cluster();
    let from = cluster.endpoints(&args.from, &session.namespace)?;
    let mut notes: Vec<String> = from.notes.iter().map(ToString::to_string).collect();
    let mut quest =
        Quest { from: from.endpoints, to: Vec::new(), ports: Asked::Every, unknown: session.unknown };
    if let Some(to) = &args.to {
        let (to, ports) = split_port(to)?;
        let to = cluster.endpoints(to, &session.namespace)?;
        if let Asked::Named(protocol, name) = &ports {
            cluster.names_port(&to.endpoints, *protocol, name)?;
        }
        notes.extend(to.notes.iter().map(ToString::to_string));
        quest = Quest { to: to.endpoints, ports, ..quest };
    }
    quest.leave_nodes_among_others();
    Ok(Understood { quest, notes })
}

fn off_the_map(
    endpoint: &Endpoint,
    args: &args::PathArgs,
    session: &Session,
    console: &mut Console<'_, '_>,
) -> Exit {
    let words = text::endpoint(session.analysis.cluster(), endpoint);
    console.error(format_args!("`{words}` is not on the map, which has workloads, pods and addresses"));
    let to = args.to.as_deref().unwrap_or("TO");
    console.help(format_args!("ask for one connection: `netpol can {} {to}`", args.from));
    Exit::Error
}

/// Says what the report does not.
fn tell(path: &Path, console: &mut Console<'_, '_>) {
    let decides = "`--unknown allow` or `deny` decides it";
    if let (None, Some(_)) = (&path.hops, &path.possible) {
        console.note(format_args!("a path exists only if an unknown connection is allowed; {decides}"));
    }
    if !path.perhaps_reached.is_empty() {
        console.note(format_args!("some are reached only if an unknown connection is allowed; {decides}"));
    }
}

fn exit_of(path: &Path) -> Exit {
    match (&path.hops, &path.possible, &path.reached) {
        (Some(_), ..) => Exit::Fine,
        (None, Some(_), _) => Exit::Unknown,
        (None, None, Some(reached)) if !reached.is_empty() => Exit::Fine,
        (None, None, Some(_)) if !path.perhaps_reached.is_empty() => Exit::Unknown,
        (None, None, _) => Exit::Bad,
    }
}

/// What is to be shown.
#[derive(Debug)]
struct Report<'a> {
    session: &'a Session,
    map: &'a Map,
    path: &'a Path,
}

impl Report<'_> {
    fn render(&self, format: Format, width: usize) -> String {
        let context = self.session.context();
        match format {
            Format::Csv => self.csv(),
            Format::Table => painted(&text::path::path(context, self.map, self.path, width).folded(width)),
            Format::Markdown => {
                let head = text::path::path(context, self.map, self.path, width).lines.into_iter().take(1);
                let head = lists(&text::Text { lines: head.collect() });
                let table = text::path::table(context, self.map, self.path);
                let table =
                    if table.rows.is_empty() { String::new() } else { format!("\n{}", markdown(&table)) };
                head + &table + &lists(&text::map::basis(context, self.map, &[]))
            }
            format => {
                let ends = v1::path::Ends::of(context, self.map, self.path);
                serialized(&v1::Path::new(context, self.path, &ends, &self.map.assumptions), format)
            }
        }
    }

    fn csv(&self) -> String {
        let cluster = self.session.context().cluster;
        if let Some(reached) = &self.path.reached {
            let of = |entries: &[Reached], decision| -> Vec<Vec<String>> {
                entries.iter().flat_map(|entry| self.reached_rows(entry, decision)).collect()
            };
            let (certain, perhaps) = (of(reached, "allow"), of(&self.path.perhaps_reached, "unknown"));
            let rows = certain.into_iter().chain(perhaps);
            return csv(&["hops", "via", "endpoint", "ports", "decision"], rows);
        }
        let steps = match &self.path.cut {
            Some(cut) => cut.as_deref().unwrap_or_default(),
            None => self.path.hops.as_deref().or(self.path.possible.as_deref()).unwrap_or_default(),
        };
        let table = text::path::table(self.session.context(), self.map, self.path);
        let rows = (1usize..).zip(steps).zip(table.rows).map(|((number, step), row)| {
            vec![
                number.to_string(),
                text::map::whole_end(cluster, &step.hop.from),
                text::map::whole_end(cluster, &step.hop.to),
                text::path::ports(&step.hop.decided),
                row.last().map(|cell| cell.lines.join("; ")).unwrap_or_default(),
            ]
        });
        csv(&[if self.path.cut.is_some() { "cut" } else { "hop" }, "from", "to", "ports", "allowed_by"], rows)
    }

    /// A row for each end.
    fn reached_rows(&self, entry: &Reached, decision: &str) -> Vec<Vec<String>> {
        let cluster = self.session.context().cluster;
        let ports = &entry.decided;
        let ports = if ports.allowed.is_empty() { &ports.unknown } else { &ports.allowed };
        let row = |end: &End| {
            let ends = [&entry.from, end].map(|end| text::map::whole_end(cluster, end));
            let [from, to] = ends;
            vec![entry.hops.to_string(), from, to, ports.to_string(), decision.to_owned()]
        };
        self.map.ends(cluster, &entry.to).iter().map(row).collect()
    }
}
