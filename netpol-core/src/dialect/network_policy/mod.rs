//! `networking.k8s.io/v1 NetworkPolicy`.
//!
//! Source: the API reference of Kubernetes 1.37 and the validation of its API server
//! (`pkg/apis/networking/validation`).

pub mod cidr;
mod decode;
mod defaults;
mod lower;
pub mod raise;
pub mod resource;
mod schema;
mod validate;

pub use decode::{is_kind, read};
pub use lower::lower;
pub use resource::{IpBlock, NetworkPolicy, Peer, Port, PortNumber, Rule, Rules, Spec, Standing};
