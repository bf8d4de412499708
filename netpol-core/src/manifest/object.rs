//! What one input holds, object by object.

use super::identity::{Found, latest};
use super::reading::{FileReading, in_order, read_files, replaced_policies};
use super::{KubernetesVersion, Namespace, Node, Pod, Service, Workload};
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::text::{FileId, FileSet, SourceFile, Span};
use crate::yaml;

/// How to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOptions {
    /// The namespace of objects that name none.
    pub default_namespace: String,
    /// The version that the API server has; without it, the newest.
    pub kubernetes_version: Option<KubernetesVersion>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { default_namespace: "default".to_owned(), kubernetes_version: None }
    }
}

/// An object of a kind that this room does not know, for a dialect to claim.
#[derive(Debug)]
pub struct RawObject<'a, 't> {
    /// Its identity, with the default namespace filled in where the document names none.
    pub object: ObjectRef,
    /// The whole document.
    pub node: &'a yaml::Node<'t>,
    /// The file, for the text behind a place.
    pub file: &'t SourceFile,
}

/// Why a document takes no part in any answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftOut {
    /// A template that was not rendered.
    Template(Span),
    /// A document that cannot be read, but looks like a Kubernetes object or was named by the user.
    Unreadable(Span),
}

/// How many documents there were of each kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// Objects of a kind that is understood.
    pub understood: usize,
    /// Objects of a kind that cannot matter.
    pub irrelevant: usize,
    /// Objects of a custom or unknown kind, by kind.
    pub unknown: std::collections::BTreeMap<String, usize>,
    /// Documents that are not meant to be Kubernetes objects.
    pub not_objects: usize,
    /// Parts of objects that a tool lays over others.
    pub patches: usize,
    /// Documents that cannot be read and do not look like an object, in files that were found in a folder.
    pub unreadable: usize,
}

impl Tally {
    /// No documents.
    pub(super) const NONE: Self = Self {
        understood: 0,
        irrelevant: 0,
        unknown: std::collections::BTreeMap::new(),
        not_objects: 0,
        patches: 0,
        unreadable: 0,
    };

    /// Adds the counts of another tally.
    pub fn add(&mut self, other: &Self) {
        self.understood += other.understood;
        self.irrelevant += other.irrelevant;
        self.not_objects += other.not_objects;
        self.patches += other.patches;
        self.unreadable += other.unreadable;
        for (kind, count) in &other.unknown {
            *self.unknown.entry(kind.clone()).or_default() += count;
        }
    }
}

/// Everything that was read, in the order of the input; of two objects of one identity only the later.
/// `P` is what a dialect makes of a policy.
#[derive(Debug, Clone)]
pub struct Manifests<P> {
    /// Namespaces.
    pub namespaces: Vec<Namespace>,
    /// Pods.
    pub pods: Vec<Pod>,
    /// Owners of pods.
    pub workloads: Vec<Workload>,
    /// Services.
    pub services: Vec<Service>,
    /// Nodes.
    pub nodes: Vec<Node>,
    /// What the dialects claimed.
    pub policies: Vec<P>,
    /// Of what they claimed, that which a later policy of the same identity replaces.
    pub replaced: Vec<P>,
    /// Documents that take no part.
    pub left_out: Vec<LeftOut>,
    /// How many documents there were.
    pub tally: Tally,
    /// What was found wrong or odd, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl<P> Default for Manifests<P> {
    fn default() -> Self {
        Self {
            namespaces: Vec::new(),
            pods: Vec::new(),
            workloads: Vec::new(),
            services: Vec::new(),
            nodes: Vec::new(),
            policies: Vec::new(),
            replaced: Vec::new(),
            left_out: Vec::new(),
            tally: Tally::default(),
            diagnostics: Vec::new(),
        }
    }
}

