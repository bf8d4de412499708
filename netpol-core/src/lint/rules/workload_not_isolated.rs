//! `workload-not-isolated`.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use crate::cluster::{GroupId, NamespaceId, Owner, Workload, WorkloadId};
use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::evaluate::Subject;
use crate::lint::{Context, Level, Levels, Needs, Rule, words};
use crate::policy::Direction;
use crate::selector::Truth;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("workload-not-isolated"),
    category: Category::Policy,
    levels: Levels { minimal: Level::Off, recommended: Level::Info, strict: Level::Warning },
    summary: "no policy isolates the ingress of a workload, in a namespace where policies isolate others",
    page: include_str!("workload-not-isolated.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut open: BTreeMap<NamespaceId, (usize, Vec<WorkloadId>)> = BTreeMap::new();
    let services = (0u32..).zip(&context.cluster.services).map(|(number, _)| number);
    let served = services.flat_map(|number| context.services().pods(number)).copied().collect();
    for (id, workload) in context.workloads() {
        let (closed, left) = open.entry(workload.namespace).or_default();
        let pods = workload.groups.iter().filter_map(|group| context.cluster.group(*group));
        // Policies have no say where pods use the network of their node, and nobody calls what listens on nothing.
        if pods.clone().all(|group| group.is_host_network) || !listens(context, workload, &served) {
            continue;
        }
        let parts = context.index.parts(id);
        let is_isolated = |class| {
            let subject = Subject { class, node: None, workload: id };
            context.rows().isolation(subject, Direction::Ingress).isolated != Truth::No
        };
        if parts.iter().all(|part| is_isolated(part.class)) { *closed += 1 } else { left.push(id) }
    }
    let partly = open.into_iter().filter(|(_, (closed, left))| *closed > 0 && !left.is_empty());
    partly.filter_map(|(namespace, (_, left))| finding(context, namespace, &left)).collect()
}

/// Whether pods seem to listen: they declare a port, have a probe that asks one, or a Service leads to them. Jobs do not.
fn listens(context: &Context<'_>, workload: &Workload, served: &FxHashSet<GroupId>) -> bool {
    if matches!(&workload.owner, Owner::Kind(kind) if matches!(kind.as_str(), "CronJob" | "Job")) {
        return false;
    }
    let declares = |id: &GroupId| {
        let ports = context.cluster.group(*id).map(|group| context.pods().ports(group));
        ports.is_some_and(|ports| ports.is_none_or(|ports| !ports.is_empty()))
    };
    let text = context.files.slice(workload.span);
    workload.groups.iter().any(|id| declares(id) || served.contains(id))
        || ["httpGet", "tcpSocket", "grpc:"].iter().any(|probe| text.contains(probe))
}

/// One finding a namespace: who closes one workload and forgets another does so there.
fn finding(context: &Context<'_>, namespace: NamespaceId, open: &[WorkloadId]) -> Option<Diagnostic> {
    let name = &context.cluster.namespace(namespace)?.name;
    let first = context.cluster.workload(*open.first()?)?;
    let whom = words::workloads(context, open);
    let message = match open {
        [_] => format!(
            "nothing isolates the ingress of `{}`: everybody may connect to it",
            context.workload_name(first)
        ),
        several => format!(
            "nothing isolates the ingress of {} workloads of `{name}` ({whom}): everybody may connect to them",
            several.len()
        ),
    };
    let help = format!(
        "policies isolate other workloads of `{name}`: add one for {}, or a default deny for the namespace",
        if open.len() == 1 { "this one" } else { "these" }
    );
    Some(RULE.finding(context.head(first.span), message).with_help(help))
}
