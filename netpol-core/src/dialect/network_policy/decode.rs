//! From the tree to the typed resource: a strict walk of the schema.

use super::defaults::apply_defaults;
use super::resource::{IpBlock, NetworkPolicy, Peer, Port, PortNumber, Rule, Rules, Spec, Standing};
use super::schema::Level;
use super::validate::validate;
use crate::diagnostic::rule::{UNKNOWN_FIELD, WRONG_TYPE};
use crate::diagnostic::{Applicability, Diagnostic, Fix, ObjectRef};
use crate::manifest::decode::{Decoder, GoType, Path, Strictness};
use crate::manifest::kinds::replacement;
use crate::manifest::{LabelSelector, Metadata, RawObject, ReadOptions};
use crate::policy::{Direction, Remark};
use crate::text::{Span, Spanned};
use crate::yaml::{Entry, Node, Value, edit};

const KIND: &str = "NetworkPolicy";
const VERSION: &str = "networking.k8s.io/v1";

/// Whether an object is a policy of this dialect, in a version that there is or was.
pub fn is_kind(object: &ObjectRef) -> bool {
    object.kind == KIND
        && (object.api_version == VERSION || replacement(&object.api_version, KIND) == Some(VERSION))
}

/// Reads a policy, applies the defaults, and reports what is wrong with it.
pub fn read(raw: &RawObject<'_, '_>, options: &ReadOptions, found: &mut Vec<Diagnostic>) -> NetworkPolicy {
    let mut decoder = Decoder::new(raw.file, Strictness::Strict);
    let metadata = Metadata::read(&mut decoder, raw.node, raw.file.namespace_or(&options.default_namespace));
    let misread = misread_metadata(&mut decoder);
    let mut spec = root(&mut decoder, raw.node);
    apply_defaults(&mut spec);
    let mut policy = NetworkPolicy {
        span: raw.node.span,
        object: ObjectRef { name: metadata.name.value.clone(), ..raw.object.clone() },
        metadata,
        spec,
        standing: Standing::Accepted,
        remarks: misread,
    };
    policy.remarks.extend(old_version(raw));
    policy.remarks.extend(decoder.diagnostics.iter().filter_map(dropped_field));
    decoder.diagnostics.iter_mut().for_each(|found| lift_ports(raw, found));
    match (decoder.wrong_types, decoder.opaque_placeholder.is_some()) {
        (0, false) => {
            validate(&mut policy, raw.node, options.kubernetes_version, &mut decoder.diagnostics);
        }
        (0, true) => policy.standing = Standing::Placeholder,
        _ => policy.standing = Standing::Unreadable,
    }
    found.append(&mut decoder.diagnostics);
    policy
}

fn old_version(raw: &RawObject<'_, '_>) -> Option<Spanned<Remark>> {
    let found = &raw.object.api_version;
    let read_as = replacement(found, KIND)?.to_owned();
    let Value::Mapping(fields) = &raw.node.value else { return None };
    let span = fields.get("apiVersion").map_or(raw.node.span, |entry| entry.value.span);
    Some(Spanned::new(Remark::OldVersion { found: found.clone(), read_as }, span))
}

/// Wrong types in `metadata`, which change nothing of what a policy selects and so do not count, unless they leave open
/// which namespace it is in.
fn misread_metadata(decoder: &mut Decoder<'_>) -> Vec<Spanned<Remark>> {
    let wrong = decoder.diagnostics.iter().filter(|found| found.rule == WRONG_TYPE);
    let paths = wrong.filter_map(|found| Some((found.api.as_ref()?.field.clone(), found.primary.span)));
    let mut remarks: Vec<_> =
        paths.map(|(path, span)| Spanned::new(Remark::InvalidMetadata { path }, span)).collect();
    remarks.dedup();
    let hides_namespace = |remark: &Spanned<Remark>| match &remark.value {
        Remark::InvalidMetadata { path } => matches!(path.as_str(), "metadata" | "metadata.namespace"),
        _ => false,
    };
    if remarks.iter().any(hides_namespace) {
        return Vec::new();
    }
    decoder.wrong_types = 0;
    remarks
}

