//! One flow against every policy.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Truth;
use super::address::{Block, Family};
use super::admin::{self, AdminPolicy, Packet, Say, Tier};
use super::cluster::{Cluster, End, PodSide, Side};
use super::labels::{items, selects};
use super::options::Options;
use super::policy::{Direction, Policy};

/// The group version that is served, and the one that it replaced.
const VERSIONS: [&str; 2] = ["networking.k8s.io/v1", "extensions/v1beta1"];

/// The second opinion.
#[derive(Debug, Clone)]
pub struct Naive {
    cluster: Cluster,
    policies: Vec<Policy>,
    admin: Vec<AdminPolicy>,
}

/// What holds for all pairs of pods that two ends stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Allow,
    Deny,
    Partial,
    Unknown,
}

impl Outcome {
    /// The word of the verdict.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Partial => "partial",
            Self::Unknown => "unknown",
        }
    }

    /// What holds for all of several questions.
    pub fn over(outcomes: impl IntoIterator<Item = Self>) -> Self {
        let truths = outcomes.into_iter().flat_map(|outcome| match outcome {
            Self::Allow => vec![Truth::Yes],
            Self::Deny => vec![Truth::No],
            Self::Partial => vec![Truth::Yes, Truth::No],
            Self::Unknown => vec![Truth::Unknown],
        });
        Self::of(&truths.collect())
    }

    fn of(truths: &BTreeSet<Truth>) -> Self {
        match (truths.contains(&Truth::Yes), truths.contains(&Truth::Unknown), truths.contains(&Truth::No)) {
            (true, _, true) => Self::Partial,
            (_, true, _) => Self::Unknown,
            (true, false, false) => Self::Allow,
            (false, false, _) => Self::Deny,
        }
    }
}

/// A connection that is to be opened.
#[derive(Debug, Clone, Copy)]
struct Flow<'a> {
    from: &'a Side,
    to: &'a Side,
    family: Family,
    protocol: &'a str,
    port: u16,
}

impl<'a> Flow<'a> {
    /// The end that the policies of a direction are about, and the other one.
    fn subject_and_peer(&self, direction: Direction) -> (&'a Side, &'a Side) {
        match direction {
            Direction::Ingress => (self.to, self.from),
            Direction::Egress => (self.from, self.to),
        }
    }
}

impl Naive {
    /// Reads the objects.
    pub fn new(objects: &[Value], options: &Options) -> Self {
        let default = options.default_namespace.clone();
        let is_policy = |object: &&Value| {
            object["kind"] == "NetworkPolicy"
                && VERSIONS.iter().any(|version| object["apiVersion"] == *version)
        };
        let mut policies: Vec<(String, Policy)> = Vec::new();
        for object in objects.iter().filter(is_policy) {
            let policy = Policy::new(object, &default);
            let identity = format!("{}/{}", policy.namespace, object["metadata"]["name"]);
            policies.retain(|(other, _)| *other != identity);
            policies.push((identity, policy));
        }
        let policies = policies.into_iter().map(|(_, policy)| policy).collect();
        let admin = objects.iter().filter_map(AdminPolicy::new).collect();
        Self { cluster: Cluster::new(objects, options), policies, admin }
    }

    /// Every pod, and every owner of pods that are not in the input.
    pub fn ends(&self) -> Vec<End> {
        self.cluster.ends()
    }

