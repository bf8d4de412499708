//! Assumptions and reasons in words.

use super::ends;
use crate::cluster::{Admission, Owner, WorkloadId};
use crate::evaluate::{Assumption, Reason, UnknownAs};
use crate::net::IpSet;
use crate::policy::{OpaqueReason, OriginId, Remark};
use crate::report::Context;
use crate::text::Span;

/// Something to be said, and the place that it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The words.
    pub words: String,
    /// The place.
    pub place: Option<Span>,
}

/// What settles where pods get their addresses from.
pub(super) const SET_POD_CIDRS: &str = "pass `--pod-cidrs CIDR` or set it under [cluster] in netpol.toml";
/// What settles which addresses are nodes'.
pub(super) const SET_NODE_ADDRESSES: &str =
    "pass `--node-addresses CIDR` or set it under [cluster] in netpol.toml";
/// What settles how the network plugin takes it.
pub(super) const SET_PLUGIN: &str = "pass `--plugin NAME` or set it under [cluster] in netpol.toml";

impl Fact {
    fn new(words: impl Into<String>) -> Self {
        Self { words: words.into(), place: None }
    }

    fn at(words: impl Into<String>, place: Option<Span>) -> Self {
        Self { words: words.into(), place }
    }

    /// The words with the place in brackets, for formats that have one string.
    pub fn in_one(&self, context: Context<'_>) -> String {
        match self.place.and_then(|span| context.file_line(span)) {
            Some((file, line)) => format!("{} ({file}:{line})", self.words),
            None => self.words.clone(),
        }
    }
}

/// What an answer rests on.
pub fn assumption(context: Context<'_>, assumption: &Assumption) -> Fact {
    let cluster = context.cluster;
    match assumption {
        Assumption::NamespaceWithoutLabel { namespace, key } => Fact::new(format!(
            "namespace `{namespace}` is not in the input and is taken to have no label `{key}`"
        )),
        Assumption::NoPodIn(blocks) => {
            Fact::new(format!("no pod has an address in {}; {SET_POD_CIDRS}", ends::blocks(blocks)))
        }
        Assumption::EveryPodIn(blocks) => Fact::new(format!(
            "every pod whose address is not in the input has one in {}; {SET_POD_CIDRS}",
            ends::blocks(blocks)
        )),
        Assumption::Remark { policy, remark } => remark_fact(context, *policy, *remark),
        Assumption::Hypothetical(pod) => Fact::new(format!(
            "no pod `{}` is in the input; one with exactly these labels is taken",
            ends::endpoint(cluster, &crate::cluster::Endpoint::Hypothetical(pod.clone()))
        )),
        Assumption::HostNetworkIsNode(workload) => Fact::new(format!(
            "`{}` runs with hostNetwork: podSelectors do not match it",
            ends::workload(cluster, *workload)
        )),
        Assumption::NothingEnforced => Fact::new("the network plugin enforces no network policy"),
        Assumption::NotEnforced { kind, number: 1 } => Fact::new(format!(
            "a policy of the kind `{kind}` is left out: the network plugin does not enforce it"
        )),
        Assumption::NotEnforced { kind, number } => Fact::new(format!(
            "{number} policies of the kind `{kind}` are left out: the network plugin does not enforce them"
        )),
        Assumption::NoCommonFamily => {
            Fact::new("the two endpoints have no IP family in common: no connection can be opened")
        }
        Assumption::LeftOut(span) => {
            Fact::at("a document that cannot be read is left out; it may hold a policy", Some(*span))
        }
        Assumption::UnknownDecided(UnknownAs::Allow) => {
            Fact::new("what is unknown is taken as allowed, as asked")
        }
        Assumption::UnknownDecided(UnknownAs::Deny) => {
            Fact::new("what is unknown is taken as denied, as asked")
        }
        Assumption::UnknownDecided(UnknownAs::Unknown) => Fact::new("what is unknown stays unknown"),
        Assumption::OutsideTheCluster => {
            Fact::new("both endpoints are outside the cluster: no policy governs the connection")
        }
        Assumption::Itself(workload) => Fact::new(itself(context, *workload)),
        Assumption::TwoReplicas(workload) => Fact::new(format!(
            "two different pods of `{}` are meant; a pod always reaches itself",
            ends::workload(cluster, *workload)
        )),
        Assumption::OwnNodeAside => {
            Fact::new("a pod's own node always reaches it: such connections are not listed, node by node")
        }
        Assumption::RefusedMetadata(workload) => refused_metadata(context, *workload),
        Assumption::NoPolicy => Fact::new("the input holds no network policy: everything is allowed"),
    }
}

