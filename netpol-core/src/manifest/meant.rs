//! Which documents are meant for Kubernetes. Folders of manifests hold much else: a kubeconfig, the index of a Helm
//! repository, what Grafana or a package manager is configured by. What is wrong with those is no matter.

use super::kinds::{self, Route};
use crate::yaml::{Mapping, Value};

/// Whether a mapping is meant to be an object of Kubernetes: its kind or its group is known, or it says what it is
/// (`apiVersion` or `kind`) and has `metadata` or `spec`.
pub(super) fn is_meant(fields: &Mapping<'_>) -> bool {
    let text = |key: &str| match &fields.get(key)?.value.value {
        Value::String(text) => Some(text.as_ref()),
        _ => None,
    };
    let has = |key: &str| fields.get(key).is_some();
    let (version, kind) = (text("apiVersion"), text("kind"));
    kind.is_some_and(kinds::is_known)
        || version.is_some_and(kinds::has_known_group)
        || ((has("apiVersion") || has("kind")) && (has("metadata") || has("spec")))
        || version.zip(kind).is_some_and(|(version, kind)| {
            kinds::may_be_custom(version) || kinds::route(version, kind) == Route::Irrelevant
        })
}

#[cfg(test)]
mod tests {
    use crate::manifest::{ReadOptions, read};
    use crate::text::{FileSet, SourceFile};

    /// How many objects there are errors about, and how many documents are no objects.
    fn judged(text: &str) -> (usize, usize) {
        let mut files = FileSet::new();
        files.add(SourceFile::named("a.yaml", text)).unwrap();
        let manifests = read(&files, &ReadOptions::default(), |_, _| None::<()>);
        (manifests.diagnostics.len(), manifests.tally.not_objects)
    }

    #[test]
    fn what_is_configured_beside_manifests_is_no_object() {
        for text in [
            "apiVersion: v1\nkind: Config\nclusters: []\n",
            "apiVersion: v1alpha1\nkind: NetworkRuleConfig\nname: a\n",
            "apiVersion: 1\ndatasources: []\n",
            "apiVersion: v1\nentries: {}\n",
            "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
            "kind: Thing\nname: a\n",
            "{\"kind\": \"field\", \"name\": {}}",
            "kind: [a]\n",
            "version: '3'\nservices: {web: {image: web}}\n",
            "{}",
        ] {
            assert_eq!(judged(text), (0, 1), "{text}");
        }
    }

    #[test]
    fn what_is_half_an_object_of_kubernetes_is_an_error() {
        for text in [
            "apiVersion: null\nkind: NetworkPolicy\n",
            "apiVersion: 1\nkind: NetworkPolicy\n",
            "apiVersion: networking.k8s.io/v1\nkind: ''\n",
            "apiVersion: networking.k8s.io/v1\nspec: {}\n",
            "apiVersion: apps/v1\nreplicas: 2\n",
            "kind: Deployment\nreplicas: 2\n",
            "kind: Netpol\nspec: {}\n",
            "apiVersion: v1\nkind: Confg\nmetadata: {name: a}\n",
        ] {
            assert_eq!(judged(text), (1, 0), "{text}");
        }
    }
}
