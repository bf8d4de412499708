//! The map made ready for searching.

use petgraph::Directed;
use petgraph::csr::Csr;

use crate::cluster::{Asked, Cluster};
use crate::evaluate::UnknownAs;
use crate::net::{Decided, IpSet};
use crate::reach::filter::{Filter, Wanted};
use crate::reach::{Map, Rectangle, Share, ShareId, Side};

/// Which connections a chain may go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Through {
    /// Those that are allowed.
    Allowed,
    /// Those that are unknown as well.
    Possible,
}

impl Through {
    /// Whether a chain may go through a connection.
    pub(super) fn passes(self, decided: &Decided) -> bool {
        match self {
            Self::Allowed => !decided.allowed.is_empty(),
            Self::Possible => !decided.is_nothing(),
        }
    }
}

/// Where a chain is to begin and to end.
#[derive(Debug, Clone)]
pub struct Goal {
    /// The sources.
    pub from: Wanted,
    /// The destinations.
    pub to: Wanted,
    /// The ports that the last hop must allow something of; any when there are none.
    pub ports: Option<Asked>,
}

/// The connections of a map that chains may go through.
#[derive(Debug)]
pub struct Ways<'m> {
    pub(super) cluster: &'m Cluster,
    pub(super) map: &'m Map,
    pub(super) through: Through,
    unknown: UnknownAs,
    /// The connections.
    pub(super) steps: Vec<Rectangle>,
    /// From each share to the connections that it is a source of.
    out: Links,
}

/// From shares to rectangles.
#[derive(Debug)]
pub(super) struct Links(Csr<(), (), Directed, u32>);

impl Links {
    /// From each share to the rectangles that have it on a side.
    pub(super) fn new(rectangles: &[Rectangle], side: impl Fn(&Rectangle) -> &Side) -> Self {
        let mut links: Vec<(u32, u32)> = Vec::new();
        for (number, rectangle) in (0u32..).zip(rectangles) {
            links.extend(side(rectangle).pods().iter().map(|share| (share.0, number)));
        }
        links.sort_unstable();
        Self(Csr::from_sorted_edges(&links).unwrap_or_else(|_| Csr::new()))
    }

    /// The rectangles of a share.
    pub(super) fn of(&self, share: ShareId) -> &[u32] {
        if (share.0 as usize) < self.0.node_count() { self.0.neighbors_slice(share.0) } else { &[] }
    }
}

impl<'m> Ways<'m> {
    /// The connections of a map that chains may go through, what is unknown decided as asked.
    pub fn new(cluster: &'m Cluster, map: &'m Map, through: Through, unknown: UnknownAs) -> Self {
        let mut steps = Filter { unknown, ..Filter::default() }.apply(cluster, map);
        steps.retain(|rectangle| through.passes(&rectangle.decided));
        let out = Links::new(&steps, |rectangle| &rectangle.from);
        Self { cluster, map, through, unknown, steps, out }
    }

    /// The connections that a share is a source of, in order.
    pub(super) fn out(&self, share: ShareId) -> &[u32] {
        self.out.of(share)
    }

    /// A connection.
    pub(super) fn step(&self, number: u32) -> Option<&Rectangle> {
        self.steps.get(number as usize)
    }

    /// The connections that a chain may end with.
    pub(super) fn last(&self, goal: &Goal, (shares, addresses): Parts) -> Vec<Rectangle> {
        let to = Wanted::Some { shares, addresses };
        let filter = Filter { to, ports: goal.ports.clone(), unknown: self.unknown, ..Filter::default() };
        let mut last = filter.apply(self.cluster, self.map);
        last.retain(|rectangle| self.through.passes(&rectangle.decided));
        last
    }

    /// The sources and the destinations. What is named on both sides is a source, unless nothing else is a
    /// destination; `None` when the sides are the same.
    pub(super) fn ends(&self, goal: &Goal) -> Option<(Parts, Parts)> {
        let (from, to) = (self.wanted(&goal.from), self.wanted(&goal.to));
        let only_to = without(&to, &from);
        if !is_nobody(&only_to) {
            return Some((from, only_to));
        }
        let only_from = without(&from, &to);
        (!is_nobody(&only_from)).then_some((only_from, to))
    }

    /// Whether a connection leads from a share to another pod than the one that it begins at.
    pub(super) fn leads_on(&self, from: ShareId, to: &Side) -> bool {
        let is_one_pod = || self.map.shares.get(from).is_some_and(Share::is_one_pod);
        to.pods() != [from] || !is_one_pod()
    }

    /// The shares and addresses that are wanted, each of them.
    pub(super) fn wanted(&self, wanted: &Wanted) -> Parts {
        match wanted {
            Wanted::Any => (self.map.shares.iter().map(|(id, _)| id).collect(), self.map.outside.clone()),
            Wanted::Some { shares, addresses } => (shares.clone(), addresses.clone()),
        }
    }
}

/// Shares and addresses.
pub(super) type Parts = (Vec<ShareId>, IpSet);

fn is_nobody((shares, addresses): &Parts) -> bool {
    shares.is_empty() && addresses.is_empty()
}

fn without(some: &Parts, others: &Parts) -> Parts {
    let shares = some.0.iter().copied().filter(|share| others.0.binary_search(share).is_err());
    (shares.collect(), some.1.difference(&others.1))
}