/// What a map rests on: what is assumed of several blocks, or of several workloads, in one.
pub fn assumptions(context: Context<'_>, assumptions: &[Assumption]) -> Vec<Fact> {
    let (mut nobody_in, mut everybody_in): (Option<IpSet>, Option<IpSet>) = (None, None);
    let mut hosts = Vec::new();
    let mut facts = Vec::new();
    for each in assumptions {
        match each {
            Assumption::NoPodIn(blocks) => {
                nobody_in = Some(nobody_in.map_or_else(|| blocks.clone(), |all| all.union(blocks)));
            }
            Assumption::EveryPodIn(blocks) => {
                everybody_in =
                    Some(everybody_in.map_or_else(|| blocks.clone(), |all| all.intersection(blocks)));
            }
            Assumption::HostNetworkIsNode(workload) => hosts.push(*workload),
            other => facts.push(assumption(context, other)),
        }
    }
    let blocks =
        nobody_in.map(Assumption::NoPodIn).into_iter().chain(everybody_in.map(Assumption::EveryPodIn));
    let of_blocks = blocks.map(|each| assumption(context, &each));
    of_blocks.chain(on_nodes(context, &hosts)).chain(facts).collect()
}

/// That some workloads use the network of their nodes.
fn on_nodes(context: Context<'_>, workloads: &[WorkloadId]) -> Option<Fact> {
    match workloads {
        [] => None,
        [one] => Some(assumption(context, &Assumption::HostNetworkIsNode(*one))),
        several => {
            let names: Vec<String> =
                several.iter().map(|id| format!("`{}`", ends::workload(context.cluster, *id))).collect();
            let names = ends::capped(&names, "workload", "workloads");
            Some(Fact::new(format!("{names} run with hostNetwork: podSelectors do not match them")))
        }
    }
}

fn itself(context: Context<'_>, workload: WorkloadId) -> String {
    let name = ends::workload(context.cluster, workload);
    match context.cluster.workload(workload).map(|workload| &workload.owner) {
        Some(Owner::Pod) => format!("the pod `{name}` always reaches itself, whatever the policies say"),
        _ => format!("a pod of `{name}` always reaches itself; between two of its pods the policies decide"),
    }
}

/// Why something is unknown.
pub fn reason(context: Context<'_>, reason: &Reason) -> Fact {
    let pods = |workload: &Option<WorkloadId>| match workload {
        Some(workload) => format!("the pods of `{}`", ends::workload(context.cluster, *workload)),
        None => "the pod that does not exist".to_owned(),
    };
    let label = |workload: WorkloadId| pods(&Some(workload));
    match reason {
        Reason::OpaquePolicy(index) => opaque(context, *index),
        Reason::Placeholder(origin) => placeholder(context, *origin),
        Reason::NotEvaluated(origin) => not_evaluated(context, *origin),
        Reason::Label { workload, key } if key.is_empty() => {
            Fact::new(format!("a label key of {} is a placeholder: substitute it", label(*workload)))
        }
        Reason::Label { workload, key } => {
            let pods = label(*workload);
            Fact::new(format!("the value of the label `{key}` of {pods} is not known: give the pods with it"))
        }
        Reason::NamespaceLabel { namespace, key } => namespace_label(context, namespace, key),
        Reason::PodAddress { workload, origin } => {
            let is_pod_space_known = !context.cluster.facts.pod_cidrs.is_empty();
            let settled =
                if is_pod_space_known { "give the pods with their addresses" } else { SET_POD_CIDRS };
            let words = format!("whether this block holds {} is not known: {settled}", pods(workload));
            Fact::at(words, context.span(*origin))
        }
        Reason::NodeAddress { workload, origin } => {
            let node = match workload {
                Some(workload) => format!("the node of `{}`", ends::workload(context.cluster, *workload)),
                None => "the node".to_owned(),
            };
            Fact::at(
                format!("whether this block holds {node} is not known: {SET_NODE_ADDRESSES}"),
                context.span(*origin),
            )
        }
        Reason::NodeLabels(origin) => {
            let words = "whether this selects the node is not known: give the Node object";
            Fact::at(words, context.span(*origin))
        }
        Reason::DomainNames { names, origin } => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let names = ends::capped(&names, "name", "names");
            Fact::at(format!("which addresses {names} has is not known"), context.span(*origin))
        }
        Reason::NamedPort { workload, name } => {
            let pods = pods(workload);
            Fact::new(format!("the number of the port `{name}` of {pods} is a placeholder: substitute it"))
        }
        Reason::Doubted(workload) => doubted(context, *workload),
        Reason::OwnNodeEgress(workload) => Fact::new(format!(
            "whether {} may reach the node that they run on depends on the network plugin: {SET_PLUGIN}",
            pods(workload)
        )),
    }
}

