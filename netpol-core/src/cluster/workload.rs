//! Workloads and the pods that they own.

use std::net::IpAddr;

use super::{NamedPort, NamespaceId, NodeId};
use crate::manifest::{Admission, WorkloadKind};
use crate::selector::Labels;
use crate::text::Span;

/// The label that a StatefulSet gives each pod, with its name.
pub const POD_NAME: &str = "statefulset.kubernetes.io/pod-name";
/// The label that a StatefulSet gives each pod, with its ordinal.
pub const POD_INDEX: &str = "apps.kubernetes.io/pod-index";

/// Names a workload of a [`super::Cluster`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkloadId(pub u32);

/// Names a pod group of a [`super::Cluster`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub u32);

/// What a workload is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A pod without an owner: the workload is the pod.
    Pod,
    /// An owner of this kind.
    Kind(String),
    /// An owner outside the input whose reference names no kind.
    Unnamed,
    /// Nobody: the workload is a pod that does not exist, with exactly these labels.
    Hypothetical(Vec<(String, String)>),
}

/// An owner of pods, or a pod without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// Its namespace.
    pub namespace: NamespaceId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub owner: Owner,
    /// The labels of the object itself, and of the Jobs of a CronJob, which its pods do not get.
    pub labels: Labels,
    /// Its pods; never empty.
    pub groups: Vec<GroupId>,
    /// Where it stands: its own object, or the first of its pods.
    pub span: Span,
}

/// What is known of the addresses of pods.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PodAddresses {
    /// These, at most one a family.
    Known(Vec<IpAddr>),
    /// The pods have addresses that the input does not tell; of these families ([`super::Cluster::families`]).
    Unknown,
}

impl Workload {
    /// Whether the workload is the object that makes the pods, rather than its owner.
    pub fn is(&self, maker: &Maker) -> bool {
        self.name == maker.name && self.owner == Owner::Kind(maker.kind.name().to_owned())
    }
}

/// Which pods a group holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PodNames {
    /// A pod that is in the input.
    Pod(String),
    /// Pods that a controller makes from a template; how many, if that is known.
    Template(Option<u32>),
    /// Pods of a StatefulSet, `name-FIRST` and on; how many, if that is known.
    Ordinals {
        /// The first ordinal.
        first: u32,
        /// How many.
        replicas: Option<u32>,
    },
}

/// The object of the input whose template makes pods; it may have an owner, which is the workload then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maker {
    /// Its kind.
    pub kind: WorkloadKind,
    /// Its name, with which the names of its pods begin.
    pub name: String,
}

/// Pods that nothing in the input tells apart: one pod of the input, or the replicas of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PodGroup {
    /// The workload.
    pub workload: WorkloadId,
    /// The namespace.
    pub namespace: NamespaceId,
    /// Which pods.
    pub names: PodNames,
    /// What makes them; `None` for a pod that is in the input, or does not exist.
    pub maker: Option<Maker>,
    /// The labels, those included that controllers add. The two labels of StatefulSet pods that tell replicas
    /// apart are not listed for [`PodNames::Ordinals`]; the index splits the group where a selector asks.
    pub labels: Labels,
    /// The ports that containers and sidecars declare by name, sorted.
    pub named_ports: Vec<NamedPort>,
    /// The addresses; of a host-network pod, those of its node.
    pub addresses: PodAddresses,
    /// The node that the pod runs on, if it is known.
    pub node: Option<NodeId>,
    /// Whether the pod shares its node's network.
    pub is_host_network: bool,
    /// Whether the API server takes the pod, or what makes it. Of what it refuses nothing is known.
    pub admission: Admission,
    /// Where the pod, or the template's labels, stand.
    pub span: Span,
}
