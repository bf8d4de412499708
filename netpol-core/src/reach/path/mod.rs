//! Chains of connections: the shortest way from one end to another, everybody that an end can reach step by step,
//! and the fewest connections that keep two ends apart.
//!
//! The map is the graph: a share leads to the rectangles that it is a source of, and a rectangle to its
//! destinations. So a search costs what the rectangles cost, not what the pairs cost. Addresses outside are where a
//! chain begins or ends, never a step between: whoever holds one has no need of the cluster to reach another.

mod ways;
mod search;
pub mod chain;
pub mod reached;
mod between;
pub mod cut;
mod network;
pub mod behind;
pub mod answer;

pub use answer::{Path, Quest, Scout, Step};
pub use behind::{Behind, RuleRef, behind};
pub use chain::{Chain, Hop};
pub use cut::{Cut, TooLarge};
pub use reached::Reached;
pub use ways::{Goal, Through, Ways};
