//! What the engine answers.

use std::collections::BTreeMap;

use crate::cluster::{Admission, Cluster, Endpoint, GroupId, PodGroup, WorkloadId};
use crate::index::PolicyIndex;
use crate::net::{ConnectionSet, Decided, Family, IpSet};
use crate::policy::{OriginId, PolicySet};

use super::Request;

/// The core of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// All that was asked is allowed.
    Allow,
    /// All that was asked is denied.
    Deny,
    /// Some of what was asked is allowed and some is denied.
    Partial,
    /// Some of what was asked is not decided by the input, and it is not partial.
    Unknown,
}

impl Decision {
    /// `allow`, `deny`, `partial` or `unknown`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Partial => "partial",
            Self::Unknown => "unknown",
        }
    }

    /// The decision on `asked`, of which `decided` says what is allowed and what unknown.
    pub fn of(asked: &ConnectionSet, decided: &Decided) -> Self {
        let denied = asked.difference(&decided.allowed).difference(&decided.unknown);
        match (decided.allowed.is_empty(), decided.unknown.is_empty(), denied.is_empty()) {
            (false, _, false) => Self::Partial,
            (_, false, _) => Self::Unknown,
            (false, true, true) => Self::Allow,
            (true, true, _) => Self::Deny,
        }
    }
}

/// How unknowns are to be decided (`--unknown`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum UnknownAs {
    /// They stay unknown.
    #[default]
    Unknown,
    /// As allowed.
    Allow,
    /// As denied.
    Deny,
}

/// What an answer rests on that the manifests do not say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Assumption {
    /// A namespace that is not in the input is taken to have no label `key`.
    NamespaceWithoutLabel {
        /// The namespace's name.
        namespace: String,
        /// The key of the label.
        key: String,
    },
    /// No pod has an address in these blocks, which cover none of the usual pod ranges whole.
    NoPodIn(IpSet),
    /// Every pod without a known address has one in these blocks, which cover the usual pod ranges.
    EveryPodIn(IpSet),
    /// A policy is read in a way that the server may not: the remark of a policy, by its place.
    Remark {
        /// The place of the policy in the set.
        policy: u32,
        /// The place of the remark in the policy.
        remark: u32,
    },
    /// The pod does not exist; it is taken to have exactly the labels that the question gives.
    Hypothetical(crate::cluster::Hypothetical),
    /// A pod in its node's network is taken to be its node: selectors do not match it.
    HostNetworkIsNode(WorkloadId),
    /// The network plugin enforces no policy at all.
    NothingEnforced,
    /// Policies of a kind are left out, since the network plugin does not enforce it.
    NotEnforced {
        /// The kind.
        kind: String,
        /// How many policies.
        number: usize,
    },
    /// The two ends have no family of addresses in common, so no connection can be opened.
    NoCommonFamily,
    /// A document was left out: it is a template that was not rendered, or cannot be read.
    LeftOut(crate::text::Span),
    /// Unknowns were decided as the user asked: how many connections of pairs.
    UnknownDecided(UnknownAs),
    /// Both ends are outside the cluster: no policy governs the connection.
    OutsideTheCluster,
    /// The pod is asked about itself, which no policy can cut off.
    Itself(WorkloadId),
    /// A workload is asked about itself, which means two different pods of it.
    TwoReplicas(WorkloadId),
    /// The input holds no policy.
    NoPolicy,
    /// That a pod's own node always reaches it is left aside.
    OwnNodeAside,
    /// The API server refuses a part of the metadata of a workload that no answer depends on.
    RefusedMetadata(WorkloadId),
}

impl Assumption {
    /// What every answer under some policies rests on.
    pub fn of_all(set: &PolicySet, index: &PolicyIndex) -> Vec<Self> {
        let mut all = Vec::new();
        if !index.plugin().enforces {
            all.push(Self::NothingEnforced);
        }
        if set.policies.is_empty() && set.opaque.is_empty() && set.unenforced.is_empty() {
            all.push(Self::NoPolicy);
        }
        if index.plugin().enforces {
            let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
            set.unenforced.iter().for_each(|object| *numbers.entry(&object.kind).or_default() += 1);
            let by_kind = numbers.into_iter();
            all.extend(by_kind.map(|(kind, number)| Self::NotEnforced { kind: kind.to_owned(), number }));
        }
        all
    }

    /// What is to be said of some pods whatever is asked of them.
    pub(super) fn of_group(group: &PodGroup) -> Option<Self> {
        matches!(group.admission, Admission::ButMetadata(_)).then_some(Self::RefusedMetadata(group.workload))
    }

