//! Pods by what rules ask for: the class that policies see, the text that declares their ports, the Services that lead to
//! them.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::{Context, RuleAt};
use crate::cluster::{GroupId, NamespaceId, PodGroup};
use crate::index::{ClassId, ClassSet, IndexedPeer, TermId};
use crate::manifest::{ContainerPort, PodSpec, Service, ServicePort, TargetPort};
use crate::net::Protocol;
use crate::policy::Direction;
use crate::selector::LabelValue;
use crate::text::Span;

/// The pods of classes, and their texts.
#[derive(Debug)]
pub(super) struct Pods<'a> {
    of_class: Vec<Vec<GroupId>>,
    /// How many of the pods of each class are there, as far as one and two differ.
    counts: Vec<u8>,
    /// A class of each pod: the first, of replicas that policies tell apart.
    class_of: Vec<Option<ClassId>>,
    specs: FxHashMap<Span, &'a PodSpec>,
}

impl<'a> Pods<'a> {
    pub(super) fn new(context: &Context<'a>) -> Self {
        let mut of_class = vec![Vec::new(); context.index.class_count()];
        let mut class_of = vec![None; context.cluster.groups.len()];
        let mut counts = vec![0u8; of_class.len()];
        for part in context.workloads().flat_map(|(workload, _)| context.index.parts(workload)) {
            for member in &part.members {
                if let Some(slot @ None) = class_of.get_mut(member.group.0 as usize) {
                    *slot = Some(part.class);
                }
            }
            if let Some(groups) = of_class.get_mut(part.class.0 as usize) {
                groups.extend(part.members.iter().map(|member| member.group));
            }
            if let Some(count) = counts.get_mut(part.class.0 as usize) {
                *count = count.saturating_add(if part.has_two_pods() { 2 } else { 1 });
            }
        }
        of_class.iter_mut().for_each(Vec::dedup);
        let pods = context.manifests.pods.iter().map(|pod| (pod.span, &pod.spec));
        let templates = context.manifests.workloads.iter().map(|it| (it.pod_labels_span, &it.pod_spec));
        Self { of_class, counts, class_of, specs: pods.chain(templates).collect() }
    }

    /// The pods of a class.
    pub(super) fn of_class(&self, class: ClassId) -> &[GroupId] {
        self.of_class.get(class.0 as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a class is one pod, which always reaches itself.
    pub(super) fn is_one_pod(&self, class: ClassId) -> bool {
        self.counts.get(class.0 as usize) == Some(&1)
    }

    /// The class of some pods.
    pub(super) fn class_of(&self, group: GroupId) -> Option<ClassId> {
        self.class_of.get(group.0 as usize).copied().flatten()
    }

    /// The pods of some classes.
    pub(super) fn of_classes<'s>(
        &'s self,
        classes: &'s ClassSet,
    ) -> impl Iterator<Item = GroupId> + use<'s, 'a> {
        classes.iter().flat_map(|class| self.of_class(class)).copied()
    }

    /// The ports that the containers of some pods declare; `None` when the text does not tell.
    pub(super) fn ports(&self, group: &PodGroup) -> Option<&'a [ContainerPort]> {
        self.specs.get(&group.span).map(|spec| spec.ports.as_slice())
    }
}

/// The Services and the pods behind them.
#[derive(Debug)]
pub(super) struct Services {
    /// For each Service of the cluster, the pods that it leads to.
    pods: Vec<Vec<GroupId>>,
    /// The Services that have a port, by protocol and number.
    by_port: BTreeMap<(Protocol, u16), Vec<u32>>,
}

impl Services {
    pub(super) fn new(context: &Context<'_>) -> Self {
        let mut labelled: FxHashMap<(NamespaceId, &str, &str), Vec<GroupId>> = FxHashMap::default();
        for (id, group) in (0u32..).map(GroupId).zip(&context.cluster.groups) {
            for (key, value) in group.labels.iter() {
                if let LabelValue::Known(value) = value {
                    labelled.entry((group.namespace, key, value)).or_default().push(id);
                }
            }
        }
        let services = &context.cluster.services;
        let pods = services.iter().map(|service| pods_behind(context, service, &labelled)).collect();
        let mut by_port: BTreeMap<(Protocol, u16), Vec<u32>> = BTreeMap::new();
        for (number, service) in (0u32..).zip(services) {
            for port in &service.ports {
                if let Some(of_port) = &port.port {
                    by_port.entry((port.protocol, of_port.value)).or_default().push(number);
                }
            }
        }
        Self { pods, by_port }
    }

    /// The pods that a Service leads to, by its place in the cluster.
    pub(super) fn pods(&self, service: u32) -> &[GroupId] {
        self.pods.get(service as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// The Services that have a port.
    pub(super) fn with_port(&self, protocol: Protocol, port: u16) -> &[u32] {
        self.by_port.get(&(protocol, port)).map(Vec::as_slice).unwrap_or_default()
    }
}

fn pods_behind(
    context: &Context<'_>,
    service: &Service,
    labelled: &FxHashMap<(NamespaceId, &str, &str), Vec<GroupId>>,
) -> Vec<GroupId> {
    let Some(namespace) = context.cluster.namespace_named(&service.metadata.namespace.value) else {
        return Vec::new();
    };
    let mut lists: Vec<&[GroupId]> = Vec::new();
    for label in &service.selector {
        let Some(value) = &label.value.value else { return Vec::new() };
        let Some(list) = labelled.get(&(namespace, label.key.value.as_str(), value.as_str())) else {
            return Vec::new();
        };
        lists.push(list);
    }
    lists.sort_by_key(|list| list.len());
    let Some((narrowest, others)) = lists.split_first() else { return Vec::new() };
    let in_all = |id: &&GroupId| others.iter().all(|list| list.binary_search(id).is_ok());
    narrowest.iter().filter(in_all).copied().collect()
}

/// The port of some pods that a port of a Service leads to; `None` when they have no such port or it is not known.
pub(super) fn target(port: &ServicePort, group: &PodGroup) -> Option<u16> {
    match port.target.as_ref().map(|target| &target.value) {
        None => port.port.as_ref().map(|port| port.value),
        Some(TargetPort::Number(number)) => Some(*number),
        Some(TargetPort::Name(name)) => {
            let is_meant = |it: &&crate::cluster::NamedPort| it.name == *name && it.protocol == port.protocol;
            group.named_ports.iter().find(is_meant).and_then(|it| it.number)
        }
    }
}

/// The selectors of the pods at the receiving end; `None` when others may receive too.
pub(super) fn destinations(context: &Context<'_>, rule: &RuleAt<'_>) -> Option<Vec<TermId>> {
    if rule.rule.value.direction == Direction::Ingress {
        return context.index.policy(rule.place).map(|policy| vec![policy.subject]);
    }
    let terms = rule.indexed.peers.as_ref()?.iter().map(|peer| match peer {
        IndexedPeer::Term(id) => Some(*id),
        IndexedPeer::Block(_) => None,
    });
    terms.collect()
}
