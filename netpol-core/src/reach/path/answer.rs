//! What is to be said about the ways from some ends to others.

use std::collections::{BTreeMap, BTreeSet};

use super::behind::{Behind, behind};
use super::chain::Hop;
use super::cut::TooLarge;
use super::reached::Reached;
use super::ways::{Goal, Through, Ways};
use crate::cluster::{Asked, Cluster, Endpoint, Hypothetical, NamespaceId, WorkloadId};
use crate::evaluate::{End, Engine, UnknownAs};
use crate::net::IpSet;
use crate::policy::PolicySet;
use crate::reach::filter::Wanted;
use crate::reach::{Map, Rectangle, ShareId, Side};

/// A connection, and what stands behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The connection.
    pub hop: Hop,
    /// The rules that allow it.
    pub behind: Behind,
}

/// The way from some ends to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The sources.
    pub from: Vec<Endpoint>,
    /// The destinations; none when everybody is meant that can be reached.
    pub to: Vec<Endpoint>,
    /// The ports that the last hop must allow something of.
    pub ports: Asked,
    /// The shortest chain of allowed connections.
    pub hops: Option<Vec<Step>>,
    /// Where there is no such chain: the shortest that goes through unknown connections too.
    pub possible: Option<Vec<Step>>,
    /// Everybody that can be reached, nearest first, where that was asked.
    pub reached: Option<Vec<Reached>>,
    /// Those that can be reached, beyond these, if what is unknown is allowed; nearest first.
    pub perhaps_reached: Vec<Reached>,
    /// The fewest connections that keep the ends apart, where that was asked.
    pub cut: Option<Result<Vec<Step>, TooLarge>>,
}

/// What is asked about ways.
#[derive(Debug, Clone)]
pub struct Quest {
    /// The sources.
    pub from: Vec<Endpoint>,
    /// The destinations.
    pub to: Vec<Endpoint>,
    /// The ports that the last hop must allow something of.
    pub ports: Asked,
    /// What becomes of the unknown.
    pub unknown: UnknownAs,
}

impl Quest {
    /// The pods that do not exist among its ends.
    pub fn hypothetical(&self) -> Vec<Hypothetical> {
        let pods = self.from.iter().chain(&self.to).filter_map(|end| match end {
            Endpoint::Hypothetical(pod) => Some(pod.clone()),
            _ => None,
        });
        let mut pods: Vec<Hypothetical> = pods.collect();
        pods.sort_unstable();
        pods.dedup();
        pods
    }

    /// Names pods that do not exist by workloads that were made of them.
    pub fn name_by(&mut self, workloads: &BTreeMap<Hypothetical, WorkloadId>) {
        for end in self.from.iter_mut().chain(&mut self.to) {
            let Endpoint::Hypothetical(pod) = end else { continue };
            if let Some(id) = workloads.get(pod) {
                *end = Endpoint::Workload(*id);
            }
        }
    }

    /// Where an end stands for several, leaves out the nodes among them: the map does not speak of them.
    pub fn leave_nodes_among_others(&mut self) {
        for ends in [&mut self.from, &mut self.to] {
            if ends.iter().any(|end| !matches!(end, Endpoint::Node(_))) {
                ends.retain(|end| !matches!(end, Endpoint::Node(_)));
            }
        }
    }
}

/// Looks for ways through a map.
#[derive(Debug)]
pub struct Scout<'a> {
    cluster: &'a Cluster,
    set: &'a PolicySet,
    engine: Engine<'a>,
    map: &'a Map,
}

impl<'a> Scout<'a> {
    /// A scout of a map; the engine must be of the same cluster and policies.
    pub const fn new(cluster: &'a Cluster, set: &'a PolicySet, engine: Engine<'a>, map: &'a Map) -> Self {
        Self { cluster, set, engine, map }
    }

