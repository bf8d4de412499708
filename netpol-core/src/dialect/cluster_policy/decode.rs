//! From the tree to the typed resource. The schema was looked at before: what does not fit is left out here.

use super::kind::Kind;
use super::resource::{Action, ClusterPolicy, Peer, Port, Rule, Standing, Tier};
use crate::diagnostic::ObjectRef;
use crate::dialect::crd::schema::{field, items};
use crate::manifest::decode::placeholder::has_placeholder;
use crate::manifest::decode::{Decoder, Path};
use crate::manifest::{LabelSelector, RawObject};
use crate::net::Protocol;
use crate::text::Spanned;
use crate::yaml::{Node, Value};

/// Reads the fields of a policy.
pub(super) fn decode(raw: &RawObject<'_, '_>, kind: Kind, decoder: &mut Decoder<'_>) -> ClusterPolicy {
    let spec = field(raw.node, "spec");
    let mut reader = Reader { decoder, kind };
    let part = |name| spec.and_then(|spec| field(spec, name)).map(|node| (node, name));
    let subject = part("subject").map(|(node, _)| spanned(node, reader.peer(node)));
    let mut rules = |name| part(name).map(|(node, name)| reader.rules(node, name));
    ClusterPolicy {
        span: raw.node.span,
        object: ObjectRef { namespace: None, ..raw.object.clone() },
        tier: tier(kind, spec),
        priority: priority(kind, spec),
        subject: subject.filter(|peer| matches!(peer.value, Peer::Namespaces(_) | Peer::Pods { .. })),
        ingress: rules("ingress"),
        egress: rules("egress"),
        standing: Standing::Accepted,
        remarks: Vec::new(),
    }
}

fn tier(kind: Kind, spec: Option<&Node<'_>>) -> Option<Tier> {
    match kind {
        Kind::Admin => Some(Tier::Admin),
        Kind::Baseline => Some(Tier::Baseline),
        Kind::Cluster => match text(field(spec?, "tier")?)? {
            "Admin" => Some(Tier::Admin),
            "Baseline" => Some(Tier::Baseline),
            _ => None,
        },
    }
}

fn priority(kind: Kind, spec: Option<&Node<'_>>) -> Option<i32> {
    match kind {
        Kind::Baseline => Some(0),
        Kind::Cluster | Kind::Admin => integer(field(spec?, "priority")?),
    }
}

struct Reader<'r, 'd> {
    decoder: &'r mut Decoder<'d>,
    kind: Kind,
}

impl Reader<'_, '_> {
    fn rules(&mut self, node: &Node<'_>, direction: &str) -> Vec<Spanned<Rule>> {
        let peers = if direction == "ingress" { "from" } else { "to" };
        items(Some(node)).iter().map(|node| spanned(node, self.rule(node, peers))).collect()
    }

