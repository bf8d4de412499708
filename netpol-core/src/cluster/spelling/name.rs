//! Names: kinds, near misses, and names that look like DNS.

use std::collections::BTreeSet;

use super::SpellingError;
use crate::cluster::{Cluster, Endpoint, Named, NamespaceId, Owner, PodGroup};
use crate::net::Protocol;
use crate::text::distance;

/// How many near names a message suggests.
const SUGGESTIONS: usize = 3;

/// What stands for the kind of an owner whose reference names none.
const UNNAMED: &str = "unnamed";

/// What a kind in a spelling means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A pod.
    Pod,
    /// A Service.
    Service,
    /// An owner of this kind.
    Workload(String),
    /// An owner whose kind is not known.
    Unnamed,
}

/// The kinds by kubectl's names for them.
pub(super) fn kind(text: &str) -> Option<Kind> {
    Some(match text.to_ascii_lowercase().as_str() {
        "po" | "pod" | "pods" => Kind::Pod,
        "svc" | "service" | "services" => Kind::Service,
        UNNAMED => Kind::Unnamed,
        other => Kind::Workload(workload_kind(other)?.to_owned()),
    })
}

fn workload_kind(text: &str) -> Option<&'static str> {
    Some(match text {
        "deploy" | "deployment" | "deployments" => "Deployment",
        "rs" | "replicaset" | "replicasets" => "ReplicaSet",
        "sts" | "statefulset" | "statefulsets" => "StatefulSet",
        "ds" | "daemonset" | "daemonsets" => "DaemonSet",
        "job" | "jobs" => "Job",
        "cj" | "cronjob" | "cronjobs" => "CronJob",
        "rc" | "replicationcontroller" | "replicationcontrollers" => "ReplicationController",
        _ => return None,
    })
}

/// The short name of a kind, for spellings that a message suggests.
pub(super) fn short(owner: &Owner) -> String {
    match owner {
        Owner::Pod | Owner::Hypothetical(_) => "pod".to_owned(),
        Owner::Unnamed => UNNAMED.to_owned(),
        Owner::Kind(kind) => match kind.as_str() {
            "Deployment" => "deploy".to_owned(),
            "ReplicaSet" => "rs".to_owned(),
            "StatefulSet" => "sts".to_owned(),
            "DaemonSet" => "ds".to_owned(),
            "CronJob" => "cj".to_owned(),
            "ReplicationController" => "rc".to_owned(),
            other => other.to_ascii_lowercase(),
        },
    }
}

/// Whether a name looks like one of the cluster's DNS.
pub(super) fn is_cluster_dns(cluster: &Cluster, text: &str) -> bool {
    let name = text.trim_end_matches('.').to_ascii_lowercase();
    let within = format!(".{}", cluster.facts.cluster_domain.to_ascii_lowercase());
    let name = name.strip_suffix(&within).unwrap_or(&name);
    let labels: Vec<&str> = name.split('.').collect();
    matches!(labels.as_slice(), [.., "svc" | "pod"] if labels.len() > 1)
        || matches!(labels.as_slice(), [service, namespace] if cluster
            .namespace_named(namespace)
            .is_some_and(|id| !cluster.named(id, service).is_empty()))
}

/// The names nearest to `wanted`, best first.
pub(super) fn nearest<'n>(wanted: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let worth = |name: &&str| {
        let starts = name.starts_with(wanted) || (name.len() > 2 && wanted.starts_with(name));
        // Names that are too long to compare have no distance.
        let Some(distance) = distance(wanted, name) else { return false };
        let is_slip = name.len() > 2 && distance == 1;
        starts || is_slip || strsim::jaro_winkler(wanted, name) > 0.8
    };
    let unique: BTreeSet<&str> = names.into_iter().filter(|name| *name != wanted).collect();
    let mut near: Vec<&str> = unique.into_iter().filter(worth).collect();
    near.sort_by_key(|name| (distance(wanted, name), *name));
    near.truncate(SUGGESTIONS);
    near
}

