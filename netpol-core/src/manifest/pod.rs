//! `v1 Pod`, and the pod template that workloads share.

use std::net::IpAddr;

use super::Metadata;
use crate::net::Protocol;
use crate::text::{Span, Spanned};

/// A port that a container declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerPort {
    /// `name`.
    pub name: Option<Spanned<String>>,
    /// `containerPort`; `None` when the text holds a placeholder.
    pub number: Option<u16>,
    /// `protocol`; TCP when it is absent.
    pub protocol: Protocol,
    /// Where the item stands.
    pub span: Span,
}

/// `spec` of a pod, as far as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PodSpec {
    /// `hostNetwork`.
    pub host_network: Option<Spanned<bool>>,
    /// `nodeName`.
    pub node_name: Option<Spanned<String>>,
    /// `hostname`.
    pub hostname: Option<Spanned<String>>,
    /// `subdomain`.
    pub subdomain: Option<Spanned<String>>,
    /// The ports of all containers and of init containers that restart always (sidecars).
    pub ports: Vec<ContainerPort>,
}

/// `status.phase`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// `Pending`, `Running`, `Unknown` or none: evaluated as running.
    #[default]
    Live,
    /// `Succeeded` or `Failed`: no endpoint.
    Finished,
}

/// `status` of a pod.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PodStatus {
    /// `phase`.
    pub phase: Phase,
    /// `podIPs`, else `podIP`.
    pub addresses: Vec<Spanned<IpAddr>>,
    /// `hostIPs`, else `hostIP`.
    pub host_addresses: Vec<Spanned<IpAddr>>,
}

/// A pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pod {
    /// Where the object stands.
    pub span: Span,
    /// Name, namespace, labels and owners.
    pub metadata: Metadata,
    /// `spec`.
    pub spec: PodSpec,
    /// `status`.
    pub status: PodStatus,
}
