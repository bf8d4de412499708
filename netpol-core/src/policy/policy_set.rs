//! All policies of one input.

use super::origin::OriginShift;
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

/// Some policies, with places of their own.
#[derive(Debug, Clone, Default)]
pub struct PolicyPart {
    /// The policies that are evaluated.
    pub policies: Vec<Policy>,
    /// The policies that are not.
    pub opaque: Vec<OpaquePolicy>,
    /// Where their parts stand.
    pub origins: Origins,
}

impl PolicyPart {
    /// Gives back memory that is kept for more policies.
    pub fn shrink(&mut self) {
        self.policies.shrink_to_fit();
        self.opaque.shrink_to_fit();
        self.origins.shrink();
    }
}

impl PolicySet {
    /// The parts of an input, in order, as one set.
    pub fn join(pipeline: Pipeline, parts: Vec<PolicyPart>) -> Self {
        let policies = Vec::with_capacity(parts.iter().map(|part| part.policies.len()).sum());
        let origins = Origins::with_room_for(parts.iter().map(|part| &part.origins));
        let mut set = Self { pipeline, policies, opaque: Vec::new(), origins };
        for PolicyPart { mut policies, mut opaque, origins } in parts {
            let moved = set.origins.append(origins);
            for policy in &mut policies {
                shift(policy, moved);
            }
            for policy in &mut opaque {
                moved.shift(&mut policy.origin);
            }
            set.policies.append(&mut policies);
            set.opaque.append(&mut opaque);
        }
        set
    }
}

/// Moves the ids of all places of a policy.
fn shift(policy: &mut Policy, moved: OriginShift) {
    moved.shift(&mut policy.origin);
    moved.shift(&mut policy.subject.origin);
    policy.remarks.iter_mut().for_each(|remark| moved.shift(&mut remark.origin));
    for rule in &mut policy.rules {
        moved.shift(&mut rule.origin);
        rule.value.peers.iter_mut().flatten().for_each(|peer| moved.shift(&mut peer.origin));
        rule.value.ports.iter_mut().flatten().for_each(|port| moved.shift(&mut port.origin));
    }
}
