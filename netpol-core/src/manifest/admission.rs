//! Whether the API server takes an object of the cluster as it stands.

use super::decode::Decoder;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::rule::{INVALID_FIELD, WRONG_TYPE};
use crate::text::Span;

/// Whether the API server takes an object as it stands. What it refuses is in no cluster, so that nothing is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Admission {
    /// It does.
    #[default]
    Admitted,
    /// It refuses a part of `metadata` that no answer depends on; the first fault stands here.
    ButMetadata(Span),
    /// A placeholder stands here, where fields, a list or a truth value belong.
    Placeholder(Span),
    /// It refuses what stands here.
    Refused(Span),
    /// It refuses the namespace that stands here, so that it is not known where the object is.
    Misplaced(Span),
}

impl Admission {
    /// Whether something can be said of the object.
    pub const fn is_known(self) -> bool {
        matches!(self, Self::Admitted | Self::ButMetadata(_))
    }

    /// What is in doubt: where it stands, for an object of which nothing can be said.
    pub const fn doubt(self) -> Option<Span> {
        match self {
            Self::Placeholder(span) | Self::Refused(span) | Self::Misplaced(span) => Some(span),
            Self::Admitted | Self::ButMetadata(_) => None,
        }
    }

    /// What a decoder found wrong with an object. `bears` tells the parts of `metadata` that answers depend on.
    pub(super) fn of(decoder: &Decoder<'_>, bears: fn(&str) -> bool) -> Self {
        let faults = decoder.diagnostics.iter().filter_map(fault);
        let (minor, grave): (Vec<_>, Vec<_>) =
            faults.partition(|(field, _)| field.strip_prefix("metadata.").is_some_and(|field| !bears(field)));
        let namespace = grave.iter().find(|(field, _)| matches!(*field, "metadata" | "metadata.namespace"));
        if let Some((_, span)) = namespace {
            return Self::Misplaced(*span);
        }
        match (grave.first(), decoder.opaque_placeholder, minor.first()) {
            (Some((_, span)), _, _) => Self::Refused(*span),
            (None, Some(span), _) => Self::Placeholder(span),
            (None, None, Some((_, span))) => Self::ButMetadata(*span),
            (None, None, None) => Self::Admitted,
        }
    }
}

/// The field of a fault for which the server refuses an object.
fn fault(found: &Diagnostic) -> Option<(&str, Span)> {
    let is_fault = found.rule == WRONG_TYPE || found.rule == INVALID_FIELD;
    let api = found.api.as_ref().filter(|_| is_fault)?;
    Some((&api.field, found.primary.span))
}

/// Pods and namespaces: their own labels are what selectors look at.
pub(super) fn bears_on_pods(field: &str) -> bool {
    bears_on_owners(field) || field == "labels" || field.starts_with("ownerReferences")
}

/// Owners of pods: only where they are counts.
pub(super) fn bears_on_owners(field: &str) -> bool {
    field == "namespace"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Manifests, ReadOptions, read};
    use crate::text::{FileSet, SourceFile};

    fn manifests(text: &str) -> Manifests<()> {
        let mut files = FileSet::new();
        files.add(SourceFile::named("in.yaml", text)).expect("small");
        read(&files, &ReadOptions::default(), |_, _| None)
    }

    fn of_pod(fields: &str) -> Admission {
        let text = format!("apiVersion: v1\nkind: Pod\n{fields}\n");
        manifests(&text).pods.first().map(|pod| pod.admission).expect("there is a pod")
    }

    #[test]
    fn what_bears_on_a_pod_is_refused_and_the_rest_of_metadata_is_not() {
        for refused in [
            "metadata: {name: a, labels: [x]}",
            "metadata: {name: a, labels: {x: 1}}",
            "metadata: {name: a, labels: {x: 'no value'}}",
            "metadata: {name: a}\nspec: {hostNetwork: \"true\"}",
            "metadata: {name: a}\nspec: [x]",
            "metadata: {name: a}\nspec: {containers: [{ports: [{containerPort: 99999}]}]}",
        ] {
            assert!(matches!(of_pod(refused), Admission::Refused(_)), "{refused}");
        }
        let misplaced = of_pod("metadata: {name: a, namespace: y}");
        assert!(matches!(misplaced, Admission::Misplaced(_)), "{misplaced:?}");
        let minor = of_pod("metadata: {name: a, annotations: {x: 1}}");
        assert!(matches!(minor, Admission::ButMetadata(_)), "{minor:?}");
        assert_eq!(of_pod("metadata: {name: a, labels: {x: a}}"), Admission::Admitted);
    }

    #[test]
    fn a_placeholder_where_fields_belong_leaves_all_open() {
        for open in
            ["metadata: {name: a, labels: '${LABELS}'}", "metadata: {name: a}\nspec: {hostNetwork: '${X}'}"]
        {
            assert!(matches!(of_pod(open), Admission::Placeholder(_)), "{open}");
        }
        assert_eq!(of_pod("metadata: {name: a, labels: {x: '${X}'}}"), Admission::Admitted);
    }

    #[test]
    fn the_own_labels_of_an_owner_do_not_count() {
        let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, labels: {x: 1}}\n";
        let manifests = manifests(text);
        let admission = manifests.workloads.first().map(|workload| workload.admission);
        assert!(matches!(admission, Some(Admission::ButMetadata(_))), "{admission:?}");
    }
}
