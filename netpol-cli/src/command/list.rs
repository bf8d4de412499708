//! `netpol list`.

use netpol_core::net::ConnectionSet;
use netpol_core::reach::{Connection, Counts, Map, Rectangle, expand};
use netpol_core::report::text::{self, Cell, Table};
use netpol_core::report::v1;

use super::answer::{deliver, wanted};
use super::filter::filtered;
use super::graph;
use super::session::Session;
use crate::Exit;
use crate::args;
use crate::render::serialized::serialized;
use crate::render::tabular::{csv, lists, markdown};
use crate::render::text::painted;
use crate::render::{Console, Format, offered};

/// Lists who can reach whom.
pub fn list(args: &args::List, console: &mut Console<'_, '_>) -> Exit {
    args.common.exit.applied(listed(args, console))
}

fn listed(args: &args::List, console: &mut Console<'_, '_>) -> Result<Exit, Exit> {
    let wanted = wanted(&args.common, &offered::TABLES_AND_PICTURES, console)?;
    let mut session = Session::open(&args.common, console)?;
    if session.has_no_report() {
        return Ok(session.exit);
    }
    let (mut map, filter) = filtered((&args.filter, &args.common), &mut session, console)?;
    let rectangles = filter.apply(session.analysis.cluster(), &map);
    map.assumptions = filter.assumptions(&map);
    let counted = filter.counts(session.analysis.cluster(), &map);
    let list = List { session: &session, map: &map, rectangles: &rectangles, counts: counted };
    let render = |format, width| match (args.count, args.expand) {
        _ if graph::is_picture(format) => {
            graph::drawn(&list.session.analysis.graph(&map, &rectangles, &[]), format)
        }
        (true, _) => list.count(format, width),
        (false, true) => list.pairs(format, width),
        (false, false) => list.groups(format, width),
    };
    let delivered = deliver(&wanted, render, console);
    if !args.count {
        list.tell(console);
    }
    Ok(session.exit.and(delivered))
}

/// A part of a map that is to be shown.
#[derive(Debug)]
struct List<'a> {
    session: &'a Session,
    map: &'a Map,
    rectangles: &'a [Rectangle],
    counts: Counts,
}

impl List<'_> {
    /// Says what the report does not.
    fn tell(&self, console: &mut Console<'_, '_>) {
        if self.map.shares.is_empty() {
            self.session.tell_nobody(console);
        } else if self.counts != Counts::default() {
            console.note(text::map::counts(self.map, self.counts));
        }
    }

    fn count(&self, format: Format, width: usize) -> String {
        let Counts { allowed, denied, unknown } = self.counts;
        match format {
            Format::Csv => {
                let row = [allowed, denied, unknown].map(|count| count.to_string());
                csv(&["allowed", "denied", "unknown"], [row.to_vec()])
            }
            Format::Table | Format::Markdown => {
                let mut table = Table::new(vec!["ALLOWED", "DENIED", "UNKNOWN"]);
                let row = [allowed, denied, unknown].map(|count| Cell::plain(count.to_string()));
                table.rows.push(row.to_vec());
                if format == Format::Table { painted(&table.to_text(width)) } else { markdown(&table) }
            }
            format => {
                let groups =
                    v1::ConnectionGroups::new(self.session.context(), &[], self.counts, self.assumptions());
                serialized(&groups, format)
            }
        }
    }

    fn groups(&self, format: Format, width: usize) -> String {
        let context = self.session.context();
        match format {
            Format::Csv => self.pairs(format, width),
            Format::Table => {
                painted(&text::map::map(context, self.map, self.rectangles, width).folded(width))
            }
            Format::Markdown => {
                let table = markdown(&text::map::table(context, self.map, self.rectangles));
                table + &lists(&text::map::basis(context, self.map, self.rectangles))
            }
            format => {
                let ends = v1::connections::Ends::of(context, self.map, self.rectangles);
                let groups = v1::ConnectionGroups::new(context, &ends, self.counts, self.assumptions());
                serialized(&groups, format)
            }
        }
    }

    fn pairs(&self, format: Format, width: usize) -> String {
        let context = self.session.context();
        let connections = expand(context.cluster, self.map, self.rectangles);
        match format {
            Format::Csv => {
                let rows = connections.iter().flat_map(|connection| self.csv_rows(connection));
                csv(&["from", "to", "protocol", "ports", "decision"], rows)
            }
            Format::Table => painted(&text::map::pairs(context, &connections).to_text(width)),
            Format::Markdown => markdown(&text::map::pairs(context, &connections)),
            format => serialized(&v1::Connections::new(context, &connections, self.assumptions()), format),
        }
    }

    /// A row for each protocol and decision.
    fn csv_rows(&self, connection: &Connection<'_>) -> Vec<Vec<String>> {
        let cluster = self.session.context().cluster;
        let ends = [&connection.from, &connection.to].map(|end| text::map::whole_end(cluster, end));
        let decided = &connection.rectangle.decided;
        let of = |set: &ConnectionSet, decision: &str| -> Vec<Vec<String>> {
            let row = |(protocol, ports): (netpol_core::net::Protocol, &netpol_core::net::PortSet)| {
                let [from, to] = ends.clone();
                vec![from, to, protocol.name().to_owned(), ranges(ports), decision.to_owned()]
            };
            set.iter().map(row).collect()
        };
        let (allowed, unknown) = (of(&decided.allowed, "allow"), of(&decided.unknown, "unknown"));
        allowed.into_iter().chain(unknown).collect()
    }

    fn assumptions(&self) -> Vec<String> {
        v1::connections::assumptions(self.session.context(), &self.map.assumptions)
    }
}

/// `80 443 8000-8100`.
pub(super) fn ranges(ports: &netpol_core::net::PortSet) -> String {
    let range = |(first, last): &(u16, u16)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    };
    let ranges: Vec<String> = ports.ranges().iter().map(range).collect();
    ranges.join(" ")
}
