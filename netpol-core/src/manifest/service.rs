//! `v1 Service`.

use std::net::IpAddr;

use super::Metadata;
use crate::net::Protocol;
use crate::text::{Span, Spanned};

/// `spec.type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ServiceType {
    /// `ClusterIP`
    #[default]
    ClusterIp,
    /// `NodePort`
    NodePort,
    /// `LoadBalancer`
    LoadBalancer,
    /// `ExternalName`
    ExternalName,
}

/// `targetPort`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetPort {
    /// A number.
    Number(u16),
    /// The name of a container port.
    Name(String),
}

/// One port of a Service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePort {
    /// `name`.
    pub name: Option<Spanned<String>>,
    /// `protocol`; TCP when it is absent.
    pub protocol: Protocol,
    /// `port`; `None` when the text holds a placeholder.
    pub port: Option<Spanned<u16>>,
    /// `targetPort`; the port when it is absent.
    pub target: Option<Spanned<TargetPort>>,
}

/// A Service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Where the object stands.
    pub span: Span,
    /// Name, namespace and labels.
    pub metadata: Metadata,
    /// `spec.type`.
    pub service_type: ServiceType,
    /// `spec.selector`, as key and value with places; empty for a Service without one.
    pub selector: Vec<super::Label>,
    /// `spec.ports`.
    pub ports: Vec<ServicePort>,
    /// `spec.clusterIPs`, else `spec.clusterIP`; empty for none and for `None`.
    pub cluster_ips: Vec<Spanned<IpAddr>>,
    /// Whether `clusterIP` is `None`.
    pub is_headless: bool,
    /// `spec.externalName`.
    pub external_name: Option<Spanned<String>>,
}
