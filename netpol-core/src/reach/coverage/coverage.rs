//! The coverage of a cluster, workload by workload.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::exposure::{self, Exposure};
use super::namespaces::{self, NamespaceCoverage};
use super::unused::{self, UnusedRule};
use crate::cluster::{Cluster, NamespaceId, WorkloadId};
use crate::evaluate::{Assumption, End, PolicyRef, RowKey, Rows, Subject, UnknownAs};
use crate::index::PolicyIndex;
use crate::net::IpSet;
use crate::policy::{Direction, PolicySet};
use crate::reach::ShareId;
use crate::reach::lines::each;
use crate::reach::share::{self, Cell, Shares};
use crate::selector::Truth;

/// How far policies cover a cluster.
#[derive(Debug, Clone)]
pub struct Coverage {
    /// The workloads in their order; one of which policies tell the pods apart stands once for each kind of them.
    pub workloads: Vec<WorkloadCoverage>,
    /// The namespaces, sorted by name.
    pub namespaces: Vec<NamespaceCoverage>,
    /// The rules that nothing in the input uses, in the order of the input.
    pub unused: Vec<UnusedRule>,
    /// How many rules there are.
    pub rules: usize,
    /// The addresses outside the cluster.
    pub outside: IpSet,
    /// What all of it rests on, sorted.
    pub assumptions: Vec<Assumption>,
}

/// A workload, or those of its pods that policies treat alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkloadCoverage {
    /// The pods.
    pub end: End,
    /// Their workload.
    pub workload: WorkloadId,
    /// Their namespace.
    pub namespace: NamespaceId,
    /// What may come in.
    pub ingress: Arc<DirectionCoverage>,
    /// What may go out.
    pub egress: Arc<DirectionCoverage>,
}

impl WorkloadCoverage {
    /// One direction.
    pub fn of(&self, direction: Direction) -> &DirectionCoverage {
        match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        }
    }
}

/// One direction of some pods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectionCoverage {
    /// Whether they are isolated: what no rule allows is denied.
    pub isolated: Truth,
    /// The policies that select them, or may, in the order they act in.
    pub policies: Vec<PolicyRef>,
    /// To whom they are open beyond the pods that exist: addresses first, then selectors.
    pub exposure: Vec<Exposure>,
    /// Whether globally routable addresses are among those.
    pub internet: Truth,
}

impl DirectionCoverage {
    /// Decides what is unknown; of how many exposures something was.
    fn decide_unknown(&mut self, unknown: UnknownAs) -> usize {
        let decided = self.exposure.iter_mut().map(|exposure| unknown.decide(&mut exposure.decided));
        let number = decided.filter(|was_unknown| *was_unknown).count();
        self.exposure.retain(|exposure| !exposure.decided.is_nothing());
        self.internet = match (self.internet, unknown) {
            (Truth::Unknown, UnknownAs::Allow) => Truth::Yes,
            (Truth::Unknown, UnknownAs::Deny) => Truth::No,
            (internet, _) => internet,
        };
        number
    }
}

/// How many of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Workloads.
    pub workloads: usize,
    /// Workloads of which every pod is isolated for ingress.
    pub ingress_isolated: usize,
    /// Workloads of which every pod is isolated for egress.
    pub egress_isolated: usize,
    /// Workloads that globally routable addresses can reach.
    pub ingress_internet: usize,
    /// Workloads that can reach globally routable addresses.
    pub egress_internet: usize,
    /// Further workloads that are perhaps isolated for ingress.
    pub ingress_perhaps_isolated: usize,
    /// Further workloads that are perhaps isolated for egress.
    pub egress_perhaps_isolated: usize,
    /// Further workloads that globally routable addresses perhaps can reach.
    pub ingress_perhaps_internet: usize,
    /// Further workloads that perhaps can reach globally routable addresses.
    pub egress_perhaps_internet: usize,
    /// Namespaces.
    pub namespaces: usize,
    /// Namespaces where every pod is isolated for ingress, also one that is yet to be created.
    pub ingress_default_deny: usize,
    /// The same for egress.
    pub egress_default_deny: usize,
    /// Rules of policies.
    pub rules: usize,
    /// Rules that nothing in the input uses.
    pub unused_rules: usize,
}

