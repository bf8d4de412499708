//! Policies of an input without workloads, as people paste them: what those for the same pods say together, whatever
//! pods there are.

use std::collections::BTreeSet;

use super::{Context, RuleAt};
use crate::index::TermId;
use crate::policy::{Direction, Policy};

/// Pods that the input does not show, by a policy that isolates them in a direction.
#[derive(Debug)]
pub(super) struct Unshown<'a> {
    /// The first policy with this subject.
    pub policy: &'a Policy,
    /// The rules of all policies that certainly select these pods.
    pub rules: Vec<RuleAt<'a>>,
}

/// Pods of more policies are left aside, so that lint costs what its input does.
const MOST: usize = 200;

/// The pods that policies isolate in a direction, each subject once, in the order of the input; none where the input
/// shows workloads.
pub(super) fn unshown<'c, 'a>(
    context: &'c Context<'a>,
    direction: Direction,
) -> impl Iterator<Item = Unshown<'a>> + use<'c, 'a> {
    let is_alone = context.cluster.workloads.is_empty() && context.policies.opaque.is_empty();
    let mut seen: BTreeSet<TermId> = BTreeSet::new();
    let policies = context.evaluated().filter(move |(_, policy)| {
        is_alone && policy.directions.contains(direction) && !policy.subject.value.has_placeholder()
    });
    policies.filter_map(move |(place, policy)| {
        let subject = context.index.policy(place)?.subject;
        seen.insert(subject).then(|| of_subject(context, (place, policy), subject, direction))?
    })
}

fn of_subject<'a>(
    context: &Context<'a>,
    (place, policy): (u32, &'a Policy),
    subject: TermId,
    direction: Direction,
) -> Option<Unshown<'a>> {
    let mut places = context.redundancy().wider(subject).to_vec();
    if places.is_empty() {
        places.push(place);
    }
    if places.len() > MOST {
        return None;
    }
    let policies = places.iter().filter_map(|place| {
        Some((*place, context.policies.policies.get(*place as usize).map(AsRef::as_ref)?))
    });
    let rules = policies.flat_map(|policy| RuleAt::all(context.index, policy));
    let rules = rules
        .filter(|rule| rule.rule.value.direction == direction && rule.policy.directions.contains(direction));
    Some(Unshown { policy, rules: rules.collect() })
}
