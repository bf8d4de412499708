//! Policies of `policy.networking.k8s.io`, for administrators: `ClusterNetworkPolicy` (v1alpha2), and what it replaced,
//! `AdminNetworkPolicy` and `BaselineAdminNetworkPolicy` (v1alpha1). They differ in spelling, hardly in meaning, and are
//! read into one resource.
//!
//! Source: network-policy-api v0.2.0 and v0.1.7, experimental channel; <https://network-policy-api.sigs.k8s.io/reference/spec/>.

mod admin_schema;
mod decode;
mod domain;
mod kind;
mod lower;
mod read;
pub mod resource;
mod schema;

pub use kind::GROUP;
pub use lower::{ClusterTiers, lower};
pub use read::read;
pub use resource::{Action, ClusterPolicy, Peer, Port, Rule, Standing, Tier};
