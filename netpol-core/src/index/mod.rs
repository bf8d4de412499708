//! The index: everything that makes an answer cheap, computed once from the cluster and its policies.
//!
//! Pods that no policy tells apart are one [`Class`]; a pod selector of a policy is a [`Term`] that knows which
//! classes it selects; an address block is a [`Block`]; and each class knows the policies that select it.

#[expect(clippy::module_inception, reason = "the index is what this room is named for")]
pub mod index;
pub mod plugin;
mod interest;
pub mod class;
pub mod class_set;
pub mod term;
mod around;
pub mod block;
pub mod rules;
mod pool;
mod update;
pub mod selection;

pub use around::Around;
pub use block::{Block, BlockAnswer, BlockId, usual_pod_blocks};
pub use class::{Class, ClassId, Member, Part};
pub use class_set::ClassSet;
pub use index::{NamedPortQuery, PolicyIndex};
pub use plugin::Plugin;
pub use rules::{IndexedPeer, IndexedPolicy, IndexedPorts, IndexedRule};
pub use selection::{Selecting, Turn};
pub use term::{Term, TermId};
