//! All policies of one input.

use std::sync::Arc;

use super::origin::OriginShift;
use super::{NamespaceMatch, OpaquePolicy, Origins, Peer, Pipeline, PodMatch, Policy};
use crate::diagnostic::ObjectRef;
use crate::selector::SelectorPool;
use crate::text::FileId;

/// A policy by its place in a [`PolicySet`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyRef {
    /// In `policies`.
    Evaluated(u32),
    /// In `opaque`.
    Opaque(u32),
}

impl PolicyRef {
    /// The place of a policy that is evaluated.
    pub const fn evaluated(self) -> Option<u32> {
        match self {
            Self::Evaluated(place) => Some(place),
            Self::Opaque(_) => None,
        }
    }
}

/// The policies of an input, the pipeline that they stand in, and the places they came from.
#[derive(Debug, Clone)]
pub struct PolicySet {
    /// The tiers.
    pub pipeline: Pipeline,
    /// The policies that are evaluated, in the order of the input.
    pub policies: Vec<Arc<Policy>>,
    /// The policies that are not, in the order of the input.
    pub opaque: Vec<Arc<OpaquePolicy>>,
    /// The policies that are left out, since the network plugin does not enforce their kind.
    pub unenforced: Vec<Arc<ObjectRef>>,
    /// Where their parts stand.
    pub origins: Origins,
}

/// Some policies, with places of their own.
#[derive(Debug, Clone, Default)]
pub struct PolicyPart {
    /// The policies that are evaluated.
    pub policies: Vec<Policy>,
    /// The policies that are not.
    pub opaque: Vec<OpaquePolicy>,
    /// The policies that the network plugin does not enforce.
    pub unenforced: Vec<ObjectRef>,
    /// Where their parts stand.
    pub origins: Origins,
}

/// What one object was lowered to, to be shared by the sets that hold it.
#[derive(Debug, Clone, Default)]
pub struct Lowered {
    /// The policies that are evaluated.
    pub policies: Vec<Arc<Policy>>,
    /// The policies that are not.
    pub opaque: Vec<Arc<OpaquePolicy>>,
    /// The policies that the network plugin does not enforce.
    pub unenforced: Vec<Arc<ObjectRef>>,
}

impl PolicyPart {
    /// Lets the selectors share their requirements with equal ones of other parts.
    pub fn share_selectors(&mut self, pool: &mut SelectorPool) {
        self.opaque.iter_mut().for_each(|opaque| share(&mut opaque.policy.subject.value, pool));
        for policy in &mut self.policies {
            share(&mut policy.subject.value, pool);
            let peers = policy.rules.iter_mut().flat_map(|rule| rule.value.peers.iter_mut().flatten());
            for peer in peers {
                if let Peer::Pods(pods) = &mut peer.value {
                    share(pods, pool);
                }
            }
        }
    }

    /// Gives back memory that is kept for more policies.
    pub fn shrink(&mut self) {
        self.policies.shrink_to_fit();
        self.opaque.shrink_to_fit();
        self.unenforced.shrink_to_fit();
        self.origins.shrink();
    }

    /// The policies, their places added to those of others.
    pub fn place_in(self, origins: &mut Origins) -> Lowered {
        let Self { mut policies, mut opaque, unenforced, origins: own } = self;
        let moved = origins.append(own);
        for policy in &mut policies {
            shift(policy, &moved);
        }
        for opaque in &mut opaque {
            shift(&mut opaque.policy, &moved);
        }
        Lowered {
            policies: policies.into_iter().map(Arc::new).collect(),
            opaque: opaque.into_iter().map(Arc::new).collect(),
            unenforced: unenforced.into_iter().map(Arc::new).collect(),
        }
    }
}

impl PolicySet {
    /// A policy, evaluated or not.
    pub fn policy(&self, policy: PolicyRef) -> Option<&Policy> {
        match policy {
            PolicyRef::Evaluated(place) => self.policies.get(place as usize).map(AsRef::as_ref),
            PolicyRef::Opaque(place) => self.opaque.get(place as usize).map(|opaque| &opaque.policy),
        }
    }

    /// All policies that act, evaluated or not.
    pub fn acting(&self) -> impl Iterator<Item = (PolicyRef, &Policy)> {
        let evaluated = (0u32..).map(PolicyRef::Evaluated).zip(self.policies.iter().map(AsRef::as_ref));
        let opaque = self.opaque.iter().map(|opaque| &opaque.policy);
        evaluated.chain((0u32..).map(PolicyRef::Opaque).zip(opaque))
    }

    /// No policies.
    pub const fn new(pipeline: Pipeline, origins: Origins) -> Self {
        Self { pipeline, policies: Vec::new(), opaque: Vec::new(), unenforced: Vec::new(), origins }
    }

    /// The parts of an input, in order, as one set.
    pub fn join(pipeline: Pipeline, parts: Vec<PolicyPart>) -> Self {
        let mut origins = Origins::new();
        let lowered: Vec<Lowered> = parts.into_iter().map(|part| part.place_in(&mut origins)).collect();
        Self::new(pipeline, origins).with(lowered.iter())
    }

    /// With some policies more, whose places it has.
    #[must_use]
    pub fn with<'l>(mut self, lowered: impl Iterator<Item = &'l Lowered>) -> Self {
        for Lowered { policies, opaque, unenforced } in lowered {
            self.policies.extend(policies.iter().cloned());
            self.opaque.extend(opaque.iter().cloned());
            self.unenforced.extend(unenforced.iter().cloned());
        }
        self
    }
}

impl Origins {
    /// Puts the places of some files in place of those that are there.
    #[must_use]
    pub fn with_files<'o>(mut self, files: impl Iterator<Item = (FileId, Option<&'o Self>)>) -> Self {
        let none = Self::new();
        for (file, places) in files {
            self.put(file, places.unwrap_or(&none));
        }
        self
    }
}

fn share(pods: &mut PodMatch, pool: &mut SelectorPool) {
    pool.share(&mut pods.pods);
    if let NamespaceMatch::Selected(selector) = &mut pods.namespaces {
        pool.share(selector);
    }
}

/// Moves the ids of all places of a policy.
fn shift(policy: &mut Policy, moved: &OriginShift) {
    moved.shift(&mut policy.origin);
    moved.shift(&mut policy.subject.origin);
    policy.remarks.iter_mut().for_each(|remark| moved.shift(&mut remark.origin));
    for rule in &mut policy.rules {
        moved.shift(&mut rule.origin);
        rule.value.peers.iter_mut().flatten().for_each(|peer| moved.shift(&mut peer.origin));
        rule.value.ports.iter_mut().flatten().for_each(|port| moved.shift(&mut port.origin));
    }
}