/// A field below `spec` or beside it that the server drops; one of `metadata` selects nothing.
fn dropped_field(diagnostic: &Diagnostic) -> Option<Spanned<Remark>> {
    let api = diagnostic.api.as_ref().filter(|_| diagnostic.rule == UNKNOWN_FIELD)?;
    let is_metadata = api.field.starts_with("metadata.");
    let remark = Remark::DroppedField { path: api.field.clone() };
    (!is_metadata).then(|| Spanned::new(remark, diagnostic.primary.span))
}

/// Ports that stand in a peer belong beside the list of peers: the fix moves them there, for other peers too.
fn lift_ports(raw: &RawObject<'_, '_>, found: &mut Diagnostic) {
    let path = found.api.as_ref().map_or("", |api| api.field.as_str());
    let is_in_peer =
        path.strip_suffix("].ports").is_some_and(|peer| peer.contains("].from[") || peer.contains("].to["));
    if found.rule == UNKNOWN_FIELD && is_in_peer {
        let lifted = edit::lift_key(raw.node.span.file, raw.file, raw.node.span, path);
        found.fix = lifted.map(|edit::Lifted { edits, is_alone, others }| {
            let message = match (is_alone, others) {
                (true, 0) => "move `ports` into the rule, without a list of peers: everybody is allowed",
                _ => "move `ports` into the rule, beside the list of peers",
            };
            Fix { message: message.to_owned(), applicability: Applicability::Unsafe, edits }
        });
    }
}

fn root(decoder: &mut Decoder<'_>, node: &Node<'_>) -> Spec {
    let nowhere = Span::new(node.span.file, node.span.end, node.span.end);
    let mut spec = empty_spec(nowhere);
    let Value::Mapping(fields) = &node.value else { return spec };
    for entry in &fields.entries {
        let path = Path::ROOT.field(&entry.key);
        match entry.key.as_ref() {
            "apiVersion" | "kind" | "metadata" => {}
            "spec" => spec = read_spec(decoder, &entry.value, &path),
            key => {
                folded_field(decoder, entry, key);
                Level::Root.unknown_field(decoder, entry, &fields.entries, &path);
            }
        }
    }
    spec
}

/// A first pass of the server looks at `apiVersion`, `kind` and `metadata` without regard to case, and at their types.
fn folded_field(decoder: &mut Decoder<'_>, entry: &Entry<'_>, key: &str) {
    for name in ["apiVersion", "kind"] {
        if key.eq_ignore_ascii_case(name) {
            let expected = GoType::new("metadataOnlyObject.TypeMeta", "string");
            decoder.text(&entry.value, &Path::ROOT.field(name), expected);
        }
    }
    if key.eq_ignore_ascii_case("metadata") {
        let expected = GoType::new("metadataOnlyObject", "v1.ObjectMeta");
        decoder.mapping(&entry.value, &Path::ROOT.field("metadata"), expected);
    }
}

fn empty_spec(span: Span) -> Spec {
    Spec {
        span,
        pod_selector: Some(Spanned::new(LabelSelector::default(), span)),
        policy_types: Spanned::new(Vec::new(), span),
        ingress: None,
        egress: None,
        blank_egress: None,
    }
}

