//! `netpol graph`.

use netpol_core::evaluate::End;
use netpol_core::reach::{Filter, Map, Side, Wanted};
use netpol_core::report::graph::{self, Graph};
use netpol_core::report::v1;

use super::answer::{deliver, wanted};
use super::filter::filtered;
use super::session::Session;
use crate::Exit;
use crate::args;
use crate::render::serialized::serialized;
use crate::render::{Console, Format, offered};

/// Draws who can reach whom.
pub fn graph(args: &args::Graph, console: &mut Console<'_, '_>) -> Exit {
    args.common.exit.applied(pictured(args, console))
}

fn pictured(args: &args::Graph, console: &mut Console<'_, '_>) -> Result<Exit, Exit> {
    let wanted = wanted(&args.common, &offered::PICTURES, console)?;
    let mut session = Session::open(&args.common, console)?;
    if session.has_no_report() {
        return Ok(session.exit);
    }
    let (mut map, filter) = filtered((&args.filter, &args.common), &mut session, console)?;
    let rectangles = filter.apply(session.analysis.cluster(), &map);
    map.assumptions = filter.assumptions(&map);
    if map.shares.is_empty() {
        console.note("the input holds no workload and no pod: there is nobody to reach anybody");
    }
    let picture = session.analysis.graph(&map, &rectangles, &ends(&session, &map, &filter));
    Ok(session.exit.and(deliver(&wanted, |format, _| drawn(&picture, format), console)))
}

/// The ends that are on the picture even if nobody reaches them: all, unless some are asked for.
fn ends(session: &Session, map: &Map, filter: &Filter) -> Vec<End> {
    if filter.from != Wanted::Any || filter.to != Wanted::Any {
        return Vec::new();
    }
    let cluster = session.analysis.cluster();
    let is_wanted = |workload| {
        let workload = cluster.workload(workload);
        filter.namespaces.is_empty()
            || workload.is_some_and(|workload| filter.namespaces.contains(&workload.namespace))
    };
    let shares: Vec<_> =
        map.shares.iter().filter(|(_, share)| is_wanted(share.workload)).map(|(id, _)| id).collect();
    if shares.is_empty() { Vec::new() } else { map.ends(cluster, &Side::Pods(shares.into())) }
}

/// Whether a format is a picture.
pub(super) const fn is_picture(format: Format) -> bool {
    matches!(format, Format::Dot | Format::Mermaid | Format::Svg | Format::Html)
}

/// A graph in a format.
pub(super) fn drawn(picture: &Graph, format: Format) -> String {
    match format {
        Format::Dot => graph::dot(picture),
        Format::Mermaid => graph::mermaid(picture),
        Format::Svg => graph::svg(picture),
        Format::Html => graph::html(picture),
        format => serialized(&v1::Graph::new(picture), format),
    }
}
