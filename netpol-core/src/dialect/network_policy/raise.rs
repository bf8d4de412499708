//! From the intermediate representation back to YAML, in the spelling of the API.

use std::fmt;

use crate::net::{HoledBlock, IpSet, Protocol};
use crate::policy::{Direction, NamespaceMatch, Peer, PodMatch, PortMatch, Ports, Rule};
use crate::selector::{Operator, Requirement, Selector};
use crate::text::Span;
use crate::yaml::{Entry, Mapping, Node, Value};

/// A value to be written as YAML. It is shown in flow style: `{podSelector: {matchLabels: {app: web}}}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raised {
    /// A text, quoted where YAML would read something else.
    Text(String),
    /// A number.
    Number(u16),
    /// A list.
    List(Vec<Self>),
    /// A mapping, in this order.
    Map(Vec<(String, Self)>),
}

/// A peer as items of `from` or `to` of a policy in `namespace`; several when a set of addresses needs several blocks.
/// `None` when the API has no words for it.
pub fn peer(peer: &Peer, namespace: &str) -> Option<Vec<Raised>> {
    match peer {
        Peer::Pods(pods) => pod_peer(pods, namespace).map(|item| vec![item]),
        Peer::Addresses(block) if block.unknown.is_empty() => Some(blocks(&block.addresses)),
        Peer::Addresses(_) => None,
    }
}

/// An item of `ports`; `None` when it holds what is not known.
pub fn port(port: &PortMatch) -> Option<Raised> {
    let protocol = port.protocol?;
    let mut fields = vec![field("protocol", text(protocol.name()))];
    match &port.ports {
        Ports::Every => {}
        Ports::Range(first, last) if first == last => fields.push(field("port", Raised::Number(*first))),
        Ports::Range(first, last) => {
            fields.push(field("port", Raised::Number(*first)));
            fields.push(field("endPort", Raised::Number(*last)));
        }
        Ports::Named(name) => fields.push(field("port", text(name))),
        Ports::Unknown => return None,
    }
    Some(Raised::Map(fields))
}

/// A port of a protocol, as an item of `ports`.
pub fn single_port(protocol: Protocol, number: u16) -> Raised {
    Raised::Map(vec![field("protocol", text(protocol.name())), field("port", Raised::Number(number))])
}

/// A rule as an item of `ingress` or `egress` of a policy in `namespace`; `None` when the API has no words for it.
pub fn rule(rule: &Rule, namespace: &str) -> Option<Raised> {
    let mut fields = Vec::new();
    if let Some(peers) = &rule.peers {
        let items: Option<Vec<Vec<Raised>>> =
            peers.iter().map(|placed| peer(&placed.value, namespace)).collect();
        let key = match rule.direction {
            Direction::Ingress => "from",
            Direction::Egress => "to",
        };
        fields.push(field(key, Raised::List(items?.into_iter().flatten().collect())));
    }
    if let Some(ports) = &rule.ports {
        let items: Option<Vec<Raised>> = ports.iter().map(|placed| port(&placed.value)).collect();
        fields.push(field("ports", Raised::List(items?)));
    }
    Some(Raised::Map(fields))
}

/// A policy with one rule; `None` when the API has no words for it.
pub fn policy(namespace: &str, name: &str, subject: &Selector, rule: &Rule) -> Option<Raised> {
    let (list, direction) = match rule.direction {
        Direction::Ingress => ("ingress", "Ingress"),
        Direction::Egress => ("egress", "Egress"),
    };
    let metadata = vec![field("name", text(name)), field("namespace", text(namespace))];
    let spec = vec![
        field("podSelector", selector(subject)?),
        field("policyTypes", Raised::List(vec![text(direction)])),
        field(list, Raised::List(vec![self::rule(rule, namespace)?])),
    ];
    Some(Raised::Map(vec![
        field("apiVersion", text("networking.k8s.io/v1")),
        field("kind", text("NetworkPolicy")),
        field("metadata", Raised::Map(metadata)),
        field("spec", Raised::Map(spec)),
    ]))
}

/// A selector; `None` when it holds what is not known.
pub fn selector(selector: &Selector) -> Option<Raised> {
    let (mut labels, mut expressions) = (Vec::new(), Vec::new());
    for requirement in selector.requirements() {
        let key = requirement.key.as_ref().filter(|_| !requirement.has_unknown_value)?;
        let is_taken = labels.iter().any(|(taken, _)| taken == key);
        match (requirement.operator, requirement.values.as_slice()) {
            (Operator::In, [value]) if !is_taken => labels.push((key.clone(), text(value))),
            _ => expressions.push(expression(key, requirement)),
        }
    }
    let mut fields = Vec::new();
    if !labels.is_empty() {
        fields.push(field("matchLabels", Raised::Map(labels)));
    }
    if !expressions.is_empty() {
        fields.push(field("matchExpressions", Raised::List(expressions)));
    }
    Some(Raised::Map(fields))
}

fn expression(key: &str, requirement: &Requirement) -> Raised {
    let mut fields = vec![field("key", text(key)), field("operator", text(requirement.operator.name()))];
    if !requirement.values.is_empty() {
        let values = requirement.values.iter().map(|value| text(value)).collect();
        fields.push(field("values", Raised::List(values)));
    }
    Raised::Map(fields)
}

fn pod_peer(pods: &PodMatch, namespace: &str) -> Option<Raised> {
    let mut fields = Vec::new();
    match &pods.namespaces {
        NamespaceMatch::Named(name) if name == namespace => {
            return Some(Raised::Map(vec![field("podSelector", selector(&pods.pods)?)]));
        }
        NamespaceMatch::Named(name) => {
            let label = field("kubernetes.io/metadata.name", text(name));
            let labels = Raised::Map(vec![field("matchLabels", Raised::Map(vec![label]))]);
            fields.push(field("namespaceSelector", labels));
        }
        NamespaceMatch::Selected(namespaces) => {
            fields.push(field("namespaceSelector", selector(namespaces)?));
        }
    }
    if !pods.pods.is_everything() {
        fields.push(field("podSelector", selector(&pods.pods)?));
    }
    Some(Raised::Map(fields))
}

