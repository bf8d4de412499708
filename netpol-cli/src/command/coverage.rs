//! `netpol coverage`.

use netpol_core::net::ConnectionSet;
use netpol_core::policy::Direction;
use netpol_core::reach::coverage::{Coverage, Exposed, Exposure, WorkloadCoverage};
use netpol_core::report::{Context, text, v1};

use super::answer::{deliver, tell_decided, wanted};
use super::filter::namespaces;
use super::session::Session;
use crate::Exit;
use crate::args;
use crate::render::serialized::serialized;
use crate::render::tabular::{csv, lists, markdown};
use crate::render::text::painted;
use crate::render::{Console, Format, offered};

/// Says how far the policies cover the cluster.
pub fn coverage(args: &args::Coverage, console: &mut Console<'_, '_>) -> Exit {
    args.common.exit.applied(covered(args, console))
}

fn covered(args: &args::Coverage, console: &mut Console<'_, '_>) -> Result<Exit, Exit> {
    let wanted = wanted(&args.common, &offered::TABLES, console)?;
    let session = Session::open(&args.common, console)?;
    if session.has_no_report() {
        return Ok(session.exit);
    }
    let context = session.context();
    let mut coverage = session.analysis.coverage();
    let own = namespaces(&args.common, &session, console)?;
    if !own.is_empty() {
        coverage = coverage.of_namespaces(context.cluster, context.policies, &own);
    }
    tell_decided(coverage.decide_unknown(session.unknown), session.unknown, console);
    if coverage.workloads.is_empty() {
        session.tell_nobody(console);
    }
    let render = |format, width| match format {
        Format::Csv => csv(&HEADER, rows(&session, &coverage)),
        Format::Table => painted(&text::coverage::coverage(context, &coverage, width).folded(width)),
        Format::Markdown => in_markdown(context, &coverage),
        format => serialized(&v1::Coverage::new(context, &coverage), format),
    };
    Ok(session.exit.and(deliver(&wanted, render, console)))
}

/// What the table says, as Markdown.
fn in_markdown(context: Context<'_>, coverage: &Coverage) -> String {
    let mut out = lists(&text::coverage::heading(coverage.counts()));
    if !coverage.workloads.is_empty() {
        out.push('\n');
        out.push_str(&markdown(&text::coverage::table(context, coverage)));
    }
    if !coverage.namespaces.is_empty() {
        for piece in ["\n", text::coverage::NEW_PODS, "\n\n"] {
            out.push_str(piece);
        }
        out.push_str(&markdown(&text::coverage::namespaces(context, coverage)));
    }
    out + &lists(&text::coverage::basis(context, coverage))
}

const HEADER: [&str; 7] = ["workload", "direction", "isolated", "policies", "open_to", "ports", "decision"];

/// A row for each workload, direction, and some that it is open to on some ports.
fn rows(session: &Session, coverage: &Coverage) -> Vec<Vec<String>> {
    let workloads = coverage.workloads.iter();
    let sides = workloads.flat_map(|it| Direction::ALL.map(|direction| (it, direction)));
    sides.flat_map(|(workload, direction)| rows_of(session, workload, direction)).collect()
}

fn rows_of(session: &Session, workload: &WorkloadCoverage, direction: Direction) -> Vec<Vec<String>> {
    let context = session.context();
    let own = workload.of(direction);
    let policies = own.policies.iter().filter_map(|policy| context.object(*policy));
    let policies: Vec<String> = policies.map(ToString::to_string).collect();
    let row = |peer: String, ports: String, decision: &str| {
        let isolated = match own.isolated {
            netpol_core::selector::Truth::Yes => "yes",
            netpol_core::selector::Truth::No => "no",
            netpol_core::selector::Truth::Unknown => "unknown",
        };
        vec![
            text::map::whole_end(context.cluster, &workload.end),
            direction.name().to_owned(),
            isolated.to_owned(),
            policies.join("; "),
            peer,
            ports,
            decision.to_owned(),
        ]
    };
    if own.exposure.is_empty() {
        return vec![row(String::new(), String::new(), "")];
    }
    let rows = own.exposure.iter().flat_map(|exposure| {
        let of = |ports: String, decision: &str| {
            (!ports.is_empty()).then(|| row(whole(session, exposure), ports, decision))
        };
        let Exposure { decided, named, .. } = exposure;
        let words = |ports: &ConnectionSet| if ports.is_empty() { String::new() } else { ports.to_string() };
        // Ports by name are allowed; which numbers they are is told by pods that do not exist yet.
        let unknown = if named.is_empty() { words(&decided.unknown) } else { String::new() };
        [of(words(&decided.allowed), "allow"), of(named.join(", "), "allow"), of(unknown, "unknown")]
    });
    rows.flatten().collect()
}

/// Whom an exposure names, with every block spelled out.
fn whole(session: &Session, exposure: &Exposure) -> String {
    match &exposure.peer {
        Exposed::Addresses(addresses) => text::map::whole_addresses(session.context().cluster, addresses),
        Exposed::Pods(_) => text::coverage::exposed(session.context(), &exposure.peer),
    }
}
