//! A small cluster for tests: pods by their labels, policies part by part, a line of text each.

use crate::cluster::{
    Asked, Cluster, Endpoint, GroupId, Namespace, NamespaceId, Owner, PodAddresses, PodGroup, PodNames,
    Workload, WorkloadId,
};
use crate::diagnostic::ObjectRef;
use crate::evaluate::{Engine, Request};
use crate::explain::{Explanation, explain};
use crate::index::{Plugin, PolicyIndex};
use crate::net::{Family, IpSet, Protocol};
use crate::policy::{
    Action, AddressBlock, Certainty, Conflicts, Direction, Directions, NamespaceMatch, Order, Origin,
    OriginId, OriginPath, Origins, Peer, Pipeline, Placed, PodMatch, Policy, PolicySet, PortMatch, Ports,
    Rule, Stage, TieKey, Tier, TierId, Ties,
};
use crate::selector::{Labels, Operator, Requirement, Selector};
use crate::text::{FileSet, SourceFile, Span};

/// A workload: its namespace, its name, the labels of its pods.
pub(crate) type WorkloadSpec<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);
/// A rule: its peers and ports, `None` for all.
pub(crate) type RuleSpec = (Option<Vec<Peer>>, Option<Vec<PortMatch>>);

/// A cluster with its policies.
pub(crate) struct Scenario {
    pub(crate) files: FileSet,
    pub(crate) cluster: Cluster,
    pub(crate) policies: PolicySet,
    next_line: u32,
}

