//! Objects that name no namespace. They count as of the default namespace, and `kubectl apply -n` puts them where it likes.

use rustc_hash::FxHashSet;

use super::Context;
use super::slips::groups;
use crate::cluster::PodGroup;
use crate::diagnostic::{Diagnostic, ObjectRef, Severity};
use crate::policy::Policy;
use crate::selector::Selector;
use crate::text::Span;

/// The policies and the pods that name no namespace.
#[derive(Debug)]
pub(super) struct Unplaced<'a> {
    policies: FxHashSet<&'a ObjectRef>,
    workloads: FxHashSet<Span>,
}

impl<'a> Unplaced<'a> {
    pub(super) fn new(context: &Context<'a>) -> Self {
        let policies = context.network_policies().filter(|policy| !policy.metadata.names_namespace());
        let workloads = context.manifests.workloads.iter().map(|it| (&it.metadata, it.span));
        let pods = context.manifests.pods.iter().map(|it| (&it.metadata, it.span));
        let unplaced = workloads.chain(pods).filter(|(metadata, _)| !metadata.names_namespace());
        Self {
            policies: policies.map(|policy| &policy.object).collect(),
            workloads: unplaced.map(|(_, span)| span).collect(),
        }
    }

    /// Whether a policy names no namespace.
    pub(super) fn holds(&self, policy: &ObjectRef) -> bool {
        self.policies.contains(policy)
    }

    /// Whether the owner of pods names no namespace.
    fn holds_pods(&self, context: &Context<'_>, group: &PodGroup) -> bool {
        context.cluster.workload(group.workload).is_some_and(|owner| self.workloads.contains(&owner.span))
    }
}

/// The pods with some labels that are not in the namespace of a policy because it, or they, name none.
pub(super) fn astray<'a>(
    context: &Context<'a>,
    policy: &Policy,
    selector: &Selector,
) -> Option<&'a PodGroup> {
    if !selector.wants_labels() {
        return None;
    }
    let unplaced = context.unplaced();
    let mut pods = groups(context).filter(|group| selector.matches(&group.labels).truth.is_yes());
    if unplaced.holds(&policy.object) {
        return pods.next();
    }
    pods.find(|group| unplaced.holds_pods(context, group))
}

/// That a policy and its pods are apart because one of them names no namespace: no fault, but what the answers rest on.
pub(super) fn told(
    context: &Context<'_>,
    policy: &Policy,
    group: &PodGroup,
    found: Diagnostic,
) -> Diagnostic {
    let own = policy.object.namespace.as_deref().unwrap_or_default();
    let other = context.cluster.namespace(group.namespace).map_or("", |it| it.name.as_str());
    let (message, home) = if context.unplaced().holds(&policy.object) {
        (format!("the policy names no namespace and counts as `{own}`; the pods are in `{other}`"), other)
    } else {
        (format!("the pods name no namespace and count as `{other}`; the policy is in `{own}`"), own)
    };
    found
        .with_severity(Severity::Info)
        .with_message(message)
        .with_related(context.head(group.span), "pods with these labels")
        .with_help(format!(
            "write `namespace: {home}` under `metadata`, or pass `--default-namespace {home}` if all that name none belong there"
        ))
}
