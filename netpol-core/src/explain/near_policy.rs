//! Policies that nearly select the subject: had they, they might have allowed what is denied.

use super::peer::near_miss;
use super::stage::Stage;
use super::{NearMiss, NearPolicy};
use crate::evaluate::PolicyRef;
use crate::policy::{Action, NamespaceMatch, Policy};
use crate::selector::Requirement;

/// The policies of the direction that miss the subject by one requirement that is nearly met.
pub(super) fn near_policies(stage: &Stage<'_>) -> Vec<NearPolicy> {
    let policies = stage.scene.policies.policies.iter().enumerate();
    let nearly = policies.filter_map(|(index, policy)| {
        let (requirement, near) = nearly_selects(stage, policy)?;
        Some(NearPolicy {
            policy: PolicyRef::Evaluated(u32::try_from(index).ok()?),
            origin: policy.subject.origin,
            requirement: requirement.clone(),
            near,
        })
    });
    nearly.collect()
}

fn nearly_selects<'a>(stage: &Stage<'_>, policy: &'a Policy) -> Option<(&'a Requirement, NearMiss)> {
    let direction = stage.trace.direction;
    let allows = |policy: &Policy| {
        policy
            .rules
            .iter()
            .any(|rule| rule.value.direction == direction && rule.value.action == Action::Allow)
    };
    let pod = stage.subject_pods.first()?;
    if pod.is_node || !policy.directions.contains(direction) || !allows(policy) {
        return None;
    }
    let subject = &policy.subject.value;
    let is_namespace = match &subject.namespaces {
        NamespaceMatch::Named(name) => name == pod.namespace,
        NamespaceMatch::Selected(selector) => selector.matches(&pod.namespace_labels).truth.is_yes(),
    };
    let mut failing = subject.pods.requirements().iter().filter(|it| !it.matches(&pod.labels).truth.is_yes());
    let (Some(requirement), None, true) = (failing.next(), failing.next(), is_namespace) else { return None };
    let slip = near_miss(stage.scene, pod, requirement)?;
    Some((requirement, slip))
}
