//! What a finding rests on that the input does not say. Such a finding is an info, in the words of the commands that
//! answer with the same assumption.

use std::collections::BTreeSet;

use super::{Context, words};
use crate::cluster::{Asked, Endpoint, Namespace, WorkloadId};
use crate::diagnostic::{Diagnostic, Severity};
use crate::evaluate::{Assumption, Request};
use crate::index::Term;
use crate::net::{ConnectionSet, IpSet};
use crate::policy::NamespaceMatch;

/// How pods are told where they live.
const POD_CIDRS: &str = "pass `--pod-cidrs CIDR` or set it under [cluster] in netpol.toml";

/// The finding as an info that says what it rests on; unchanged when that is nothing.
pub(super) fn resting_on(found: Diagnostic, assumptions: &BTreeSet<String>) -> Diagnostic {
    if assumptions.is_empty() {
        return found;
    }
    let said = words::some(&assumptions.iter().collect::<Vec<_>>());
    let help = match &found.help {
        Some(help) => format!("{help}; assumed: {said}"),
        None => format!("assumed: {said}"),
    };
    found.with_severity(Severity::Info).with_help(help)
}

/// What the answer for two workloads rests on.
pub(super) fn of_pair(
    context: &Context<'_>,
    (from, to): (WorkloadId, WorkloadId),
    ports: &ConnectionSet,
) -> BTreeSet<String> {
    let first = ports.iter().find_map(|(protocol, ports)| Some((protocol, *ports.ranges().first()?)));
    let asked = first.map_or(Asked::Every, |(protocol, (first, last))| Asked::Range(protocol, first, last));
    let request =
        Request { from: vec![Endpoint::Workload(from)], to: vec![Endpoint::Workload(to)], ports: asked };
    let verdict = context.engine().verdict(&request);
    verdict.assumptions.iter().filter_map(told).collect()
}

fn told(assumption: &Assumption) -> Option<String> {
    let blocks =
        |blocks: &IpSet| words::some(&blocks.cidrs().iter().map(ToString::to_string).collect::<Vec<_>>());
    match assumption {
        Assumption::NamespaceWithoutLabel { namespace, key } => Some(without_label(namespace, key)),
        Assumption::NoPodIn(set) => Some(format!("no pod has an address in {}; {POD_CIDRS}", blocks(set))),
        Assumption::EveryPodIn(set) => {
            Some(format!("every pod has an address in {}; {POD_CIDRS}", blocks(set)))
        }
        _ => None,
    }
}

fn without_label(namespace: &str, key: &str) -> String {
    format!("namespace `{namespace}` is not in the input and is taken to have no label `{key}`")
}

/// What it rests on that a selector of namespaces selects no pod but those that it is known to select.
pub(super) fn of_term(context: &Context<'_>, term: &Term) -> BTreeSet<String> {
    let NamespaceMatch::Selected(selector) = &term.pods.namespaces else { return BTreeSet::new() };
    let keys = selector.requirements().iter().filter_map(|requirement| requirement.key.as_deref());
    let key = keys.into_iter().find(|key| *key != Namespace::NAME_LABEL);
    let classes = term.assumed_not.iter().filter_map(|class| context.index.class(class)?.namespace);
    let names = classes.filter_map(|id| Some(context.cluster.namespace(id)?.name.as_str()));
    names.filter_map(|name| key.map(|key| without_label(name, key))).collect()
}
