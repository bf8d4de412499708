//! What a comparison finds.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::cluster::{Cluster, Endpoint, WorkloadId};
use crate::diagnostic::ObjectRef;
use crate::evaluate::{End, Engine, UnknownAs};
use crate::net::{Decided, IpSet};
use crate::policy::PolicySet;
use crate::reach::Map;
use crate::text::{FileSet, Span};

/// One of the two inputs.
#[derive(Debug, Clone, Copy)]
pub struct Revision<'a> {
    /// Its cluster.
    pub cluster: &'a Cluster,
    /// Its policies.
    pub policies: &'a PolicySet,
    /// Answers what is behind its connections.
    pub engine: Engine<'a>,
    /// Its map.
    pub map: &'a Map,
    /// Its files.
    pub files: &'a FileSet,
}

/// Which of the two inputs something is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The first.
    Old,
    /// The second.
    New,
}

/// How what may flow changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Nothing was allowed or unknown, and now something is.
    Added,
    /// Something was, and now nothing is.
    Removed,
    /// Everything that was allowed still is, and more.
    Widened,
    /// Only some of what was allowed still is, and nothing more.
    Narrowed,
    /// Neither.
    Changed,
}

impl Kind {
    /// The kind of a change from `before` to `after`; `None` when they are equal.
    pub fn of(before: &Decided, after: &Decided) -> Option<Self> {
        if before == after {
            return None;
        }
        if before.is_nothing() {
            return Some(Self::Added);
        }
        if after.is_nothing() {
            return Some(Self::Removed);
        }
        let is_within = |one: &Decided, other: &Decided| {
            one.allowed.is_subset(&other.allowed) && one.possible().is_subset(&other.possible())
        };
        Some(match (is_within(before, after), is_within(after, before)) {
            (true, _) => Self::Widened,
            (_, true) => Self::Narrowed,
            _ => Self::Changed,
        })
    }

    /// `added`, `removed`, `widened`, `narrowed`, `changed`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Widened => "widened",
            Self::Narrowed => "narrowed",
            Self::Changed => "changed",
        }
    }
}

/// What brought a change about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// The input that it stands in.
    pub side: Side,
    /// The object: a policy, a namespace whose labels changed, or the owner of pods that did.
    pub object: ObjectRef,
    /// Where.
    pub span: Span,
}

/// A pair of ends between which something changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// How.
    pub kind: Kind,
    /// The source; in the new input, or in the old one when it is addresses that only that knew.
    pub from: End,
    /// The destination.
    pub to: End,
    /// What might flow before.
    pub before: Decided,
    /// What may flow now.
    pub after: Decided,
    /// Why, sorted.
    pub causes: Vec<Cause>,
}

impl Change {
    /// Decides what is unknown of it; whether anything was.
    fn decide_unknown(&mut self, unknown: UnknownAs) -> bool {
        let (before, after) = (unknown.decide(&mut self.before), unknown.decide(&mut self.after));
        before || after
    }

    /// Its addresses, if one of its ends is outside.
    const fn addresses_mut(&mut self) -> Option<&mut IpSet> {
        match (&mut self.from.endpoint, &mut self.to.endpoint) {
            (Endpoint::Addresses(addresses), _) | (_, Endpoint::Addresses(addresses)) => Some(addresses),
            _ => None,
        }
    }

    /// What tells it from changes of other ends, and of other addresses of the same ends from each other.
    fn key(&self) -> (Option<End>, Option<End>, Decided, Decided) {
        let pods = |end: &End| (!matches!(end.endpoint, Endpoint::Addresses(_))).then(|| end.clone());
        (pods(&self.from), pods(&self.to), self.before.clone(), self.after.clone())
    }

    /// Takes up the same change of other addresses.
    fn join(&mut self, mut other: Self) {
        if let (Some(own), Some(more)) = (self.addresses_mut(), other.addresses_mut()) {
            *own = own.union(more);
        }
        self.causes.append(&mut other.causes);
        self.causes.sort_unstable();
        self.causes.dedup();
    }
}

