//! Who resolves names in the cluster.

use std::net::{IpAddr, Ipv4Addr};

use crate::net::IpSet;

/// Pods that resolve names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolver {
    /// Their namespace.
    pub namespace: String,
    /// Their labels, as far as they are known.
    pub labels: Vec<(String, String)>,
    /// The ports that they listen on, for UDP and for TCP.
    pub ports: Vec<u16>,
}

impl Resolver {
    /// Pods with one label that listen on one port.
    fn labelled(namespace: &str, (key, value): (&str, &str), port: u16) -> Self {
        let labels = vec![(key.to_owned(), value.to_owned())];
        Self { namespace: namespace.to_owned(), labels, ports: vec![port] }
    }

    /// The cluster DNS as nearly every installer sets it up: `k8s-app=kube-dns` in `kube-system`, on port 53.
    pub fn usual() -> Self {
        Self::labelled("kube-system", ("k8s-app", "kube-dns"), 53)
    }

    /// The cluster DNS of `OpenShift`, whose pods listen on 5353.
    pub fn openshift() -> Self {
        Self::labelled("openshift-dns", ("dns.operator.openshift.io/daemonset-dns", "default"), 5353)
    }

    /// The labels in words: `k8s-app=kube-dns`.
    pub fn selector(&self) -> String {
        let pairs = self.labels.iter().map(|(key, value)| format!("{key}={value}"));
        pairs.collect::<Vec<_>>().join(",")
    }
}

/// How the cluster resolves names. To reach one of these is enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dns {
    /// The pods that answer, the usual first; never empty.
    pub resolvers: Vec<Resolver>,
    /// The addresses of caches on the nodes, which listen on port 53; empty when nothing is configured.
    pub node_local: IpSet,
}

impl Dns {
    /// The address that a cache on a node usually has.
    pub const USUAL_NODE_LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 20, 10));
}

impl Default for Dns {
    /// What there is where nothing is configured: the usual pods or those of `OpenShift`.
    fn default() -> Self {
        Self { resolvers: vec![Resolver::usual(), Resolver::openshift()], node_local: IpSet::empty() }
    }
}
