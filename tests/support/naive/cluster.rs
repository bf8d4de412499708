//! Who can send and receive, read from the objects.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::Value;

use super::Truth;
use super::address::{Block, Family};
use super::fields::{
    host_addresses, is_finished, is_in_host_network, named_ports, node_name, pod_addresses, replicas,
};
use super::labels::{Known, Labels, Rest, items, of_metadata};
use super::options::{Blocks, Options, Unlisted};
use super::refused::{is_doubted, is_doubted_namespace};

/// One end of a question.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    Pod { namespace: String, name: String },
    Workload { namespace: String, kind: String, name: String },
    Hypothetical { namespace: String, labels: Vec<(String, String)> },
    Address(IpAddr),
    Node(String),
}

impl fmt::Display for End {
    /// As a user of `netpol can` spells it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pod { namespace, name } => write!(f, "{namespace}/pod/{name}"),
            Self::Workload { namespace, kind, name } => {
                write!(f, "{namespace}/{}/{name}", kind.to_lowercase())
            }
            Self::Hypothetical { namespace, labels } => {
                let pairs: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
                write!(f, "{namespace}/@{}", pairs.join(","))
            }
            Self::Address(address) => write!(f, "{address}"),
            Self::Node(name) => write!(f, "node/{name}"),
        }
    }
}

/// One thing that sends or receives: a pod, a replica, a node or an address.
#[derive(Debug, Clone)]
pub struct Side {
    /// What tells it from every other pod; `None` when any of several equal replicas may be meant.
    pub identity: Option<String>,
    /// What selectors see; `None` for what is no pod to them: nodes, host-network pods, addresses.
    pub pod: Option<PodSide>,
    /// The addresses; `None` when they are not known.
    pub addresses: Option<Vec<IpAddr>>,
    /// The families of the addresses, known or not.
    pub families: BTreeSet<Family>,
    /// The node that it runs on, or is.
    pub node: Option<String>,
    /// Whether its traffic is the node's own.
    pub is_node: bool,
    /// Whether the API server refuses what it is made of, so that nothing is known of it.
    pub is_doubted: bool,
}

/// What selectors and named ports see of a pod.
#[derive(Debug, Clone)]
pub struct PodSide {
    pub namespace: String,
    pub labels: Labels,
    pub ports: Vec<NamedPort>,
}

/// A port that a container declares by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPort {
    pub name: String,
    pub protocol: String,
    pub number: u16,
}

/// A pod, or the template of one.
#[derive(Debug, Clone)]
struct Unit {
    end: End,
    side: Side,
}

/// The cluster.
#[derive(Debug, Clone)]
pub struct Cluster {
    namespaces: BTreeMap<String, Labels>,
    options: Options,
    units: Vec<Unit>,
    workloads: BTreeMap<End, Vec<usize>>,
    nodes: BTreeMap<String, Vec<IpAddr>>,
    node_labels: BTreeMap<String, Known>,
    families: BTreeSet<Family>,
}

const OWNERS: [&str; 7] =
    ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ReplicationController", "Job", "CronJob"];

impl Cluster {
    /// Reads the objects; of two of one identity the later counts.
    pub fn new(objects: &[Value], options: &Options) -> Self {
        let reader = Reader::new(objects, options);
        let mut cluster = Self {
            namespaces: reader.namespaces(),
            nodes: reader.nodes(),
            node_labels: reader.node_labels(),
            families: reader.families(),
            units: Vec::new(),
            workloads: BTreeMap::new(),
            options: options.clone(),
        };
        let mut owned = BTreeSet::new();
        for pod in reader.of_kind("Pod") {
            let owner = reader.owner(pod);
            let is_of_job = matches!(&owner, Some(End::Workload { kind, .. }) if kind == "Job");
            if !is_finished(pod) {
                owned.extend(owner.clone());
                cluster.add_pod(pod, owner, reader.namespace(pod));
            } else if is_of_job {
                owned.extend(owner);
            }
        }
        for kind in OWNERS {
            for object in reader.of_kind(kind) {
                cluster.add_templates(object, &reader, &owned);
            }
        }
        cluster
    }

    /// Every pod, and every owner of pods that are not in the input.
    pub fn ends(&self) -> Vec<End> {
        self.units.iter().map(|unit| unit.end.clone()).collect::<BTreeSet<End>>().into_iter().collect()
    }

    /// Every owner of pods, and every pod without one.
    pub fn workloads(&self) -> Vec<End> {
        self.workloads.keys().cloned().collect()
    }

    /// The nodes that the input describes or pods name.
    pub fn nodes(&self) -> Vec<End> {
        self.nodes.keys().filter(|name| name.parse::<IpAddr>().is_err()).cloned().map(End::Node).collect()
    }

