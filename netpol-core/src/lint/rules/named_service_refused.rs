//! `named-service-refused`.

use rustc_hash::FxHashSet;

use crate::cluster::{Asked, Endpoint, GroupId, Workload, WorkloadId};
use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::evaluate::{Decision, PairTrace, Request};
use crate::lint::mentions::{ByName, Mention};
use crate::lint::{Context, Level, Levels, Needs, Rule, dns, exposed, pods};
use crate::policy::Direction;
use crate::text::Span;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("named-service-refused"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a workload names a Service of the input, and policies do not let it connect",
    page: include_str!("named-service-refused.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

/// So many Services that one workload names are looked at.
const MOST: usize = 50;

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let is_isolated = Direction::ALL.into_iter().any(|direction| !context.isolated(direction).is_empty());
    if context.cluster.services.is_empty() || !is_isolated {
        return Vec::new();
    }
    let services = ByName::new(context);
    // A Service that nobody may call is told as such, once for all of its clients.
    let shut: FxHashSet<Span> = exposed::shut(context).iter().map(|exposed| exposed.service.span).collect();
    let mut found = Vec::new();
    for (id, workload) in context.workloads() {
        for mention in services.of(context, workload).into_iter().take(MOST) {
            let service = context.cluster.services.get(mention.service as usize);
            if service.is_some_and(|service| !shut.contains(&service.span)) {
                found.extend(finding(context, (id, workload), &mention));
            }
        }
    }
    found
}

fn finding(
    context: &Context<'_>,
    (id, workload): (WorkloadId, &Workload),
    mention: &Mention<'_>,
) -> Option<Diagnostic> {
    let (traces, target) = refused(context, id, mention)?;
    let service = context.cluster.services.get(mention.service as usize)?;
    let metadata = &service.metadata;
    let name = format!("Service {}/{}", metadata.namespace.value, metadata.name.value);
    let from = context.workload_name(workload);
    let first = traces.first()?;
    let by_source = first.egress.decided.is_nothing();
    let direction = if by_source { Direction::Egress } else { Direction::Ingress };
    let port = mention.port.port.as_ref()?.value;
    let whose = match direction {
        Direction::Egress => "its own policies do",
        Direction::Ingress => "those of the pods behind it do",
    };
    let message =
        format!("`{from}` names `{name}` on port {port}, and may not connect: {whose} not allow it");
    let ports = format!("{}/{target}", mention.port.protocol.lower());
    let help = match direction {
        Direction::Egress => format!(
            "allow egress from `{from}` to the pods of `{name}` on {ports}, or correct the name if another Service is meant"
        ),
        Direction::Ingress => format!(
            "let `{from}` in to the pods of `{name}` on {ports}, or correct the name if another Service is meant"
        ),
    };
    let found = RULE.finding(mention.span, message).with_help(help);
    let end = if by_source { id } else { workload_behind(context, mention)? };
    let isolated = context.isolated(direction).iter().find(|it| it.workloads.binary_search(&end).is_ok());
    let closing: Vec<_> = isolated.iter().flat_map(|it| it.policies(context)).collect();
    // That a policy for DNS is the only one is told as such.
    if by_source && matches!(closing[..], [(_, only)] if dns::is_for_dns_alone(context, only)) {
        return None;
    }
    let place = closing.first().and_then(|(_, policy)| context.span(policy.origin));
    Some(place.into_iter().fold(found, |found, place| {
        found.with_related(context.head(place), format!("isolates the {direction}"))
    }))
}

fn workload_behind(context: &Context<'_>, mention: &Mention<'_>) -> Option<WorkloadId> {
    let first = context.services().pods(mention.service).first()?;
    context.cluster.group(*first).map(|group| group.workload)
}

/// What was asked and seen, when no pod of a workload may connect to any pod of a Service, for certain.
fn refused(context: &Context<'_>, id: WorkloadId, mention: &Mention<'_>) -> Option<(Vec<PairTrace>, u16)> {
    let ids = context.services().pods(mention.service);
    let groups = ids.iter().map(|id| context.cluster.group(*id).map(|group| (*id, group)));
    let groups: Vec<_> = groups.collect::<Option<_>>()?;
    if groups.iter().any(|(_, group)| group.workload == id || group.is_host_network) {
        return None;
    }
    let targets = groups.iter().map(|(_, group)| pods::target(mention.port, group));
    let targets: Vec<u16> = targets.collect::<Option<_>>()?;
    let target = *targets.first().filter(|first| targets.iter().all(|other| other == *first))?;
    let mut to: Vec<Endpoint> = Vec::new();
    for (group_id, group) in groups {
        match to.last_mut() {
            Some(Endpoint::Pods(workload, ids)) if *workload == group.workload => ids.push(group_id),
            _ => to.push(Endpoint::Pods(group.workload, Vec::<GroupId>::from([group_id]))),
        }
    }
    let ports = Asked::Range(mention.port.protocol, target, target);
    let request = Request { from: vec![Endpoint::Workload(id)], to, ports };
    let (verdict, traces) = context.engine().trace(&request);
    let is_sure =
        verdict.decision == Decision::Deny && verdict.reasons.is_empty() && verdict.assumptions.is_empty();
    is_sure.then_some((traces, target))
}
