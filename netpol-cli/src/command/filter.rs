//! Which part of a map the command line asks for.

use netpol_core::cluster::{Asked, Endpoint, SpellingError, parse_port, split_port};
use netpol_core::policy;
use netpol_core::reach::{Filter, Map, NotIsolated, Wanted};
use netpol_core::report::text;

use super::session::Session;
use crate::Exit;
use crate::args::{self, Common, Direction};
use crate::render::Console;

/// Understands the filter, and says what is to be said of it.
///
/// # Errors
/// A spelling that names nothing, or that a map does not speak of, which has been said.
pub(super) fn filter(
    (args, common): (&args::Filter, &Common),
    session: &Session,
    map: &Map,
    console: &mut Console<'_, '_>,
) -> Result<Filter, Exit> {
    let refused = |error: SpellingError, console: &mut Console<'_, '_>| {
        console.error(&error);
        error.help().iter().for_each(|help| console.help(help));
        Exit::Error
    };
    let (to, of_to) = match args.to.as_deref().map(split_port).transpose() {
        Ok(split) => split.map_or((None, None), |(to, ports)| (Some(to), Some(ports))),
        Err(error) => return Err(refused(error, console)),
    };
    let apart = args.port.as_deref().map(parse_port).transpose().map_err(|error| refused(error, console))?;
    let of_to = of_to.filter(|ports| *ports != Asked::Every);
    if apart.is_some() && of_to.is_some() {
        console.error("the port is given twice: behind `--to` and with `--port`");
        return Err(Exit::Error);
    }
    Ok(Filter {
        from: wanted(args.from.as_deref(), session, map, console)?,
        to: wanted(to, session, map, console)?,
        ports: apart.or(of_to).filter(|ports| *ports != Asked::Every),
        namespace: namespace(common, session, console)?,
        direction: args.direction.map(|direction| match direction {
            Direction::Ingress => policy::Direction::Ingress,
            Direction::Egress => policy::Direction::Egress,
        }),
        not_isolated: if args.hide_not_isolated { NotIsolated::Hidden } else { NotIsolated::Shown },
        unknown: session.unknown,
    })
}

fn wanted(
    spelling: Option<&str>,
    session: &Session,
    map: &Map,
    console: &mut Console<'_, '_>,
) -> Result<Wanted, Exit> {
    let Some(spelling) = spelling else { return Ok(Wanted::Any) };
    let cluster = session.analysis.cluster();
    let resolved = cluster.endpoints(spelling, &session.namespace).map_err(|error| {
        console.error(&error);
        error.help().iter().for_each(|help| console.help(help));
        Exit::Error
    })?;
    resolved.notes.iter().for_each(|note| console.note(note));
    Wanted::of(map, &resolved.endpoints).map_err(|endpoint: &Endpoint| {
        let words = text::endpoint(cluster, endpoint);
        console.error(format_args!("`{words}` is not on the map, which has workloads, pods and addresses"));
        console.help(format_args!("ask for one connection: `netpol can {words} TO`"));
        Exit::Error
    })
}

/// The namespace that `--namespace` names, if it is to filter.
pub(super) fn namespace(
    common: &Common,
    session: &Session,
    console: &mut Console<'_, '_>,
) -> Result<Option<netpol_core::cluster::NamespaceId>, Exit> {
    let Some(name) = common.input.namespace.as_deref().filter(|_| !common.input.all_namespaces) else {
        return Ok(None);
    };
    let cluster = session.analysis.cluster();
    if let Some(id) = cluster.namespace_named(name) {
        return Ok(Some(id));
    }
    console.error(format_args!("there is no namespace `{name}`"));
    let names = cluster.namespaces.iter().map(|namespace| namespace.name.as_str());
    if let Some(near) = crate::config::nearest(name, names) {
        console.help(format_args!("did you mean `{near}`?"));
    }
    Err(Exit::Error)
}
