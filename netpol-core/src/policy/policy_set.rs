//! All policies of one input.

use super::{OpaquePolicy, Origins, Pipeline, Policy};

/// The policies of an input, the pipeline that they stand in, and the places they came from.
#[derive(Debug, Clone)]
pub struct PolicySet {
    /// The tiers.
    pub pipeline: Pipeline,
    /// The policies that are evaluated, in the order of the input.
    pub policies: Vec<Policy>,
    /// The policies that are not, in the order of the input.
    pub opaque: Vec<OpaquePolicy>,
    /// Where their parts stand.
    pub origins: Origins,
}
