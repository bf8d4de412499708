//! From the typed resource to the intermediate representation.

use super::cidr::Cidr;
use super::resource::{IpBlock, NetworkPolicy, Peer, Port, PortNumber, Rule, Rules, Spec, Standing};
use crate::manifest::LabelSelector;
use crate::manifest::decode::placeholder::has_placeholder;
use crate::net::{Family, IpSet, Protocol};
use crate::policy::{
    Action, AddressBlock, Certainty, Direction, Directions, NamedBy, NamespaceMatch, OpaquePolicy,
    OpaqueReason, Order, Origin, OriginId, OriginPath, Origins, Peer as IrPeer, Placed, PodMatch, Policy,
    PolicyPart, PortMatch, Ports, Remark, Rule as IrRule, RuleList, TieKey, TierId,
};
use crate::selector::Selector;
use crate::text::{Span, Spanned};

/// Adds a policy to a part of a set: as a policy of `tier`, or as an opaque one when the API server would refuse it.
pub fn lower(policy: NetworkPolicy, tier: TierId, set: &mut PolicyPart) {
    let origin = place(&mut set.origins, policy.span, None, OriginPath::Object);
    let directions = directions(&policy.spec.policy_types.value);
    match directions {
        Some(directions) if policy.standing == Standing::Accepted => {
            let policy = evaluated(policy, directions, tier, (origin, &mut set.origins));
            set.policies.push(policy);
        }
        _ => set.opaque.push(refused(policy, directions, tier, origin)),
    }
}

fn evaluated(
    policy: NetworkPolicy,
    directions: Directions,
    tier: TierId,
    (origin, origins): (OriginId, &mut Origins),
) -> Policy {
    let namespace = &policy.metadata.namespace.value;
    let subject = subject(&policy.spec, namespace);
    let selector_span = policy.spec.pod_selector.as_ref().map_or(policy.spec.span, |selector| selector.span);
    let via = policy.spec.pod_selector.as_ref().and_then(|selector| selector.via);
    let subject =
        Placed::new(subject, place(origins, selector_span, via, OriginPath::Other("podSelector".into())));
    let mut rules = Vec::new();
    let Spec { ingress, egress, .. } = &policy.spec;
    for (direction, list) in [(Direction::Ingress, ingress), (Direction::Egress, egress)] {
        if let Some(list) = list {
            let mut lowering = Lowering { origins, namespace, direction };
            rules.extend(lowering.rules(list));
        }
    }
    rules.shrink_to_fit();
    let unspoken = unspoken(&policy.spec);
    let remarks = policy.remarks.into_iter().map(|remark| {
        let path = match remark_path(&remark.value) {
            "" => OriginPath::Object,
            path => OriginPath::Other(path.into()),
        };
        let origin = place(origins, remark.span, remark.via, path);
        Placed::new(remark.value, origin)
    });
    let remarks = remarks.collect();
    Policy {
        object: policy.object,
        tier,
        order: Order::default(),
        tie: TieKey::default(),
        subject,
        directions,
        isolates: isolates(directions),
        unspoken,
        rules,
        remarks,
        origin,
    }
}

/// A policy that is in no cluster as it stands. Put right it could isolate what it selects, and allow.
fn refused(
    policy: NetworkPolicy,
    directions: Option<Directions>,
    tier: TierId,
    origin: OriginId,
) -> OpaquePolicy {
    let is_written = policy.spec.policy_types.value.iter().all(|name| !name.span.is_empty());
    let is_known = is_written || policy.standing == Standing::Refused;
    let pods = subject(&policy.spec, &policy.metadata.namespace.value);
    let directions = directions.filter(|_| is_known).unwrap_or(Directions::Both);
    let unread = Policy::unread((policy.object, origin), Some(pods), directions, tier);
    let unread = Policy { order: Order::default(), ..unread };
    OpaquePolicy {
        policy: unread.that_may(&[Action::Allow]).that_may_isolate(),
        reason: match policy.standing {
            Standing::Placeholder => OpaqueReason::Placeholder,
            Standing::Accepted | Standing::Refused | Standing::Unreadable => OpaqueReason::Refused,
        },
    }
}

/// A NetworkPolicy isolates what it selects.
fn isolates(directions: Directions) -> [Certainty; 2] {
    let isolates = |direction| if directions.contains(direction) { Certainty::Yes } else { Certainty::No };
    Direction::ALL.map(isolates)
}

/// Ingress, for a policy that has egress rules, not a word on ingress, and no `policyTypes` that would leave it out.
fn unspoken(spec: &Spec) -> Option<Direction> {
    let is_written = spec.policy_types.value.iter().all(|name| !name.span.is_empty());
    let has_egress = spec.egress.as_ref().is_some_and(|egress| !egress.rules.is_empty());
    (!is_written && has_egress && spec.ingress.is_none()).then_some(Direction::Ingress)
}

/// The directions of `policyTypes`; `None` when one is not known.
fn directions(types: &[Spanned<String>]) -> Option<Directions> {
    let is_known = types.iter().all(|name| matches!(name.value.as_str(), "Ingress" | "Egress"));
    let has = |wanted: &str| types.iter().any(|name| name.value == wanted);
    match (has("Ingress"), has("Egress")) {
        _ if !is_known => None,
        (true, true) => Some(Directions::Both),
        (true, false) => Some(Directions::Ingress),
        (false, true) => Some(Directions::Egress),
        (false, false) => None,
    }
}

