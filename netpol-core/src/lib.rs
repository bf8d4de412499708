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

pub mod cluster;
pub mod diagnostic;
pub mod evaluate;
pub mod explain;
pub mod manifest;
pub mod net;
pub mod policy;
pub mod report;
pub mod selector;
pub mod text;
pub mod yaml;