/// That nothing is known of the pods of a workload.
fn doubted(context: Context<'_>, workload: WorkloadId) -> Fact {
    let name = ends::workload(context.cluster, workload);
    let doubt = admissions(context, workload).find(|admission| !admission.is_known());
    let words = match doubt {
        Some(Admission::Placeholder(_)) => {
            format!("a placeholder stands where a part of `{name}` belongs: substitute it")
        }
        _ => format!("the API server would refuse `{name}`: correct it, the errors say how"),
    };
    Fact::at(words, doubt.and_then(Admission::doubt))
}

fn refused_metadata(context: Context<'_>, workload: WorkloadId) -> Fact {
    let place = admissions(context, workload).find_map(|admission| match admission {
        Admission::ButMetadata(span) => Some(span),
        _ => None,
    });
    let name = ends::workload(context.cluster, workload);
    Fact::at(format!("the API server refuses this of `{name}`; the pods are read all the same"), place)
}

fn admissions(context: Context<'_>, workload: WorkloadId) -> impl Iterator<Item = Admission> {
    let groups = context.cluster.workload(workload).into_iter().flat_map(|workload| &workload.groups);
    groups.filter_map(move |group| context.cluster.group(*group)).map(|group| group.admission)
}

fn namespace_label(context: Context<'_>, namespace: &str, key: &str) -> Fact {
    let found = context.cluster.namespace_named(namespace).and_then(|id| context.cluster.namespace(id));
    if let Some(span) = found.and_then(|found| found.admission.doubt()) {
        let words = format!(
            "the API server would refuse `Namespace {namespace}`, so its label `{key}` is not known: correct it"
        );
        return Fact::at(words, Some(span));
    }
    if found.is_some_and(|found| found.is_described) {
        return Fact::new(format!(
            "the label `{key}` of namespace `{namespace}` is a placeholder: substitute it"
        ));
    }
    Fact::new(format!(
        "namespace `{namespace}` is not in the input: whether it has the label `{key}` is not known; give the Namespace"
    ))
}

fn placeholder(context: Context<'_>, origin: OriginId) -> Fact {
    let words = match context.path(origin).as_str() {
        "" => "a placeholder stands here: substitute it".to_owned(),
        path => format!("a placeholder stands in `{path}`: substitute it"),
    };
    Fact::at(words, context.span(origin))
}

fn not_evaluated(context: Context<'_>, origin: OriginId) -> Fact {
    let words = match context.path(origin).as_str() {
        "" => "a part of this policy is not evaluated".to_owned(),
        path => format!("`{path}` is not evaluated"),
    };
    Fact::at(words, context.span(origin))
}

fn remark_fact(context: Context<'_>, policy: u32, remark: u32) -> Fact {
    let Some(policy) = context.policies.policies.get(policy as usize) else { return Fact::new("") };
    let Some(remark) = policy.remarks.get(remark as usize) else { return Fact::new("") };
    let object = &policy.object;
    let words = match &remark.value {
        Remark::OldVersion { found, read_as } => {
            format!("`{object}` has the old version `{found}` and is read as `{read_as}`")
        }
        Remark::DroppedField { path } => {
            format!("the field `{path}` of `{object}` does not exist and is dropped, as the API server does")
        }
        Remark::InvalidMetadata { path } => {
            format!("the API server refuses `{path}` of `{object}`; the policy is read all the same")
        }
        Remark::LegacyCidr { text, read_as } => {
            format!("`{text}` in `{object}` is read as `{read_as}`, as older servers do")
        }
    };
    Fact::at(words, context.span(remark.origin))
}

fn opaque(context: Context<'_>, index: u32) -> Fact {
    let Some(policy) = context.policies.opaque.get(index as usize) else { return Fact::new("") };
    let object = &policy.policy.object;
    let words = match &policy.reason {
        OpaqueReason::Kind => {
            format!("`{object}` is of a kind that is not evaluated: `--unknown allow` or `deny` decides it")
        }
        OpaqueReason::Refused => {
            format!("the API server would refuse `{object}`: correct it, the errors say how")
        }
        OpaqueReason::Placeholder => {
            format!("a placeholder stands where a part of `{object}` belongs: substitute it")
        }
    };
    Fact::at(words, context.span(policy.policy.origin))
}