    fn rule(&mut self, node: &Node<'_>, peers: &str) -> Rule {
        let name = field(node, "name").and_then(|node| Some(spanned(node, text(node)?.to_owned())));
        let action = field(node, "action").and_then(|node| Some(spanned(node, action(text(node)?)?)));
        let peers = items(field(node, peers)).iter().map(|node| spanned(node, self.peer(node))).collect();
        let ports = match self.kind {
            Kind::Cluster => {
                field(node, "protocols").map(|list| (list, protocol_item as fn(&Node<'_>) -> Port))
            }
            Kind::Admin | Kind::Baseline => {
                // An empty list is no list: the rule is about every port.
                let list = field(node, "ports").filter(|list| !items(Some(list)).is_empty());
                list.map(|list| (list, port_item as fn(&Node<'_>) -> Port))
            }
        };
        let ports = ports
            .map(|(list, read)| items(Some(list)).iter().map(|node| spanned(node, read(node))).collect());
        let key = if self.kind == Kind::Cluster { "protocols" } else { "ports" };
        let ports_key = match &node.value {
            Value::Mapping(mapping) => mapping.get(key).map(|entry| entry.key_span),
            _ => None,
        };
        Rule { name, action, peers, ports_key, ports }
    }

    fn peer(&mut self, node: &Node<'_>) -> Peer {
        if let Some(selector) = self.selector(field(node, "namespaces")) {
            return Peer::Namespaces(selector);
        }
        if let Some(pods) = field(node, "pods") {
            let namespaces = self.selector(field(pods, "namespaceSelector"));
            return match self.selector(field(pods, "podSelector")) {
                Some(pods) => Peer::Pods { namespaces, pods },
                None => Peer::Other,
            };
        }
        if let Some(selector) = self.selector(field(node, "nodes")) {
            return Peer::Nodes(selector);
        }
        let texts = |list| items(field(node, list)).iter().filter_map(spanned_text).collect::<Vec<_>>();
        match (texts("networks"), texts("domainNames")) {
            (networks, _) if !networks.is_empty() => Peer::Networks(networks),
            (_, domains) if !domains.is_empty() => Peer::Domains(domains),
            _ => Peer::Other,
        }
    }

    fn selector(&mut self, node: Option<&Node<'_>>) -> Option<Spanned<LabelSelector>> {
        LabelSelector::read(self.decoder, &without_nulls(node?), &Path::ROOT, "spec")
    }
}

/// The server drops keys without a value before it looks at an object.
fn without_nulls<'t>(node: &Node<'t>) -> Node<'t> {
    let mut node = node.clone();
    match &mut node.value {
        Value::Mapping(mapping) => {
            mapping.entries.retain(|entry| entry.value.value != Value::Null);
            for entry in &mut mapping.entries {
                entry.value = without_nulls(&entry.value);
            }
        }
        Value::Sequence(items) => items.iter_mut().for_each(|item| *item = without_nulls(item)),
        _ => {}
    }
    node
}

fn action(text: &str) -> Option<Action> {
    match text {
        "Accept" | "Allow" => Some(Action::Accept),
        "Deny" => Some(Action::Deny),
        "Pass" => Some(Action::Pass),
        _ => None,
    }
}

/// An item of `protocols`: a protocol with its port, or a name.
fn protocol_item(node: &Node<'_>) -> Port {
    let protocols = [("tcp", Protocol::Tcp), ("udp", Protocol::Udp), ("sctp", Protocol::Sctp)];
    for (name, protocol) in protocols {
        let Some(port) = field(node, name) else { continue };
        let port = field(port, "destinationPort");
        let range = port.and_then(|port| field(port, "range"));
        let number = port.and_then(|port| field(port, "number"));
        let end = |name| range.and_then(|range| field(range, name)).or(number).and_then(port_number);
        let is_range = range.is_some();
        return Port::Range { protocol: Some(protocol), first: end("start"), last: end("end"), is_range };
    }
    named(node, "destinationNamedPort")
}

/// An item of `ports` in v1alpha1. The server fills in TCP; another word is a protocol that no packet has.
fn port_item(node: &Node<'_>) -> Port {
    let protocol = |node: &Node<'_>| match field(node, "protocol") {
        None => Some(Protocol::Tcp),
        Some(name) => text(name).and_then(Protocol::parse),
    };
    if let Some(port) = field(node, "portNumber") {
        let number = field(port, "port").and_then(port_number);
        return Port::Range { protocol: protocol(port), first: number, last: number, is_range: false };
    }
    if let Some(range) = field(node, "portRange") {
        let end = |name| field(range, name).and_then(port_number);
        return Port::Range {
            protocol: protocol(range),
            first: end("start"),
            last: end("end"),
            is_range: true,
        };
    }
    named(node, "namedPort")
}

fn named(node: &Node<'_>, name: &str) -> Port {
    match field(node, name).and_then(text).filter(|name| !has_placeholder(name)) {
        Some(name) => Port::Named(name.to_owned()),
        None => Port::Range { protocol: None, first: None, last: None, is_range: false },
    }
}

fn port_number(node: &Node<'_>) -> Option<u16> {
    integer(node).and_then(|number| u16::try_from(number).ok())
}

fn integer(node: &Node<'_>) -> Option<i32> {
    match &node.value {
        Value::Int(number) => i32::try_from(*number).ok(),
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 1e9 => Some(*number as i32),
        _ => None,
    }
}

fn text<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    match &node.value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn spanned_text(node: &Node<'_>) -> Option<Spanned<String>> {
    text(node).map(|text| spanned(node, text.to_owned()))
}

fn spanned<T>(node: &Node<'_>, value: T) -> Spanned<T> {
    Spanned { value, span: node.span, via: node.via }
}
