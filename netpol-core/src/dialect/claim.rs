//! The list of dialects: which of them claims an object, and how all of them are lowered together.

use super::network_policy::{self, NetworkPolicy};
use super::profile::Profile;
use super::unevaluated::{self, Unevaluated};
use crate::diagnostic::Diagnostic;
use crate::manifest::{RawObject, ReadOptions};
use crate::policy::{Origins, PolicySet};

/// What a dialect made of an object.
#[derive(Debug, Clone)]
pub enum Resource {
    /// `networking.k8s.io/v1 NetworkPolicy`.
    NetworkPolicy(Box<NetworkPolicy>),
    /// A policy of a kind that is known, but not evaluated.
    Unevaluated(Unevaluated),
}

/// Reads an object that is a policy of some dialect; `None` when it is not.
pub fn claim(
    raw: &RawObject<'_, '_>,
    options: &ReadOptions,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Resource> {
    if network_policy::is_kind(&raw.object) {
        let policy = network_policy::read(raw, &options.default_namespace, diagnostics);
        return Some(Resource::NetworkPolicy(Box::new(policy)));
    }
    unevaluated::read(raw, diagnostics).map(Resource::Unevaluated)
}

/// Lowers all policies of an input, in order, to the pipeline of a network plugin.
pub fn lower(resources: Vec<Resource>, profile: &Profile) -> PolicySet {
    let mut set = PolicySet {
        pipeline: profile.pipeline.clone(),
        policies: Vec::with_capacity(resources.len()),
        opaque: Vec::new(),
        origins: Origins::new(),
    };
    for resource in resources {
        match resource {
            Resource::NetworkPolicy(policy) => {
                network_policy::lower(*policy, profile.network_policy_tier, &mut set)
            }
            Resource::Unevaluated(policy) => policy.lower(&mut set),
        }
    }
    set
}
