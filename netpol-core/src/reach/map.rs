//! The map.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ShareId;
use super::join;
use super::lines::{Line, Lines, lines};
use super::rectangle::{Because, Rectangle, Side};
use super::share::{self, Cell, Shares};
use crate::cluster::{Cluster, Endpoint, Hypothetical, Owner, Workload};
use crate::evaluate::{Assumption, End, Rows};
use crate::index::PolicyIndex;
use crate::net::{Decided, IpSet};
use crate::policy::{Direction, PolicySet};

/// Every allowed and every unknown connection between the workloads of a cluster, and to and from addresses outside.
#[derive(Debug, Clone)]
pub struct Map {
    /// The ends inside the cluster.
    pub shares: Shares,
    /// The addresses outside the cluster that the map speaks of.
    pub outside: IpSet,
    /// What may flow, as disjoint rectangles in order. What is in none of them is denied.
    pub rectangles: Vec<Rectangle>,
    /// What all of it rests on, sorted.
    pub assumptions: Vec<Assumption>,
    /// Of those that only some pods' connections rest on: whose.
    pub bearers: BTreeMap<Assumption, Bearers>,
}

/// The pods whose connections rest on an assumption.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bearers {
    /// As sources; sorted.
    pub egress: Vec<ShareId>,
    /// As destinations; sorted.
    pub ingress: Vec<ShareId>,
}

impl Map {
    /// The map of a cluster under its policies.
    pub fn new(cluster: &Cluster, set: &PolicySet, index: &PolicyIndex) -> Self {
        let rows = Rows::new(cluster, set, index);
        let (shares, cells) = share::shares(cluster, index, &rows);
        let egress = lines(&rows, &cells, Direction::Egress);
        let ingress = lines(&rows, &cells, Direction::Ingress);
        let rectangles = join::rectangles(&cells, &egress, &ingress);
        let assumptions = assumptions(cluster, set, index, &[&egress, &ingress]);
        let mut bearers = bearers(&cells, &egress, &ingress);
        for assumption in Assumption::of_pods(cluster, index) {
            let Assumption::HostNetworkIsNode(workload) = &assumption else { continue };
            let own: Vec<ShareId> = shares.of_workload(*workload).collect();
            bearers.insert(assumption, Bearers { egress: own.clone(), ingress: own });
        }
        let map = Self { shares, outside: rows.outside().clone(), rectangles, assumptions, bearers };
        map.with_bare_pods_themselves()
    }

    /// An end of the map for some shares of one workload.
    pub fn end(&self, cluster: &Cluster, shares: &[ShareId]) -> Option<End> {
        let workload = shares.first().and_then(|id| self.shares.get(*id))?.workload;
        Some(self.shares.end(cluster, workload, shares))
    }

    /// The ends of a side, the shares of a workload together.
    pub fn ends(&self, cluster: &Cluster, side: &Side) -> Vec<End> {
        match side {
            Side::Addresses(addresses) => {
                vec![End { endpoint: Endpoint::Addresses(addresses.clone()), groups: None, pods: None }]
            }
            Side::Pods(shares) => {
                let workload = |id: &ShareId| self.shares.get(*id).map(|share| share.workload);
                let workloads = shares.chunk_by(|a, b| workload(a) == workload(b));
                workloads.filter_map(|shares| self.end(cluster, shares)).collect()
            }
        }
    }

    /// A pod without an owner always reaches itself, whatever the rules say of another pod like it.
    fn with_bare_pods_themselves(mut self) -> Self {
        let mut rectangles = Vec::with_capacity(self.rectangles.len());
        let everything = Decided::everything();
        let mut open = vec![false; self.shares.len()];
        for rectangle in std::mem::take(&mut self.rectangles) {
            let selves = self.bare_pods_on_both_sides(&rectangle);
            if rectangle.decided == everything {
                for share in selves {
                    if let Some(slot) = open.get_mut(share.0 as usize) {
                        *slot = true;
                    }
                }
                rectangles.push(rectangle);
            } else {
                without_selves(&rectangle, &selves, &mut rectangles);
            }
        }
        for (id, _) in self.shares.iter().filter(|(_, share)| share.is_bare_pod) {
            if open.get(id.0 as usize) == Some(&false) {
                let side = || Side::Pods(Arc::from([id]));
                rectangles.push(Rectangle {
                    from: side(),
                    to: side(),
                    decided: everything.clone(),
                    because: Because::Rules,
                    reasons: Vec::new(),
                });
            }
        }
        rectangles.sort_unstable();
        Self { rectangles, ..self }
    }

