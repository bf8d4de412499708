//! From the typed resource to the intermediate representation.

use super::resource::{Action, ClusterPolicy, Peer, Port, Rule, Standing, Tier};
use crate::dialect::crd::common::parse_cidr;
use crate::manifest::LabelSelector;
use crate::manifest::decode::placeholder::has_placeholder;
use crate::net::{Family, IpSet, Protocol};
use crate::policy::{
    self as ir, AddressBlock, Certainty, Direction, Directions, Doubt, NamedBy, NamespaceMatch, OpaquePolicy,
    OpaqueReason, Order, Origin, OriginId, OriginPath, Origins, Placed, PodMatch, Policy, PolicyPart,
    PortMatch, Ports, Remark, RuleList, TieKey, TierId,
};
use crate::selector::Selector;
use crate::text::{Span, Spanned};

/// The tiers of a profile that these policies stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClusterTiers {
    /// The one before NetworkPolicy.
    pub admin: TierId,
    /// The one behind it.
    pub baseline: TierId,
}

/// Adds a policy to a part of a set: as a policy of its tier, or as an opaque one when the API server would refuse it.
pub fn lower(policy: ClusterPolicy, tiers: ClusterTiers, part: &mut PolicyPart) {
    let origin = place(&mut part.origins, policy.span, None, OriginPath::Object);
    let tier = match policy.tier {
        Some(Tier::Baseline) => tiers.baseline,
        Some(Tier::Admin) | None => tiers.admin,
    };
    match (policy.standing, policy.priority, &policy.subject) {
        (Standing::Accepted, Some(priority), Some(_)) => {
            let policy = evaluated(policy, (tier, Order::from(priority)), (origin, &mut part.origins));
            part.policies.push(policy);
        }
        _ => part.opaque.push(refused(policy, tier, origin)),
    }
}

fn evaluated(
    policy: ClusterPolicy,
    (tier, order): (TierId, Order),
    (origin, origins): (OriginId, &mut Origins),
) -> Policy {
    let directions = directions(&policy).unwrap_or(Directions::Both);
    let subject = policy.subject.as_ref().and_then(|subject| Some((pods(&subject.value)?, subject)));
    let (pods, via, span) = subject.map_or((PodMatch::everything(), None, policy.span), |(pods, subject)| {
        (pods, subject.via, subject.span)
    });
    let subject = Placed::new(pods, place(origins, span, via, OriginPath::Other("subject".into())));
    let mut rules = Vec::new();
    for (direction, list) in [(Direction::Ingress, &policy.ingress), (Direction::Egress, &policy.egress)] {
        let mut lowering = Lowering { origins, direction };
        rules.extend(lowering.rules(list.as_deref().unwrap_or_default()));
    }
    let remarks = policy.remarks.into_iter().map(|remark| {
        let path = match &remark.value {
            Remark::DroppedField { path } | Remark::InvalidMetadata { path } => {
                OriginPath::Other(path.strip_prefix("spec.").unwrap_or(path).into())
            }
            _ => OriginPath::Object,
        };
        let origin = place(origins, remark.span, remark.via, path);
        Placed::new(remark.value, origin)
    });
    let remarks = remarks.collect();
    Policy {
        object: policy.object,
        tier,
        order,
        tie: TieKey::default(),
        subject,
        directions,
        isolates: [Certainty::No; 2],
        unspoken: None,
        rules,
        remarks,
        origin,
    }
}

/// The directions that have rules: a policy leaves the other alone. `None` when there is no rule at all.
fn directions(policy: &ClusterPolicy) -> Option<Directions> {
    let has = |rules: &Option<Vec<Spanned<Rule>>>| rules.as_ref().is_some_and(|rules| !rules.is_empty());
    match (has(&policy.ingress), has(&policy.egress)) {
        (true, true) => Some(Directions::Both),
        (true, false) => Some(Directions::Ingress),
        (false, true) => Some(Directions::Egress),
        (false, false) => None,
    }
}

/// A policy that is in no cluster as it stands. Put right it could do what the rules of its tier can.
fn refused(policy: ClusterPolicy, tier: TierId, origin: OriginId) -> OpaquePolicy {
    let subject = policy.subject.as_ref().and_then(|subject| pods(&subject.value));
    let directions = directions(&policy).unwrap_or(Directions::Both);
    let reason = match policy.standing {
        Standing::Placeholder => OpaqueReason::Placeholder,
        Standing::Accepted | Standing::Refused => OpaqueReason::Refused,
    };
    let unread = Policy::unread((policy.object, origin), subject, directions, tier);
    OpaquePolicy { policy: unread.that_may(&[ir::Action::Allow, ir::Action::Deny, ir::Action::Pass]), reason }
}

