//! Endpoints on the wire.

use schemars::JsonSchema;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::ports::Cidrs;
use crate::cluster::{self, Cluster, Owner};
use crate::evaluate::End;
use crate::report::text::ends::pod_names;

/// What can send or receive.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Endpoint<'a> {
    /// The pods of an owner.
    Workload {
        /// Its namespace.
        namespace: &'a str,
        /// Its name.
        name: &'a str,
        /// Its kind; absent when the owner is not in the input and its reference names no kind.
        #[serde(skip_serializing_if = "Option::is_none")]
        workload_kind: Option<&'a str>,
        /// The names of the pods that are meant, when some but not all replicas are.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        #[schemars(default)]
        pods: Vec<String>,
        /// Whether the pods use their node's network.
        #[serde(skip_serializing_if = "is_false")]
        #[schemars(default)]
        host_network: bool,
    },
    /// A pod without an owner.
    Pod {
        /// Its namespace.
        namespace: &'a str,
        /// Its name.
        name: &'a str,
        /// Whether the pod uses its node's network.
        #[serde(skip_serializing_if = "is_false")]
        #[schemars(default)]
        host_network: bool,
    },
    /// Addresses outside the cluster: disjoint, merged, sorted, IPv4 first.
    Addresses {
        /// The blocks.
        cidrs: Cidrs<'a>,
    },
    /// A pod that does not exist, with exactly these labels.
    Hypothetical {
        /// Its namespace.
        namespace: &'a str,
        /// Its labels.
        labels: LabelMap<'a>,
    },
    /// A node.
    Node {
        /// Its name; empty for a node that is known by an address alone.
        name: &'a str,
    },
    /// A name outside the cluster, whose addresses are not known.
    Name {
        /// The name.
        name: &'a str,
    },
    /// A Service.
    Service {
        /// Its namespace.
        namespace: &'a str,
        /// Its name.
        name: &'a str,
    },
}

impl<'a> Endpoint<'a> {
    /// All of an endpoint.
    pub fn new(cluster: &'a Cluster, endpoint: &'a cluster::Endpoint) -> Self {
        match endpoint {
            cluster::Endpoint::Workload(id) => Self::of_workload(cluster, *id, Vec::new()),
            cluster::Endpoint::Pods(..) | cluster::Endpoint::Replica(_) => {
                Self::of_end(cluster, &End { endpoint: endpoint.clone(), groups: None, pods: None }, endpoint)
            }
            cluster::Endpoint::Hypothetical(pod) => {
                Self::Hypothetical { namespace: &pod.namespace, labels: LabelMap(&pod.labels) }
            }
            cluster::Endpoint::Addresses(addresses) => Self::Addresses { cidrs: Cidrs(addresses) },
            cluster::Endpoint::Node(id) => {
                Self::Node { name: cluster.node(*id).map_or("", |node| node.name.as_str()) }
            }
        }
    }

    /// One end of a pair.
    pub fn of(cluster: &'a Cluster, end: &'a End) -> Self {
        Self::of_end(cluster, end, &end.endpoint)
    }

    fn of_end(cluster: &'a Cluster, end: &End, endpoint: &'a cluster::Endpoint) -> Self {
        match endpoint {
            cluster::Endpoint::Workload(id)
            | cluster::Endpoint::Pods(id, _)
            | cluster::Endpoint::Replica(cluster::Replica { workload: id, .. }) => {
                Self::of_workload(cluster, *id, pod_names(cluster, end))
            }
            _ => Self::new(cluster, endpoint),
        }
    }

    fn of_workload(cluster: &'a Cluster, id: cluster::WorkloadId, pods: Vec<String>) -> Self {
        let Some(workload) = cluster.workload(id) else { return Self::Name { name: "" } };
        let namespace = cluster.namespace(workload.namespace).map_or("", |it| it.name.as_str());
        let name = workload.name.as_str();
        let mut groups = workload.groups.iter().filter_map(|group| cluster.group(*group));
        let host_network = groups.all(|group| group.is_host_network) && !workload.groups.is_empty();
        match &workload.owner {
            Owner::Pod => Self::Pod { namespace, name, host_network },
            Owner::Hypothetical(labels) => Self::Hypothetical { namespace, labels: LabelMap(labels) },
            Owner::Unnamed => Self::Workload { namespace, name, workload_kind: None, pods, host_network },
            Owner::Kind(kind) => {
                Self::Workload { namespace, name, workload_kind: Some(kind), pods, host_network }
            }
        }
    }
}

/// One side of a question: an endpoint, or a list when it names several.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Side<'a> {
    /// The one endpoint.
    One(Endpoint<'a>),
    /// Each of several.
    Several(Vec<Endpoint<'a>>),
}

impl<'a> Side<'a> {
    /// The endpoints of one side.
    pub fn new(cluster: &'a Cluster, endpoints: &'a [cluster::Endpoint]) -> Self {
        match endpoints {
            [one] => Self::One(Endpoint::new(cluster, one)),
            many => Self::Several(many.iter().map(|one| Endpoint::new(cluster, one)).collect()),
        }
    }
}

/// Labels as an object.
#[derive(Debug, Clone, Copy)]
pub struct LabelMap<'a>(pub &'a [(String, String)]);

impl Serialize for LabelMap<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl JsonSchema for LabelMap<'_> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Labels".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        generator.subschema_for::<std::collections::BTreeMap<String, String>>()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}
