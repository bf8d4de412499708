//! What a pair is explained with.

use crate::cluster::Cluster;
use crate::evaluate::{Assumption, Pair, PolicyRef, Request};
use crate::net::Family;
use crate::policy::{Policy, PolicySet};

/// What a pair is explained with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'a> {
    /// The cluster.
    pub(super) cluster: &'a Cluster,
    /// The policies.
    pub(super) policies: &'a PolicySet,
    /// What was asked.
    pub(super) request: &'a Request,
    /// The pair.
    pub(super) pair: &'a Pair,
    /// The family that the trace is of.
    pub(super) family: Family,
    /// What the verdict rests on.
    pub(super) assumptions: &'a [Assumption],
}

impl<'a> Scene<'a> {
    /// An evaluated policy.
    pub(super) fn policy(self, policy: PolicyRef) -> Option<&'a Policy> {
        match policy {
            PolicyRef::Evaluated(index) => self.policies.policies.get(index as usize).map(AsRef::as_ref),
            PolicyRef::Opaque(_) => None,
        }
    }
}