    /// What an end stands for.
    pub fn sides(&self, end: &End) -> Vec<Side> {
        match end {
            End::Pod { .. } => {
                self.units.iter().filter(|unit| unit.end == *end).map(|unit| unit.side.clone()).collect()
            }
            End::Workload { .. } => self
                .workloads
                .get(end)
                .into_iter()
                .flatten()
                .map(|index| self.units[*index].side.clone())
                .collect(),
            End::Hypothetical { namespace, labels } => vec![self.hypothetical(namespace, labels)],
            End::Address(address) => vec![self.address(*address)],
            End::Node(name) => vec![self.node(name)],
        }
    }

    /// The labels of a namespace; one that nothing describes has its name for a label.
    pub fn namespace_labels(&self, name: &str) -> Labels {
        let described = self.namespaces.get(name).cloned().or_else(|| {
            let labels = self.options.namespaces.get(name)?.iter();
            Some(Labels::only(labels.map(|(key, value)| (key.clone(), Some(value.clone()))).collect()))
        });
        let mut labels = described.unwrap_or_else(|| Labels {
            known: Known::new(),
            rest: match self.options.unlisted {
                Unlisted::AssumedAbsent => Rest::AssumedAbsent,
                Unlisted::Unknown => Rest::Unknown,
            },
        });
        labels.known.insert("kubernetes.io/metadata.name".to_owned(), Some(name.to_owned()));
        labels
    }

    /// The labels of a node; `None` when the input does not describe it.
    pub fn node_labels(&self, name: &str) -> Option<Labels> {
        self.node_labels.get(name).cloned().map(Labels::only)
    }

    /// Whether a block of addresses holds an end.
    pub fn block_holds(&self, block: &Block, other: &Side, family: Family) -> Truth {
        let options = self.options();
        if other.is_doubted {
            return Truth::Unknown;
        }
        match (&other.pod, &other.addresses) {
            (Some(_), _) if options.blocks == Blocks::OutsideOnly => Truth::No,
            (_, Some(addresses)) => block.holds_all(addresses, family),
            (Some(_), None) => block.holds_some_pod(family, &options.pod_cidrs),
            (None, None) if block.is_everything(family) => Truth::Yes,
            (None, None) if Family::of(block.cidr.addr()) != family => Truth::No,
            (None, None) => Truth::Unknown,
        }
    }

    /// The options that it was read with.
    pub fn options(&self) -> &Options {
        &self.options
    }

    fn hypothetical(&self, namespace: &str, labels: &[(String, String)]) -> Side {
        let known = labels.iter().map(|(key, value)| (key.clone(), Some(value.clone()))).collect();
        let pod = PodSide { namespace: namespace.to_owned(), labels: Labels::only(known), ports: Vec::new() };
        Side {
            identity: None,
            pod: Some(pod),
            addresses: None,
            families: self.families.clone(),
            node: None,
            is_node: false,
            is_doubted: false,
        }
    }

    fn address(&self, address: IpAddr) -> Side {
        let holds = |unit: &&Unit| {
            !unit.side.is_node && unit.side.addresses.as_ref().is_some_and(|own| own.contains(&address))
        };
        if let Some(unit) = self.units.iter().find(holds) {
            return unit.side.clone();
        }
        let node = self.nodes.iter().find(|(_, own)| own.contains(&address)).map(|(name, _)| name.clone());
        Side {
            identity: Some(address.to_string()),
            pod: None,
            addresses: Some(vec![address]),
            families: [Family::of(address)].into(),
            is_node: node.is_some(),
            is_doubted: false,
            node,
        }
    }

    fn node(&self, name: &str) -> Side {
        let addresses = self.nodes.get(name).filter(|addresses| !addresses.is_empty()).cloned();
        Side {
            identity: Some(format!("node {name}")),
            pod: None,
            families: self.families_of(addresses.as_ref()),
            addresses,
            node: Some(name.to_owned()),
            is_node: true,
            is_doubted: false,
        }
    }

    fn families_of(&self, addresses: Option<&Vec<IpAddr>>) -> BTreeSet<Family> {
        addresses.map_or_else(
            || self.families.clone(),
            |addresses| addresses.iter().map(|address| Family::of(*address)).collect(),
        )
    }

