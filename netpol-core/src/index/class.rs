//! Endpoint equivalence classes: pods that no policy tells apart.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use rustc_hash::FxHashMap;

use crate::cluster::{
    Cluster, GroupId, NamedPort, NamespaceId, NodeId, POD_INDEX, POD_NAME, PodAddresses, PodGroup, PodNames,
};
use crate::net::{Family, Protocol};
use crate::selector::{LabelValue, Labels, Unlisted};

use super::interest::Interest;

/// Names a class of a [`super::PolicyIndex`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub u32);

/// What all pods of a class have in common, as far as any policy can tell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class {
    /// The namespace; `None` for a pod that does not exist, in a namespace that is not in the cluster.
    pub namespace: Option<NamespaceId>,
    /// The labels that some policy looks at.
    pub labels: Labels,
    /// The named ports that some policy looks at.
    pub named_ports: Vec<NamedPort>,
    /// For known addresses, which blocks hold them, and which families they are of.
    pub addresses: ClassAddresses,
    /// For pods that are in their node's network and are taken for it: that node, if it is known.
    pub node: Option<NodeId>,
    /// Whether the pods are in their node's network and are taken for it.
    pub is_node: bool,
    /// The group of which nothing is known, since the API server refuses it as it stands: it has a class of its own.
    pub doubted: Option<GroupId>,
}

/// The addresses of the pods of a class.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClassAddresses {
    /// Known: one representative a family. All pods of the class lie in the same blocks.
    Known(Vec<IpAddr>),
    /// Not known.
    Unknown,
}

impl Class {
    /// The families that pods of the class have addresses of.
    pub fn families(&self, cluster: &Cluster) -> Vec<Family> {
        match &self.addresses {
            ClassAddresses::Known(addresses) => {
                addresses.iter().map(|address| Family::of(*address)).collect()
            }
            ClassAddresses::Unknown => cluster.families.clone(),
        }
    }

    /// Its address of a family, if it is known.
    pub fn address(&self, family: Family) -> Option<IpAddr> {
        match &self.addresses {
            ClassAddresses::Known(addresses) => {
                addresses.iter().copied().find(|address| Family::of(*address) == family)
            }
            ClassAddresses::Unknown => None,
        }
    }
}

/// Some pods of a workload that are of one class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The class.
    pub class: ClassId,
    /// The pods.
    pub members: Vec<Member>,
}

impl Part {
    /// Whether the part holds two different pods.
    pub fn has_two_pods(&self) -> bool {
        self.members.len() > 1 || self.members.iter().any(|member| !member.is_one_pod)
    }
}

/// Pods of one group that are of one class.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Member {
    /// The group.
    pub group: GroupId,
    /// The ordinal of the one replica that is meant, where ordinals are told apart.
    pub ordinal: Option<u32>,
    /// Whether it is one pod, and not any number of replicas.
    pub is_one_pod: bool,
}

/// The classes of a cluster, and for each workload its parts.
#[derive(Debug)]
pub(super) struct Classes {
    pub(super) list: Vec<Class>,
    pub(super) parts: Vec<Vec<Part>>,
    /// The classes of a namespace are next to each other: for each namespace, the first and the one after the last.
    pub(super) of_namespace: Vec<(u32, u32)>,
}

/// Puts every pod of the cluster into its class.
pub(super) fn classify(cluster: &Cluster, interest: &Interest) -> Classes {
    let mut found: FxHashMap<Class, u32> = FxHashMap::default();
    let mut order: Vec<Class> = Vec::new();
    let mut placed: Vec<(u32, Member)> = Vec::with_capacity(cluster.groups.len());
    for (index, group) in cluster.groups.iter().enumerate() {
        let id = GroupId(u32::try_from(index).unwrap_or(u32::MAX));
        for (member, ordinal_labels) in members(cluster, id, group, interest) {
            let class = match group.admission.doubt() {
                None => class_of(group, &ordinal_labels, interest),
                Some(_) => doubted_class((id, group), interest),
            };
            let number = *found.entry(class.clone()).or_insert_with(|| {
                order.push(class);
                u32::try_from(order.len() - 1).unwrap_or(u32::MAX)
            });
            placed.push((number, member));
        }
    }
    sort_by_namespace(cluster, order, placed)
}

/// Renumbers classes so that those of a namespace are next to each other, and collects parts by workload.
fn sort_by_namespace(cluster: &Cluster, order: Vec<Class>, placed: Vec<(u32, Member)>) -> Classes {
    let mut numbered: Vec<(u32, Class)> = (0..).zip(order).collect();
    numbered.sort_by_key(|(number, class)| (class.namespace, *number));
    let mut new_number = vec![0u32; numbered.len()];
    for (new, (old, _)) in (0u32..).zip(&numbered) {
        if let Some(slot) = new_number.get_mut(*old as usize) {
            *slot = new;
        }
    }
    let mut of_namespace = vec![(0u32, 0u32); cluster.namespaces.len()];
    for (new, (_, class)) in (0u32..).zip(&numbered) {
        let slot = class.namespace.and_then(|namespace| of_namespace.get_mut(namespace.0 as usize));
        if let Some(range) = slot {
            *range = if range.1 == 0 { (new, new + 1) } else { (range.0, new + 1) };
        }
    }
    let mut parts: Vec<BTreeMap<u32, Vec<Member>>> = vec![BTreeMap::new(); cluster.workloads.len()];
    for (old, member) in placed {
        let workload = cluster.group(member.group).map(|group| group.workload.0 as usize);
        let class = new_number.get(old as usize).copied();
        if let (Some(slot), Some(class)) = (workload.and_then(|index| parts.get_mut(index)), class) {
            slot.entry(class).or_default().push(member);
        }
    }
    let parts = parts
        .into_iter()
        .map(|parts| {
            parts.into_iter().map(|(class, members)| Part { class: ClassId(class), members }).collect()
        })
        .collect();
    Classes { list: numbered.into_iter().map(|(_, class)| class).collect(), parts, of_namespace }
}

