//! How far policies cover a cluster: who is isolated, by what, to whom everybody is open beyond the pods that exist,
//! where a new pod would be isolated, and which rules nothing in the input uses.

#[expect(clippy::module_inception, reason = "the coverage is what this room is named for")]
pub mod coverage;
pub mod exposure;
mod namespaces;
pub mod unused;

pub use coverage::{Counts, Coverage, DirectionCoverage, WorkloadCoverage};
pub use exposure::{Exposed, Exposure};
pub use namespaces::NamespaceCoverage;
pub use unused::{UnusedRule, Why};
