//! What changed between two maps: connections that were added, removed, widened, narrowed or otherwise changed,
//! ends that came or went, and the policies behind it.
//!
//! Ends are matched by namespace, kind and name. Those that no rectangle of either map tells apart are compared
//! once, so that a comparison costs what the rectangles cost, not what the pairs cost.

pub mod changes;
mod ends;
mod compare;
mod causes;
mod unjudged;

pub use changes::{Cause, Change, ChangedEnd, Changes, Kind, Revision, Side, Unjudged, Why};
pub use compare::diff;
