//! `v1 Pod`, and the pod template that workloads share.

use std::net::IpAddr;

use super::Metadata;
use super::admission::{Admission, bears_on_pods};
use super::decode::{Decoder, GoType, Path};
use super::node::address;
use super::validity::{check_container_port, check_port_name, check_protocol};
use crate::net::Protocol;
use crate::text::{Span, Spanned};
use crate::yaml::{Mapping, Node, Value};

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
    pub hostname: Option<Box<Spanned<String>>>,
    /// `subdomain`.
    pub subdomain: Option<Box<Spanned<String>>>,
    /// `dnsPolicy`.
    pub dns_policy: Option<Box<Spanned<String>>>,
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
    /// Whether the API server takes it.
    pub admission: Admission,
}

impl Pod {
    /// Reads a pod.
    pub fn read(decoder: &mut Decoder<'_>, root: &Node<'_>, default_namespace: &str) -> Self {
        let metadata = Metadata::read_valid(decoder, root, default_namespace);
        let (mut spec, mut status) = (PodSpec::default(), PodStatus::default());
        if let Value::Mapping(fields) = &root.value {
            if let Some(entry) = fields.get("spec") {
                spec = PodSpec::read(decoder, &entry.value, &Path::ROOT.field("spec"), "Pod");
            }
            if let Some(entry) = fields.get("status") {
                status = PodStatus::read(decoder, &entry.value, &Path::ROOT.field("status"));
            }
        }
        let admission = Admission::of(decoder, bears_on_pods);
        Self { span: root.span, metadata, spec, status, admission }
    }
}

impl PodSpec {
    /// Reads the `spec` of a pod or of a pod template, in a field of the Go type `owner`.
    pub fn read(decoder: &mut Decoder<'_>, node: &Node<'_>, path: &Path<'_>, owner: &'static str) -> Self {
        let mut spec = Self::default();
        let Some(fields) = decoder.mapping(node, path, GoType::new(owner, "v1.PodSpec")) else { return spec };
        for entry in &fields.entries {
            let (node, path) = (&entry.value, path.field(&entry.key));
            match entry.key.as_ref() {
                "hostNetwork" => {
                    spec.host_network = decoder.boolean(node, &path, GoType::new("PodSpec", "bool"));
                    if matches!(node.value, Value::String(_)) && spec.host_network.is_none() {
                        decoder.opaque_placeholder.get_or_insert(node.span);
                    }
                }
                "nodeName" => spec.node_name = text(decoder, node, &path),
                "hostname" => spec.hostname = text(decoder, node, &path).map(Box::new),
                "subdomain" => spec.subdomain = text(decoder, node, &path).map(Box::new),
                "dnsPolicy" => spec.dns_policy = text(decoder, node, &path).map(Box::new),
                "containers" => containers(decoder, node, &path, |_| true, &mut spec.ports),
                "initContainers" => containers(decoder, node, &path, restarts_always, &mut spec.ports),
                _ => {}
            }
        }
        spec.ports.shrink_to_fit();
        spec
    }
}

impl PodStatus {
    fn read(decoder: &mut Decoder<'_>, node: &Node<'_>, path: &Path<'_>) -> Self {
        let Some(fields) = decoder.mapping(node, path, GoType::new("Pod", "v1.PodStatus")) else {
            return Self::default();
        };
        let mut phase = Phase::Live;
        if let Some(entry) = fields.get("phase") {
            let expected = GoType::new("PodStatus", "v1.PodPhase");
            let text = decoder.text(&entry.value, &path.field("phase"), expected);
            if text.is_some_and(|text| matches!(text.value, "Succeeded" | "Failed")) {
                phase = Phase::Finished;
            }
        }
        let addresses = status_addresses(decoder, fields, path, ["podIPs", "podIP"]);
        let host_addresses = status_addresses(decoder, fields, path, ["hostIPs", "hostIP"]);
        Self { phase, addresses, host_addresses }
    }
}

/// A text that is not empty.
fn text(decoder: &mut Decoder<'_>, node: &Node<'_>, path: &Path<'_>) -> Option<Spanned<String>> {
    let text = decoder.string(node, path, GoType::new("PodSpec", "string"));
    text.filter(|text| !text.value.is_empty())
}