/// One `ipBlock` for each block that the addresses consist of, with `except` where that takes fewer.
fn blocks(addresses: &IpSet) -> Vec<Raised> {
    let blocks = addresses.holed_blocks().into_iter().map(|HoledBlock { block, excepts }| {
        let mut fields = vec![field("cidr", text(&block.to_string()))];
        if !excepts.is_empty() {
            let excepts = excepts.iter().map(|except| text(&except.to_string())).collect();
            fields.push(field("except", Raised::List(excepts)));
        }
        Raised::Map(vec![field("ipBlock", Raised::Map(fields))])
    });
    blocks.collect()
}

fn field(name: &str, value: Raised) -> (String, Raised) {
    (name.to_owned(), value)
}

fn text(text: &str) -> Raised {
    Raised::Text(text.to_owned())
}

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) if is_plain(text) => f.write_str(text),
            Self::Text(text) => write!(f, "{}", serde_json::Value::from(text.as_str())),
            Self::Number(number) => write!(f, "{number}"),
            Self::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Self::Map(fields) => {
                f.write_str("{")?;
                for (index, (name, value)) in fields.iter().enumerate() {
                    let name = Self::Text(name.clone());
                    write!(f, "{}{name}: {value}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str("}")
            }
        }
    }
}

impl Raised {
    /// The value as one of YAML. What is new stands nowhere yet: `place` is where it is said to.
    pub fn to_value(&self, place: Span) -> Value<'_> {
        match self {
            Self::Text(text) => Value::String(text.as_str().into()),
            Self::Number(number) => Value::Int(i64::from(*number)),
            Self::List(items) => Value::Sequence(items.iter().map(|item| item.to_node(place)).collect()),
            Self::Map(fields) => {
                let entries = fields.iter().map(|(key, field)| Entry {
                    key: key.as_str().into(),
                    key_span: place,
                    value: field.to_node(place),
                });
                Value::Mapping(Mapping { entries: entries.collect() })
            }
        }
    }

    fn to_node(&self, span: Span) -> Node<'_> {
        Node { value: self.to_value(span), span, via: None }
    }

    /// The value in block style: the outermost mapping as lines `key: value`, the values in flow style. `indent` blanks
    /// stand before each line but the first.
    pub fn to_block(&self, indent: usize) -> String {
        let Self::Map(fields) = self else { return self.to_string() };
        if fields.is_empty() {
            return self.to_string();
        }
        let lines: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}: {value}", Self::Text(name.clone()))).collect();
        lines.join(&format!("\n{}", " ".repeat(indent)))
    }
}

/// Whether YAML reads a text without quotes as that text, in flow style too, in any version.
fn is_plain(text: &str) -> bool {
    let starts_well = text.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let is_block =
        !starts_well && text.contains('/') && text.starts_with(|letter: char| letter.is_ascii_digit());
    let is_word = matches!(
        text.to_ascii_lowercase().as_str(),
        "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null"
    );
    let letters =
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/'));
    letters && !is_word && (starts_well || is_block)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::AddressBlock;

    fn pods(namespaces: NamespaceMatch, key: &str, value: &str) -> Peer {
        Peer::Pods(PodMatch { namespaces, pods: Selector::new([Requirement::equals(key, value)]) })
    }

    fn shown(peer_value: &Peer) -> String {
        let items = peer(peer_value, "shop").unwrap();
        items.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_pod_of_the_own_namespace_needs_no_namespace_selector() {
        let own = pods(NamespaceMatch::Named("shop".into()), "app", "web");
        assert_eq!(shown(&own), "{podSelector: {matchLabels: {app: web}}}");
        let other = pods(NamespaceMatch::Named("pay".into()), "version", "1.0");
        assert_eq!(
            shown(&other),
            "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: pay}}, podSelector: {matchLabels: \
             {version: \"1.0\"}}}"
        );
    }

    #[test]
    fn what_yaml_would_read_otherwise_is_quoted() {
        let own = pods(NamespaceMatch::Named("shop".into()), "enabled", "yes");
        assert_eq!(shown(&own), "{podSelector: {matchLabels: {enabled: \"yes\"}}}");
    }

    #[test]
    fn addresses_are_blocks() {
        let addresses = IpSet::blocks(["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        let peer = Peer::Addresses(Box::new(AddressBlock::known(addresses)));
        assert_eq!(shown(&peer), "{ipBlock: {cidr: 10.0.0.0/8}} {ipBlock: {cidr: \"fd00::/8\"}}");
    }

    #[test]
    fn a_block_with_a_hole_has_an_except() {
        let hole = IpSet::block("10.1.0.0/16".parse().unwrap());
        let addresses = IpSet::block("10.0.0.0/8".parse().unwrap()).difference(&hole);
        let peer = Peer::Addresses(Box::new(AddressBlock::known(addresses)));
        assert_eq!(shown(&peer), "{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}");
    }

    #[test]
    fn a_range_has_an_end_port() {
        let range = PortMatch { protocol: Some(Protocol::Udp), ports: Ports::Range(80, 90) };
        let raised = port(&range).unwrap();
        assert_eq!(raised.to_string(), "{protocol: UDP, port: 80, endPort: 90}");
        assert_eq!(raised.to_block(2), "protocol: UDP\n  port: 80\n  endPort: 90");
    }
}
