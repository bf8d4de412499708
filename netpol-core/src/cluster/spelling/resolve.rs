//! From a spelling to endpoints.

use super::name::{self, Kind};
use super::replica::is_of_replica;
use super::{Note, Resolved, SpellingError, address, selector};
use crate::cluster::{
    Cluster, Endpoint, GroupId, Hypothetical, Named, NamespaceId, Owner, PodGroup, PodNames, Workload,
    WorkloadId,
};
use crate::manifest::Service;
use crate::selector::{Labels, Requirement, Selector, Truth};

/// So many things of a name in other namespaces are suggested.
const ELSEWHERE: usize = 3;

impl Cluster {
    /// What an endpoint without a port stands for; bare names are looked up in `namespace`.
    ///
    /// # Errors
    /// A spelling that cannot be read, or that names nothing.
    pub fn endpoints(&self, text: &str, namespace: &str) -> Result<Resolved, SpellingError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(SpellingError::Empty);
        }
        if text.contains("://") {
            return Err(SpellingError::Url { text: text.to_owned() });
        }
        if let Some(resolved) = address::resolve(self, text) {
            return resolved;
        }
        if let Some(name) = text.strip_prefix("ns:") {
            return self.every_pod_of(name);
        }
        if let Some(name) = text.strip_prefix("node:") {
            return self.node_spelled(name);
        }
        if let Some((namespace, labels)) = text.split_once("/@") {
            return self.selected(text, namespace, labels);
        }
        if let Some(labels) = text.strip_prefix('@') {
            return self.selected(text, namespace, labels);
        }
        if let Some((endpoint, port)) = text.rsplit_once(':') {
            return Err(SpellingError::PortNotHere { endpoint: endpoint.to_owned(), port: port.to_owned() });
        }
        match text.split('/').collect::<Vec<_>>().as_slice() {
            ["internet"] => address::the_internet(self),
            ["outside"] => address::everything_outside(self),
            ["any"] => Ok(self.everything()),
            [name] => self.bare(name, namespace),
            [first, name] => self.pair(first, name, namespace),
            [namespace, kind, name] => self.of_kind(namespace, kind, name),
            _ => Err(unknown("workload or pod", text, Vec::new())),
        }
    }

    fn everything(&self) -> Resolved {
        let workloads = (0u32..).map(WorkloadId).take(self.workloads.len()).map(Endpoint::Workload);
        Resolved { endpoints: workloads.chain(address::outside(self)).collect(), notes: Vec::new() }
    }

    fn bare(&self, name: &str, namespace: &str) -> Result<Resolved, SpellingError> {
        let found = self.namespace_named(namespace).map(|id| (id, self.named(id, name)));
        match found {
            Some((_, found)) if !found.is_empty() => self.meant(name, namespace, found),
            _ if name.contains('.') => Err(self.dotted(name)),
            Some(_) => self.replica_or_unknown(namespace, name),
            None => Err(unknown("workload or pod", &format!("{namespace}/{name}"), self.elsewhere(name))),
        }
    }

    /// `NAMESPACE/NAME` beats the keywords `ns/` and `node/`, and a kind in the namespace of bare names.
    fn pair(&self, first: &str, name: &str, namespace: &str) -> Result<Resolved, SpellingError> {
        let found = self.namespace_named(first).map(|id| self.named(id, name)).unwrap_or_default();
        if !found.is_empty() {
            let mut resolved = self.meant(name, first, found)?;
            if matches!(first, "ns" | "node") {
                let (text, other) = (format!("{first}/{name}"), format!("{first}:{name}"));
                resolved.notes.push(Note::NameBeatsKeyword { text, other });
            }
            return Ok(resolved);
        }
        match first {
            "ns" => self.every_pod_of(name),
            "node" => self.node_spelled(name),
            _ if self.namespace_named(first).is_none() && name::kind(first).is_some() => {
                self.of_kind(namespace, first, name)
            }
            _ => self.replica_or_unknown(first, name),
        }
    }

    /// One pod of a StatefulSet whose pods are not in the input, else nothing.
    fn replica_or_unknown(&self, namespace: &str, name: &str) -> Result<Resolved, SpellingError> {
        let replica = self.namespace_named(namespace).and_then(|id| self.replica_named(id, name));
        replica.map(Resolved::one).ok_or_else(|| self.unknown_name(namespace, name))
    }

    /// What the things of one name are: a workload or pod comes before a Service, and an owner of pods before what
    /// makes some of them for it.
    fn meant(&self, name: &str, namespace: &str, found: &[Named]) -> Result<Resolved, SpellingError> {
        let is_owner = |named: &Named| matches!(named, Named::Workload(_));
        let has_owner = found.iter().any(is_owner);
        let is_pod = |named: &&Named| match named {
            Named::Workload(_) | Named::Pod(_) => true,
            Named::Template(_) => !has_owner,
            Named::Service(_) => false,
        };
        let pods: Vec<&Named> = found.iter().filter(is_pod).collect();
        match (pods.as_slice(), found) {
            ([one], _) => Ok(Resolved::one(self.endpoint_of(**one))),
            // The only pod of a workload of the same name is the workload.
            (
                [Named::Workload(workload), Named::Pod(pod)] | [Named::Pod(pod), Named::Workload(workload)],
                _,
            ) if self.endpoint_of_groups(*workload, &[*pod]) == Endpoint::Workload(*workload)
                && self.group(*pod).is_some_and(|group| group.workload == *workload) =>
            {
                Ok(Resolved::one(Endpoint::Workload(*workload)))
            }
            ([], [Named::Service(number), ..]) => {
                Err(self.is_service(format!("{namespace}/{name}"), *number))
            }
            _ => {
                let candidates = pods.iter().map(|named| self.spelled(**named, namespace, name)).collect();
                Err(SpellingError::Ambiguous { name: format!("{namespace}/{name}"), candidates })
            }
        }
    }

    fn endpoint_of(&self, named: Named) -> Endpoint {
        match named {
            Named::Workload(workload) => Endpoint::Workload(workload),
            Named::Pod(group) => {
                let workload = self.group(group).map_or(WorkloadId(u32::MAX), |group| group.workload);
                self.endpoint_of_pod(workload, group)
            }
            Named::Template(group) => {
                let workload = self.group(group).map_or(WorkloadId(u32::MAX), |group| group.workload);
                self.endpoint_of_groups(workload, &[group])
            }
            Named::Service(_) => Endpoint::Pods(WorkloadId(u32::MAX), Vec::new()),
        }
    }

    /// A pod that is named as such. Also the only pod of its owner is told from the owner, which may make more.
    pub(super) fn endpoint_of_pod(&self, workload: WorkloadId, pod: GroupId) -> Endpoint {
        match self.workload(workload) {
            Some(Workload { owner: Owner::Pod, .. }) => Endpoint::Workload(workload),
            _ => Endpoint::Pods(workload, vec![pod]),
        }
    }

    /// Some pods of a workload; the workload when they are all.
    pub(super) fn endpoint_of_groups(&self, workload: WorkloadId, groups: &[GroupId]) -> Endpoint {
        match self.workload(workload) {
            Some(all) if all.groups.len() == groups.len() => Endpoint::Workload(workload),
            _ => Endpoint::Pods(workload, groups.to_vec()),
        }
    }

    fn spelled(&self, named: Named, namespace: &str, name: &str) -> String {
        let kind = match named {
            Named::Workload(id) => {
                self.workload(id).map_or_else(String::new, |workload| name::short(&workload.owner))
            }
            Named::Pod(_) => "pod".to_owned(),
            Named::Template(group) => self.made_by(group).map_or_else(String::new, |kind| name::short(&kind)),
            Named::Service(_) => "svc".to_owned(),
        };
        format!("{namespace}/{kind}/{name}")
    }

    fn of_kind(&self, namespace: &str, kind: &str, name: &str) -> Result<Resolved, SpellingError> {
        let id = self.namespace_named(namespace);
        let found = id.map(|id| self.named(id, name)).unwrap_or_default();
        let Some(wanted) = name::kind(kind).or_else(|| self.custom_kind(kind, found)) else {
            let known = ["deploy", "sts", "ds", "rs", "job", "cj", "pod", "svc"];
            let near =
                name::nearest(kind, known).into_iter().map(|kind| format!("{namespace}/{kind}/{name}"));
            return Err(unknown("kind", kind, near.collect()));
        };
        let is_wanted = |named: &Named| match (named, &wanted) {
            (Named::Workload(id), _) => self.workload(*id).is_some_and(|workload| match &wanted {
                Kind::Pod => workload.owner == Owner::Pod,
                Kind::Workload(kind) => workload.owner == Owner::Kind(kind.clone()),
                Kind::Unnamed => workload.owner == Owner::Unnamed,
                Kind::Service => false,
            }),
            (Named::Template(group), Kind::Workload(kind)) => {
                self.made_by(*group) == Some(Owner::Kind(kind.clone()))
            }
            (Named::Pod(_), Kind::Pod) | (Named::Service(_), Kind::Service) => true,
            _ => false,
        };
        match found.iter().copied().find(is_wanted) {
            Some(Named::Service(number)) => Err(self.is_service(format!("{namespace}/svc/{name}"), number)),
            Some(named) => Ok(Resolved::one(self.endpoint_of(named))),
            None if found.is_empty() && matches!(wanted, Kind::Pod) => {
                self.replica_or_unknown(namespace, name)
            }
            None if found.is_empty() => Err(self.unknown_of_kind((namespace, kind, name), &wanted)),
            None => {
                let others = found.iter().map(|named| self.spelled(*named, namespace, name)).collect();
                Err(unknown(kind, &format!("{namespace}/{name}"), others))
            }
        }
    }

    /// The kind of an owner that is no workload of Kubernetes' own: `rollout` for the owner `Rollout`.
    fn custom_kind(&self, kind: &str, found: &[Named]) -> Option<Kind> {
        found.iter().find_map(|named| match named {
            Named::Workload(id) => match &self.workload(*id)?.owner {
                Owner::Kind(own) if own.eq_ignore_ascii_case(kind) => Some(Kind::Workload(own.clone())),
                _ => None,
            },
            Named::Pod(_) | Named::Template(_) | Named::Service(_) => None,
        })
    }

    /// What makes the pods of a group, as an owner of its own.
    pub(super) fn made_by(&self, group: GroupId) -> Option<Owner> {
        let maker = self.group(group)?.maker.as_ref()?;
        Some(Owner::Kind(maker.kind.name().to_owned()))
    }

    fn every_pod_of(&self, name: &str) -> Result<Resolved, SpellingError> {
        let Some(id) = self.namespace_named(name) else { return Err(self.unknown_namespace(name)) };
        let endpoints: Vec<Endpoint> =
            self.workloads_of(id).map(|(number, _)| Endpoint::Workload(number)).collect();
        if endpoints.is_empty() {
            return Err(SpellingError::SelectsNothing { text: format!("ns/{name}") });
        }
        Ok(Resolved { endpoints, notes: Vec::new() })
    }

    fn node_spelled(&self, name: &str) -> Result<Resolved, SpellingError> {
        if let Some(node) = self.node_named(name) {
            return Ok(Resolved::one(Endpoint::Node(node)));
        }
        let near = name::nearest(name, self.nodes.iter().map(|node| node.name.as_str()));
        Err(unknown("node", name, near.into_iter().map(|near| format!("node/{near}")).collect()))
    }

    /// The pods that a selector selects; without any, the pod that its equalities describe.
    fn selected(&self, text: &str, namespace: &str, labels: &str) -> Result<Resolved, SpellingError> {
        let selector::Parsed { selector, equalities } = selector::parse(labels)?;
        let id = self.namespace_named(namespace);
        let endpoints = id.map(|id| self.endpoints_selected(id, &selector)).unwrap_or_default();
        let workloads = id.map(|id| self.may_select(id, &selector)).unwrap_or_default();
        let text = text.to_owned();
        match (endpoints.is_empty(), workloads.is_empty()) {
            (false, true) => return Ok(Resolved { endpoints, notes: Vec::new() }),
            (false, false) => {
                return Ok(Resolved { endpoints, notes: vec![Note::MaySelectMore { text, workloads }] });
            }
            (true, false) => return Err(SpellingError::MaySelect { text, workloads }),
            (true, true) => {}
        }
        let is_done = |(space, labels): &(String, Labels)| {
            space == namespace && selector.matches(labels).truth.is_yes()
        };
        let is_done = self.finished_labels.iter().any(is_done);
        match equalities {
            Some(labels) => {
                let pod = Hypothetical { namespace: namespace.to_owned(), labels };
                let endpoints = vec![Endpoint::Hypothetical(pod)];
                let note = if is_done { Note::Finished { text } } else { Note::Hypothetical { text } };
                Ok(Resolved { endpoints, notes: vec![note] })
            }
            None if id.is_none() => Err(self.unknown_namespace(namespace)),
            None if is_done => Err(SpellingError::SelectsFinished { text }),
            None => Err(SpellingError::SelectsNothing { text }),
        }
    }

    /// The workloads of a namespace, which stand side by side.
    pub(super) fn workloads_of(
        &self,
        namespace: NamespaceId,
    ) -> impl Iterator<Item = (WorkloadId, &Workload)> {
        let first = self.workloads.partition_point(|workload| workload.namespace < namespace);
        let number = u32::try_from(first).unwrap_or(u32::MAX);
        let rest = self.workloads.get(first..).unwrap_or_default();
        (number..).map(WorkloadId).zip(rest).take_while(move |(_, workload)| workload.namespace == namespace)
    }

    /// Spellings of the workloads of which a selector may select pods: they have labels that are not known.
    fn may_select(&self, namespace: NamespaceId, selector: &Selector) -> Vec<String> {
        let is_told = |id: &GroupId| self.replicas_selected(*id, selector).is_none();
        let is_open = |group: &PodGroup| selects(selector, group) == Truth::Unknown;
        let space = self.namespace(namespace).map(|entry| entry.name.as_str()).unwrap_or_default();
        self.workloads_of(namespace)
            .filter(|(_, workload)| {
                workload.groups.iter().filter(|id| is_told(id)).filter_map(|id| self.group(*id)).any(is_open)
            })
            .map(|(_, workload)| format!("{space}/{}/{}", name::short(&workload.owner), workload.name))
            .collect()
    }

    fn endpoints_selected(&self, namespace: NamespaceId, selector: &Selector) -> Vec<Endpoint> {
        let is_selected = |group: &PodGroup| selects(selector, group) == Truth::Yes;
        let endpoints = self.workloads_of(namespace).map(|(id, workload)| {
            let selected = workload.groups.iter().copied();
            let selected: Vec<GroupId> =
                selected.filter(|group| self.group(*group).is_some_and(is_selected)).collect();
            let replicas =
                workload.groups.iter().filter_map(|group| self.replicas_selected(*group, selector));
            let replicas: Vec<Endpoint> = replicas.flatten().collect();
            let whole = (!selected.is_empty()).then(|| self.endpoint_of_groups(id, &selected));
            whole.into_iter().chain(replicas)
        });
        endpoints.flatten().collect()
    }

    fn is_service(&self, text: String, number: u32) -> SpellingError {
        let backends =
            self.services.get(number as usize).map(|service| self.backends(service)).unwrap_or_default();
        SpellingError::Service { text, backends }
    }

    /// Spellings of the workloads that a Service selects.
    pub(super) fn backends(&self, service: &Service) -> Vec<String> {
        let namespace = &service.metadata.namespace.value;
        let requirements: Option<Vec<Requirement>> = service
            .selector
            .iter()
            .map(|label| Some(Requirement::equals(label.key.value.clone(), label.value.value.clone()?)))
            .collect();
        let (Some(requirements), Some(id)) = (requirements, self.namespace_named(namespace)) else {
            return Vec::new();
        };
        if requirements.is_empty() {
            return Vec::new();
        }
        let endpoints = self.endpoints_selected(id, &Selector::new(requirements));
        let names = endpoints.iter().filter_map(|endpoint| match endpoint {
            Endpoint::Workload(id) | Endpoint::Pods(id, _) => self.workload(*id),
            _ => None,
        });
        names
            .map(|workload| format!("{namespace}/{}/{}", name::short(&workload.owner), workload.name))
            .collect()
    }

    fn dotted(&self, name: &str) -> SpellingError {
        if !name::is_cluster_dns(self, name) {
            return SpellingError::OutsideName { name: name.to_owned() };
        }
        let mut labels = name.split('.');
        let (service, namespace) = (labels.next().unwrap_or_default(), labels.next().unwrap_or_default());
        let found = self.namespace_named(namespace).map(|id| self.named(id, service)).unwrap_or_default();
        let number = found.iter().find_map(|named| match named {
            Named::Service(number) => Some(*number),
            _ => None,
        });
        match number {
            Some(number) => self.is_service(name.to_owned(), number),
            None => SpellingError::Service { text: name.to_owned(), backends: Vec::new() },
        }
    }

    fn unknown_namespace(&self, name: &str) -> SpellingError {
        let near = name::nearest(name, self.namespaces.iter().map(|namespace| namespace.name.as_str()));
        unknown("namespace", name, near.into_iter().map(str::to_owned).collect())
    }

    /// That nothing of a kind has a name in a namespace, with those that do elsewhere.
    fn unknown_of_kind(&self, (namespace, kind, name): (&str, &str, &str), wanted: &Kind) -> SpellingError {
        let has = |id: NamespaceId| {
            self.named(id, name).iter().any(|named| match named {
                Named::Service(_) => *wanted == Kind::Service,
                _ => *wanted != Kind::Service,
            })
        };
        let spaces = (0u32..).map(NamespaceId).zip(&self.namespaces).filter(|(id, _)| has(*id));
        let elsewhere: Vec<String> =
            spaces.map(|(_, space)| format!("{}/{kind}/{name}", space.name)).take(ELSEWHERE).collect();
        if elsewhere.is_empty() {
            return self.unknown_name(namespace, name);
        }
        unknown(kind, &format!("{namespace}/{name}"), elsewhere)
    }

    fn unknown_name(&self, namespace: &str, name: &str) -> SpellingError {
        let elsewhere = self.elsewhere(name);
        match self.namespace_named(namespace) {
            None if !elsewhere.is_empty() => {
                SpellingError::NoNamespace { namespace: namespace.to_owned(), elsewhere }
            }
            None => {
                let near = name::nearest(namespace, self.namespaces.iter().map(|entry| entry.name.as_str()));
                let near = near.into_iter().map(|near| format!("{near}/{name}")).collect();
                unknown("namespace", namespace, near)
            }
            Some(_) if self.finished.contains(&(namespace.to_owned(), name.to_owned())) => {
                SpellingError::Finished { name: format!("{namespace}/{name}") }
            }
            Some(id) => unknown("workload or pod", &format!("{namespace}/{name}"), self.near_names(id, name)),
        }
    }
}

