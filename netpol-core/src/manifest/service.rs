//! `v1 Service`.

use std::net::IpAddr;

use super::decode::{Decoder, GoType, Path};
use super::metadata::{Metadata, labels};
use super::node::address;
use super::validity::{check_labels, check_port_number, check_protocol};
use crate::net::Protocol;
use crate::text::{Span, Spanned};
use crate::yaml::{Mapping, Node, Value};

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
    /// Where `spec.type` stands.
    pub type_span: Option<Span>,
    /// `spec.externalTrafficPolicy`; `Cluster` when it is absent.
    pub external_traffic_policy: Option<Spanned<String>>,
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

const OWNER: &str = "ServiceSpec";

impl Service {
    /// Reads a Service.
    pub fn read(decoder: &mut Decoder<'_>, root: &Node<'_>, default_namespace: &str) -> Self {
        let mut service = Self {
            span: root.span,
            metadata: Metadata::read_valid(decoder, root, default_namespace),
            service_type: ServiceType::default(),
            type_span: None,
            external_traffic_policy: None,
            selector: Vec::new(),
            ports: Vec::new(),
            cluster_ips: Vec::new(),
            is_headless: false,
            external_name: None,
        };
        let path = Path::ROOT.field("spec");
        let Value::Mapping(mapping) = &root.value else { return service };
        let Some(entry) = mapping.get("spec") else { return service };
        let expected = GoType::new("Service", "v1.ServiceSpec");
        if let Some(fields) = decoder.mapping(&entry.value, &path, expected) {
            service.read_spec(decoder, fields, &path);
        }
        service
    }

    fn read_spec(&mut self, decoder: &mut Decoder<'_>, fields: &Mapping<'_>, path: &Path<'_>) {
        for entry in &fields.entries {
            let (node, path) = (&entry.value, path.field(&entry.key));
            match entry.key.as_ref() {
                "type" => {
                    let text = decoder.text(node, &path, GoType::new(OWNER, "v1.ServiceType"));
                    self.type_span = text.as_ref().map(|text| text.span);
                    self.service_type = text.map(|text| service_type(text.value)).unwrap_or_default();
                }
                "selector" => {
                    self.selector = labels(decoder, node, &path);
                    check_labels(decoder, &self.selector, &path);
                }
                "ports" => self.ports = ports(decoder, node, &path),
                "externalTrafficPolicy" => {
                    let expected = GoType::new(OWNER, "v1.ServiceExternalTrafficPolicy");
                    let policy = decoder.string(node, &path, expected);
                    self.external_traffic_policy = policy.filter(|policy| !policy.value.is_empty());
                }
                "externalName" => {
                    let expected = GoType::new(OWNER, "string");
                    let name = decoder.unweighed(|decoder| decoder.string(node, &path, expected));
                    self.external_name = name.filter(|name| !name.value.is_empty());
                }
                _ => {}
            }
        }
        let texts = cluster_ips(decoder, fields, path);
        self.is_headless = texts.iter().any(|text| text.value == "None");
        self.cluster_ips = texts.into_iter().filter_map(address).collect();
    }
}

fn service_type(name: &str) -> ServiceType {
    match name {
        "NodePort" => ServiceType::NodePort,
        "LoadBalancer" => ServiceType::LoadBalancer,
        "ExternalName" => ServiceType::ExternalName,
        _ => ServiceType::ClusterIp,
    }
}

/// The texts of `clusterIPs`, else of `clusterIP`.
fn cluster_ips<'n>(
    decoder: &mut Decoder<'_>,
    fields: &'n Mapping<'_>,
    path: &Path<'_>,
) -> Vec<Spanned<&'n str>> {
    let mut texts = Vec::new();
    let item = GoType::new(OWNER, "string");
    if let Some(entry) = fields.get("clusterIPs") {
        let path = path.field("clusterIPs");
        let items = decoder.sequence(&entry.value, &path, GoType::new(OWNER, "[]string"));
        for (index, node) in items.unwrap_or_default().iter().enumerate() {
            texts.extend(decoder.text(node, &path.index(index), item));
        }
    }
    if let Some(entry) = fields.get("clusterIP").filter(|_| texts.is_empty()) {
        texts.extend(decoder.text(&entry.value, &path.field("clusterIP"), item));
    }
    texts
}

fn ports(decoder: &mut Decoder<'_>, node: &Node<'_>, path: &Path<'_>) -> Vec<ServicePort> {
    let items = decoder.sequence(node, path, GoType::new(OWNER, "[]v1.ServicePort")).unwrap_or_default();
    let mut ports = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        if let Some(fields) = decoder.mapping(item, &path, GoType::new(OWNER, "v1.ServicePort")) {
            ports.push(port(decoder, fields, &path));
        }
    }
    ports
}

fn port(decoder: &mut Decoder<'_>, fields: &Mapping<'_>, path: &Path<'_>) -> ServicePort {
    let owner = "ServicePort";
    let mut port = ServicePort { name: None, protocol: Protocol::Tcp, port: None, target: None };
    for entry in &fields.entries {
        let (node, path) = (&entry.value, path.field(&entry.key));
        match entry.key.as_ref() {
            "name" => {
                let name = decoder.string(node, &path, GoType::new(owner, "string"));
                port.name = name.filter(|name| !name.value.is_empty());
            }
            "protocol" => {
                let text = decoder.text(node, &path, GoType::new(owner, "v1.Protocol"));
                if let Some(text) = text {
                    check_protocol(decoder, &text, &path);
                    port.protocol = Protocol::parse(text.value).unwrap_or(Protocol::Tcp);
                }
            }
            "port" => {
                let number = decoder.integer(node, &path, GoType::new(owner, "int32"));
                if let Some(number) = number {
                    check_port_number(decoder, &number, &path);
                    port.port = port_number(number);
                }
            }
            "targetPort" => port.target = target(decoder, node, &path),
            _ => {}
        }
    }
    port
}

fn target(decoder: &mut Decoder<'_>, node: &Node<'_>, path: &Path<'_>) -> Option<Spanned<TargetPort>> {
    let expected = GoType::new("ServicePort", "int32");
    if matches!(node.value, Value::String(_)) {
        let name = decoder.string(node, path, expected)?;
        return Some(name.map(TargetPort::Name))
            .filter(|target| target.value != TargetPort::Name(String::new()));
    }
    // Nothing and 0 both mean the port itself.
    let number = decoder.integer(node, path, expected).and_then(port_number)?;
    (number.value != 0).then(|| number.map(TargetPort::Number))
}

/// A number that can be a port.
fn port_number(number: Spanned<Option<i32>>) -> Option<Spanned<u16>> {
    let port = u16::try_from(number.value?).ok()?;
    Some(number.map(|_| port))
}
