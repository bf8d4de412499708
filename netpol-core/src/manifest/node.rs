//! `v1 Node`.

use std::net::IpAddr;

use super::Metadata;
use crate::net::IpSet;
use crate::text::{Span, Spanned};

/// A node of the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where the object stands.
    pub span: Span,
    /// Name and labels.
    pub metadata: Metadata,
    /// `status.addresses` that are addresses, and not host names.
    pub addresses: Vec<Spanned<IpAddr>>,
    /// `spec.podCIDRs`.
    pub pod_cidrs: IpSet,
}
