//! What would allow what is denied, and nothing more: the nearly matching rule is extended where that opens what was
//! asked alone, else there is a new policy for just these ends; where the input has no words for them, what is missing.

#[expect(clippy::module_inception, reason = "a remedy is what this folder is named for")]
pub mod remedy;
pub mod proposal;

mod choice;
mod new_policy;
mod side;
mod naming;
mod blocks;
mod labelling;

pub(super) use choice::remedies;
pub use proposal::{Proposal, ProposalKey};
pub use remedy::{Change, LabelNeeded, NewPolicy, Remedy, SmallestEdit};