/// Reads all documents of all files. `claim` makes a policy of an object that this room does not know, or leaves it.
pub fn read<P: Send>(
    files: &FileSet,
    options: &ReadOptions,
    claim: impl Fn(&RawObject<'_, '_>, &mut Vec<Diagnostic>) -> Option<P> + Sync,
) -> Manifests<P> {
    let wanted: Vec<FileId> = files.iter().map(|(id, _)| id).collect();
    let mut readings = read_files((files, &wanted), options, claim);
    let mut manifests = Manifests::of_objects(readings.iter_mut(), files);
    let (is_replaced, duplicates) = replaced_policies(readings.iter(), files);
    manifests.diagnostics = in_order(readings.iter(), [duplicates.as_slice(), &manifests.diagnostics], files);
    let mut is_replaced = is_replaced.into_iter();
    for reading in readings {
        manifests.left_out.extend(reading.left_out);
        manifests.tally.add(&reading.tally);
        for claimed in reading.policies {
            let is_replaced = is_replaced.next() == Some(true);
            let list = if is_replaced { &mut manifests.replaced } else { &mut manifests.policies };
            list.push(claimed.policy);
        }
    }
    manifests
}

impl<P> Manifests<P> {
    /// The objects of some files but their policies; of two of one identity only the later, which is reported.
    pub fn of_objects<'r>(readings: impl Iterator<Item = &'r mut FileReading<P>>, files: &FileSet) -> Self
    where
        P: 'r,
    {
        let mut manifests = Self::default();
        let items: Vec<_> = readings.flat_map(|reading| std::mem::take(&mut reading.objects)).collect();
        let pods = items.iter().filter(|item| matches!(item.found, Found::Pod(_))).count();
        manifests.pods.reserve_exact(pods);
        for found in latest(items, files, &mut manifests.diagnostics) {
            match found {
                Found::Namespace(namespace) => manifests.namespaces.push(*namespace),
                Found::Node(node) => manifests.nodes.push(*node),
                Found::Pod(pod) => manifests.pods.push(*pod),
                Found::Service(service) => manifests.services.push(*service),
                Found::Workload(workload) => manifests.workloads.push(*workload),
                Found::Policy(policy) => manifests.policies.push(policy),
            }
        }
        manifests
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::rule::{DUPLICATE_OBJECT, UNKNOWN_KIND, UNREADABLE_YAML, WRONG_TYPE};
    use crate::diagnostic::{RuleName, Severity};

    const POLICY: &str = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\n";

    fn read_files(files: impl IntoIterator<Item = SourceFile>) -> Manifests<ObjectRef> {
        let mut set = FileSet::new();
        for file in files {
            set.add(file).unwrap();
        }
        read(&set, &ReadOptions::default(), |raw, _| {
            raw.object.api_version.starts_with("networking.k8s.io/").then(|| raw.object.clone())
        })
    }

    fn read_text(text: &str) -> Manifests<ObjectRef> {
        read_files([SourceFile::named("a.yaml", text)])
    }

    fn rules<P>(manifests: &Manifests<P>) -> Vec<RuleName> {
        manifests.diagnostics.iter().map(|diagnostic| diagnostic.rule).collect()
    }

    #[test]
    fn lists_are_flattened_also_within_lists_and_without_kinds_on_their_items() {
        let manifests = read_text(
            "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: PodList\n  items:\n  - metadata: {name: p}\n\
             - {apiVersion: v1, kind: Namespace, metadata: {name: prod}}\n- {apiVersion: v1, kind: Secret}\n",
        );
        assert_eq!(manifests.pods[0].metadata.name.value, "p");
        assert_eq!(manifests.pods[0].metadata.namespace.value, "default");
        assert_eq!(manifests.namespaces[0].metadata.name.value, "prod");
        assert_eq!(manifests.tally.irrelevant, 1);
        assert!(manifests.diagnostics.is_empty(), "{:?}", manifests.diagnostics);
    }

    #[test]
    fn the_later_of_two_objects_of_one_identity_wins() {
        let old = POLICY.replace("networking.k8s.io/v1", "networking.k8s.io/v1\n# old");
        let manifests = read_files([
            SourceFile::found("overlays/dev/a.yaml", old),
            SourceFile::found("overlays/prod/a.yaml", POLICY),
        ]);
        assert_eq!(manifests.policies.len(), 1);
        assert_eq!(rules(&manifests), [DUPLICATE_OBJECT]);
        let duplicate = &manifests.diagnostics[0];
        assert_eq!(duplicate.primary.span.file.index(), 1);
        assert_eq!(duplicate.related[0].span.file.index(), 0);
        assert!(duplicate.help.as_ref().unwrap().contains("overlay"));
    }

    #[test]
    fn objects_without_a_name_of_their_own_are_never_the_same() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {generateName: p-}\n---\n";
        assert_eq!(read_text(&pod.repeat(2)).pods.len(), 2);
    }

    #[test]
    fn half_an_object_is_unreadable_and_no_object_is_counted() {
        let manifests = read_text("kind: Pod\nmetadata: {name: a}\n---\nreplicas: 3\n---\nhello\n");
        assert_eq!(rules(&manifests), [UNREADABLE_YAML, UNREADABLE_YAML]);
        assert_eq!(manifests.tally.not_objects, 1);
        assert_eq!(manifests.left_out.len(), 2);
        let found = read_files([SourceFile::found("values.yaml", "replicas: 3\n---\n- a\n")]);
        assert_eq!(found.tally.not_objects, 2);
        assert!(found.diagnostics.is_empty());
    }

    #[test]
    fn custom_kinds_are_tallied_and_slips_are_errors() {
        let custom = read_text("apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}\n");
        assert_eq!(custom.tally.unknown["Service"], 1);
        assert!(custom.diagnostics.is_empty());
        let slip = read_text("apiVersion: apps/v1\nkind: Deployments\nmetadata: {name: a}\n");
        assert_eq!(rules(&slip), [UNKNOWN_KIND]);
        assert!(slip.diagnostics[0].help.as_ref().unwrap().contains("`kind: Deployment`"));
    }

    #[test]
    fn a_template_in_a_field_that_is_read_leaves_the_object_out() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a-{{ .Release.Name }}\n";
        let manifests = read_text(pod);
        assert!(manifests.pods.is_empty());
        assert!(matches!(manifests.left_out[..], [LeftOut::Template(_)]));
        assert!(manifests.diagnostics.iter().all(|found| found.severity == Severity::Warning));
        let elsewhere = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  schedulerName: x-{{ y }}\n";
        assert_eq!(read_text(elsewhere).pods.len(), 1);
    }

    #[test]
    fn a_wrong_type_costs_its_field_and_nothing_else() {
        let manifests = read_text(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  replicas: two\n  template:\n    \
             metadata: {labels: {version: 1, app: web}}\n    spec:\n      initContainers:\n      - ports: [{containerPort: 1}]\n      \
             - {restartPolicy: Always, ports: [{name: side, containerPort: 2, protocol: UDP}]}\n      \
             containers:\n      - ports: [{name: http, containerPort: 8080}]\n",
        );
        assert_eq!(rules(&manifests), [WRONG_TYPE, WRONG_TYPE]);
        let label = manifests.diagnostics[1].api.as_ref().unwrap();
        assert_eq!(label.field, "spec.template.metadata.labels");
        assert_eq!(
            label.message,
            "cannot unmarshal number into Go struct field ObjectMeta.spec.template.metadata.labels of type string"
        );
        let workload = &manifests.workloads[0];
        assert_eq!(workload.pod_labels.len(), 1);
        let ports: Vec<Option<u16>> = workload.pod_spec.ports.iter().map(|port| port.number).collect();
        assert_eq!(ports, [Some(2), Some(8080)]);
    }

    #[test]
    fn a_placeholder_makes_what_is_read_unknown_with_one_warning() {
        let manifests = read_text(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: '${NS}', labels: {app: '${APP}'}}\n\
             spec: {containers: [{ports: [{containerPort: '${PORT}'}]}]}\n",
        );
        let pod = &manifests.pods[0];
        assert_eq!(pod.metadata.namespace.value, "${NS}");
        assert_eq!(pod.metadata.labels[0].value.value, None);
        assert_eq!(pod.spec.ports[0].number, None);
        assert_eq!(manifests.diagnostics.len(), 1, "{:?}", manifests.diagnostics);
    }

    #[test]
    fn removed_versions_are_read_with_an_error() {
        let manifests = read_text("apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: d}\n");
        assert_eq!(manifests.workloads.len(), 1);
        let api = manifests.diagnostics[0].api.as_ref().unwrap();
        assert_eq!(api.message, "no matches for kind \"Deployment\" in version \"extensions/v1beta1\"");
    }
}
