//! Selectors that select nothing, and the pods that they nearly select.

use super::Context;
use crate::cluster::PodGroup;
use crate::selector::{LabelValue, Labels, Near, Requirement, Selector, near};
use crate::text::Span;

/// The pods of the input.
pub(super) fn groups<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a PodGroup> + use<'a> {
    context.cluster.groups.iter()
}

/// The one requirement that labels do not meet, when they nearly do.
pub(super) fn slip<'s>(labels: &Labels, selector: &'s Selector) -> Option<(&'s Requirement, Near)> {
    let fails = |requirement: &&Requirement| !requirement.matches(labels).truth.is_yes();
    let mut failing = selector.requirements().iter().filter(fails);
    let (only, None) = (failing.next()?, failing.next()) else { return None };
    Some((only, near(only, labels)?))
}

/// The label that was probably meant: `app=frontend`.
pub(super) fn meant(labels: &Labels, (requirement, near): &(&Requirement, Near)) -> String {
    let key = requirement.key.as_deref().unwrap_or_default();
    match near {
        Near::Value { has, .. } | Near::ValueCase { has, .. } => format!("{key}={has}"),
        Near::Key { key } => format!("{key}={}", value(labels, key)),
        Near::OtherKey { key, value } => format!("{key}={value}"),
    }
}

/// Where pods that nearly match stand, and what to say of them.
pub(super) fn near_words(
    context: &Context<'_>,
    group: &PodGroup,
    slip: &(&Requirement, Near),
) -> (Span, String) {
    let owner = context.cluster.workload(group.workload);
    let name = owner.map_or_else(String::new, |workload| context.workload_name(workload));
    let has = meant(&group.labels, slip);
    (context.head(group.span), format!("the pods of `{name}` have `{has}`; did you mean that?"))
}

fn value(labels: &Labels, key: &str) -> String {
    let known = labels.iter().find(|(name, _)| *name == key).map(|(_, value)| value);
    match known {
        Some(LabelValue::Known(value)) => value.clone(),
        _ => String::new(),
    }
}
