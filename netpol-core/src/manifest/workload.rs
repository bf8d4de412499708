//! The kinds that own pods: `apps`, `batch` and `v1 ReplicationController`.

use super::admission::{Admission, bears_on_owners};
use super::decode::{Decoder, GoType, Path};
use super::metadata::labels;
use super::validity::check_labels;
use super::{Label, Metadata, PodSpec};
use crate::text::{Span, Spanned};
use crate::yaml::{Mapping, Node, Value};

/// A kind that owns pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkloadKind {
    /// `apps/v1 Deployment`
    Deployment,
    /// `apps/v1 ReplicaSet`
    ReplicaSet,
    /// `apps/v1 StatefulSet`
    StatefulSet,
    /// `apps/v1 DaemonSet`
    DaemonSet,
    /// `batch/v1 Job`
    Job,
    /// `batch/v1 CronJob`
    CronJob,
    /// `v1 ReplicationController`
    ReplicationController,
}

impl WorkloadKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Deployment,
        Self::ReplicaSet,
        Self::StatefulSet,
        Self::DaemonSet,
        Self::Job,
        Self::CronJob,
        Self::ReplicationController,
    ];

    /// The `kind` of the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deployment => "Deployment",
            Self::ReplicaSet => "ReplicaSet",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
            Self::Job => "Job",
            Self::CronJob => "CronJob",
            Self::ReplicationController => "ReplicationController",
        }
    }

    /// The Go type of its `spec`, and the type that has it.
    const fn go_spec(self) -> GoType {
        match self {
            Self::Deployment => GoType::new("Deployment", "v1.DeploymentSpec"),
            Self::ReplicaSet => GoType::new("ReplicaSet", "v1.ReplicaSetSpec"),
            Self::StatefulSet => GoType::new("StatefulSet", "v1.StatefulSetSpec"),
            Self::DaemonSet => GoType::new("DaemonSet", "v1.DaemonSetSpec"),
            Self::Job => GoType::new("Job", "v1.JobSpec"),
            Self::CronJob => GoType::new("CronJob", "v1.CronJobSpec"),
            Self::ReplicationController => {
                GoType::new("ReplicationController", "v1.ReplicationControllerSpec")
            }
        }
    }

    /// The name of the Go type of its `spec`, without the package.
    const fn spec_name(self) -> &'static str {
        match self {
            Self::Deployment => "DeploymentSpec",
            Self::ReplicaSet => "ReplicaSetSpec",
            Self::StatefulSet => "StatefulSetSpec",
            Self::DaemonSet => "DaemonSetSpec",
            Self::Job | Self::CronJob => "JobSpec",
            Self::ReplicationController => "ReplicationControllerSpec",
        }
    }
}

/// An owner of identical pods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// Where the object stands.
    pub span: Span,
    /// The kind.
    pub kind: WorkloadKind,
    /// Name, namespace, owners. The labels are the object's own, not its pods'.
    pub metadata: Metadata,
    /// `spec.replicas` (`parallelism` of a Job); `None` when it is absent or a placeholder.
    pub replicas: Option<Spanned<u32>>,
    /// `spec.ordinals.start` of a StatefulSet.
    pub first_ordinal: u32,
    /// The labels that a CronJob gives its Jobs.
    pub job_labels: Vec<Label>,
    /// The labels of the pod template.
    pub pod_labels: Vec<Label>,
    /// Where the template's `metadata.labels` stand, or the template, or the object.
    pub pod_labels_span: Span,
    /// The template's `spec`.
    pub pod_spec: PodSpec,
    /// Whether the API server takes it.
    pub admission: Admission,
}

impl Workload {
    /// Reads a workload.
    pub fn read(
        decoder: &mut Decoder<'_>,
        root: &Node<'_>,
        kind: WorkloadKind,
        default_namespace: &str,
    ) -> Self {
        let mut workload = Self {
            span: root.span,
            kind,
            metadata: Metadata::read_valid(decoder, root, default_namespace),
            replicas: None,
            first_ordinal: 0,
            job_labels: Vec::new(),
            pod_labels: Vec::new(),
            pod_labels_span: root.span,
            pod_spec: PodSpec::default(),
            admission: Admission::default(),
        };
        workload.read_fields(decoder, root);
        workload.admission = Admission::of(decoder, bears_on_owners);
        workload
    }