/// The pods that a policy selects; every pod of the namespace when its selector cannot be read.
fn subject(spec: &Spec, namespace: &str) -> PodMatch {
    let selector = spec.pod_selector.as_ref().filter(|selector| selector.value.is_sound());
    let pods = selector.map(|selector| selector.value.to_selector()).unwrap_or_default();
    PodMatch { namespaces: NamespaceMatch::Named(namespace.to_owned()), pods }
}

fn remark_path(remark: &Remark) -> &str {
    match remark {
        Remark::DroppedField { path } | Remark::InvalidMetadata { path } => {
            path.strip_prefix("spec.").unwrap_or(path)
        }
        Remark::OldVersion { .. } | Remark::LegacyCidr { .. } => "",
    }
}

fn place(origins: &mut Origins, span: Span, via: Option<Span>, path: OriginPath) -> OriginId {
    origins.add(Origin { span, via, path })
}

/// The rules of one direction on their way.
struct Lowering<'l> {
    origins: &'l mut Origins,
    namespace: &'l str,
    direction: Direction,
}

impl Lowering<'_> {
    fn rules(&mut self, list: &Rules) -> Vec<Placed<IrRule>> {
        let rules = (0..).zip(&list.rules).map(|(index, rule)| {
            let value = self.rule(&rule.value, index);
            let path = OriginPath::Rule(self.direction, index);
            Placed::new(value, place(self.origins, rule.span, rule.via, path))
        });
        rules.collect()
    }

    /// A rule; no peers are every peer, no ports every port.
    fn rule(&mut self, rule: &Rule, number: u32) -> IrRule {
        let direction = self.direction;
        let peers = rule.peers.as_ref().filter(|peers| !peers.value.is_empty()).map(|peers| {
            let peers = (0..).zip(&peers.value).map(|(index, peer)| {
                let path = OriginPath::Item(direction, RuleList::Peers, number, index);
                let origin = place(self.origins, peer.span, peer.via, path);
                Placed::new(self.peer(&peer.value), origin)
            });
            peers.collect()
        });
        let ports = rule.ports.as_ref().filter(|ports| !ports.value.is_empty()).map(|ports| {
            let ports = (0..).zip(&ports.value).map(|(index, port)| {
                let path = OriginPath::Item(direction, RuleList::Ports, number, index);
                let origin = place(self.origins, port.span, port.via, path);
                Placed::new(port_match(&port.value), origin)
            });
            ports.collect()
        });
        IrRule::allowing(direction, peers, ports)
    }

    fn peer(&self, peer: &Peer) -> IrPeer {
        if let Some(block) = &peer.ip_block {
            return IrPeer::Addresses(Box::new(address_block(&block.value)));
        }
        let pods = selector(peer.pod_selector.as_ref());
        let namespaces = match &peer.namespace_selector {
            Some(_) => NamespaceMatch::Selected(selector(peer.namespace_selector.as_ref())),
            None => NamespaceMatch::Named(self.namespace.to_owned()),
        };
        IrPeer::Pods(PodMatch { namespaces, pods })
    }
}

fn selector(selector: Option<&Spanned<LabelSelector>>) -> Selector {
    selector.map(|selector| selector.value.to_selector()).unwrap_or_default()
}

/// The addresses of a block. A placeholder in it may stand for any; one in an exception may take any away.
fn address_block(block: &IpBlock) -> AddressBlock {
    let parsed = block.except.iter().filter_map(|text| Cidr::parse(&text.value));
    let except = IpSet::blocks(parsed.map(|cidr| cidr.block));
    let cidr = Cidr::parse(&block.cidr.value).map(|cidr| IpSet::block(cidr.block));
    let every = || IpSet::every(Family::V4).union(&IpSet::every(Family::V6));
    let is_known = cidr.is_some() && !block.except.iter().any(|text| has_placeholder(&text.value));
    let addresses = cidr.unwrap_or_else(every).difference(&except);
    if is_known {
        AddressBlock::known(addresses)
    } else {
        AddressBlock { addresses: IpSet::empty(), unknown: addresses, named_by: NamedBy::Block }
    }
}

fn port_match(port: &Port) -> PortMatch {
    let protocol = match &port.protocol {
        None => Some(Protocol::Tcp),
        Some(text) if has_placeholder(&text.value) => None,
        Some(text) => Protocol::parse(&text.value),
    };
    PortMatch { protocol, ports: ports(port) }
}

fn ports(port: &Port) -> Ports {
    let first = match port.port.as_ref().map(|port| &port.value) {
        None => return Ports::Every,
        Some(PortNumber::Name(name)) if has_placeholder(name) => return Ports::Unknown,
        Some(PortNumber::Name(name)) => return Ports::Named(name.clone()),
        Some(PortNumber::Number(number)) => *number,
    };
    let last = match port.end_port.as_ref().map(|end| end.value) {
        None => first,
        Some(None) => return Ports::Unknown,
        Some(Some(last)) => last,
    };
    match (u16::try_from(first), u16::try_from(last)) {
        (Ok(first), Ok(last)) => Ports::Range(first, last),
        _ => Ports::Unknown,
    }
}
