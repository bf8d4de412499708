//! The map of who can reach whom, kept as rectangles: sets of sources × sets of destinations × what may flow.
//!
//! Costs grow with pods, policies and answers, not with pods²: each subject has one row a direction, subjects with
//! the same policies share it, and rows are joined only where they allow something.

pub mod share;
pub mod rectangle;
pub mod map;
pub mod filter;
pub mod expand;
pub mod count;
pub mod coverage;
pub mod path;
mod lines;
mod join;
mod merge;

pub use count::Counts;
pub use coverage::Coverage;
pub use expand::{Connection, expand};
pub use filter::{Filter, NotIsolated, Wanted};
pub use map::{Bearers, Map};
pub use path::{Path, Scout};
pub use rectangle::{Because, Rectangle, Side};
pub use share::{Share, ShareId, Shares};