impl Coverage {
    /// The coverage of a cluster by its policies.
    pub fn new(cluster: &Cluster, set: &PolicySet, index: &PolicyIndex) -> Self {
        let rows = Rows::new(cluster, set, index);
        let (shares, cells) = share::shares(cluster, index, &rows);
        let ingress = Side::new(&rows, (set, cluster), &cells, Direction::Ingress);
        let egress = Side::new(&rows, (set, cluster), &cells, Direction::Egress);
        let mut assumptions = Assumption::of_all(set, index);
        assumptions.extend(Assumption::of_pods(cluster, index));
        assumptions.extend([&ingress, &egress].into_iter().flat_map(|side| side.assumptions.iter().cloned()));
        assumptions.sort_unstable();
        assumptions.dedup();
        Self {
            workloads: workloads(cluster, &shares, &ingress, &egress),
            namespaces: namespaces::namespaces(cluster, set, index),
            unused: unused::unused(cluster, set, index),
            rules: set.policies.iter().map(|policy| policy.rules.len()).sum(),
            outside: rows.outside().clone(),
            assumptions,
        }
    }

    /// The part of the coverage that is about some namespaces: their workloads, and the policies that stand there.
    #[must_use]
    pub fn of_namespaces(mut self, cluster: &Cluster, set: &PolicySet, namespaces: &[NamespaceId]) -> Self {
        let own = namespaces.iter().filter_map(|id| cluster.namespace(*id));
        let names: Vec<&str> = own.map(|namespace| namespace.name.as_str()).collect();
        let is_own = |policy: u32| {
            let policy = set.policies.get(policy as usize);
            let namespace = policy.and_then(|policy| policy.object.namespace.as_deref());
            namespace.is_some_and(|namespace| names.contains(&namespace))
        };
        self.workloads.retain(|workload| namespaces.contains(&workload.namespace));
        self.namespaces.retain(|entry| namespaces.contains(&entry.namespace));
        self.unused.retain(|rule| is_own(rule.policy));
        self.assumptions.retain(|assumption| match assumption {
            Assumption::HostNetworkIsNode(id) => {
                cluster.workload(*id).is_some_and(|workload| namespaces.contains(&workload.namespace))
            }
            _ => true,
        });
        let own = (0u32..).zip(&set.policies).filter(|(place, _)| is_own(*place));
        self.rules = own.map(|(_, policy)| policy.rules.len()).sum();
        self
    }

    /// Decides what is unknown of the exposure. What may isolate may do so still. The answer is how many pairs of a workload
    /// and those whom it is open to had something unknown; where some had, the coverage rests on the assumption that it is so.
    pub fn decide_unknown(&mut self, unknown: UnknownAs) -> usize {
        if unknown == UnknownAs::Unknown {
            return 0;
        }
        let mut decided = 0;
        for workload in &mut self.workloads {
            for side in [&mut workload.ingress, &mut workload.egress] {
                if side.exposure.iter().any(|exposure| !exposure.decided.unknown.is_empty()) {
                    decided += Arc::make_mut(side).decide_unknown(unknown);
                }
            }
        }
        if decided > 0 {
            self.assumptions.push(Assumption::UnknownDecided(unknown));
            self.assumptions.sort_unstable();
        }
        decided
    }