/// An end that is in one of the inputs alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedEnd {
    /// The input that has it.
    pub side: Side,
    /// The workload, in that input.
    pub workload: WorkloadId,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// The pairs of ends that both inputs have, in the order of their ends.
    pub connections: Vec<Change>,
    /// The workloads that came or went, those that went first.
    pub ends: Vec<ChangedEnd>,
    /// The namespaces that came or went.
    pub namespaces: Vec<(Side, String)>,
    /// For so many changes no cause was looked for: there are too many.
    pub unexplained: usize,
    /// The policies that changed without anybody knowing what that does.
    pub unjudged: Vec<Unjudged>,
    /// Whether neither input has a workload, so that there was nothing to compare.
    pub is_void: bool,
}

/// A policy that changed without anybody knowing what that does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unjudged {
    /// The policy, and where it stands: in the new input if that has it.
    pub cause: Cause,
    /// Why.
    pub why: Why,
}

/// Why nobody knows what a change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// The policy is not evaluated.
    NotEvaluated,
    /// Neither input has a workload.
    NoWorkload,
    /// Neither input writes `policyTypes`: a cluster that has the old policy keeps the types that it filled in then,
    /// so that the new ones are not those that the new input stands for.
    TypesKept,
}

impl Changes {
    /// Leaves out what has no end in one of some namespaces; the clusters are the old one and the new one.
    pub fn retain_namespaces(&mut self, (old, new): (&Cluster, &Cluster), names: &[&str]) {
        let is_in = |cluster: &Cluster, workload: WorkloadId| {
            let namespace = cluster.workload(workload).and_then(|it| cluster.namespace(it.namespace));
            namespace.is_some_and(|namespace| names.contains(&namespace.name.as_str()))
        };
        let has = |end: &End| matches!(end.endpoint, Endpoint::Workload(id) if is_in(new, id));
        self.connections.retain(|change| has(&change.from) || has(&change.to));
        self.ends.retain(|end| match end.side {
            Side::Old => is_in(old, end.workload),
            Side::New => is_in(new, end.workload),
        });
        self.namespaces.retain(|(_, namespace)| names.contains(&namespace.as_str()));
        let is_elsewhere =
            |object: &ObjectRef| object.namespace.as_ref().is_some_and(|it| !names.contains(&it.as_str()));
        self.unjudged.retain(|found| !is_elsewhere(&found.cause.object));
    }

    /// Decides what is unknown before and after. The answer is how many changes had something unknown; those that are then
    /// none are left out.
    pub fn decide_unknown(&mut self, unknown: UnknownAs) -> usize {
        if unknown == UnknownAs::Unknown {
            return 0;
        }
        // What is not evaluated is decided on both sides alike.
        self.unjudged.retain(|found| found.why != Why::NotEvaluated);
        let mut decided = 0;
        let mut changes = BTreeMap::new();
        for mut change in std::mem::take(&mut self.connections) {
            decided += usize::from(change.decide_unknown(unknown));
            let Some(kind) = Kind::of(&change.before, &change.after) else { continue };
            change.kind = kind;
            match changes.entry(change.key()) {
                Entry::Vacant(entry) => {
                    entry.insert(change);
                }
                Entry::Occupied(mut entry) => entry.get_mut().join(change),
            }
        }
        self.connections = changes.into_values().collect();
        self.sort();
        decided
    }

    pub(super) fn sort(&mut self) {
        self.connections.sort_by(|a, b| (&a.from, &a.to, &a.before).cmp(&(&b.from, &b.to, &b.before)));
    }

    /// Whether nothing is known to have changed.
    pub const fn is_empty(&self) -> bool {
        self.connections.is_empty() && self.ends.is_empty() && self.namespaces.is_empty()
    }
}
