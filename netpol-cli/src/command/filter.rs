//! Which part of a map the command line asks for.

use netpol_core::cluster::{Asked, Cluster, Endpoint, NamespaceId, parse_port, split_port};
use netpol_core::evaluate::Assumption;
use netpol_core::policy;
use netpol_core::reach::path::Quest;
use netpol_core::reach::{Filter, Map, NotIsolated, Wanted};
use netpol_core::report::text;

use super::answer::{refused, tell_decided};
use super::session::Session;
use crate::Exit;
use crate::args::{self, Common, Direction};
use crate::render::Console;

/// So many namespaces are named; of more, none.
const NAMED: usize = 8;

/// Understands the filter, and says what is to be said of it. The map has the pods that it names and that do not exist;
/// so has the session from then on.
///
/// # Errors
/// A spelling that names nothing, or that a map does not speak of, which has been said.
pub(super) fn filtered(
    (args, common): (&args::Filter, &Common),
    session: &mut Session,
    console: &mut Console<'_, '_>,
) -> Result<(Map, Filter), Exit> {
    let (to, ports) = destination(args, session, console)?;
    let from = endpoints(args.from.as_deref(), session, console)?;
    let to = endpoints(to, session, console)?;
    if let Some(Asked::Named(protocol, name)) = &ports {
        let everybody = || endpoints(Some("any"), session, console);
        let destinations = to.clone().map_or_else(everybody, |to| Ok(Some(to)))?.unwrap_or_default();
        let named = session.analysis.cluster().names_port(&destinations, *protocol, name);
        named.map_err(|error| refused(&error, session, console))?;
    }
    let (is_from, is_to) = (from.is_some(), to.is_some());
    let (from, to) = (from.unwrap_or_default(), to.unwrap_or_default());
    let mut quest = Quest { from, to, ports: Asked::Every, unknown: session.unknown };
    quest.leave_nodes_among_others();
    if let Some(analysis) = session.analysis.with_ends_of(&mut quest) {
        session.analysis = analysis;
    }
    let mut map = session.analysis.map();
    let filter = Filter {
        from: wanted((is_from, &quest.from), session, &map, console)?,
        to: wanted((is_to, &quest.to), session, &map, console)?,
        ports,
        namespaces: namespaces(common, session, console)?,
        direction: args.direction.map(|direction| match direction {
            Direction::Ingress => policy::Direction::Ingress,
            Direction::Egress => policy::Direction::Egress,
        }),
        not_isolated: if args.hide_not_isolated { NotIsolated::Hidden } else { NotIsolated::Shown },
        unknown: session.unknown,
    };
    tell_decided_of(&filter, (session, &mut map), console);
    Ok((map, filter))
}

/// Says how many unknowns a filter decides; the map rests on it from then on.
pub(super) fn tell_decided_of(
    filter: &Filter,
    (session, map): (&Session, &mut Map),
    console: &mut Console<'_, '_>,
) {
    let decided = filter.decided_pairs(session.analysis.cluster(), map);
    tell_decided(decided, filter.unknown, console);
    if decided > 0 {
        map.assumptions.push(Assumption::UnknownDecided(filter.unknown));
        map.assumptions.sort_unstable();
    }
}

/// What `--to` names, and the ports behind it or of `--port`.
fn destination<'a>(
    args: &'a args::Filter,
    session: &Session,
    console: &mut Console<'_, '_>,
) -> Result<(Option<&'a str>, Option<Asked>), Exit> {
    let to = args.to.as_deref().map(split_port).transpose();
    let to = to.map_err(|error| refused(&error, session, console))?;
    let apart = args.port.as_deref().map(parse_port).transpose();
    let apart = apart.map_err(|error| refused(&error, session, console))?;
    let is_some_port = |ports: &Asked| *ports != Asked::Every;
    let (to, behind) = to.map_or((None, None), |(to, ports)| (Some(to), Some(ports).filter(is_some_port)));
    if apart.is_some() && behind.is_some() {
        console.error("the port is given twice: behind `--to` and with `--port`");
        return Err(Exit::Error);
    }
    Ok((to, apart.or(behind).filter(is_some_port)))
}

/// The endpoints that a spelling names, if there is one.
fn endpoints(
    spelling: Option<&str>,
    session: &Session,
    console: &mut Console<'_, '_>,
) -> Result<Option<Vec<Endpoint>>, Exit> {
    let Some(spelling) = spelling else { return Ok(None) };
    let resolved = session.analysis.cluster().endpoints(spelling, &session.namespace);
    let resolved = resolved.map_err(|error| refused(&error, session, console))?;
    resolved.notes.iter().for_each(|note| console.note(note));
    Ok(Some(resolved.endpoints))
}

fn wanted(
    (is_named, endpoints): (bool, &[Endpoint]),
    session: &Session,
    map: &Map,
    console: &mut Console<'_, '_>,
) -> Result<Wanted, Exit> {
    if !is_named {
        return Ok(Wanted::Any);
    }
    Wanted::of(map, endpoints).map_err(|endpoint: &Endpoint| {
        let words = text::endpoint(session.analysis.cluster(), endpoint);
        console.error(format_args!("`{words}` is not on the map, which has workloads, pods and addresses"));
        console.help(format_args!("ask for one connection: `netpol can {words} TO`"));
        Exit::Error
    })
}

/// The namespaces that `--namespace` names; none when it does not filter.
pub(super) fn namespaces(
    common: &Common,
    session: &Session,
    console: &mut Console<'_, '_>,
) -> Result<Vec<NamespaceId>, Exit> {
    let cluster = session.analysis.cluster();
    let mut ids = Vec::new();
    for name in common.input.namespaces() {
        match cluster.namespace_named(name) {
            Some(id) => ids.push(id),
            None => return Err(no_namespace(name, cluster, console)),
        }
    }
    Ok(ids)
}

/// Says that a namespace is not in the input, and which may be meant.
fn no_namespace(name: &str, cluster: &Cluster, console: &mut Console<'_, '_>) -> Exit {
    console.error(format_args!("there is no namespace `{name}` in the input"));
    let names = cluster.namespaces.iter().map(|namespace| namespace.name.as_str());
    if let Some(near) = crate::config::nearest(name, names) {
        console.help(format_args!("did you mean `{near}`?"));
    } else if cluster.namespaces.iter().any(|namespace| namespace.name == "default") {
        console.help(format_args!(
            "objects that name no namespace are in `default`; put them elsewhere with `--default-namespace {name}`"
        ));
    } else if !cluster.namespaces.is_empty() && cluster.namespaces.len() <= NAMED {
        let names: Vec<String> = cluster.namespaces.iter().map(|it| format!("`{}`", it.name)).collect();
        console.help(format_args!("the input has {}", names.join(", ")));
    }
    Exit::Error
}