    /// How many of what.
    pub fn counts(&self) -> Counts {
        let of_workload = self.workloads.chunk_by(|a, b| a.workload == b.workload);
        let mut counts = Counts {
            namespaces: self.namespaces.len(),
            rules: self.rules,
            unused_rules: self.unused.len(),
            ..Counts::default()
        };
        for parts in of_workload {
            counts.workloads += 1;
            let all_isolated =
                |direction| parts.iter().map(|part| part.of(direction).isolated).fold(Truth::Yes, Truth::and);
            let any_internet =
                |direction| parts.iter().map(|part| part.of(direction).internet).fold(Truth::No, Truth::or);
            let add = |truth, yes: &mut usize, perhaps: &mut usize| match truth {
                Truth::Yes => *yes += 1,
                Truth::Unknown => *perhaps += 1,
                Truth::No => {}
            };
            let (ingress, egress) = (Direction::Ingress, Direction::Egress);
            add(all_isolated(ingress), &mut counts.ingress_isolated, &mut counts.ingress_perhaps_isolated);
            add(all_isolated(egress), &mut counts.egress_isolated, &mut counts.egress_perhaps_isolated);
            add(any_internet(ingress), &mut counts.ingress_internet, &mut counts.ingress_perhaps_internet);
            add(any_internet(egress), &mut counts.egress_internet, &mut counts.egress_perhaps_internet);
        }
        for namespace in &self.namespaces {
            counts.ingress_default_deny += usize::from(namespace.ingress.is_yes());
            counts.egress_default_deny += usize::from(namespace.egress.is_yes());
        }
        counts
    }
}

/// One direction of all cells, what subjects share computed once.
#[derive(Debug)]
struct Side {
    list: Vec<Arc<DirectionCoverage>>,
    of_share: FxHashMap<ShareId, u32>,
    assumptions: Vec<Assumption>,
}

impl Side {
    fn new(
        rows: &Rows<'_>,
        (set, cluster): (&PolicySet, &Cluster),
        cells: &[Cell],
        direction: Direction,
    ) -> Self {
        let mut numbers: FxHashMap<RowKey, u32> = FxHashMap::default();
        let mut subjects: Vec<Subject> = Vec::new();
        let mut of_share = FxHashMap::default();
        for cell in cells {
            let number = *numbers.entry(rows.key(cell.subject, direction)).or_insert_with(|| {
                subjects.push(cell.subject);
                u32::try_from(subjects.len() - 1).unwrap_or(u32::MAX)
            });
            of_share.extend(cell.shares.iter().map(|share| (*share, number)));
        }
        let internet = cluster.internet();
        let computed = each(subjects, |subject| {
            let outside = rows.outside_of(subject, direction);
            let isolation = rows.isolation(subject, direction);
            let exposure = exposure::exposure(rows, (set, cluster), (subject, direction), &outside);
            let coverage = DirectionCoverage {
                isolated: isolation.isolated,
                policies: isolation.policies,
                internet: exposure::to_internet(&exposure, &internet),
                exposure,
            };
            (Arc::new(coverage), outside.assumptions)
        });
        let (list, assumptions): (Vec<_>, Vec<_>) = computed.into_iter().unzip();
        Self { list, of_share, assumptions: assumptions.into_iter().flatten().collect() }
    }

    fn of(&self, share: ShareId) -> Option<(u32, &Arc<DirectionCoverage>)> {
        let number = self.of_share.get(&share)?;
        Some((*number, self.list.get(*number as usize)?))
    }
}

fn workloads(cluster: &Cluster, shares: &Shares, ingress: &Side, egress: &Side) -> Vec<WorkloadCoverage> {
    let mut list = Vec::new();
    for (id, workload) in (0u32..).map(WorkloadId).zip(&cluster.workloads) {
        let mut alike: Vec<((u32, u32), Vec<ShareId>)> = Vec::new();
        for share in shares.of_workload(id) {
            let (Some((into, _)), Some((out, _))) = (ingress.of(share), egress.of(share)) else { continue };
            match alike.iter_mut().find(|(key, _)| *key == (into, out)) {
                Some((_, shares)) => shares.push(share),
                None => alike.push(((into, out), vec![share])),
            }
        }
        for ((into, out), own) in alike {
            let sides = ingress.list.get(into as usize).zip(egress.list.get(out as usize));
            list.extend(sides.map(|(ingress, egress)| WorkloadCoverage {
                end: shares.end(cluster, id, &own),
                workload: id,
                namespace: workload.namespace,
                ingress: ingress.clone(),
                egress: egress.clone(),
            }));
        }
    }
    list
}
