//! The schema of `ClusterNetworkPolicy`, experimental channel.

use super::domain::DOMAINS;
use crate::dialect::crd::common::{CIDR, PORT, SELECTOR, TEXT};
use crate::dialect::crd::schema::{Counts, Field, List, Object, Rule, Schema, Text, field, items};
use crate::yaml::{Node, Value};

/// The most rules, peers, protocols, networks and names in a list.
const MOST: usize = 25;

/// The object.
pub(super) const ROOT: Object = Object::of(&[
    Field::optional("apiVersion", Schema::Any),
    Field::optional("kind", Schema::Any),
    Field::optional("metadata", Schema::Any),
    Field::optional("status", Schema::Any),
    Field::required("spec", Schema::Object(&SPEC)),
]);

const SPEC: Object = Object {
    misplaced: &[
        ("podSelector", "the pods stand under `subject`: write `subject: {pods: {podSelector: …}}`"),
        ("policyTypes", "remove it: a direction without rules is left alone"),
    ],
    ..Object::of(&[
        Field::required("tier", Schema::Text(&Text::of(&["Admin", "Baseline"]))),
        Field::required("priority", Schema::Integer(0, 1000)),
        Field::required("subject", Schema::Object(&SUBJECT)),
        Field::optional("ingress", rules(&INGRESS)),
        Field::optional("egress", rules(&EGRESS)),
    ])
};

const fn rules(rules: &'static List) -> Schema {
    Schema::List(rules)
}

const INGRESS: List = List { items: Schema::Object(&INGRESS_RULE), counts: Counts(0, MOST), is_set: false };
const EGRESS: List = List { items: Schema::Object(&EGRESS_RULE), counts: Counts(0, MOST), is_set: false };

const SUBJECT: Object = Object::one_of(&[
    Field::optional("namespaces", SELECTOR),
    Field::optional("pods", Schema::Object(&PODS)),
]);

const PODS: Object =
    Object::of(&[Field::optional("namespaceSelector", SELECTOR), Field::required("podSelector", SELECTOR)]);

const ACTION: Schema = Schema::Text(&Text::of(&["Accept", "Deny", "Pass"]));

/// The name of a rule.
pub(super) const NAME: Schema = Schema::Text(&Text { longest: Some(100), ..Text::ANY });

const MISPLACED: &[(&str, &str)] = &[
    ("ports", "it is called `protocols` here: `protocols: [{tcp: {destinationPort: {number: 80}}}]`"),
    ("port", "write `protocols: [{tcp: {destinationPort: {number: 80}}}]`"),
    ("protocol", "write `protocols: [{tcp: {destinationPort: {number: 80}}}]`"),
];

const INGRESS_RULE: Object = Object {
    misplaced: MISPLACED,
    ..Object::of(&[
        Field::optional("name", NAME),
        Field::required("action", ACTION),
        Field::required("from", Schema::List(&List { items: Schema::Object(&SUBJECT_PEER), ..PEERS })),
        Field::optional("protocols", Schema::List(&PROTOCOLS)),
    ])
};

const EGRESS_RULE: Object = Object {
    misplaced: MISPLACED,
    rules: &[Rule {
        message: "networks/nodes/domainNames peer cannot be set with namedPorts since there are no namedPorts for \
            networks/nodes/domainNames",
        holds: names_only_ports_of_pods,
    }],
    ..Object::of(&[
        Field::optional("name", NAME),
        Field::required("action", ACTION),
        Field::required("to", Schema::List(&PEERS)),
        Field::optional("protocols", Schema::List(&PROTOCOLS)),
    ])
};

const SUBJECT_PEER: Object = Object {
    misplaced: &[
        ("podSelector", "write `pods: {podSelector: …}`"),
        ("namespaceSelector", "write `namespaces: …`, or `pods: {namespaceSelector: …, podSelector: …}`"),
        ("networks", "only egress rules name networks; what comes from outside meets no ingress rule"),
        ("nodes", "only egress rules name nodes"),
        ("ipBlock", "only egress rules name addresses, under `networks`"),
    ],
    ..SUBJECT
};

const PEERS: List = List { items: Schema::Object(&EGRESS_PEER), counts: Counts(1, MOST), is_set: false };

const EGRESS_PEER: Object = Object {
    misplaced: &[
        ("podSelector", "write `pods: {podSelector: …}`"),
        ("namespaceSelector", "write `namespaces: …`, or `pods: {namespaceSelector: …, podSelector: …}`"),
        ("ipBlock", "write `networks: [10.0.0.0/8]`; there are no exceptions"),
    ],
    ..Object::one_of(&[
        Field::optional("namespaces", SELECTOR),
        Field::optional("pods", Schema::Object(&PODS)),
        Field::optional("networks", Schema::List(&NETWORKS)),
        Field::optional("nodes", SELECTOR),
        Field::optional("domainNames", Schema::List(&DOMAINS)),
    ])
};

/// `networks`.
pub(super) const NETWORKS: List = List { items: CIDR, counts: Counts(1, MOST), is_set: true };

const PROTOCOLS: List = List { items: Schema::Object(&PROTOCOL), counts: Counts(1, MOST), is_set: false };

const PROTOCOL: Object = Object::one_of(&[
    Field::optional("tcp", Schema::Object(&OF_PROTOCOL)),
    Field::optional("udp", Schema::Object(&OF_PROTOCOL)),
    Field::optional("sctp", Schema::Object(&OF_PROTOCOL)),
    Field::optional("destinationNamedPort", TEXT),
]);

const OF_PROTOCOL: Object = Object {
    counts: Counts(1, usize::MAX),
    ..Object::of(&[Field::optional("destinationPort", Schema::Object(&DESTINATION_PORT))])
};

const DESTINATION_PORT: Object =
    Object::one_of(&[Field::optional("number", PORT), Field::optional("range", Schema::Object(&RANGE))]);

const RANGE: Object = Object {
    rules: &[Rule { message: "Start port must be less than End port", holds: starts_before_its_end }],
    ..Object::of(&[Field::required("start", PORT), Field::required("end", PORT)])
};

fn starts_before_its_end(range: &Node<'_>) -> bool {
    let number = |name| match field(range, name).map(|node| &node.value) {
        Some(Value::Int(number)) => Some(*number),
        _ => None,
    };
    match (number("start"), number("end")) {
        (Some(start), Some(end)) => start < end,
        _ => true,
    }
}

fn names_only_ports_of_pods(rule: &Node<'_>) -> bool {
    let has_names = has_named_port(rule, "protocols", "destinationNamedPort");
    !(has_names && has_peer_of(rule, &["networks", "nodes", "domainNames"]))
}

/// Whether an item of the list `ports` of a rule names a port.
pub(super) fn has_named_port(rule: &Node<'_>, ports: &str, name: &str) -> bool {
    items(field(rule, ports)).iter().any(|port| field(port, name).is_some())
}

/// Whether a rule has a peer of one of these families.
pub(super) fn has_peer_of(rule: &Node<'_>, families: &[&str]) -> bool {
    let is_of = |peer: &Node<'_>| families.iter().any(|family| field(peer, family).is_some());
    items(field(rule, "to")).iter().any(is_of)
}