    fn bare_pods_on_both_sides(&self, rectangle: &Rectangle) -> Vec<ShareId> {
        let is_bare = |id: &ShareId| self.shares.get(*id).is_some_and(|share| share.is_bare_pod);
        let to = rectangle.to.pods();
        let both = rectangle.from.pods().iter().filter(|id| is_bare(id) && to.binary_search(id).is_ok());
        both.copied().collect()
    }
}

/// A rectangle without the pairs of some pods with themselves, as disjoint rectangles.
fn without_selves(rectangle: &Rectangle, selves: &[ShareId], into: &mut Vec<Rectangle>) {
    if selves.is_empty() {
        into.push(rectangle.clone());
        return;
    }
    let without = |side: &Side, some: &[ShareId]| {
        let rest: Vec<ShareId> =
            side.pods().iter().copied().filter(|id| some.binary_search(id).is_err()).collect();
        (!rest.is_empty()).then(|| Side::Pods(rest.into()))
    };
    if let Some(from) = without(&rectangle.from, selves) {
        into.push(Rectangle { from, ..rectangle.clone() });
    }
    for own in selves {
        if let Some(to) = without(&rectangle.to, &[*own]) {
            into.push(Rectangle { from: Side::Pods(Arc::from([*own])), to, ..rectangle.clone() });
        }
    }
}

/// Whose connections rest on what.
fn bearers(cells: &[Cell], egress: &Lines, ingress: &Lines) -> BTreeMap<Assumption, Bearers> {
    let mut bearers: BTreeMap<Assumption, Bearers> = BTreeMap::new();
    for (direction, lines) in [(Direction::Egress, egress), (Direction::Ingress, ingress)] {
        for line in lines.list.iter().filter(|line| !line.row.assumptions.is_empty()) {
            let own = line.cells.iter().filter_map(|place| cells.get(*place as usize));
            let shares: Vec<ShareId> = own.flat_map(|cell| &cell.shares).copied().collect();
            for assumption in &line.row.assumptions {
                let all = bearers.entry(assumption.clone()).or_default();
                match direction {
                    Direction::Egress => all.egress.extend(&shares),
                    Direction::Ingress => all.ingress.extend(&shares),
                }
            }
        }
    }
    for all in bearers.values_mut() {
        all.egress.sort_unstable();
        all.ingress.sort_unstable();
    }
    bearers
}

/// That a pod of the map does not exist.
fn hypothetical(cluster: &Cluster, workload: &Workload) -> Option<Assumption> {
    let Owner::Hypothetical(labels) = &workload.owner else { return None };
    let namespace = cluster.namespace(workload.namespace)?.name.clone();
    Some(Assumption::Hypothetical(Hypothetical { namespace, labels: labels.clone() }))
}

/// What the map rests on, whatever is asked of it.
fn assumptions(cluster: &Cluster, set: &PolicySet, index: &PolicyIndex, lines: &[&Lines]) -> Vec<Assumption> {
    let rows = lines.iter().flat_map(|lines| &lines.list).map(|line: &Line| &line.row);
    let mut all: Vec<Assumption> = rows.flat_map(|row| &row.assumptions).cloned().collect();
    all.extend(Assumption::of_all(set, index));
    all.extend(cluster.workloads.iter().filter_map(|workload| hypothetical(cluster, workload)));
    all.extend(Assumption::of_pods(cluster, index));
    let outside = cluster.outside();
    let is_outside = |node| cluster.node(node).is_some_and(|node| node.addresses.overlaps(&outside));
    if !set.policies.is_empty() && cluster.groups.iter().filter_map(|group| group.node).any(is_outside) {
        all.push(Assumption::OwnNodeAside);
    }
    all.sort_unstable();
    all.dedup();
    all
}
