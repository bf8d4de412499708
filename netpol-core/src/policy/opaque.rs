//! A policy that cannot be evaluated, and what it could change.

use super::{
    Action, Certainty, Direction, Directions, Doubt, Order, OriginId, Placed, PodMatch, Policy, Rule, TieKey,
    TierId,
};
use crate::diagnostic::ObjectRef;

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

/// A policy that is not evaluated. To the engine it is a policy like any other, whose rules and isolation are in doubt, so
/// that what it could change is unknown where it selects a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpaquePolicy {
    /// What it could do.
    pub policy: Policy,
    /// Why it is not evaluated.
    pub reason: OpaqueReason,
}

impl Policy {
    /// A policy of which is only known whom it may select, in which directions: any pod when there is no subject. Without
    /// more it does nothing.
    pub fn unread(
        (object, origin): (ObjectRef, OriginId),
        subject: Option<PodMatch>,
        directions: Directions,
        tier: TierId,
    ) -> Self {
        Self {
            object,
            tier,
            order: Order::FIRST,
            tie: TieKey::default(),
            subject: Placed::new(subject.unwrap_or_else(PodMatch::everything), origin),
            directions,
            isolates: [Certainty::No; 2],
            unspoken: None,
            rules: Vec::new(),
            remarks: Vec::new(),
            origin,
        }
    }

    /// The same policy, if it may do this to any traffic of its subject.
    #[must_use]
    pub fn that_may(mut self, actions: &[Action]) -> Self {
        let acting = Direction::ALL.into_iter().filter(|direction| self.directions.contains(*direction));
        let certainty = Certainty::Maybe(Doubt::NotEvaluated);
        for direction in acting {
            for (position, action) in (0u32..).zip(actions) {
                let rule = Rule { direction, action: *action, position, certainty, peers: None, ports: None };
                self.rules.push(Placed::new(rule, self.origin));
            }
        }
        self
    }

    /// The same policy, if it may isolate its subject.
    #[must_use]
    pub fn that_may_isolate(mut self) -> Self {
        let may = |direction| {
            let is_own = self.directions.contains(direction);
            if is_own { Certainty::Maybe(Doubt::NotEvaluated) } else { Certainty::No }
        };
        self.isolates = Direction::ALL.map(may);
        self
    }
}
