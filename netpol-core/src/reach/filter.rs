//! The part of a map that somebody asks for.

use super::count::{counts, size};
use super::{Because, Counts, Map, Rectangle, Share, ShareId, Side};
use crate::cluster::{Asked, Cluster, Endpoint, NamespaceId};
use crate::evaluate::{Assumption, UnknownAs};
use crate::index::NamedPortQuery;
use crate::net::{ConnectionSet, IpSet, PortSet};
use crate::policy::Direction;

/// Which ends are wanted on a side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Wanted {
    /// All.
    #[default]
    Any,
    /// Some pods and addresses.
    Some {
        /// The shares, sorted.
        shares: Vec<ShareId>,
        /// The addresses.
        addresses: IpSet,
    },
}

impl Wanted {
    /// The ends that some endpoints are; an endpoint that a map does not speak of is handed back.
    ///
    /// # Errors
    /// A node or a pod that does not exist.
    pub fn of<'e>(map: &Map, endpoints: &'e [Endpoint]) -> Result<Self, &'e Endpoint> {
        let (mut shares, mut addresses) = (Vec::new(), IpSet::empty());
        for endpoint in endpoints {
            match endpoint {
                Endpoint::Workload(id) => shares.extend(map.shares.of_workload(*id)),
                Endpoint::Pods(id, groups) => {
                    let own = map.shares.of_workload(*id);
                    let is_meant =
                        |share: &Share| share.members.iter().any(|member| groups.contains(&member.group));
                    shares.extend(own.filter(|id| map.shares.get(*id).is_some_and(is_meant)));
                }
                Endpoint::Replica(replica) => shares.extend(map.shares.of_replica(*replica)),
                Endpoint::Addresses(more) => addresses = addresses.union(more),
                Endpoint::Hypothetical(_) | Endpoint::Node(_) => return Err(endpoint),
            }
        }
        shares.sort_unstable();
        shares.dedup();
        Ok(Self::Some { shares, addresses })
    }

    fn has(&self, id: ShareId) -> bool {
        match self {
            Self::Any => true,
            Self::Some { shares, .. } => shares.binary_search(&id).is_ok(),
        }
    }

    fn narrow(&self, side: &Side) -> Option<Side> {
        let Self::Some { shares, addresses } = self else { return Some(side.clone()) };
        match side {
            Side::Pods(own) => pods(own.iter().copied().filter(|id| shares.binary_search(id).is_ok())),
            Side::Addresses(own) => {
                let both = own.intersection(addresses);
                (!both.is_empty()).then_some(Side::Addresses(both))
            }
        }
    }
}

fn is_in(cluster: &Cluster, map: &Map, id: ShareId, namespaces: &[NamespaceId]) -> bool {
    let workload = map.shares.get(id).and_then(|share| cluster.workload(share.workload));
    workload.is_some_and(|workload| namespaces.contains(&workload.namespace))
}

fn pods(shares: impl Iterator<Item = ShareId>) -> Option<Side> {
    let shares: Vec<ShareId> = shares.collect();
    (!shares.is_empty()).then(|| Side::Pods(shares.into()))
}

/// What is asked for of a map.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// The sources.
    pub from: Wanted,
    /// The destinations.
    pub to: Wanted,
    /// The ports; all of them when there are none.
    pub ports: Option<Asked>,
    /// The namespaces of which one of the ends is in one; every namespace when there are none.
    pub namespaces: Vec<NamespaceId>,
    /// The direction, seen from the pods: those of the namespaces, where some are asked for.
    pub direction: Option<Direction>,
    /// What of the connections between ends that are not isolated.
    pub not_isolated: NotIsolated,
    /// What becomes of the unknown.
    pub unknown: UnknownAs,
}

/// What becomes of connections where neither end is isolated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NotIsolated {
    /// They are shown.
    #[default]
    Shown,
    /// They are left out.
    Hidden,
}

impl Filter {
    /// The rectangles of a map that remain, in order.
    pub fn apply(&self, cluster: &Cluster, map: &Map) -> Vec<Rectangle> {
        let shown = map.rectangles.iter().filter(|rectangle| {
            rectangle.because == Because::Rules || self.not_isolated == NotIsolated::Shown
        });
        let mut kept: Vec<Rectangle> = Vec::new();
        for rectangle in shown {
            let (Some(from), Some(to)) = (self.from.narrow(&rectangle.from), self.to.narrow(&rectangle.to))
            else {
                continue;
            };
            for (from, to) in self.of_namespace(cluster, map, from, to) {
                self.on_ports(cluster, map, Rectangle { from, to, ..rectangle.clone() }, &mut kept);
            }
        }
        kept.sort_unstable();
        kept
    }

    /// How many pairs have something unknown that the filter decides; the addresses of a row are one end.
    pub fn decided_pairs(&self, cluster: &Cluster, map: &Map) -> usize {
        if self.unknown == UnknownAs::Unknown {
            return 0;
        }
        let open = Self { unknown: UnknownAs::Unknown, ..self.clone() }.apply(cluster, map);
        let open = open.iter().filter(|rectangle| !rectangle.decided.unknown.is_empty());
        open.map(|rectangle| rectangle.from.pods().len().max(1) * rectangle.to.pods().len().max(1)).sum()
    }