    /// The shortest way from the sources to the destinations.
    ///
    /// # Errors
    /// An end that the map does not speak of.
    pub fn shortest<'q>(&self, quest: &'q Quest) -> Result<Path, &'q Endpoint> {
        let goal = self.goal(quest)?;
        let chain = self.ways(Through::Allowed, quest).shortest(&goal);
        let possible = match chain {
            Some(_) => None,
            None => self.ways(Through::Possible, quest).shortest(&goal),
        };
        let hops = chain.map(|chain| self.steps(chain.hops));
        let possible = possible.map(|chain| self.steps(chain.hops));
        Ok(Path { hops, possible, ..Path::of(quest) })
    }

    /// The same, with the fewest connections that keep the ends apart.
    ///
    /// # Errors
    /// An end that the map does not speak of.
    pub fn cut<'q>(&self, quest: &'q Quest) -> Result<Path, &'q Endpoint> {
        let goal = self.goal(quest)?;
        let path = self.shortest(quest)?;
        let cut = self.ways(Through::Allowed, quest).cut(&goal);
        let cut = cut.map(|cut| {
            let mut pairs: Vec<Hop> = cut.rectangles.iter().flat_map(|it| self.pairs(it)).collect();
            pairs.sort_by(|a, b| (&a.from, &a.to).cmp(&(&b.from, &b.to)));
            self.steps(pairs)
        });
        Ok(Path { cut: Some(cut), ..path })
    }

    /// Everybody that the sources can reach with so many hops, and those that they perhaps can.
    ///
    /// # Errors
    /// An end that the map does not speak of.
    pub fn reached<'q>(&self, quest: &'q Quest, most_hops: u32) -> Result<Path, &'q Endpoint> {
        let from = Wanted::of(self.map, &quest.from)?;
        let reached = self.ways(Through::Allowed, quest).reached(&from, most_hops);
        let perhaps_reached = beyond(self.ways(Through::Possible, quest).reached(&from, most_hops), &reached);
        Ok(Path { reached: Some(reached), perhaps_reached, ..Path::of(quest) })
    }

    fn goal<'q>(&self, quest: &'q Quest) -> Result<Goal, &'q Endpoint> {
        let ports = Some(quest.ports.clone()).filter(|ports| *ports != Asked::Every);
        Ok(Goal { from: Wanted::of(self.map, &quest.from)?, to: Wanted::of(self.map, &quest.to)?, ports })
    }

    fn ways(&self, through: Through, quest: &Quest) -> Ways<'a> {
        Ways::new(self.cluster, self.map, through, quest.unknown)
    }

    /// The pairs of a rectangle, without a single pod and itself.
    fn pairs(&self, rectangle: &Rectangle) -> Vec<Hop> {
        let ends = |side: &Side| self.map.ends(self.cluster, side);
        let (from, to) = (ends(&rectangle.from), ends(&rectangle.to));
        let hop = |from: &End, to: &End| Hop {
            from: from.clone(),
            to: to.clone(),
            decided: rectangle.decided.clone(),
            reasons: rectangle.reasons.clone(),
        };
        let pairs = from.iter().flat_map(|from| to.iter().map(move |to| (from, to)));
        let is_itself = |end: &End| self.map.shares.is_one_pod(self.cluster, end);
        pairs.filter(|(from, to)| from != to || !is_itself(from)).map(|(from, to)| hop(from, to)).collect()
    }

    fn steps(&self, hops: Vec<Hop>) -> Vec<Step> {
        let step = |hop| Step { behind: behind(&self.engine, self.set, &hop), hop };
        hops.into_iter().map(step).collect()
    }
}

/// Of everybody that may be reached, those that are not for certain.
fn beyond(possible: Vec<Reached>, certain: &[Reached]) -> Vec<Reached> {
    let shares: BTreeSet<ShareId> = certain.iter().flat_map(|entry| entry.to.pods()).copied().collect();
    let addresses = certain.iter().filter_map(|entry| entry.to.addresses());
    let addresses = addresses.fold(IpSet::empty(), |all, more| all.union(more));
    let rest = possible.into_iter().filter_map(|entry| {
        let to = match &entry.to {
            Side::Pods(own) => {
                let rest: Vec<ShareId> = own.iter().filter(|id| !shares.contains(id)).copied().collect();
                (!rest.is_empty()).then(|| Side::Pods(rest.into()))
            }
            Side::Addresses(own) => {
                let rest = own.difference(&addresses);
                (!rest.is_empty()).then_some(Side::Addresses(rest))
            }
        };
        Some(Reached { to: to?, ..entry })
    });
    rest.collect()
}

impl Path {
    /// Of everybody that is reached, keeps those connections of which either end is in one of some namespaces.
    pub fn keep_namespaces(&mut self, cluster: &Cluster, map: &Map, namespaces: &[NamespaceId]) {
        let is_own = |workload: WorkloadId| {
            cluster.workload(workload).is_some_and(|workload| namespaces.contains(&workload.namespace))
        };
        for entry in self.reached.iter_mut().flatten().chain(&mut self.perhaps_reached) {
            let begins_there = match &entry.from.endpoint {
                Endpoint::Workload(id) | Endpoint::Pods(id, _) => is_own(*id),
                Endpoint::Replica(replica) => is_own(replica.workload),
                _ => false,
            };
            if let (false, Side::Pods(shares)) = (begins_there, &entry.to) {
                let own =
                    shares.iter().filter(|id| map.shares.get(**id).is_some_and(|it| is_own(it.workload)));
                entry.to = Side::Pods(own.copied().collect());
            } else if !begins_there {
                entry.to = Side::Pods(std::sync::Arc::from([]));
            }
        }
        let is_there = |entry: &Reached| entry.to.addresses().is_some() || !entry.to.pods().is_empty();
        self.reached.iter_mut().for_each(|reached| reached.retain(is_there));
        self.perhaps_reached.retain(is_there);
    }

    fn of(quest: &Quest) -> Self {
        Self {
            from: quest.from.clone(),
            to: quest.to.clone(),
            ports: quest.ports.clone(),
            hops: None,
            possible: None,
            reached: None,
            perhaps_reached: Vec::new(),
            cut: None,
        }
    }
}
