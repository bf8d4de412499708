//! A typed policy, written back as the API server stores it.

use netpol_core::dialect::network_policy::{IpBlock, NetworkPolicy, Peer, Port, PortNumber, Rule, Rules};
use netpol_core::manifest::{Expression, LabelSelector};
use netpol_core::text::Spanned;
use serde_json::{Map, Value, json};

/// The `spec` of a policy after defaulting, without fields that are empty.
pub fn spec(policy: &NetworkPolicy) -> Value {
    let spec = &policy.spec;
    let selector =
        spec.pod_selector.as_ref().map_or_else(|| json!({}), |selector| selector_json(&selector.value));
    let mut fields = Map::new();
    fields.insert("podSelector".into(), selector);
    insert_rules(&mut fields, "ingress", "from", spec.ingress.as_ref());
    insert_rules(&mut fields, "egress", "to", spec.egress.as_ref());
    insert_list(&mut fields, "policyTypes", texts(&spec.policy_types.value));
    Value::Object(fields)
}

fn insert_rules(fields: &mut Map<String, Value>, name: &str, peers_key: &str, rules: Option<&Rules>) {
    let rules = rules.map(|rules| rules.rules.iter().map(|rule| rule_json(&rule.value, peers_key)).collect());
    insert_list(fields, name, rules.unwrap_or_default());
}

fn insert_list(fields: &mut Map<String, Value>, name: &str, items: Vec<Value>) {
    if !items.is_empty() {
        fields.insert(name.into(), Value::Array(items));
    }
}

fn texts(texts: &[Spanned<String>]) -> Vec<Value> {
    texts.iter().map(|text| json!(text.value)).collect()
}

fn rule_json(rule: &Rule, peers_key: &str) -> Value {
    let mut fields = Map::new();
    let peers = rule.peers.iter().flat_map(|peers| &peers.value).map(|peer| peer_json(&peer.value));
    insert_list(&mut fields, peers_key, peers.collect());
    let ports = rule.ports.iter().flat_map(|ports| &ports.value).map(|port| port_json(&port.value));
    insert_list(&mut fields, "ports", ports.collect());
    Value::Object(fields)
}

fn peer_json(peer: &Peer) -> Value {
    let mut fields = Map::new();
    for (name, selector) in
        [("podSelector", &peer.pod_selector), ("namespaceSelector", &peer.namespace_selector)]
    {
        if let Some(selector) = selector {
            fields.insert(name.into(), selector_json(&selector.value));
        }
    }
    if let Some(block) = &peer.ip_block {
        fields.insert("ipBlock".into(), block_json(&block.value));
    }
    Value::Object(fields)
}

fn block_json(block: &IpBlock) -> Value {
    let mut fields = Map::new();
    fields.insert("cidr".into(), json!(block.cidr.value));
    insert_list(&mut fields, "except", texts(&block.except));
    Value::Object(fields)
}

fn port_json(port: &Port) -> Value {
    let mut fields = Map::new();
    if let Some(protocol) = &port.protocol {
        fields.insert("protocol".into(), json!(protocol.value));
    }
    if let Some(number) = &port.port {
        let value = match &number.value {
            PortNumber::Number(number) => json!(number),
            PortNumber::Name(name) => json!(name),
        };
        fields.insert("port".into(), value);
    }
    if let Some(end) = &port.end_port {
        fields.insert("endPort".into(), json!(end.value));
    }
    Value::Object(fields)
}

fn selector_json(selector: &LabelSelector) -> Value {
    let mut fields = Map::new();
    let labels: Map<String, Value> =
        selector.match_labels.iter().map(|(key, value)| (key.value.clone(), json!(value.value))).collect();
    if !labels.is_empty() {
        fields.insert("matchLabels".into(), Value::Object(labels));
    }
    let expressions = selector.match_expressions.iter().map(|expression| expression_json(&expression.value));
    insert_list(&mut fields, "matchExpressions", expressions.collect());
    Value::Object(fields)
}

fn expression_json(expression: &Expression) -> Value {
    let mut fields = Map::new();
    fields.insert("key".into(), json!(expression.key.value));
    fields.insert("operator".into(), json!(expression.operator.value));
    insert_list(&mut fields, "values", texts(&expression.values));
    Value::Object(fields)
}
