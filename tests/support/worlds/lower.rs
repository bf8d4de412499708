//! A case as a cluster and a policy set: pods `a` and `b` (or the node of `a`), and a label of unknown value for each doubt.

use netpol_core::cluster::{
    Admission, Cluster, Endpoint, GroupId, NamedPort, Namespace, NamespaceId, Node, NodeId, Owner,
    PodAddresses, PodGroup, PodNames, Workload, WorkloadId,
};
use netpol_core::diagnostic::ObjectRef;
use netpol_core::net::{Family, IpSet, Protocol};
use netpol_core::policy::{
    self, Certainty, Conflicts, Direction, Directions, Doubt, NamespaceMatch, NodeRule, OpaquePolicy,
    OpaqueReason, Order, Origin, OriginId, OriginPath, Origins, Peer, Pipeline, Placed, PodMatch, PolicySet,
    PortMatch, Ports, Stage, TieKey, TierId,
};
use netpol_core::selector::{LabelValue, Labels, Operator, Requirement, Selector};
use netpol_core::text::{FileSet, SourceFile, Span};

use super::case::{Case, Policy, Rule, State};

/// What the engine is asked with.
#[derive(Debug)]
pub struct Lowered {
    /// The cluster.
    pub cluster: Cluster,
    /// The policies.
    pub set: PolicySet,
    /// The source.
    pub from: Endpoint,
    /// The destination.
    pub to: Endpoint,
}

/// Lowers a case.
pub fn lower(case: &Case) -> Lowered {
    let mut files = FileSet::new();
    let file = files.add(SourceFile::named("case.yaml", "")).expect("one file");
    let span = Span::new(file, 0, 0);
    let mut origins = Origins::new();
    let origin = origins.add(Origin { span, via: None, path: OriginPath::Object });
    let mut lowering = Lowering { direction: direction(case), origin, doubts: 0, names: 0 };
    let mut set = PolicySet::new(pipeline(case), origins);
    for (tier, of) in case.tiers.iter().enumerate() {
        for policy in &of.policies {
            let lowered = lowering.policy(case, id(tier), policy);
            if policy.is_opaque {
                set.opaque.push(OpaquePolicy { policy: lowered, reason: OpaqueReason::Kind }.into());
            } else {
                set.policies.push(lowered.into());
            }
        }
    }
    let subject = Endpoint::Workload(WorkloadId(0));
    let peer = if case.is_own_node { Endpoint::Node(NodeId(0)) } else { Endpoint::Workload(WorkloadId(1)) };
    let (from, to) = if case.is_ingress { (peer, subject) } else { (subject, peer) };
    Lowered { cluster: cluster(&lowering, span), set, from, to }
}

const fn direction(case: &Case) -> Direction {
    if case.is_ingress { Direction::Ingress } else { Direction::Egress }
}

/// The tiers stand in the list in another order than they are asked in.
fn id(tier: usize) -> TierId {
    TierId(u16::try_from(7 - tier).expect("a few tiers"))
}

fn pipeline(case: &Case) -> Pipeline {
    let unused = policy::Tier {
        name: "unused".to_owned(),
        ties: policy::Ties::Together,
        conflicts: Conflicts::DenyFirst,
    };
    let mut pipeline = Pipeline {
        tiers: vec![unused; 8],
        stages: Vec::new(),
        node_rules: Vec::new(),
        default: case.default,
    };
    for (number, tier) in case.tiers.iter().enumerate() {
        let name = format!("tier-{number}");
        pipeline.tiers[7 - number] = policy::Tier { name, ties: tier.ties, conflicts: tier.conflicts };
        pipeline.stages.push(Stage::Rules(id(number)));
        if !case.denials[number].is_empty() {
            pipeline.stages.push(Stage::DefaultDeny(case.denials[number].iter().copied().map(id).collect()));
        }
        let rule = tier.node_rule.map(|(action, state)| NodeRule {
            tier: id(number),
            direction: direction(case),
            action,
            certainty: certainty(state),
        });
        pipeline.node_rules.extend(rule);
    }
    pipeline
}

const fn certainty(state: State) -> Certainty {
    match state {
        State::No => Certainty::No,
        State::Maybe => Certainty::Maybe(Doubt::NotEvaluated),
        State::Yes => Certainty::Yes,
    }
}

struct Lowering {
    direction: Direction,
    origin: OriginId,
    /// How many labels of unknown value the pods have.
    doubts: usize,
    /// How many ports of unknown number the pods have.
    names: usize,
}

impl Lowering {
    fn policy(&mut self, case: &Case, tier: TierId, policy: &Policy) -> policy::Policy {
        let subject = match policy.selects {
            State::Yes => app("a"),
            State::No => app("c"),
            State::Maybe => self.doubtful(Operator::In),
        };
        let isolates = certainty(policy.isolates);
        policy::Policy {
            object: ObjectRef {
                api_version: "v1".to_owned(),
                kind: "Policy".to_owned(),
                namespace: Some("shop".to_owned()),
                name: policy.tie.clone(),
            },
            tier,
            order: policy.order.map_or(Order::Last, Order::from),
            tie: TieKey(policy.tie.as_str().into()),
            subject: Placed::new(in_shop(subject), self.origin),
            directions: if case.is_ingress { Directions::Ingress } else { Directions::Egress },
            isolates: [isolates, isolates],
            unspoken: None,
            rules: policy.rules.iter().map(|rule| self.rule(case, (policy, rule))).collect(),
            remarks: Vec::new(),
            origin: self.origin,
        }
    }

