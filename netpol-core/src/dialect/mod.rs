//! The policy APIs. Each is read into typed resources, checked as its server checks it, and lowered to the one
//! intermediate representation; after this room no name of a dialect occurs.

pub mod claim;
pub mod cluster_policy;
mod crd;
pub mod network_policy;
pub mod profile;
pub mod unevaluated;
mod validation;

pub use claim::{Resource, claim, lower};
pub use profile::{HostNetwork, IpBlockPods, Profile};