    /// Everything that can be asked about by name: pods, workloads and nodes.
    pub fn everything(&self) -> Vec<End> {
        let mut all = [self.cluster.ends(), self.cluster.workloads(), self.cluster.nodes()].concat();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Every owner of pods, and every pod without one.
    pub fn workloads(&self) -> Vec<End> {
        self.cluster.workloads()
    }

    /// The pods and templates of a namespace that have all of these labels.
    pub fn pods_with(&self, namespace: &str, labels: &[(String, String)]) -> Vec<End> {
        let selector = serde_json::json!({"matchLabels": labels.iter().cloned().collect::<BTreeMap<_, _>>()});
        let has_them = |side: Side| {
            side.pod.is_some_and(|pod| {
                pod.namespace == namespace && selects(&selector, &pod.labels) == Truth::Yes
            })
        };
        let mut ends = self.ends();
        ends.retain(|end| self.cluster.sides(end).into_iter().any(has_them));
        ends
    }

    /// May `from` open a connection to `to`? Both ends stand for one pod, replica, node or address.
    pub fn decide(&self, from: &End, to: &End, protocol: &str, port: u16) -> Outcome {
        let pairs = self.pairs(from, to);
        if let [(source, destination)] = pairs.as_slice()
            && [from, to].iter().all(|end| matches!(end, End::Pod { .. } | End::Address(_)))
            && is_same(source, destination)
        {
            return Outcome::Allow;
        }
        Outcome::of(&pairs.iter().map(|(from, to)| self.decide_pair(from, to, protocol, port)).collect())
    }

    /// Within one workload two different replicas are meant. Where the input tells of a single one, another is
    /// taken to be like it.
    fn pairs(&self, from: &End, to: &End) -> Vec<(Side, Side)> {
        let (sources, destinations) = (self.cluster.sides(from), self.cluster.sides(to));
        let mut pairs = Vec::new();
        for source in &sources {
            for destination in &destinations {
                if !is_same(source, destination) || sources.len() * destinations.len() == 1 {
                    pairs.push((source.clone(), destination.clone()));
                }
            }
        }
        pairs
    }

    fn decide_pair(&self, from: &Side, to: &Side, protocol: &str, port: u16) -> Truth {
        let families: Vec<Family> = from.families.intersection(&to.families).copied().collect();
        if families.is_empty() {
            return Truth::No;
        }
        Truth::all(families.into_iter().map(|family| {
            let flow = Flow { from, to, family, protocol, port };
            self.passes(Direction::Egress, &flow).and(self.passes(Direction::Ingress, &flow))
        }))
    }

    /// Whether one direction allows the flow: the Admin tier, NetworkPolicy, the Baseline tier, in this order. What none
    /// of them decides is allowed.
    fn passes(&self, direction: Direction, flow: &Flow<'_>) -> Truth {
        let (subject, peer) = flow.subject_and_peer(direction);
        if subject.is_doubted {
            return Truth::Unknown;
        }
        let Some(pod) = &subject.pod else { return Truth::Yes };
        let is_own_node = peer.is_node && subject.node.is_some() && peer.node == subject.node;
        let mut said = BTreeSet::from([Say::Next]);
        for stage in [
            self.admin_says(Tier::Admin, direction, pod, flow),
            node_says(is_own_node.then_some(direction)),
            self.rules_say(direction, pod, flow),
            self.admin_says(Tier::Baseline, direction, pod, flow),
            [Say::Accept].into(),
        ] {
            if said.remove(&Say::Next) {
                said.extend(stage);
            }
        }
        match (said.contains(&Say::Accept), said.contains(&Say::Deny)) {
            (true, true) => Truth::Unknown,
            (is_allowed, _) => is_allowed.into(),
        }
    }

    fn admin_says(&self, tier: Tier, direction: Direction, pod: &PodSide, flow: &Flow<'_>) -> BTreeSet<Say> {
        let policies: Vec<&AdminPolicy> = self.admin.iter().filter(|policy| policy.tier == tier).collect();
        let (_, other) = flow.subject_and_peer(direction);
        let packet = Packet {
            direction,
            other,
            to: flow.to,
            family: flow.family,
            protocol: flow.protocol,
            port: flow.port,
        };
        admin::said(&policies, pod, &packet, &self.cluster)
    }

    /// A pod that no policy selects is open. One that some policy selects may do what any of them allows.
    ///
    /// Where it is not known whether a policy selects the pod, both are possible.
    fn rules_say(&self, direction: Direction, pod: &PodSide, flow: &Flow<'_>) -> BTreeSet<Say> {
        let acting: Vec<(Truth, Truth)> = self
            .policies
            .iter()
            .map(|policy| (selects_pod(policy, direction, pod), policy))
            .filter(|(selected, _)| *selected != Truth::No)
            .map(|(selected, policy)| (selected, self.policy_allows(policy, direction, flow)))
            .collect();
        let mut surely = acting.iter().filter(|(selected, _)| *selected == Truth::Yes).peekable();
        let is_isolated = surely.peek().is_some();
        let must_allow = surely.any(|(_, allows)| *allows == Truth::Yes);
        let mut said = BTreeSet::new();
        if acting.iter().any(|(_, allows)| *allows != Truth::No) {
            said.insert(Say::Accept);
        }
        let may_deny = acting.iter().any(|(_, allows)| *allows != Truth::Yes);
        if !must_allow && (is_isolated || may_deny) {
            said.insert(Say::Deny);
        }
        if !is_isolated {
            said.insert(Say::Next);
        }
        said
    }

    fn policy_allows(&self, policy: &Policy, direction: Direction, flow: &Flow<'_>) -> Truth {
        if policy.is_refused {
            return Truth::Unknown;
        }
        let rules = items(&policy.spec[direction.rules()]).iter();
        Truth::any(rules.map(|rule| self.rule_matches(policy, rule, direction, flow)))
    }

    fn rule_matches(&self, policy: &Policy, rule: &Value, direction: Direction, flow: &Flow<'_>) -> Truth {
        let peers = items(&rule[direction.peers()]);
        let (_, other) = flow.subject_and_peer(direction);
        let of_peers = match peers {
            [] => Truth::Yes,
            _ => Truth::any(peers.iter().map(|peer| self.peer_matches(policy, peer, other, flow.family))),
        };
        let ports = items(&rule["ports"]);
        if ports.is_empty() {
            return of_peers;
        }
        of_peers.and(Truth::any(ports.iter().map(|port| port_matches(port, flow))))
    }

    fn peer_matches(&self, policy: &Policy, peer: &Value, other: &Side, family: Family) -> Truth {
        if !peer["ipBlock"].is_null() {
            let block = Block::read(&peer["ipBlock"]).expect("the policy was validated");
            return self.cluster.block_holds(&block, other, family);
        }
        let Some(pod) = &other.pod else { return Truth::No };
        let of_namespace = match &peer["namespaceSelector"] {
            Value::Null => (pod.namespace == policy.namespace).into(),
            selector => selects(selector, &self.cluster.namespace_labels(&pod.namespace)),
        };
        of_namespace.and(selects(&peer["podSelector"], &pod.labels))
    }
}

/// The kubelet reaches its pods whatever the policies of namespaces say. Of the way back the text says both. `None` is for
/// another end than the own node.
fn node_says(direction: Option<Direction>) -> BTreeSet<Say> {
    match direction {
        None => [Say::Next].into(),
        Some(Direction::Ingress) => [Say::Accept].into(),
        Some(Direction::Egress) => [Say::Accept, Say::Next].into(),
    }
}

/// Whether two sides are one and the same pod.
fn is_same(one: &Side, other: &Side) -> bool {
    one.identity.is_some() && one.identity == other.identity
}

/// Whether the subject of a policy is the pod, in a direction.
fn selects_pod(policy: &Policy, direction: Direction, pod: &PodSide) -> Truth {
    if policy.namespace != pod.namespace || !policy.acts_on(direction) {
        return Truth::No;
    }
    if !policy.has_good_subject {
        return Truth::Unknown;
    }
    let selected = selects(&policy.spec["podSelector"], &pod.labels);
    if policy.is_refused { selected.and(Truth::Unknown) } else { selected }
}

/// Whether a port item matches: TCP unless it says otherwise; every port unless it says which; a name is looked
/// up at the destination.
fn port_matches(item: &Value, flow: &Flow<'_>) -> Truth {
    let protocol = item["protocol"].as_str().unwrap_or("TCP");
    if protocol != flow.protocol {
        return Truth::No;
    }
    match &item["port"] {
        Value::Null => Truth::Yes,
        Value::String(_) if flow.to.is_doubted => Truth::Unknown,
        Value::String(name) => flow
            .to
            .pod
            .iter()
            .flat_map(|pod| &pod.ports)
            .any(|port| port.name == *name && port.protocol == protocol && port.number == flow.port)
            .into(),
        number => {
            let first = number.as_u64().unwrap_or_default();
            let last = item["endPort"].as_u64().unwrap_or(first);
            (first..=last).contains(&u64::from(flow.port)).into()
        }
    }
}