fn read_spec(decoder: &mut Decoder<'_>, node: &Node<'_>, path: &Path<'_>) -> Spec {
    let owner = "NetworkPolicySpec";
    let mut spec = empty_spec(Span::new(node.span.file, node.span.end, node.span.end));
    let wrong_types = decoder.wrong_types;
    let Some(fields) = decoder.mapping(node, path, GoType::new(KIND, "v1.NetworkPolicySpec")) else {
        spec.pod_selector = spec.pod_selector.filter(|_| decoder.wrong_types == wrong_types);
        return spec;
    };
    spec.span = node.span;
    for entry in &fields.entries {
        let (node, path) = (&entry.value, path.field(&entry.key));
        match entry.key.as_ref() {
            "podSelector" => {
                let missing = Spanned { value: LabelSelector::default(), span: node.span, via: node.via };
                let selector = LabelSelector::read(decoder, node, &path, owner);
                let is_null = node.value == Value::Null;
                spec.pod_selector = selector.or_else(|| is_null.then_some(missing));
            }
            "policyTypes" => {
                let types = [GoType::new(owner, "[]v1.PolicyType"), GoType::new(owner, "v1.PolicyType")];
                let wrong_types = decoder.wrong_types;
                let value =
                    decoder.strings(node, &path, types).filter(|_| decoder.wrong_types == wrong_types);
                let value = value.unwrap_or_default();
                spec.policy_types = Spanned { value, span: node.span, via: node.via };
            }
            "ingress" => spec.ingress = rules(decoder, entry, &path, Direction::Ingress),
            "egress" => {
                spec.blank_egress = blank_key(entry);
                spec.egress = rules(decoder, entry, &path, Direction::Egress);
            }
            _ => Level::Spec.unknown_field(decoder, entry, &fields.entries, &path),
        }
    }
    spec
}

/// The Go types of a direction: the list of rules, a rule, and the name of a rule's type.
const fn rule_types(direction: Direction) -> (GoType, GoType, &'static str) {
    let owner = "NetworkPolicySpec";
    match direction {
        Direction::Ingress => (
            GoType::new(owner, "[]v1.NetworkPolicyIngressRule"),
            GoType::new(owner, "v1.NetworkPolicyIngressRule"),
            "NetworkPolicyIngressRule",
        ),
        Direction::Egress => (
            GoType::new(owner, "[]v1.NetworkPolicyEgressRule"),
            GoType::new(owner, "v1.NetworkPolicyEgressRule"),
            "NetworkPolicyEgressRule",
        ),
    }
}

fn rules(
    decoder: &mut Decoder<'_>,
    entry: &Entry<'_>,
    path: &Path<'_>,
    direction: Direction,
) -> Option<Rules> {
    let (list, item, _) = rule_types(direction);
    let nodes = decoder.sequence(&entry.value, path, list)?;
    let mut rules = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        let path = path.index(index);
        // `null` is an empty rule, which allows everything.
        let mut value = Rule::default();
        if let Some(fields) = decoder.mapping(node, &path, item) {
            value = rule(decoder, &fields.entries, &path, direction);
        }
        rules.push(Spanned { value, span: node.span, via: node.via });
    }
    Some(Rules { key: entry.key_span, span: entry.value.span, rules })
}

fn rule(decoder: &mut Decoder<'_>, fields: &[Entry<'_>], path: &Path<'_>, direction: Direction) -> Rule {
    let (_, _, owner) = rule_types(direction);
    let peers_key = match direction {
        Direction::Ingress => "from",
        Direction::Egress => "to",
    };
    let mut rule = Rule::default();
    for entry in fields {
        let path = path.field(&entry.key);
        match entry.key.as_ref() {
            key if key == peers_key => {
                rule.blank_peers = blank_key(entry);
                let peer = GoType::new(owner, "v1.NetworkPolicyPeer");
                let types = [GoType::new(owner, "[]v1.NetworkPolicyPeer"), peer];
                rule.peers = items(decoder, entry, &path, types, read_peer);
            }
            "ports" => {
                let port = GoType::new(owner, "v1.NetworkPolicyPort");
                let types = [GoType::new(owner, "[]v1.NetworkPolicyPort"), port];
                rule.ports = items(decoder, entry, &path, types, read_port);
            }
            _ => Level::Rule(direction).unknown_field(decoder, entry, fields, &path),
        }
    }
    rule
}

/// The key of an entry without a value.
fn blank_key(entry: &Entry<'_>) -> Option<Span> {
    (entry.value.value == Value::Null).then_some(entry.key_span)
}