/// The pods that a subject or a peer selects; `None` for one that is about something else, or has a selector without
/// meaning.
fn pods(peer: &Peer) -> Option<PodMatch> {
    let (namespaces, pods) = match peer {
        Peer::Namespaces(namespaces) => (selector(&namespaces.value)?, Selector::everything()),
        Peer::Pods { namespaces, pods } => {
            let namespaces = namespaces.as_ref().map(|namespaces| selector(&namespaces.value));
            (namespaces.unwrap_or_else(|| Some(Selector::everything()))?, selector(&pods.value)?)
        }
        Peer::Networks(_) | Peer::Nodes(_) | Peer::Domains(_) | Peer::Other => return None,
    };
    Some(PodMatch { namespaces: NamespaceMatch::Selected(namespaces), pods })
}

fn selector(written: &LabelSelector) -> Option<Selector> {
    written.is_sound().then(|| written.to_selector())
}

fn place(origins: &mut Origins, span: Span, via: Option<Span>, path: OriginPath) -> OriginId {
    origins.add(Origin { span, via, path })
}

/// The rules of one direction on their way.
struct Lowering<'l> {
    origins: &'l mut Origins,
    direction: Direction,
}

impl Lowering<'_> {
    fn rules(&mut self, rules: &[Spanned<Rule>]) -> Vec<Placed<ir::Rule>> {
        let rules = (0u32..).zip(rules).map(|(index, rule)| {
            let value = self.rule(&rule.value, index);
            let path = OriginPath::Rule(self.direction, index);
            Placed::new(value, place(self.origins, rule.span, rule.via, path))
        });
        rules.collect()
    }

    fn rule(&mut self, rule: &Rule, number: u32) -> ir::Rule {
        let direction = self.direction;
        let action = rule.action.as_ref().map_or(Action::Deny, |action| action.value);
        let item = |list, index| OriginPath::Item(direction, list, number, index);
        let mut is_open = rule.action.is_none();
        let peers = (0u32..).zip(&rule.peers).map(|(index, peer)| {
            let origin = place(self.origins, peer.span, peer.via, item(RuleList::Peers, index));
            let lowered = lowered_peer(&peer.value);
            is_open |= lowered.is_none();
            Placed::new(lowered.unwrap_or_else(|| ir::Peer::Pods(PodMatch::everything())), origin)
        });
        let peers: Vec<Placed<ir::Peer>> = peers.collect();
        let ports = rule.ports.as_ref().map(|ports| {
            let placed = (0u32..).zip(ports).flat_map(|(index, port)| {
                let origin = place(self.origins, port.span, port.via, item(RuleList::Ports, index));
                port_matches(&port.value).into_iter().map(move |port| Placed::new(port, origin))
            });
            placed.collect()
        });
        ir::Rule {
            direction,
            action: match action {
                Action::Accept => ir::Action::Allow,
                Action::Deny => ir::Action::Deny,
                Action::Pass => ir::Action::Pass,
            },
            position: number,
            certainty: if is_open { Certainty::Maybe(Doubt::NotEvaluated) } else { Certainty::Yes },
            // What nobody can read may be about anybody.
            peers: (!is_open).then_some(peers),
            ports,
        }
    }
}

/// A peer; `None` for one whose selector has no meaning, or that is a placeholder.
fn lowered_peer(peer: &Peer) -> Option<ir::Peer> {
    let block = match peer {
        Peer::Networks(networks) => networks_of(networks),
        Peer::Nodes(nodes) => AddressBlock {
            addresses: IpSet::empty(),
            unknown: IpSet::empty(),
            named_by: NamedBy::Nodes(selector(&nodes.value)?),
        },
        Peer::Domains(names) => AddressBlock {
            addresses: IpSet::empty(),
            unknown: every_address(),
            named_by: NamedBy::Domains(names.iter().map(|name| name.value.clone()).collect()),
        },
        Peer::Namespaces(_) | Peer::Pods { .. } => return pods(peer).map(ir::Peer::Pods),
        Peer::Other => return None,
    };
    Some(ir::Peer::Addresses(Box::new(block)))
}

fn networks_of(networks: &[Spanned<String>]) -> AddressBlock {
    let known = networks.iter().filter_map(|text| parse_cidr(&text.value));
    let addresses = IpSet::blocks(known);
    let is_open = networks.iter().any(|text| has_placeholder(&text.value));
    let unknown = if is_open { every_address().difference(&addresses) } else { IpSet::empty() };
    AddressBlock { addresses, unknown, named_by: NamedBy::Block }
}

fn every_address() -> IpSet {
    IpSet::every(Family::V4).union(&IpSet::every(Family::V6))
}

/// What an item of ports means. A name is a container port of that name, whatever its protocol.
fn port_matches(port: &Port) -> Vec<PortMatch> {
    match port {
        Port::Named(name) => {
            let named = |protocol| PortMatch { protocol: Some(protocol), ports: Ports::Named(name.clone()) };
            Protocol::ALL.into_iter().map(named).collect()
        }
        Port::Range { protocol, first, last, .. } => {
            let ports = match (first, last) {
                (Some(first), Some(last)) => Ports::Range(*first, *last),
                _ => Ports::Unknown,
            };
            vec![PortMatch { protocol: *protocol, ports }]
        }
    }
}
