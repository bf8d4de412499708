//! The cluster that the manifests describe: namespaces, workloads, their pods, nodes and addresses.

#[expect(clippy::module_inception, reason = "the cluster is what this room is named for")]
pub mod cluster;
mod builder;
mod pods;
pub mod endpoint;
mod guest;
pub mod asked;
pub mod spelling;
pub mod dns;
pub mod facts;
pub mod named_port;
pub mod namespace;
pub mod node;
pub mod workload;

pub use crate::manifest::Admission;
pub use asked::Asked;
pub use cluster::{Cluster, Named};
pub use dns::{Dns, Resolver};
pub use endpoint::{Endpoint, Hypothetical, Replica};
pub use facts::Facts;
pub use named_port::NamedPort;
pub use namespace::{Namespace, NamespaceId};
pub use node::{Node, NodeId};
pub use spelling::{Note, Resolved, SpellingError, internet, parse_port, split_port};
pub use workload::{
    GroupId, Maker, Owner, POD_INDEX, POD_NAME, PodAddresses, PodGroup, PodNames, Workload, WorkloadId,
};