impl Cluster {
    /// Checks that some destination declares a port of this name.
    ///
    /// # Errors
    /// [`SpellingError::NamedPort`] when none does.
    pub fn names_port(
        &self,
        destinations: &[Endpoint],
        protocol: Option<Protocol>,
        name: &str,
    ) -> Result<(), SpellingError> {
        let mut declared = BTreeSet::new();
        for endpoint in destinations {
            let groups = match endpoint {
                Endpoint::Workload(id) => self.workload(*id).map(|workload| workload.groups.as_slice()),
                Endpoint::Pods(_, groups) => Some(groups.as_slice()),
                Endpoint::Replica(replica) => Some(std::slice::from_ref(&replica.group)),
                _ => None,
            };
            let groups = groups.unwrap_or_default().iter().filter_map(|id| self.group(*id));
            for port in groups.flat_map(|group| &group.named_ports) {
                if port.name == name && protocol.is_none_or(|protocol| protocol == port.protocol) {
                    return Ok(());
                }
                let number = port.number.map_or_else(|| "?".to_owned(), |number| number.to_string());
                declared.insert(format!("`{}` ({}/{number})", port.name, port.protocol.lower()));
            }
        }
        Err(SpellingError::NamedPort { name: name.to_owned(), declared: declared.into_iter().collect() })
    }

    /// The pods of workloads of which others declare a port of this name.
    pub fn lacking_port(
        &self,
        destinations: &[Endpoint],
        protocol: Option<Protocol>,
        name: &str,
    ) -> Vec<String> {
        let declares = |group: &PodGroup| {
            let mut ports = group.named_ports.iter().filter(|port| port.name == name);
            ports.any(|port| protocol.is_none_or(|protocol| protocol == port.protocol))
        };
        let lacking = destinations.iter().flat_map(|endpoint| {
            let groups = match endpoint {
                Endpoint::Workload(id) => self.workload(*id).map(|workload| workload.groups.as_slice()),
                Endpoint::Pods(_, groups) => Some(groups.as_slice()),
                _ => None,
            };
            let groups = groups.unwrap_or_default().iter().filter_map(|id| Some((*id, self.group(*id)?)));
            let (with, without): (Vec<_>, Vec<_>) = groups.partition(|(_, group)| declares(group));
            without.into_iter().filter(move |_| !with.is_empty())
        });
        lacking.map(|(id, _)| self.spelled_pod(id)).collect()
    }

    /// Spellings of things of this name in any namespace.
    pub(super) fn elsewhere(&self, name: &str) -> Vec<String> {
        let space = |id: NamespaceId| self.namespace(id).map(|entry| entry.name.as_str()).unwrap_or_default();
        let elsewhere = self.by_name.keys().filter(|(_, other)| other == name);
        elsewhere.take(SUGGESTIONS).map(|(id, name)| format!("{}/{name}", space(*id))).collect()
    }

    /// The StatefulSet whose replica has this name, as it is spelled: replicas of a template have no spelling.
    fn stateful_set_of(&self, namespace: NamespaceId, name: &str) -> Option<String> {
        let (owner, ordinal) = name.rsplit_once('-')?;
        ordinal.parse::<u32>().ok()?;
        let stateful_set = Owner::Kind("StatefulSet".to_owned());
        let is_owner = |named: &&Named| match named {
            Named::Workload(id) => self.workload(*id).is_some_and(|workload| workload.owner == stateful_set),
            Named::Template(group) => self.made_by(*group).as_ref() == Some(&stateful_set),
            Named::Pod(_) | Named::Service(_) => false,
        };
        self.named(namespace, owner).iter().find(is_owner)?;
        self.namespace(namespace).map(|entry| format!("{}/sts/{owner}", entry.name))
    }

    /// Spellings near to `namespace/name`: its StatefulSet, the same name elsewhere, else names in that namespace.
    pub(super) fn near_names(&self, namespace: NamespaceId, name: &str) -> Vec<String> {
        let space = |id: NamespaceId| self.namespace(id).map(|entry| entry.name.as_str()).unwrap_or_default();
        if let Some(owner) = self.stateful_set_of(namespace, name) {
            return vec![owner];
        }
        let elsewhere = self.elsewhere(name);
        if !elsewhere.is_empty() {
            return elsewhere;
        }
        let here =
            self.by_name.range((namespace, String::new())..).take_while(|((id, _), _)| *id == namespace);
        let near = nearest(name, here.map(|((_, name), _)| name.as_str()));
        near.into_iter().map(|near| format!("{}/{near}", space(namespace))).collect()
    }
}