    /// What the remaining connections may rest on: of what only some pods bear, that of ends that are asked for.
    pub fn assumptions(&self, map: &Map) -> Vec<Assumption> {
        let is_borne = |assumption: &&Assumption| {
            map.bearers.get(*assumption).is_none_or(|bearers| {
                bearers.egress.iter().any(|id| self.from.has(*id))
                    || bearers.ingress.iter().any(|id| self.to.has(*id))
            })
        };
        map.assumptions.iter().filter(is_borne).cloned().collect()
    }

    /// How many of the pairs that are asked for are allowed, denied and unknown, those that are hidden among them.
    pub fn counts(&self, cluster: &Cluster, map: &Map) -> Counts {
        let all = Self { not_isolated: NotIsolated::Shown, ..self.clone() };
        let is_own = |id: &ShareId| self.namespaces.is_empty() || is_in(cluster, map, *id, &self.namespaces);
        let shares = || map.shares.iter().map(|(id, _)| id);
        let sizes = |wanted: &Wanted| {
            let (own, foreign): (Vec<ShareId>, Vec<ShareId>) =
                shares().filter(|id| wanted.has(*id)).partition(is_own);
            (size(own.len()), size(own.len() + foreign.len()))
        };
        let ((own_from, from), (own_to, to)) = (sizes(&self.from), sizes(&self.to));
        let pairs = match self.direction {
            Some(Direction::Ingress) => from * own_to,
            Some(Direction::Egress) => own_from * to,
            None => from * to - (from - own_from) * (to - own_to),
        };
        counts(&all.apply(cluster, map), pairs)
    }

    /// The pieces of a rectangle that are of the namespaces and direction.
    fn of_namespace(&self, cluster: &Cluster, map: &Map, from: Side, to: Side) -> Vec<(Side, Side)> {
        if self.namespaces.is_empty() {
            let subject = match self.direction {
                None => return vec![(from, to)],
                Some(Direction::Ingress) => &to,
                Some(Direction::Egress) => &from,
            };
            return if subject.addresses().is_none() { vec![(from, to)] } else { Vec::new() };
        }
        let is_own = |id: &ShareId| is_in(cluster, map, *id, &self.namespaces);
        let own = |side: &Side| pods(side.pods().iter().copied().filter(is_own));
        let foreign = |side: &Side| match side {
            Side::Pods(shares) => pods(shares.iter().copied().filter(|id| !is_own(id))),
            Side::Addresses(_) => Some(side.clone()),
        };
        let mut pieces = Vec::new();
        if self.direction != Some(Direction::Ingress) {
            pieces.extend(own(&from).map(|own| (own, to.clone())));
        }
        match self.direction {
            Some(Direction::Egress) => {}
            Some(Direction::Ingress) => pieces.extend(own(&to).map(|own| (from, own))),
            None => pieces.extend(foreign(&from).zip(own(&to))),
        }
        pieces
    }

    /// What remains of a rectangle on the ports that are asked for.
    fn on_ports(&self, cluster: &Cluster, map: &Map, rectangle: Rectangle, kept: &mut Vec<Rectangle>) {
        let Some(asked) = &self.ports else {
            kept.extend(self.decided(rectangle, None));
            return;
        };
        let (Asked::Named(protocol, name), Side::Pods(to)) = (asked, &rectangle.to) else {
            kept.extend(self.decided(rectangle, Some(&asked.fixed().unwrap_or_default())));
            return;
        };
        let query = NamedPortQuery { protocol: *protocol, name: name.clone() };
        let mut by_ports: Vec<(ConnectionSet, Vec<ShareId>)> = Vec::new();
        for id in to.iter() {
            let ports = named(cluster, map, *id, &query);
            match by_ports.iter_mut().find(|(same, _)| *same == ports) {
                Some((_, shares)) => shares.push(*id),
                None => by_ports.push((ports, vec![*id])),
            }
        }
        for (ports, shares) in by_ports {
            let piece = Rectangle { to: Side::Pods(shares.into()), ..rectangle.clone() };
            kept.extend(self.decided(piece, Some(&ports)));
        }
    }

    fn decided(&self, rectangle: Rectangle, scope: Option<&ConnectionSet>) -> Option<Rectangle> {
        let mut decided = scope.map_or_else(|| rectangle.decided.clone(), |it| rectangle.decided.within(it));
        self.unknown.decide(&mut decided);
        let reasons = if decided.unknown.is_empty() { Vec::new() } else { rectangle.reasons };
        (!decided.is_nothing()).then_some(Rectangle { decided, reasons, ..rectangle })
    }
}

/// The ports of a name that a share's pods have.
fn named(cluster: &Cluster, map: &Map, id: ShareId, query: &NamedPortQuery) -> ConnectionSet {
    let members = map.shares.get(id).into_iter().flat_map(|share| &share.members);
    let groups = members.filter_map(|member| cluster.group(member.group));
    groups.flat_map(|group| &group.named_ports).filter(|port| query.accepts(port)).fold(
        ConnectionSet::empty(),
        |all, port| {
            let ports = port.number.map_or_else(PortSet::every, PortSet::single);
            all.union(&ConnectionSet::of(port.protocol, ports))
        },
    )
}
