//! The kinds that own pods: `apps`, `batch` and `v1 ReplicationController`.

use super::{Label, Metadata, PodSpec};
use crate::text::{Span, Spanned};

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
    /// The labels of the pod template.
    pub pod_labels: Vec<Label>,
    /// Where the template's `metadata.labels` stand, or the template, or the object.
    pub pod_labels_span: Span,
    /// The template's `spec`.
    pub pod_spec: PodSpec,
}