/// A list of mappings; a `null` among them is an empty one. The place is the key's.
fn items<T: Default>(
    decoder: &mut Decoder<'_>,
    entry: &Entry<'_>,
    path: &Path<'_>,
    [list, item]: [GoType; 2],
    read: fn(&mut Decoder<'_>, &[Entry<'_>], &Path<'_>) -> T,
) -> Option<Spanned<Vec<Spanned<T>>>> {
    let nodes = decoder.sequence(&entry.value, path, list)?;
    let mut items = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        let path = path.index(index);
        let mut value = T::default();
        if let Some(fields) = decoder.mapping(node, &path, item) {
            value = read(decoder, &fields.entries, &path);
        }
        items.push(Spanned { value, span: node.span, via: node.via });
    }
    Some(Spanned { value: items, span: entry.key_span, via: entry.value.via })
}

fn read_peer(decoder: &mut Decoder<'_>, fields: &[Entry<'_>], path: &Path<'_>) -> Peer {
    let owner = "NetworkPolicyPeer";
    let mut peer = Peer::default();
    for entry in fields {
        let (node, path) = (&entry.value, path.field(&entry.key));
        match entry.key.as_ref() {
            "podSelector" => peer.pod_selector = LabelSelector::read(decoder, node, &path, owner),
            "namespaceSelector" => {
                peer.namespace_selector = LabelSelector::read(decoder, node, &path, owner);
            }
            "ipBlock" => peer.ip_block = ip_block(decoder, node, &path),
            _ => Level::Peer.unknown_field(decoder, entry, fields, &path),
        }
    }
    peer
}

fn ip_block(decoder: &mut Decoder<'_>, node: &Node<'_>, path: &Path<'_>) -> Option<Spanned<IpBlock>> {
    let owner = "IPBlock";
    let fields = decoder.mapping(node, path, GoType::new("NetworkPolicyPeer", "v1.IPBlock"))?;
    let missing = Spanned { value: String::new(), span: node.span, via: node.via };
    let mut block = IpBlock { cidr: missing, except: Vec::new() };
    for entry in &fields.entries {
        let path = path.field(&entry.key);
        match entry.key.as_ref() {
            "cidr" => {
                let cidr = decoder.string(&entry.value, &path, GoType::new(owner, "string"));
                block.cidr = cidr.unwrap_or(block.cidr);
            }
            "except" => {
                let types = [GoType::new(owner, "[]string"), GoType::new(owner, "string")];
                block.except = decoder.strings(&entry.value, &path, types).unwrap_or_default();
            }
            _ => Level::Block.unknown_field(decoder, entry, &fields.entries, &path),
        }
    }
    Some(Spanned { value: block, span: node.span, via: node.via })
}

fn read_port(decoder: &mut Decoder<'_>, fields: &[Entry<'_>], path: &Path<'_>) -> Port {
    let owner = "NetworkPolicyPort";
    let mut port = Port::default();
    for entry in fields {
        let (node, path) = (&entry.value, path.field(&entry.key));
        match entry.key.as_ref() {
            "protocol" => port.protocol = decoder.string(node, &path, GoType::new(owner, "v1.Protocol")),
            "port" => port.port = port_number(decoder, node, &path),
            "endPort" => port.end_port = decoder.integer(node, &path, GoType::new(owner, "int32")),
            _ => Level::Port.unknown_field(decoder, entry, fields, &path),
        }
    }
    port
}

/// A number, or a text: a name or a placeholder.
fn port_number(decoder: &mut Decoder<'_>, node: &Node<'_>, path: &Path<'_>) -> Option<Spanned<PortNumber>> {
    let expected = GoType::new("NetworkPolicyPort", "int32");
    if matches!(node.value, Value::String(_)) {
        return decoder.string(node, path, expected).map(|name| name.map(PortNumber::Name));
    }
    let number = decoder.integer(node, path, expected)?;
    let value = number.value?;
    Some(number.map(|_| PortNumber::Number(value)))
}