/// Whether a selector selects every pod of a group, none, or nobody knows: replicas of a StatefulSet that are not in
/// the input stand together here, so that what tells them apart is not known.
fn selects(selector: &Selector, group: &PodGroup) -> Truth {
    let is_whole = !matches!(group.names, PodNames::Ordinals { .. });
    if is_whole || !selector.requirements().iter().any(is_of_replica) {
        return selector.matches(&group.labels).truth;
    }
    let others = selector.requirements().iter().filter(|requirement| !is_of_replica(requirement));
    Selector::new(others.cloned()).matches(&group.labels).truth.and(Truth::Unknown)
}

fn unknown(what: &str, name: &str, nearest: Vec<String>) -> SpellingError {
    SpellingError::Unknown { what: what.to_owned(), name: name.to_owned(), nearest }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::cluster::Facts;
    use crate::manifest;
    use crate::text::{FileSet, SourceFile};

    const SHOP: &str = "
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}, spec: {selector: {matchLabels: {app: web}},
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: shop}, spec: {serviceName: db, replicas: 2,
  selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: i}]}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: twin, namespace: shop, labels: {app: twin}}, spec: {containers: [{name: c, image: i}]}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: twin, namespace: shop}, spec: {template: {spec: {containers: [{name: c, image: i}]}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: r-1, namespace: shop, labels: {app: r}, ownerReferences: [{apiVersion: argoproj.io/v1, kind: Rollout, name: r, uid: u}]},
  spec: {containers: [{name: c, image: i}]}, status: {podIPs: [{ip: 10.0.0.1}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: r-2, namespace: shop, labels: {app: r}, ownerReferences: [{apiVersion: argoproj.io/v1, kind: Rollout, name: r, uid: u}]},
  spec: {containers: [{name: c, image: i}]}, status: {podIPs: [{ip: 10.0.0.2}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: vm, namespace: shop, ownerReferences: [{apiVersion: kubevirt.io/v1, kind: VM, name: vm, uid: u}]},
  spec: {containers: [{name: c, image: i}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: front, namespace: shop}, spec: {selector: {app: web}, clusterIP: 10.96.0.1, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: ns}, spec: {containers: [{name: c, image: i}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: b, namespace: a}, spec: {containers: [{name: c, image: i}]}}
---
{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}}
";

    fn cluster() -> Cluster {
        let mut files = FileSet::new();
        files.add(SourceFile::named("a.yaml", SHOP)).unwrap();
        let manifests = manifest::read(&files, &manifest::ReadOptions::default(), |_, _| None::<()>);
        Cluster::new(manifests, Facts::default(), &BTreeSet::new(), &[])
    }

    fn show(cluster: &Cluster, endpoint: &Endpoint) -> String {
        let name = |id: &WorkloadId| {
            let workload = cluster.workload(*id).unwrap();
            let namespace = &cluster.namespace(workload.namespace).unwrap().name;
            format!("{namespace}/{}/{}", name::short(&workload.owner), workload.name)
        };
        match endpoint {
            Endpoint::Workload(id) => name(id),
            Endpoint::Pods(id, groups) => {
                let pods: Vec<String> = groups.iter().map(|group| cluster.pod_name(*group, None)).collect();
                format!("{}[{}]", name(id), pods.join(","))
            }
            Endpoint::Replica(replica) => {
                let pod = cluster.pod_name(replica.group, Some(replica.ordinal));
                format!("{}[{pod}]", name(&replica.workload))
            }
            Endpoint::Hypothetical(pod) => format!("{}/{:?}", pod.namespace, pod.labels),
            Endpoint::Addresses(addresses) => addresses.to_string(),
            Endpoint::Node(id) => format!("node {}", cluster.node(*id).unwrap().name),
        }
    }

    /// The endpoints of a spelling in the namespace `shop`, or the message and the help.
    fn read(text: &str) -> String {
        let cluster = cluster();
        match cluster.endpoints(text, "shop") {
            Ok(resolved) => {
                let names: Vec<String> = resolved.endpoints.iter().map(|one| show(&cluster, one)).collect();
                names.join(" + ")
            }
            Err(error) => format!("{error}; {}", error.help().unwrap_or_default()),
        }
    }

    fn notes(text: &str) -> Vec<String> {
        cluster().endpoints(text, "shop").unwrap().notes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn names_stand_for_workloads_and_pods() {
        for text in ["web", "shop/web", "shop/deploy/web", "deploy/web", "shop/deployments/web"] {
            assert_eq!(read(text), "shop/deploy/web", "{text}");
        }
        assert_eq!(read("shop/sts/db"), "shop/sts/db");
        for text in ["r-1", "shop/r-1", "shop/pod/r-1", "po/r-1"] {
            assert_eq!(read(text), "shop/rollout/r[r-1]", "{text}");
        }
        assert_eq!(read("shop/rollout/r"), "shop/rollout/r");
        assert_eq!(read("shop/vm"), "shop/vm/vm");
    }

    #[test]
    fn a_name_for_several_things_is_answered_with_spellings_that_work() {
        assert_eq!(
            read("twin"),
            "`shop/twin` can mean several things; say which: `shop/pod/twin`, `shop/job/twin`"
        );
        assert_eq!(
            (read("shop/job/twin"), read("shop/pod/twin")),
            ("shop/job/twin".into(), "shop/pod/twin".into())
        );
    }

    #[test]
    fn unknown_names_come_with_near_ones() {
        assert_eq!(read("wbe"), "there is no workload or pod `shop/wbe`; did you mean `shop/web`?");
        assert_eq!(read("shpo/web"), "there is no namespace `shpo`; did you mean `shop/web`?");
        assert_eq!(read("b"), "there is no workload or pod `shop/b`; did you mean `a/b`?");
        assert_eq!(read("db-0"), "shop/sts/db[db-0]");
        assert_eq!(read("shop/sts/web"), "there is no sts `shop/web`; did you mean `shop/deploy/web`?");
        let other = cluster().endpoints("web", "default").unwrap_err();
        assert_eq!(other.help().unwrap(), "did you mean `shop/web`?");
    }

    #[test]
    fn an_exact_name_beats_a_keyword_and_says_so() {
        assert_eq!(read("ns/a"), "ns/pod/a");
        assert_eq!(notes("ns/a"), ["`ns/a` is read as a name; the other meaning is spelled `ns:a`"]);
        assert_eq!(read("ns:a"), "a/pod/b");
        assert_eq!((read("node/n1"), read("node:n1")), ("node n1".to_owned(), "node n1".to_owned()));
    }

    #[test]
    fn selectors_select_pods_or_describe_one() {
        assert_eq!(read("shop/@app in (web, db)"), "shop/sts/db + shop/deploy/web");
        assert_eq!(read("@app=r"), "shop/rollout/r");
        assert_eq!(read("evil/@app=x"), r#"evil/[("app", "x")]"#);
        assert_eq!(
            notes("evil/@app=x"),
            ["`evil/@app=x` selects no pod in the input; the answer is for a pod with exactly these labels"]
        );
        assert!(read("shop/@app=x,!y").starts_with("`shop/@app=x,!y` selects no pod"));
        assert!(read("shop/@").starts_with("`` is no label selector"));
    }

    #[test]
    fn a_selector_that_hangs_on_unknown_labels_is_never_guessed() {
        assert!(read("shop/@pod-template-hash=abc").ends_with("name the workload: `shop/deploy/web`"));
        assert_eq!(read("shop/@app=web,pod-template-hash"), "shop/deploy/web");
    }

    #[test]
    fn one_replica_has_a_name_and_labels_of_its_own() {
        for text in [
            "db-0",
            "shop/db-0",
            "shop/pod/db-0",
            "shop/@statefulset.kubernetes.io/pod-name=db-0",
            "shop/@apps.kubernetes.io/pod-index=0,app=db",
        ] {
            assert_eq!(read(text), "shop/sts/db[db-0]", "{text}");
        }
        let others = read("shop/@apps.kubernetes.io/pod-index!=0,app=db");
        assert_eq!(others, "shop/sts/db[db-1]");
        for text in ["db-2", "db-00", "web-0"] {
            assert!(read(text).starts_with("there is no workload or pod"), "{text}: {}", read(text));
        }
    }

    #[test]
    fn addresses_mean_their_pod_and_blocks_mean_the_outside() {
        assert_eq!(read("10.0.0.1"), "shop/rollout/r[r-1]");
        assert_eq!(
            (read("8.8.8.8"), read("fd00::1"), read("[fd00::1]")),
            ("8.8.8.8".into(), "fd00::1".into(), "fd00::1".into())
        );
        assert_eq!(read("10.0.0.0/30"), "10.0.0.0, 10.0.0.3");
        assert_eq!(
            notes("10.0.0.0/30"),
            [
                "`10.0.0.0/30` means addresses outside the cluster; 2 pods inside it are left out: shop/r-1, shop/r-2"
            ]
        );
        for text in ["10.0.0.300", "10.0.0.0/33", "fd00::/129", "fd00::x"] {
            assert!(read(text).contains("is neither an address nor a block"), "{text}: {}", read(text));
        }
        assert!(read("internet").starts_with("1.0.0.0/8, ") && !read("internet").contains("::"));
        assert!(
            read("any").starts_with("a/pod/b + ns/pod/a + ")
                && read("any").ends_with("64.0.0.0/2, 128.0.0.0/1")
        );
    }

    #[test]
    fn services_and_dns_names_point_to_the_workloads_behind_them() {
        for text in [
            "front",
            "svc/front",
            "shop/svc/front",
            "front.shop.svc",
            "front.shop.svc.cluster.local",
            "front.shop",
            "10.96.0.1",
        ] {
            assert!(read(text).ends_with("`shop/deploy/web`"), "{text}: {}", read(text));
        }
        assert_eq!(
            read("api.example.com"),
            "the addresses of `api.example.com` are not known; give an address or a block"
        );
    }

    #[test]
    fn a_port_stands_at_the_destination_alone() {
        assert_eq!(
            read("shop/web:80"),
            "`shop/web:80` has a port, which is not possible here; leave `:80` out: `shop/web`"
        );
        assert_eq!(
            read("  "),
            "an endpoint is missing; name a workload, a pod, a namespace (`ns/shop`), an address, `outside`, `internet` or `any`"
        );
    }
}
