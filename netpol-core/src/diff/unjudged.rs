//! Policies that changed without the map showing what that does: they are not evaluated, there is nobody they could act
//! on, or a cluster keeps what it filled in before.

use super::causes::{Differing, differing};
use super::changes::{Cause, Revision, Side, Unjudged, Why};
use crate::diagnostic::ObjectRef;
use crate::policy::{OriginId, Policy, PolicySet};
use rustc_hash::FxHashMap;

/// What changed and cannot be judged, in the order of the inputs; of a policy that both hold, the new place.
pub(super) fn unjudged(old: Revision<'_>, new: Revision<'_>) -> Vec<Unjudged> {
    let has_ends = [old, new].into_iter().any(|revision| !revision.cluster.workloads.is_empty());
    let mut all: Vec<Unjudged> = Vec::new();
    for (side, own, other) in [(Side::New, new, old), (Side::Old, old, new)] {
        let differs = differing(own.policies, other.policies);
        let mut found = not_evaluated((side, own), other, &differs);
        found.extend(types_kept((side, own), other));
        if !has_ends {
            found.extend(for_nobody((side, own), &differs));
        }
        let is_told = |object: &ObjectRef| all.iter().any(|told| told.cause.object == *object);
        let fresh: Vec<Unjudged> = found.into_iter().filter(|found| !is_told(&found.cause.object)).collect();
        all.extend(fresh);
    }
    all
}

/// The policies of an input that are not evaluated, and stand otherwise, or not at all, in the other one.
fn not_evaluated<'a>(
    (side, own): (Side, Revision<'a>),
    other: Revision<'a>,
    differs: &Differing,
) -> Vec<Unjudged> {
    let opaque = |revision: Revision<'a>| revision.policies.opaque.iter().map(|opaque| &opaque.policy);
    let stands_otherwise = |policy: &Policy| {
        let twin = opaque(other).find(|twin| twin.object == policy.object);
        twin.is_none_or(|twin| written(own, policy) != written(other, twin))
    };
    let changed = opaque(own).zip(&differs.opaque);
    let changed = changed.filter(|(policy, differs)| **differs || stands_otherwise(policy));
    changed
        .filter_map(|(policy, _)| {
            found(own.policies, (side, Why::NotEvaluated), (&policy.object, policy.origin))
        })
        .collect()
}

/// The policies of an input that differ, where no input has anybody they could act on.
fn for_nobody((side, own): (Side, Revision<'_>), differs: &Differing) -> Vec<Unjudged> {
    let changed = own.policies.policies.iter().zip(&differs.evaluated).filter(|(_, differs)| **differs);
    changed
        .filter_map(|(policy, _)| {
            found(own.policies, (side, Why::NoWorkload), (&policy.object, policy.origin))
        })
        .collect()
}

/// The policies whose types follow from their rules in both inputs, and are others now: an update does not fill them in
/// again.
fn types_kept((side, own): (Side, Revision<'_>), other: Revision<'_>) -> Vec<Unjudged> {
    let writes_types = |revision: Revision<'_>, policy: &Policy| {
        let span = revision.policies.origins.get(policy.origin).map(|origin| origin.span);
        span.is_none_or(|span| revision.files.slice(span).contains("policyTypes"))
    };
    let twins: FxHashMap<&ObjectRef, &Policy> =
        other.policies.policies.iter().map(|policy| (&policy.object, policy.as_ref())).collect();
    let kept = own.policies.policies.iter().filter(|policy| {
        let twin = twins.get(&policy.object).filter(|twin| twin.directions != policy.directions);
        twin.is_some_and(|twin| !writes_types(own, policy) && !writes_types(other, twin))
    });
    kept.filter_map(|policy| found(own.policies, (side, Why::TypesKept), (&policy.object, policy.origin)))
        .collect()
}

fn found(
    set: &PolicySet,
    (side, why): (Side, Why),
    (object, origin): (&ObjectRef, OriginId),
) -> Option<Unjudged> {
    let span = set.origins.get(origin)?.span;
    Some(Unjudged { cause: Cause { side, object: object.clone(), span }, why })
}

/// How a policy is written, without blanks at the ends of lines, empty lines and lines of comment.
fn written<'r>(revision: Revision<'r>, policy: &Policy) -> Vec<&'r str> {
    let span = revision.policies.origins.get(policy.origin).map(|origin| origin.span);
    let lines = span.map(|span| revision.files.slice(span)).unwrap_or_default().lines();
    lines.map(str::trim_end).filter(|line| !line.is_empty() && !line.trim_start().starts_with('#')).collect()
}