    fn add_pod(&mut self, pod: &Value, owner: Option<End>, namespace: String) {
        let name = pod["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let labels = of_metadata(&pod["metadata"]);
        let mut side = self.pod_side(&pod["spec"], &namespace, labels);
        side.identity = Some(format!("{namespace}/{name}"));
        side.node = self.node_of(pod);
        if side.is_node {
            let own = side.node.as_ref().and_then(|node| self.nodes.get(node)).filter(|own| !own.is_empty());
            let known = own.cloned().unwrap_or_else(|| pod_addresses(pod));
            side.addresses = Some(known).filter(|addresses| !addresses.is_empty());
        } else {
            side.addresses = Some(pod_addresses(pod)).filter(|addresses| !addresses.is_empty());
        }
        side.families = self.families_of(side.addresses.as_ref());
        if is_doubted(pod, pod) {
            side.addresses = side.addresses.filter(|_| !side.is_node);
            side = self.doubted(&namespace, side);
        }
        let end = End::Pod { namespace, name };
        self.workloads.entry(owner.unwrap_or_else(|| end.clone())).or_default().push(self.units.len());
        self.units.push(Unit { end, side });
    }

    fn add_templates(&mut self, object: &Value, reader: &Reader<'_>, owned: &BTreeSet<End>) {
        let own = reader.end(object);
        let root = reader.owner(object).unwrap_or_else(|| own.clone());
        let has_pods = owned.contains(&root);
        let is_scaled_down = object["kind"] == "ReplicaSet" && object["spec"]["replicas"] == 0;
        let is_spoken_for = root != own && (reader.has(&root) || is_scaled_down);
        if has_pods || is_spoken_for {
            return;
        }
        let template = match object["kind"].as_str() {
            Some("CronJob") => &object["spec"]["jobTemplate"]["spec"]["template"],
            _ => &object["spec"]["template"],
        };
        let End::Workload { namespace, kind, name } = &own else { return };
        for (identity, added) in replicas(object, kind, name) {
            let mut labels = of_metadata(&template["metadata"]);
            labels.extend(added);
            let mut side = self.pod_side(&template["spec"], namespace, labels);
            side.identity = identity;
            side.node = template["spec"]["nodeName"].as_str().map(str::to_owned);
            if side.is_node {
                let own = side.node.as_ref().and_then(|node| self.nodes.get(node));
                side.addresses = own.filter(|own| !own.is_empty()).cloned();
                side.families = self.families_of(side.addresses.as_ref());
            }
            if is_doubted(object, template) {
                // The addresses are its node's, which others have too.
                side.addresses = None;
                side = self.doubted(namespace, side);
            }
            self.workloads.entry(root.clone()).or_default().push(self.units.len());
            self.units.push(Unit { end: root.clone(), side });
        }
    }

    /// A pod that may be anything; its addresses only tell which pod is asked for.
    fn doubted(&self, namespace: &str, side: Side) -> Side {
        let labels = Labels { known: Known::new(), rest: Rest::Unknown };
        let pod = PodSide { namespace: namespace.to_owned(), labels, ports: Vec::new() };
        Side {
            pod: Some(pod),
            families: self.families.clone(),
            node: None,
            is_node: false,
            is_doubted: true,
            ..side
        }
    }

    /// A pod with an unknown address on an unknown node.
    fn pod_side(&self, spec: &Value, namespace: &str, labels: Known) -> Side {
        let is_node = spec["hostNetwork"] == true;
        let pod = PodSide {
            namespace: namespace.to_owned(),
            labels: Labels::only(labels),
            ports: named_ports(spec),
        };
        Side {
            identity: None,
            pod: (!is_node).then_some(pod),
            addresses: None,
            families: self.families.clone(),
            node: None,
            is_node,
            is_doubted: false,
        }
    }

    fn node_of(&self, pod: &Value) -> Option<String> {
        node_name(pod).or_else(|| {
            let host = host_addresses(pod).into_iter().next()?;
            self.nodes.iter().find(|(_, own)| own.contains(&host)).map(|(name, _)| name.clone())
        })
    }
}

/// The objects by identity.
struct Reader<'a> {
    objects: BTreeMap<(String, String, String), &'a Value>,
    options: &'a Options,
}

impl<'a> Reader<'a> {
    fn new(objects: &'a [Value], options: &'a Options) -> Self {
        let mut reader = Self { objects: BTreeMap::new(), options };
        for object in objects {
            let kind = object["kind"].as_str().unwrap_or_default().to_owned();
            let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
            let is_namespaced = kind != "Namespace" && kind != "Node";
            let namespace = if is_namespaced { reader.namespace(object) } else { String::new() };
            reader.objects.insert((kind, namespace, name), object);
        }
        reader
    }

