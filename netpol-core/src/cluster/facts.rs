//! What manifests cannot tell.

use std::collections::BTreeMap;

use super::Dns;
use crate::net::IpSet;
use crate::selector::Unlisted;

/// Facts about a cluster from its configuration (`[cluster]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The blocks that pods get their addresses from; empty when they are not known.
    pub pod_cidrs: IpSet,
    /// The blocks that Services get their addresses from.
    pub service_cidrs: IpSet,
    /// The addresses of nodes.
    pub node_addresses: IpSet,
    /// The domain of cluster names.
    pub cluster_domain: String,
    /// Labels of namespaces that are not in the input.
    pub namespaces: BTreeMap<String, BTreeMap<String, String>>,
    /// What is known of labels of a namespace that nothing describes:
    /// [`Unlisted::AssumedAbsent`] or [`Unlisted::Unknown`].
    pub undescribed_namespaces: Unlisted,
    /// How names are resolved.
    pub dns: Dns,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            pod_cidrs: IpSet::empty(),
            service_cidrs: IpSet::empty(),
            node_addresses: IpSet::empty(),
            cluster_domain: "cluster.local".to_owned(),
            namespaces: BTreeMap::new(),
            undescribed_namespaces: Unlisted::AssumedAbsent,
            dns: Dns::default(),
        }
    }
}
