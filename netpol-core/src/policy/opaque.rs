//! A policy that cannot be evaluated, and what it could change.

use super::{Directions, OriginId, PodMatch, TierId};
use crate::diagnostic::ObjectRef;

/// What a policy could do to traffic of its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It can only take away.
    MayDeny,
    /// It can take away and give.
    MayDenyOrAllow,
    /// It is a policy of this tier whose rules are not known.
    RulesUnknown(TierId),
}

/// Why a policy is not evaluated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum OpaqueReason {
    /// Its kind is known, but not read yet.
    Kind,
    /// The API server would refuse it, so it is in no cluster as it stands.
    Refused,
    /// A placeholder stands where a rule, a peer or another part of it belongs.
    Placeholder,
}

/// A policy that is not evaluated. Where it selects a subject, what it could change is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpaquePolicy {
    /// Its identity.
    pub object: ObjectRef,
    /// The pods that it may apply to; `None` when it may apply to any.
    pub subject: Option<PodMatch>,
    /// The directions in which it may act.
    pub directions: Directions,
    /// What it could do.
    pub effect: Effect,
    /// Why it is not evaluated.
    pub reason: OpaqueReason,
    /// Where it stands.
    pub origin: OriginId,
}