    fn of_kind(&self, kind: &str) -> impl Iterator<Item = &'a Value> {
        self.objects.iter().filter(move |((own, ..), _)| own == kind).map(|(_, object)| *object)
    }

    fn has(&self, end: &End) -> bool {
        let End::Workload { namespace, kind, name } = end else { return false };
        self.objects.contains_key(&(kind.clone(), namespace.clone(), name.clone()))
    }

    fn namespace(&self, object: &Value) -> String {
        let own = object["metadata"]["namespace"].as_str().filter(|name| !name.is_empty());
        own.unwrap_or(&self.options.default_namespace).to_owned()
    }

    fn end(&self, object: &Value) -> End {
        End::Workload {
            namespace: self.namespace(object),
            kind: object["kind"].as_str().unwrap_or_default().to_owned(),
            name: object["metadata"]["name"].as_str().unwrap_or_default().to_owned(),
        }
    }

    /// The last owner that can be found by climbing the owner references.
    fn owner(&self, object: &Value) -> Option<End> {
        let references = items(&object["metadata"]["ownerReferences"]);
        let known = || references.iter().filter(|reference| reference["kind"] != "Node");
        let reference =
            known().find(|reference| reference["controller"] == true).or_else(|| known().next())?;
        let namespace = self.namespace(object);
        let kind = reference["kind"].as_str().unwrap_or_default().to_owned();
        let name = reference["name"].as_str().unwrap_or_default().to_owned();
        let above = self.objects.get(&(kind.clone(), namespace.clone(), name.clone()));
        if let (None, Some(deployment)) = (above, self.deployment(object, &kind, &name)) {
            return self.owner(deployment).or_else(|| Some(self.end(deployment)));
        }
        above.and_then(|above| self.owner(above)).or(Some(End::Workload { namespace, kind, name }))
    }

    /// The Deployment whose ReplicaSet is not in the input: `web-5d8f` of pods with `pod-template-hash: 5d8f`.
    fn deployment(&self, pod: &Value, kind: &str, name: &str) -> Option<&&'a Value> {
        let hash = pod["metadata"]["labels"]["pod-template-hash"].as_str()?;
        let owner = name.strip_suffix(&format!("-{hash}")).filter(|_| kind == "ReplicaSet")?;
        self.objects.get(&("Deployment".to_owned(), self.namespace(pod), owner.to_owned()))
    }

    fn namespaces(&self) -> BTreeMap<String, Labels> {
        let name = |object: &Value| object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let labels = |object: &Value| {
            if is_doubted_namespace(object) {
                return Labels { known: Known::new(), rest: Rest::Unknown };
            }
            Labels::only(of_metadata(&object["metadata"]))
        };
        self.of_kind("Namespace").map(|object| (name(object), labels(object))).collect()
    }

    fn node_labels(&self) -> BTreeMap<String, Known> {
        let name = |object: &Value| object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        self.of_kind("Node").map(|object| (name(object), of_metadata(&object["metadata"]))).collect()
    }

    /// The addresses of nodes: those that Node objects list, and those that pods say their node has.
    fn nodes(&self) -> BTreeMap<String, Vec<IpAddr>> {
        let mut nodes: BTreeMap<String, Vec<IpAddr>> = BTreeMap::new();
        for node in self.of_kind("Node") {
            let addresses = items(&node["status"]["addresses"]).iter();
            let own = addresses.filter_map(|item| item["address"].as_str()?.parse().ok()).collect();
            nodes.insert(node["metadata"]["name"].as_str().unwrap_or_default().to_owned(), own);
        }
        for pod in self.of_kind("Pod") {
            let Some(name) = node_name(pod) else { continue };
            let own = nodes.entry(name).or_default();
            let new = host_addresses(pod).into_iter().filter(|address| !own.contains(address));
            own.extend(new.collect::<Vec<_>>());
        }
        for pod in self.of_kind("Pod") {
            let unclaimed = |address: &IpAddr| !nodes.values().any(|own| own.contains(address));
            if node_name(pod).is_none()
                && let Some(address) = host_addresses(pod).into_iter().find(unclaimed)
            {
                nodes.insert(address.to_string(), vec![address]);
            }
        }
        nodes
    }

    fn families(&self) -> BTreeSet<Family> {
        let pods = self
            .of_kind("Pod")
            .filter(|pod| !is_finished(pod) && !is_in_host_network(pod))
            .flat_map(pod_addresses);
        let services = self.of_kind("Service").flat_map(|service| {
            let spec = &service["spec"];
            let listed = items(&spec["clusterIPs"]).iter().chain([&spec["clusterIP"]]);
            listed.filter_map(|text| text.as_str()?.parse::<IpAddr>().ok()).collect::<Vec<_>>()
        });
        let blocks = self.options.pod_cidrs.iter().map(IpNet::addr);
        let families: BTreeSet<Family> = pods.chain(services).chain(blocks).map(Family::of).collect();
        if families.is_empty() { [Family::V4].into() } else { families }
    }
}
