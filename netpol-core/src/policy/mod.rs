//! The intermediate representation that every policy dialect is lowered to: tiers of policies with rules.
//!
//! Values hold no spans, so equal rules stay equal; an [`OriginId`] leads to the place in the text.

pub mod tier;
pub mod order;
pub mod certainty;
#[expect(clippy::module_inception, reason = "the policy is what this room is named for")]
pub mod policy;
pub mod policy_set;
pub mod replaced;
pub mod subject;
pub mod rule;
pub mod direction;
pub mod peer;
pub mod port_match;
pub mod opaque;
pub mod origin;

pub use certainty::{Certainty, Doubt};
pub use direction::{Direction, Directions};
pub use opaque::{OpaquePolicy, OpaqueReason};
pub use order::{FiniteF64, Order, TieKey};
pub use origin::{Origin, OriginId, OriginPath, Origins, Placed, RuleList};
pub use peer::{AddressBlock, NamedBy, Peer};
pub use policy::{Policy, Remark};
pub use policy_set::{Lowered, PolicyPart, PolicyRef, PolicySet};
pub use port_match::{PortMatch, Ports};
pub use replaced::{Replaced, Replacement};
pub use rule::{Action, Rule};
pub use subject::{NamespaceMatch, PodMatch};
pub use tier::{Conflicts, NodeRule, Pipeline, Stage, Tier, TierId, Ties};
