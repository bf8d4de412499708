//! A policy that the engine evaluates.

use super::{Certainty, Direction, Directions, Order, OriginId, Placed, PodMatch, Rule, TieKey, TierId};
use crate::diagnostic::ObjectRef;

/// Something that every answer which rests on a policy must say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Remark {
    /// The group version is no longer served; the policy is read as the one that replaced it.
    OldVersion {
        /// The `apiVersion` in the document.
        found: String,
        /// The one that it is read as.
        read_as: String,
    },
    /// A field that the API does not have is dropped, as the server does without strict validation.
    DroppedField {
        /// Its path, as the server reports it.
        path: String,
    },
    /// The server refuses something of `metadata`, which does not change what the policy selects.
    InvalidMetadata {
        /// The server's path.
        path: String,
    },
    /// A CIDR that newer servers refuse is read as older ones do.
    LegacyCidr {
        /// The text.
        text: String,
        /// What it is read as.
        read_as: String,
    },
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its identity.
    pub object: ObjectRef,
    /// The tier that it belongs to.
    pub tier: TierId,
    /// Its place within the tier.
    pub order: Order,
    /// Its place among policies of equal order, where names decide.
    pub tie: TieKey,
    /// The pods that it applies to.
    pub subject: Placed<PodMatch>,
    /// The directions in which it selects its subject.
    pub directions: Directions,
    /// Whether it isolates its subject for ingress and for egress, in the order of [`Direction::ALL`]: what no rule of its
    /// tier matches is denied by the [`super::Stage::DefaultDeny`] of the tier. Nothing where it does not select.
    pub isolates: [Certainty; 2],
    /// The one of them that its text speaks of nowhere: it has rules for the other alone, and isolates in this one too.
    pub unspoken: Option<Direction>,
    /// Its rules, in order; a rule of a direction that is not among `directions` has no effect.
    pub rules: Vec<Placed<Rule>>,
    /// What an answer that rests on it must say.
    pub remarks: Vec<Placed<Remark>>,
    /// Where it stands.
    pub origin: OriginId,
}

impl Policy {
    /// Whether it isolates what it selects in a direction.
    pub const fn isolation(&self, direction: Direction) -> Certainty {
        let [ingress, egress] = self.isolates;
        match direction {
            _ if !self.directions.contains(direction) => Certainty::No,
            Direction::Ingress => ingress,
            Direction::Egress => egress,
        }
    }
}