impl Scenario {
    /// Workloads as (namespace, name, labels), sorted; each has one group of pods without addresses.
    pub(crate) fn new(workloads: &[WorkloadSpec<'_>]) -> Self {
        let mut files = FileSet::new();
        let file = files.add(SourceFile::named("manifests/cart.yaml", "x\n".repeat(100))).unwrap();
        let mut names: Vec<&str> = workloads.iter().map(|(namespace, ..)| *namespace).collect();
        names.sort_unstable();
        names.dedup();
        let mut cluster = Cluster { families: vec![Family::V4], ..Cluster::default() };
        cluster.outside_families = vec![Family::V4];
        cluster.namespaces = names
            .iter()
            .map(|name| Namespace {
                name: (*name).to_owned(),
                labels: Labels::known([(Namespace::NAME_LABEL, *name)]),
                is_described: true,
                admission: crate::cluster::Admission::Admitted,
                span: None,
            })
            .collect();
        let span = Span::new(file, 0, 1);
        for (number, (namespace, name, labels)) in (0u32..).zip(workloads) {
            let namespace = NamespaceId(u32::try_from(names.binary_search(namespace).unwrap()).unwrap());
            cluster.workloads.push(Workload {
                namespace,
                name: (*name).to_owned(),
                owner: Owner::Kind("Deployment".to_owned()),
                labels: Labels::default(),
                groups: vec![GroupId(number)],
                span,
            });
            cluster.groups.push(PodGroup {
                workload: WorkloadId(number),
                namespace,
                names: PodNames::Template(None),
                maker: None,
                labels: Labels::known(labels.iter().copied()),
                named_ports: Vec::new(),
                addresses: PodAddresses::Unknown,
                node: None,
                is_host_network: false,
                admission: crate::cluster::Admission::Admitted,
                span,
            });
        }
        let tier =
            Tier { name: "network-policy".to_owned(), ties: Ties::Together, conflicts: Conflicts::DenyFirst };
        let stages = vec![Stage::Rules(TierId(0)), Stage::DefaultDeny(vec![TierId(0)])];
        let policies = PolicySet {
            pipeline: Pipeline { tiers: vec![tier], stages, node_rules: Vec::new(), default: Action::Allow },
            policies: Vec::new(),
            opaque: Vec::new(),
            unenforced: Vec::new(),
            origins: Origins::new(),
        };
        Self { files, cluster, policies, next_line: 0 }
    }

    /// Adds a policy of namespace `shop` for one direction.
    pub(crate) fn policy(
        mut self,
        name: &str,
        subject: Selector,
        direction: Direction,
        rules: Vec<RuleSpec>,
    ) -> Self {
        let origin = self.line(String::new());
        let rules = rules.into_iter().enumerate();
        let rules = rules.map(|(number, rule)| self.rule(direction, number, rule)).collect();
        let directions = match direction {
            Direction::Ingress => Directions::Ingress,
            Direction::Egress => Directions::Egress,
        };
        let policy = Policy {
            object: ObjectRef {
                api_version: "networking.k8s.io/v1".to_owned(),
                kind: "NetworkPolicy".to_owned(),
                namespace: Some("shop".to_owned()),
                name: name.to_owned(),
            },
            tier: TierId(0),
            order: Order::default(),
            tie: TieKey::default(),
            subject: Placed::new(in_shop(subject), origin),
            directions,
            isolates: [Certainty::Yes; 2],
            unspoken: None,
            rules,
            remarks: Vec::new(),
            origin,
        };
        self.policies.policies.push(policy.into());
        self
    }

    fn rule(&mut self, direction: Direction, number: usize, (peers, ports): RuleSpec) -> Placed<Rule> {
        let path = format!("{direction}[{number}]");
        let origin = self.line(path.clone());
        let mut place = |list: &str, number: usize| self.line(format!("{path}.{list}[{number}]"));
        let peers = peers.map(|peers| {
            let peers = peers.into_iter().enumerate();
            peers.map(|(number, peer)| Placed::new(peer, place("from", number))).collect()
        });
        let ports = ports.map(|ports| {
            let ports = ports.into_iter().enumerate();
            ports.map(|(number, port)| Placed::new(port, place("ports", number))).collect()
        });
        Placed::new(Rule::allowing(direction, peers, ports), origin)
    }

    /// A place on the next line.
    fn line(&mut self, path: String) -> OriginId {
        let (file, _) = self.files.iter().next().unwrap();
        let span = Span::new(file, self.next_line * 2, self.next_line * 2 + 1);
        self.next_line += 1;
        self.policies.origins.add(Origin { span, via: None, path: OriginPath::Other(path.into()) })
    }

    /// The workload of a name.
    pub(crate) fn workload(&self, name: &str) -> Endpoint {
        let index = self.cluster.workloads.iter().position(|workload| workload.name == name).unwrap();
        Endpoint::Workload(WorkloadId(u32::try_from(index).unwrap()))
    }

    /// The explanation of a question.
    pub(crate) fn explain(&self, from: Endpoint, to: Endpoint, ports: Asked) -> Explanation {
        let index = PolicyIndex::new(&self.cluster, &self.policies, Plugin::default());
        let engine = Engine::new(&self.cluster, &self.policies, &index);
        let (verdict, traces) = engine.trace(&Request { from: vec![from], to: vec![to], ports });
        explain(&self.cluster, &self.policies, verdict, traces)
    }

    /// The explanation of a question between two workloads for a TCP port.
    pub(crate) fn tcp(&self, from: &str, to: &str, port: u16) -> Explanation {
        self.explain(self.workload(from), self.workload(to), Asked::Range(Protocol::Tcp, port, port))
    }
}

/// Pods of namespace `shop`.
pub(crate) fn in_shop(pods: Selector) -> PodMatch {
    PodMatch { namespaces: NamespaceMatch::Named("shop".to_owned()), pods }
}

/// Pods whose label `app` has one of these values.
pub(crate) fn app(values: &[&str]) -> Selector {
    let values = values.iter().map(|value| (*value).to_owned());
    Selector::new([Requirement::new("app", Operator::In, values)])
}

/// The pods of `shop` whose label `app` has one of these values, as a peer.
pub(crate) fn app_peer(values: &[&str]) -> Peer {
    Peer::Pods(in_shop(app(values)))
}

/// The addresses of a block, less some, as a peer.
pub(crate) fn block(cidr: &str, except: &[&str]) -> Peer {
    let set = |cidr: &str| IpSet::block(cidr.parse().unwrap());
    let addresses = except.iter().fold(set(cidr), |left, except| left.difference(&set(except)));
    Peer::Addresses(Box::new(AddressBlock::known(addresses)))
}

/// A TCP port.
pub(crate) fn tcp(port: u16) -> PortMatch {
    PortMatch { protocol: Some(Protocol::Tcp), ports: Ports::Range(port, port) }
}
