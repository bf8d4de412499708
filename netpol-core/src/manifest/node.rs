//! `v1 Node`.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Metadata;
use super::decode::{Decoder, GoType, Path};
use crate::net::IpSet;
use crate::text::{Span, Spanned};
use crate::yaml::{self, Mapping};

/// A node of the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where the object stands.
    pub span: Span,
    /// Name and labels.
    pub metadata: Metadata,
    /// `status.addresses` that are addresses, and not host names.
    pub addresses: Vec<Spanned<IpAddr>>,
    /// `spec.podCIDRs`.
    pub pod_cidrs: IpSet,
}

impl Node {
    /// Reads a node.
    pub fn read(decoder: &mut Decoder<'_>, root: &yaml::Node<'_>) -> Self {
        let metadata = Metadata::read_valid(decoder, root, "");
        let (spec, status) = (Path::ROOT.field("spec"), Path::ROOT.field("status"));
        let mut field = |name: &str, path: &Path<'_>, expected| {
            let yaml::Value::Mapping(mapping) = &root.value else { return None };
            decoder.mapping(&mapping.get(name)?.value, path, GoType::new("Node", expected))
        };
        let (spec_fields, status_fields) =
            (field("spec", &spec, "v1.NodeSpec"), field("status", &status, "v1.NodeStatus"));
        let pod_cidrs = spec_fields.map(|fields| pod_cidrs(decoder, fields, &spec)).unwrap_or_default();
        let addresses = status_fields.map(|fields| addresses(decoder, fields, &status)).unwrap_or_default();
        Self { span: root.span, metadata, addresses, pod_cidrs }
    }
}

fn pod_cidrs(decoder: &mut Decoder<'_>, spec: &Mapping<'_>, path: &Path<'_>) -> IpSet {
    let list = GoType::new("NodeSpec", "[]string");
    let item = GoType::new("NodeSpec", "string");
    let several = spec.get("podCIDRs").and_then(|entry| {
        decoder.strings(&entry.value, &path.field("podCIDRs"), [list, item]).filter(|texts| !texts.is_empty())
    });
    let texts = several.or_else(|| {
        let entry = spec.get("podCIDR")?;
        decoder.string(&entry.value, &path.field("podCIDR"), item).map(|text| vec![text])
    });
    let blocks = texts.unwrap_or_default();
    IpSet::blocks(blocks.iter().filter_map(|text| text.value.parse::<IpNet>().ok()))
}

fn addresses(decoder: &mut Decoder<'_>, status: &Mapping<'_>, path: &Path<'_>) -> Vec<Spanned<IpAddr>> {
    let Some(entry) = status.get("addresses") else { return Vec::new() };
    let path = path.field("addresses");
    let list = GoType::new("NodeStatus", "[]v1.NodeAddress");
    let items = decoder.sequence(&entry.value, &path, list).unwrap_or_default();
    let mut addresses = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        let fields = decoder.mapping(item, &path, GoType::new("NodeStatus", "v1.NodeAddress"));
        let Some(entry) = fields.and_then(|fields| fields.get("address")) else { continue };
        let text = decoder.text(&entry.value, &path.field("address"), GoType::new("NodeAddress", "string"));
        addresses.extend(text.and_then(address));
    }
    addresses
}

/// A text that is an address.
pub(super) fn address(text: Spanned<&str>) -> Option<Spanned<IpAddr>> {
    let address = text.value.parse().ok()?;
    Some(text.map(|_| address))
}
