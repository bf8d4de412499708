//! Who can talk to whom in a Kubernetes cluster, and why: `netpol-core` reads manifests and decides, offline,
//! whether a pod, a namespace or an address may reach a target on a port.

#![deny(missing_docs)]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::unreachable
)]

pub mod text;
pub mod net;
pub mod selector;
pub mod diagnostic;
pub mod policy;
pub mod yaml;
pub mod manifest;
pub mod cluster;
pub mod dialect;
pub mod index;
pub mod evaluate;
pub mod explain;
pub mod reach;
pub mod diff;
pub mod lint;
pub mod report;
mod suggestion;
pub mod analysis;

pub use analysis::{Analysis, Question, Settings};