type OrdinalLabels = Vec<(String, LabelValue)>;

/// The pods of a group that have to be told apart: all at once, or, for a StatefulSet whose ordinals a selector
/// asks for, those that a selector names one by one and the rest together.
fn members(
    cluster: &Cluster,
    id: GroupId,
    group: &PodGroup,
    interest: &Interest,
) -> Vec<(Member, OrdinalLabels)> {
    let PodNames::Ordinals { first, replicas } = group.names else {
        let is_one_pod = matches!(group.names, PodNames::Pod(_));
        return vec![(Member { group: id, ordinal: None, is_one_pod }, Vec::new())];
    };
    if !interest.asks_for_ordinals() || group.admission.doubt().is_some() {
        return vec![(Member { group: id, ordinal: None, is_one_pod: false }, Vec::new())];
    }
    let name = cluster.maker_name(group);
    let named = ordinals_named(name, first, replicas, &interest.ordinal_values);
    let one = |ordinal: u32| {
        let labels = vec![
            (POD_NAME.to_owned(), LabelValue::Known(format!("{name}-{ordinal}"))),
            (POD_INDEX.to_owned(), LabelValue::Known(ordinal.to_string())),
        ];
        (Member { group: id, ordinal: Some(ordinal), is_one_pod: true }, labels)
    };
    let named_count = u32::try_from(named.len()).unwrap_or(u32::MAX);
    let mut members: Vec<(Member, OrdinalLabels)> = named.iter().map(|ordinal| one(*ordinal)).collect();
    if replicas.is_none_or(|replicas| replicas > named_count) || members.is_empty() {
        members.push(other_ordinals(id, name, (first, replicas), &named));
    }
    members
}

/// The replicas that no selector names. Their labels exist, with values that no selector names.
fn other_ordinals(
    id: GroupId,
    name: &str,
    (first, replicas): (u32, Option<u32>),
    named: &[u32],
) -> (Member, OrdinalLabels) {
    let past = first.saturating_add(u32::try_from(named.len()).unwrap_or(u32::MAX));
    let free = (first..=past).find(|ordinal| !named.contains(ordinal)).unwrap_or(first);
    let rest = replicas.map(|replicas| replicas as usize - named.len().min(replicas as usize));
    let labels = vec![
        (POD_NAME.to_owned(), LabelValue::Known(format!("{name}-{free}"))),
        (POD_INDEX.to_owned(), LabelValue::Known(free.to_string())),
    ];
    let is_one_pod = rest == Some(1) && !named.is_empty();
    let ordinal = is_one_pod.then_some(free);
    (Member { group: id, ordinal, is_one_pod }, labels)
}

/// The ordinals of a StatefulSet that `values` name, by pod name or by index; sorted and unique.
fn ordinals_named(name: &str, first: u32, replicas: Option<u32>, values: &BTreeSet<String>) -> Vec<u32> {
    let ordinal_of = |value: &String| {
        let digits = value.strip_prefix(name).and_then(|rest| rest.strip_prefix('-')).unwrap_or(value);
        let ordinal: u32 = digits.parse().ok()?;
        // `db-01` and `+1` are no names that a controller gives.
        (ordinal.to_string() == digits).then_some(ordinal)
    };
    let exists =
        |ordinal: &u32| *ordinal >= first && replicas.is_none_or(|replicas| ordinal - first < replicas);
    let mut named: Vec<u32> = values.iter().filter_map(ordinal_of).filter(exists).collect();
    named.sort_unstable();
    named.dedup();
    named
}

fn class_of(group: &PodGroup, ordinal_labels: &[(String, LabelValue)], interest: &Interest) -> Class {
    let is_node = group.is_host_network && interest.plugin.host_network_is_node;
    let known = match &group.addresses {
        PodAddresses::Known(addresses) => ClassAddresses::Known(if is_node {
            addresses.clone()
        } else {
            addresses.iter().map(|address| interest.atoms.representative(*address)).collect()
        }),
        PodAddresses::Unknown => ClassAddresses::Unknown,
    };
    let kept = group.labels.iter().filter(|(key, _)| interest.keys.contains(*key));
    let labels = kept.map(|(key, value)| (key.to_owned(), value.clone()));
    let all = Labels::new(labels.chain(ordinal_labels.iter().cloned()));
    let labels = all.with_unlisted(group.labels.unlisted());
    let named_ports =
        group.named_ports.iter().filter(|port| interest.port_names.contains(port.name.as_str())).cloned();
    Class {
        namespace: Some(group.namespace),
        labels,
        named_ports: named_ports.collect(),
        addresses: known,
        node: group.node.filter(|_| is_node),
        is_node,
        doubted: None,
    }
}

/// Pods that may have any label, any named port and any address.
fn doubted_class((id, group): (GroupId, &PodGroup), interest: &Interest) -> Class {
    let any_number = |name: &String| {
        Protocol::ALL.map(|protocol| NamedPort { name: name.clone(), protocol, number: None })
    };
    let mut named_ports: Vec<NamedPort> = interest.port_names.iter().flat_map(any_number).collect();
    named_ports.sort_unstable();
    Class {
        namespace: Some(group.namespace),
        labels: Labels::default().with_unlisted(Unlisted::Unknown),
        named_ports,
        addresses: ClassAddresses::Unknown,
        node: None,
        is_node: false,
        doubted: Some(id),
    }
}