/// The ports of those containers that count.
fn containers(
    decoder: &mut Decoder<'_>,
    node: &Node<'_>,
    path: &Path<'_>,
    counts: fn(&Mapping<'_>) -> bool,
    ports: &mut Vec<ContainerPort>,
) {
    let list = GoType::new("PodSpec", "[]v1.Container");
    for (index, item) in decoder.sequence(node, path, list).unwrap_or_default().iter().enumerate() {
        let path = path.index(index);
        let fields = decoder.mapping(item, &path, GoType::new("PodSpec", "v1.Container"));
        let Some(fields) = fields else { continue };
        if let Some(entry) = fields.get("ports").filter(|_| counts(fields)) {
            container_ports(decoder, &entry.value, &path.field("ports"), ports);
        }
    }
}

fn restarts_always(container: &Mapping<'_>) -> bool {
    let policy = container.get("restartPolicy").map(|entry| &entry.value.value);
    matches!(policy, Some(Value::String(text)) if text == "Always")
}

fn container_ports(
    decoder: &mut Decoder<'_>,
    node: &Node<'_>,
    path: &Path<'_>,
    ports: &mut Vec<ContainerPort>,
) {
    let list = GoType::new("Container", "[]v1.ContainerPort");
    for (index, item) in decoder.sequence(node, path, list).unwrap_or_default().iter().enumerate() {
        let path = path.index(index);
        let fields = decoder.mapping(item, &path, GoType::new("Container", "v1.ContainerPort"));
        if let Some(port) = fields.and_then(|fields| container_port(decoder, fields, &path, item.span)) {
            ports.push(port);
        }
    }
}

/// A port with a number that can be one, or with a placeholder.
fn container_port(
    decoder: &mut Decoder<'_>,
    fields: &Mapping<'_>,
    path: &Path<'_>,
    span: Span,
) -> Option<ContainerPort> {
    let owner = "ContainerPort";
    let mut port = ContainerPort { name: None, number: None, protocol: Protocol::Tcp, span };
    let mut is_port = true;
    for entry in &fields.entries {
        let (node, path) = (&entry.value, path.field(&entry.key));
        match entry.key.as_ref() {
            "name" => {
                let name = decoder.string(node, &path, GoType::new(owner, "string"));
                port.name = name.filter(|name| !name.value.is_empty());
                if let Some(name) = &port.name {
                    check_port_name(decoder, name, &path);
                }
            }
            "containerPort" => {
                let number = decoder.integer(node, &path, GoType::new(owner, "int32"));
                if let Some(number) = &number {
                    check_container_port(decoder, number, &path);
                    port.number = number.value.and_then(|number| u16::try_from(number).ok());
                }
                is_port = number.is_some_and(|number| number.value.is_none() || port.number.is_some());
            }
            "protocol" => {
                if let Some(text) = decoder.text(node, &path, GoType::new(owner, "v1.Protocol")) {
                    check_protocol(decoder, &text, &path);
                    port.protocol = Protocol::parse(text.value).unwrap_or(Protocol::Tcp);
                }
            }
            _ => {}
        }
    }
    if fields.get("containerPort").is_none() {
        check_container_port(decoder, &Spanned::new(Some(0), span), &path.field("containerPort"));
    }
    is_port.then_some(port)
}

/// The addresses of `podIPs: [{ip: …}]`, else of `podIP`; the same of the host.
fn status_addresses(
    decoder: &mut Decoder<'_>,
    status: &Mapping<'_>,
    path: &Path<'_>,
    [several, single]: [&str; 2],
) -> Vec<Spanned<IpAddr>> {
    let mut addresses = Vec::new();
    if let Some(entry) = status.get(several) {
        let path = path.field(several);
        let items = decoder.sequence(&entry.value, &path, GoType::new("PodStatus", "[]v1.PodIP"));
        for (index, item) in items.unwrap_or_default().iter().enumerate() {
            let path = path.index(index);
            let fields = decoder.mapping(item, &path, GoType::new("PodStatus", "v1.PodIP"));
            let Some(entry) = fields.and_then(|fields| fields.get("ip")) else { continue };
            let text = decoder.text(&entry.value, &path.field("ip"), GoType::new("PodIP", "string"));
            addresses.extend(text.and_then(address));
        }
    }
    if let Some(entry) = status.get(single).filter(|_| addresses.is_empty()) {
        let text = decoder.text(&entry.value, &path.field(single), GoType::new("PodStatus", "string"));
        addresses.extend(text.and_then(address));
    }
    addresses.shrink_to_fit();
    addresses
}
