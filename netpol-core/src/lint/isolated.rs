//! Pods that the same policies isolate: what a rule about the union of policies looks at, once for all of them.

use rustc_hash::FxHashMap;

use super::Context;
use crate::cluster::WorkloadId;
use crate::evaluate::{PolicyRef, RowKey, Subject};
use crate::index::{ClassId, IndexedPeer, IndexedRule, PolicyIndex};
use crate::policy::{Direction, Peer, Placed, Policy, Rule};

/// Pods that the same policies isolate in a direction. No policy tells them apart in it.
#[derive(Debug, Clone)]
pub struct Isolated {
    /// One of them, to ask about.
    pub subject: Subject,
    /// The direction.
    pub direction: Direction,
    /// The classes of such pods.
    pub classes: Vec<ClassId>,
    /// The workloads that have such pods, sorted.
    pub workloads: Vec<WorkloadId>,
    /// The policies that select them, or may, by their places in the policy set, in the order of the input.
    pub policies: Vec<u32>,
}

impl Isolated {
    /// The policies that select them.
    pub fn policies<'a>(
        &self,
        context: &Context<'a>,
    ) -> impl Iterator<Item = (u32, &'a Policy)> + use<'a, '_> {
        let all = &context.policies.policies;
        self.policies
            .iter()
            .filter_map(|place| Some((*place, all.get(*place as usize).map(std::sync::Arc::as_ref)?)))
    }

    /// The rules of those policies that speak of the direction.
    pub fn rules<'a>(&self, context: &Context<'a>) -> impl Iterator<Item = RuleAt<'a>> + use<'a, '_> {
        let (direction, index) = (self.direction, context.index);
        let rules = self.policies(context).flat_map(move |policy| RuleAt::all(index, policy));
        rules.filter(move |rule| rule.rule.value.direction == direction)
    }
}

/// A rule of a policy.
#[derive(Debug, Clone, Copy)]
pub struct RuleAt<'a> {
    /// The place of the policy in the policy set.
    pub place: u32,
    /// The policy.
    pub policy: &'a Policy,
    /// The place of the rule in its policy.
    pub number: usize,
    /// The rule.
    pub rule: &'a Placed<Rule>,
    /// The same, with its peers looked up.
    pub indexed: &'a IndexedRule,
}

impl<'a> RuleAt<'a> {
    /// The rules of a policy, those without effect among them.
    pub fn all(
        index: &'a PolicyIndex,
        (place, policy): (u32, &'a Policy),
    ) -> impl Iterator<Item = Self> + use<'a> {
        let indexed = index.policy(place).map_or(&[][..], |policy| &policy.rules);
        let rules = policy.rules.iter().zip(indexed).enumerate();
        rules.map(move |(number, (rule, indexed))| Self { place, policy, number, rule, indexed })
    }

    /// The peers, each with what it was looked up as; `None` for every peer.
    pub fn peers(&self) -> Option<impl Iterator<Item = (&'a Placed<Peer>, IndexedPeer)> + use<'a>> {
        let indexed = self.indexed.peers.as_deref().unwrap_or_default();
        self.rule.value.peers.as_ref().map(|peers| peers.iter().zip(indexed.iter().copied()))
    }
}

/// The pods that are isolated in a direction for certain.
pub(super) fn isolated(context: &Context<'_>, direction: Direction) -> Vec<Isolated> {
    let rows = context.rows();
    let mut of_key: FxHashMap<RowKey, Option<usize>> = FxHashMap::default();
    let mut of_class: FxHashMap<ClassId, Option<usize>> = FxHashMap::default();
    let mut list: Vec<Isolated> = Vec::new();
    for (workload, _) in context.workloads() {
        for part in context.index.parts(workload) {
            let subject = Subject { class: part.class, node: None, workload };
            let is_new = !of_class.contains_key(&part.class);
            let found = *of_class.entry(part.class).or_insert_with(|| {
                *of_key.entry(rows.key(subject, direction)).or_insert_with(|| {
                    list.push(of_subject(context, subject, direction)?);
                    Some(list.len() - 1)
                })
            });
            let isolated = found.and_then(|place| list.get_mut(place));
            let Some(isolated) = isolated else { continue };
            if isolated.workloads.last() != Some(&workload) {
                isolated.workloads.push(workload);
            }
            if is_new {
                isolated.classes.push(part.class);
            }
        }
    }
    list
}

fn of_subject(context: &Context<'_>, subject: Subject, direction: Direction) -> Option<Isolated> {
    let isolation = context.rows().isolation(subject, direction);
    let place = |policy: &PolicyRef| match policy {
        PolicyRef::Evaluated(place) => Some(*place),
        PolicyRef::Opaque(_) => None,
    };
    let mut policies: Vec<u32> = isolation.policies.iter().filter_map(place).collect();
    policies.sort_unstable();
    let isolated = Isolated { subject, direction, classes: Vec::new(), workloads: Vec::new(), policies };
    isolation.isolated.is_yes().then_some(isolated)
}