    fn read_fields(&mut self, decoder: &mut Decoder<'_>, root: &Node<'_>) {
        let Value::Mapping(fields) = &root.value else { return };
        let Some(entry) = fields.get("spec") else { return };
        let path = Path::ROOT.field("spec");
        if let Some(fields) = decoder.mapping(&entry.value, &path, self.kind.go_spec()) {
            match self.kind {
                WorkloadKind::CronJob => self.read_cron_spec(decoder, fields, &path),
                _ => self.read_spec(decoder, fields, &path),
            }
        }
    }

    /// `spec.jobTemplate.spec`, a Job's.
    fn read_cron_spec(&mut self, decoder: &mut Decoder<'_>, fields: &Mapping<'_>, path: &Path<'_>) {
        let Some(entry) = fields.get("jobTemplate") else { return };
        let path = path.field("jobTemplate");
        let expected = GoType::new("CronJobSpec", "v1.JobTemplateSpec");
        let Some(template) = decoder.mapping(&entry.value, &path, expected) else { return };
        if let Some(entry) = template.get("metadata") {
            let (path, expected) = (path.field("metadata"), GoType::new("JobTemplateSpec", "v1.ObjectMeta"));
            let metadata = decoder.mapping(&entry.value, &path, expected);
            if let Some(entry) = metadata.and_then(|metadata| metadata.get("labels")) {
                self.job_labels = labels(decoder, &entry.value, &path.field("labels"));
            }
        }
        let Some(entry) = template.get("spec") else { return };
        let path = path.field("spec");
        let expected = GoType::new("JobTemplateSpec", "v1.JobSpec");
        if let Some(fields) = decoder.mapping(&entry.value, &path, expected) {
            self.read_spec(decoder, fields, &path);
        }
    }

    fn read_spec(&mut self, decoder: &mut Decoder<'_>, fields: &Mapping<'_>, path: &Path<'_>) {
        let owner = self.kind.spec_name();
        let is_job = matches!(self.kind, WorkloadKind::Job | WorkloadKind::CronJob);
        for entry in &fields.entries {
            let (node, path) = (&entry.value, path.field(&entry.key));
            match entry.key.as_ref() {
                "replicas" if !is_job => self.replicas = count(decoder, node, &path, owner),
                "parallelism" if is_job => self.replicas = count(decoder, node, &path, owner),
                "ordinals" if self.kind == WorkloadKind::StatefulSet => {
                    self.first_ordinal = first_ordinal(decoder, node, &path).unwrap_or_default();
                }
                "template" => self.read_template(decoder, node, &path),
                _ => {}
            }
        }
    }

    fn read_template(&mut self, decoder: &mut Decoder<'_>, node: &Node<'_>, path: &Path<'_>) {
        let expected = GoType::new(self.kind.spec_name(), "v1.PodTemplateSpec");
        let Some(fields) = decoder.mapping(node, path, expected) else { return };
        self.pod_labels_span = node.span;
        let (metadata_path, spec_path) = (path.field("metadata"), path.field("spec"));
        if let Some(entry) = fields.get("metadata") {
            let expected = GoType::new("PodTemplateSpec", "v1.ObjectMeta");
            let metadata = decoder.mapping(&entry.value, &metadata_path, expected);
            if let Some(entry) = metadata.and_then(|metadata| metadata.get("labels")) {
                self.pod_labels = labels(decoder, &entry.value, &metadata_path.field("labels"));
                // The server leaves `metadata` out of this path.
                check_labels(decoder, &self.pod_labels, &path.field("labels"));
                self.pod_labels_span = entry.value.span;
            }
        }
        if let Some(entry) = fields.get("spec") {
            self.pod_spec = PodSpec::read(decoder, &entry.value, &spec_path, "PodTemplateSpec");
        }
    }
}

fn count(
    decoder: &mut Decoder<'_>,
    node: &Node<'_>,
    path: &Path<'_>,
    owner: &'static str,
) -> Option<Spanned<u32>> {
    let number = decoder.unweighed(|decoder| decoder.integer(node, path, GoType::new(owner, "int32")))?;
    let count = u32::try_from(number.value?).ok()?;
    Some(number.map(|_| count))
}

/// `spec.ordinals.start`.
fn first_ordinal(decoder: &mut Decoder<'_>, node: &Node<'_>, path: &Path<'_>) -> Option<u32> {
    let expected = GoType::new("StatefulSetSpec", "v1.StatefulSetOrdinals");
    let entry = decoder.mapping(node, path, expected)?.get("start")?;
    count(decoder, &entry.value, &path.field("start"), "StatefulSetOrdinals").map(|start| start.value)
}
