//! Selectors that select nothing, and the pods that they nearly select.

use super::{Context, words};
use crate::cluster::{NamespaceId, Owner, PodGroup};
use crate::manifest::{Label, Metadata};
use crate::policy::NamespaceMatch;
use crate::selector::{LabelValue, Labels, Near, Requirement, Selector, near};
use crate::text::Span;

/// The pods of the input.
pub(super) fn groups<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a PodGroup> + use<'a> {
    context.cluster.groups.iter()
}

/// The pods of a namespace.
pub(super) fn groups_in<'a>(
    context: &Context<'a>,
    namespace: NamespaceId,
) -> impl Iterator<Item = &'a PodGroup> + use<'a> {
    let ids = context.workloads_in(namespace).iter().flat_map(|workload| &workload.groups);
    let cluster = context.cluster;
    ids.filter_map(|id| cluster.group(*id))
}

/// Whether a selector selects pods of some namespaces that have succeeded or failed, which are no endpoints any more.
pub(super) fn selects_finished(context: &Context<'_>, namespaces: &[NamespaceId], pods: &Selector) -> bool {
    let is_meant = |name: &str| {
        let id = context.cluster.namespace_named(name);
        id.is_some_and(|id| namespaces.contains(&id))
    };
    let mut finished = context.cluster.finished_labels.iter();
    finished.any(|(namespace, labels)| pods.matches(labels).truth.is_yes() && is_meant(namespace))
}

/// The namespaces that a match speaks of, as far as the input has them.
pub(super) fn namespaces_of(context: &Context<'_>, namespaces: &NamespaceMatch) -> Vec<NamespaceId> {
    let selector = match namespaces {
        NamespaceMatch::Named(name) => return context.cluster.namespace_named(name).into_iter().collect(),
        NamespaceMatch::Selected(selector) => selector,
    };
    let all = (0u32..).map(NamespaceId).zip(&context.cluster.namespaces);
    all.filter(|(_, it)| selector.matches(&it.labels).truth.is_yes()).map(|(id, _)| id).collect()
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
        Near::Value { has, .. } | Near::ValueCase { has, .. } | Near::Version { has, .. } => {
            format!("{key}={has}")
        }
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
    let has = meant(&group.labels, slip);
    (context.head(group.span), format!("{} `{has}`; did you mean that?", pods_have(context, group)))
}

/// What pods belong to, as the beginning of a sentence: ``the pods of `Deployment shop/cart` have``.
pub(super) fn pods_have(context: &Context<'_>, group: &PodGroup) -> String {
    let Some(owner) = context.cluster.workload(group.workload) else { return String::new() };
    let name = context.workload_name(owner);
    match owner.owner {
        Owner::Pod => format!("`{name}` has"),
        _ => format!("the pods of `{name}` have"),
    }
}

/// An object that has the labels which its pods were thought to have.
#[derive(Debug)]
pub(super) struct Bearer {
    /// One of the labels.
    pub span: Span,
    /// What to say of the place.
    pub label: String,
    /// What to do.
    pub help: String,
}

/// A workload or a Service of some namespaces that itself has the labels which a selector asks for.
pub(super) fn bearer(
    context: &Context<'_>,
    namespaces: &[NamespaceId],
    selector: &Selector,
) -> Option<Bearer> {
    let workloads = context.manifests.workloads.iter();
    let workloads = workloads.map(|it| (it.kind.name(), &it.metadata, it.pod_labels.as_slice()));
    // A Service that leads to no pod of the input tells nothing of the labels of its pods.
    let services = (0u32..).zip(&context.cluster.services);
    let services = services.filter(|(number, _)| !context.services().pods(*number).is_empty());
    let services = services.map(|(_, it)| ("Service", &it.metadata, it.selector.as_slice()));
    let names = namespaces.iter().filter_map(|id| context.cluster.namespace(*id));
    let names: Vec<&str> = names.map(|namespace| namespace.name.as_str()).collect();
    let is_meant = |metadata: &Metadata| {
        names.contains(&metadata.namespace.value.as_str()) && has_labels(&metadata.labels, selector)
    };
    let mut all = workloads.chain(services);
    let (kind, metadata, of_pods) =
        all.find(|(_, metadata, of_pods)| is_meant(metadata) && !has_labels(of_pods, selector))?;
    let wanted =
        |label: &&Label| selector.requirements().iter().any(|it| it.key.as_ref() == Some(&label.key.value));
    let first = metadata.labels.iter().find(wanted)?;
    let name = format!("{kind} {}/{}", metadata.namespace.value, metadata.name.value);
    let pairs = of_pods.iter().filter_map(|label| Some((&label.key.value, label.value.value.as_ref()?)));
    let own: Vec<String> = pairs.map(|(key, value)| format!("`{key}={value}`")).collect();
    let own = words::some(&own);
    Some(Bearer {
        span: first.key.span.cover(first.value.span),
        label: format!("`{name}` has this label, and its pods do not"),
        help: format!("selectors look at the labels of pods alone; those of `{name}` have {own}"),
    })
}

/// Whether labels have all that a selector wants to be there.
fn has_labels(labels: &[Label], selector: &Selector) -> bool {
    let value = |label: &Label| label.value.value.clone().map_or(LabelValue::Unknown, LabelValue::Known);
    selector.wants_labels() && !labels.is_empty() && {
        let labels = Labels::new(labels.iter().map(|label| (label.key.value.clone(), value(label))));
        selector.matches(&labels).truth.is_yes()
    }
}

fn value(labels: &Labels, key: &str) -> String {
    let known = labels.iter().find(|(name, _)| *name == key).map(|(_, value)| value);
    match known {
        Some(LabelValue::Known(value)) => value.clone(),
        _ => String::new(),
    }
}