    /// What is to be said of the pods of a cluster: those that use the network of their nodes, where the network plugin
    /// tells them apart, and those of whose objects the API server refuses a part that does not matter.
    pub fn of_pods(cluster: &Cluster, index: &PolicyIndex) -> Vec<Self> {
        let are_nodes = index.plugin().host_network_is_node;
        let hosts = cluster.groups.iter().filter(|group| group.is_host_network && are_nodes);
        let hosts = hosts.filter(|group| group.admission.is_known());
        let mut all: Vec<Self> = hosts.map(|group| Self::HostNetworkIsNode(group.workload)).collect();
        all.extend(cluster.groups.iter().filter_map(Self::of_group));
        all.dedup();
        all
    }
}

/// Why something is unknown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// A policy that is not evaluated may act here.
    OpaquePolicy(u32),
    /// A placeholder stands in a rule or selector of a policy.
    Placeholder(OriginId),
    /// A part of a policy that is evaluated otherwise is not.
    NotEvaluated(OriginId),
    /// The value of a label of a workload's pods is not known.
    Label {
        /// The workload.
        workload: WorkloadId,
        /// The key; empty when the placeholder is the key itself.
        key: String,
    },
    /// A label of a namespace that is not in the input is not known.
    NamespaceLabel {
        /// The namespace's name.
        namespace: String,
        /// The key.
        key: String,
    },
    /// Whether a block holds the pods of a workload is not known: their addresses are not in the input.
    PodAddress {
        /// The workload; `None` for a pod that does not exist.
        workload: Option<WorkloadId>,
        /// Where the block stands.
        origin: OriginId,
    },
    /// Whether a block holds a node is not known: its addresses are not in the input.
    NodeAddress {
        /// The workload in the node's network, if one was asked for.
        workload: Option<WorkloadId>,
        /// Where the block stands.
        origin: OriginId,
    },
    /// Whether a rule means a node is not known: its labels are not in the input, or the node is not.
    NodeLabels(OriginId),
    /// Which addresses the names of hosts outside have is not known.
    DomainNames {
        /// The names.
        names: Vec<String>,
        /// Where they stand.
        origin: OriginId,
    },
    /// The number of a named port is a placeholder.
    NamedPort {
        /// The workload.
        workload: Option<WorkloadId>,
        /// The name of the port.
        name: String,
    },
    /// Whether a pod may reach its own node is left to the network plugin.
    OwnNodeEgress(Option<WorkloadId>),
    /// Nothing is known of the pods of a workload: the API server refuses it as it stands, or a placeholder hides it.
    Doubted(WorkloadId),
}

/// Why a direction of a pair is allowed without asking rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exemption {
    /// The end is outside the cluster or in its node's network: no policy selects it.
    NotAPod,
    /// The other end is the node that the pod runs on.
    OwnNode,
    /// A pod always reaches itself.
    Itself,
    /// The network plugin enforces no policy.
    NothingEnforced,
}

/// One end of a pair: all of an endpoint, or the replicas that share an answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct End {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The pods that are meant, when they are some but not all of the endpoint's; sorted.
    pub groups: Option<Vec<GroupId>>,
    /// The names of those pods, for replicas of a template that only their ordinals tell apart.
    pub pods: Option<Vec<String>>,
}

/// The answers of the two families, where they differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerFamily {
    /// The answer over each family that both ends have, IPv4 first.
    pub answers: Vec<(Family, Decided)>,
}

/// The answer for one source and one destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The source.
    pub from: End,
    /// The destination.
    pub to: End,
    /// What was asked, with named ports resolved at this destination.
    pub asked: ConnectionSet,
    /// What is allowed and what unknown, within what was asked; what both families allow.
    pub decided: Decided,
    /// The decision.
    pub decision: Decision,
    /// The answers of the families, where they differ.
    pub families: Option<PerFamily>,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The question.
    pub request: Request,
    /// What was asked, over all pairs.
    pub asked: ConnectionSet,
    /// What every pair allows, and what is unknown; within what was asked.
    pub decided: Decided,
    /// The decision over all pairs.
    pub decision: Decision,
    /// The answer pair by pair; at least one.
    pub pairs: Vec<Pair>,
    /// What the answer rests on, sorted and unique.
    pub assumptions: Vec<Assumption>,
    /// Why something is unknown, sorted and unique.
    pub reasons: Vec<Reason>,
}
