//! A trace, told in order: isolation, the policies that were asked, why each peer and port matched or not,
//! what nearly matched, and the smallest edit that would turn a denial round. Facts and ids only; the words
//! are `report::text`'s.

#[expect(clippy::module_inception, reason = "to explain is what this room is named for")]
pub mod explain;
pub mod explanation;
pub mod fact;
pub mod remedy;

mod attribution;
mod near_policy;
mod peer;
mod pod_view;
mod port;
mod scene;
mod stage;

pub use explain::explain;
pub use explanation::{DirectionExplanation, Explanation, Isolation, NearPolicy, PairExplanation};
pub use fact::{Has, Holder, Miss, NearMiss, PeerFact, PolicyFact, PortFact, PortMiss, RuleFact};
pub use remedy::{Change, LabelNeeded, NewPolicy, Proposal, ProposalKey, Remedy, SmallestEdit};