    fn rule(&mut self, case: &Case, (of, rule): (&Policy, &Rule)) -> Placed<policy::Rule> {
        let (first, last) = rule.ports;
        let ports = (rule.ports != (0, u16::MAX)).then(|| vec![self.tcp(Ports::Range(first, last))]);
        let allowing = |peers: Option<Vec<Peer>>, ports| {
            let place = |peer| Placed::new(peer, self.origin);
            let peers = peers.map(|peers| peers.into_iter().map(place).collect());
            policy::Rule::allowing(self.direction, peers, ports)
        };
        let nobody = Peer::Pods(in_shop(app("c")));
        let other = Peer::Pods(in_shop(app("b")));
        let mut lowered = match (rule.matches, rule.way) {
            (State::No, 0) => allowing(Some(vec![]), ports),
            (State::No, 1) => allowing(None, Some(vec![self.tcp(Ports::Named("nowhere".to_owned()))])),
            (State::No, _) => allowing(Some(vec![nobody]), ports),
            (State::Yes, 0 | 1) => allowing(None, ports),
            (State::Yes, _) if case.is_own_node => allowing(None, ports),
            (State::Yes, 2) => allowing(Some(vec![nobody, other]), ports),
            (State::Yes, 3) => allowing(Some(vec![Peer::Pods(in_shop(not("c")))]), ports),
            (State::Yes, _) => allowing(Some(vec![other]), ports),
            (State::Maybe, 0 | 1) => in_doubt(allowing(None, ports)),
            (State::Maybe, _) if case.is_own_node || of.is_opaque => in_doubt(allowing(None, ports)),
            (State::Maybe, 2) if ports.is_none() => allowing(None, Some(vec![self.tcp(Ports::Unknown)])),
            (State::Maybe, 3) if ports.is_none() => {
                let name = format!("port-{}", self.names);
                self.names += 1;
                policy::Rule {
                    ports: Some(vec![self.tcp(Ports::Named(name))]),
                    ..policy::Rule::allowing(self.direction, None, None)
                }
            }
            (State::Maybe, way) => {
                let operator = if way == 4 { Operator::NotIn } else { Operator::In };
                let doubtful = Peer::Pods(in_shop(self.doubtful(operator)));
                let peers = vec![Placed::new(doubtful, self.origin)];
                policy::Rule::allowing(self.direction, Some(peers), ports)
            }
        };
        (lowered.position, lowered.action) = (rule.position, rule.action);
        Placed::new(lowered, self.origin)
    }

    const fn tcp(&self, ports: Ports) -> Placed<PortMatch> {
        Placed::new(PortMatch { protocol: Some(Protocol::Tcp), ports }, self.origin)
    }

    /// A selector of which nobody knows whether it selects the pods.
    fn doubtful(&mut self, operator: Operator) -> Selector {
        self.doubts += 1;
        Selector::new([Requirement::new(label(self.doubts - 1), operator, ["x".to_owned()])])
    }
}

fn in_doubt(rule: policy::Rule) -> policy::Rule {
    policy::Rule { certainty: Certainty::Maybe(Doubt::NotEvaluated), ..rule }
}

fn label(doubt: usize) -> String {
    format!("doubt-{doubt}")
}

fn app(name: &str) -> Selector {
    Selector::new([Requirement::equals("app", name)])
}

fn not(name: &str) -> Selector {
    Selector::new([Requirement::new("app", Operator::NotIn, [name.to_owned()])])
}

fn in_shop(pods: Selector) -> PodMatch {
    PodMatch { namespaces: NamespaceMatch::Named("shop".to_owned()), pods }
}

fn cluster(lowering: &Lowering, span: Span) -> Cluster {
    let names = ["a", "b"];
    let group = |number: u32, name: &str| {
        let doubts = (0..lowering.doubts).map(|doubt| (label(doubt), LabelValue::Unknown));
        let app = ("app".to_owned(), LabelValue::Known(name.to_owned()));
        let port = |number: usize| NamedPort {
            name: format!("port-{number}"),
            protocol: Protocol::Tcp,
            number: None,
        };
        PodGroup {
            workload: WorkloadId(number),
            namespace: NamespaceId(0),
            names: PodNames::Pod(name.to_owned()),
            maker: None,
            labels: Labels::new(std::iter::once(app).chain(doubts)),
            named_ports: (0..lowering.names).map(port).collect(),
            addresses: PodAddresses::Unknown,
            node: (name == "a").then_some(NodeId(0)),
            is_host_network: false,
            admission: Admission::Admitted,
            span,
        }
    };
    let workload = |number: u32, name: &str| Workload {
        namespace: NamespaceId(0),
        name: name.to_owned(),
        owner: Owner::Pod,
        labels: Labels::default(),
        groups: vec![GroupId(number)],
        span,
    };
    Cluster {
        namespaces: vec![Namespace {
            name: "shop".to_owned(),
            labels: Labels::known([(Namespace::NAME_LABEL, "shop")]),
            is_described: true,
            admission: Admission::Admitted,
            span: None,
        }],
        nodes: vec![Node {
            name: "node".to_owned(),
            labels: Labels::default(),
            addresses: IpSet::block("192.0.2.1/32".parse().expect("an address")),
            span: None,
        }],
        workloads: (0..).zip(names).map(|(number, name)| workload(number, name)).collect(),
        groups: (0..).zip(names).map(|(number, name)| group(number, name)).collect(),
        families: vec![Family::V4],
        outside_families: vec![Family::V4],
        ..Cluster::default()
    }
}
