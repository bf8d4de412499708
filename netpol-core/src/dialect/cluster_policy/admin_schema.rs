//! The schemas of `AdminNetworkPolicy` and `BaselineAdminNetworkPolicy`, experimental channel.

use super::domain::DOMAINS;
use super::schema::{NAME, NETWORKS, has_named_port, has_peer_of};
use crate::dialect::crd::common::{PORT, SELECTOR, TEXT};
use crate::dialect::crd::schema::{Counts, Field, List, Object, Rule, Schema, Text, field};
use crate::yaml::{Node, Value};

/// The most rules, peers and ports in a list.
const MOST: usize = 100;

const KIND: Field = Field::optional("kind", Schema::Any);
const VERSION: Field = Field::optional("apiVersion", Schema::Any);
const METADATA: Field = Field::optional("metadata", Schema::Any);
const STATUS: Field = Field::optional("status", Schema::Any);

/// `AdminNetworkPolicy`.
pub(super) const ADMIN: Object =
    Object::of(&[VERSION, KIND, METADATA, STATUS, Field::required("spec", Schema::Object(&ADMIN_SPEC))]);

/// `BaselineAdminNetworkPolicy`.
pub(super) const BASELINE: Object = Object {
    rules: &[Rule {
        message: "Only one baseline admin network policy with metadata.name=\"default\" can be created in the cluster",
        holds: is_called_default,
    }],
    ..Object::of(&[VERSION, KIND, METADATA, STATUS, Field::required("spec", Schema::Object(&BASELINE_SPEC))])
};

const ADMIN_SPEC: Object = Object {
    misplaced: &[
        ("podSelector", "the pods stand under `subject`: write `subject: {pods: {…}}`"),
        ("policyTypes", "remove it: a direction without rules is left alone"),
        ("tier", "remove it: the kind says it; `ClusterNetworkPolicy` has tiers"),
    ],
    ..Object::of(&[
        Field::required("priority", Schema::Integer(0, 1000)),
        Field::required("subject", Schema::Object(&SUBJECT)),
        Field::optional("ingress", Schema::List(&List { items: Schema::Object(&ADMIN_INGRESS), ..RULES })),
        Field::optional("egress", Schema::List(&RULES)),
    ])
};

const BASELINE_SPEC: Object = Object {
    misplaced: &[
        ("podSelector", "the pods stand under `subject`: write `subject: {pods: {…}}`"),
        ("policyTypes", "remove it: a direction without rules is left alone"),
        ("priority", "remove it: there is one such policy for a cluster"),
        ("tier", "remove it: the kind says it; `ClusterNetworkPolicy` has tiers"),
    ],
    ..Object::of(&[
        Field::required("subject", Schema::Object(&SUBJECT)),
        Field::optional("ingress", Schema::List(&List { items: Schema::Object(&BASELINE_INGRESS), ..RULES })),
        Field::optional("egress", Schema::List(&List { items: Schema::Object(&BASELINE_EGRESS), ..RULES })),
    ])
};

const RULES: List = List { items: Schema::Object(&ADMIN_EGRESS), counts: Counts(0, MOST), is_set: false };

const SUBJECT: Object = Object::one_of(&[
    Field::optional("namespaces", SELECTOR),
    Field::optional("pods", Schema::Object(&PODS)),
]);

const PODS: Object =
    Object::of(&[Field::required("namespaceSelector", SELECTOR), Field::required("podSelector", SELECTOR)]);

const ADMIN_ACTION: Field = Field::required("action", Schema::Text(&Text::of(&["Allow", "Deny", "Pass"])));
const BASELINE_ACTION: Field = Field::required("action", Schema::Text(&Text::of(&["Allow", "Deny"])));
const FROM: Field =
    Field::required("from", Schema::List(&List { items: Schema::Object(&INGRESS_PEER), ..PEERS }));
const PORTS: Field = Field::optional("ports", Schema::List(&PORT_LIST));

const MISPLACED: &[(&str, &str)] = &[
    ("protocols", "it is called `ports` here: `ports: [{portNumber: {protocol: TCP, port: 80}}]`"),
    ("port", "write `ports: [{portNumber: {protocol: TCP, port: 80}}]`"),
    ("protocol", "write `ports: [{portNumber: {protocol: TCP, port: 80}}]`"),
];

const ADMIN_INGRESS: Object = Object {
    misplaced: MISPLACED,
    ..Object::of(&[Field::optional("name", NAME), ADMIN_ACTION, FROM, PORTS])
};

const BASELINE_INGRESS: Object = Object {
    misplaced: MISPLACED,
    ..Object::of(&[Field::optional("name", NAME), BASELINE_ACTION, FROM, PORTS])
};

const ADMIN_EGRESS: Object = Object {
    misplaced: MISPLACED,
    rules: &[Rule {
        message: "networks/nodes/domainNames peer cannot be set with namedPorts since there are no namedPorts for \
            networks/nodes/domainNames",
        holds: |rule| names_only_ports_of_pods(rule, &["networks", "nodes", "domainNames"]),
    }],
    ..Object::of(&[
        Field::optional("name", NAME),
        ADMIN_ACTION,
        Field::required("to", Schema::List(&PEERS)),
        PORTS,
    ])
};

const BASELINE_EGRESS: Object = Object {
    misplaced: MISPLACED,
    rules: &[Rule {
        message: "networks/nodes peer cannot be set with namedPorts since there are no namedPorts for networks/nodes",
        holds: |rule| names_only_ports_of_pods(rule, &["networks", "nodes"]),
    }],
    ..Object::of(&[
        Field::optional("name", NAME),
        BASELINE_ACTION,
        Field::required("to", Schema::List(&List { items: Schema::Object(&BASELINE_PEER), ..PEERS })),
        PORTS,
    ])
};

const MISPLACED_PEERS: &[(&str, &str)] = &[
    ("podSelector", "write `pods: {namespaceSelector: {}, podSelector: …}`"),
    ("namespaceSelector", "write `namespaces: …`, or `pods: {namespaceSelector: …, podSelector: …}`"),
    ("networks", "only egress rules name networks; what comes from outside meets no ingress rule"),
    ("nodes", "only egress rules name nodes"),
    ("ipBlock", "only egress rules name addresses, under `networks`"),
    ("domainNames", "only egress rules of an AdminNetworkPolicy name domains"),
];

const INGRESS_PEER: Object = Object { misplaced: MISPLACED_PEERS, ..SUBJECT };

const PEERS: List = List { items: Schema::Object(&ADMIN_PEER), counts: Counts(1, MOST), is_set: false };

const ADMIN_PEER: Object = Object {
    misplaced: MISPLACED_PEERS,
    ..Object::one_of(&[
        Field::optional("namespaces", SELECTOR),
        Field::optional("pods", Schema::Object(&PODS)),
        Field::optional("networks", Schema::List(&NETWORKS)),
        Field::optional("nodes", SELECTOR),
        Field::optional("domainNames", Schema::List(&DOMAINS)),
    ])
};

const BASELINE_PEER: Object = Object {
    misplaced: MISPLACED_PEERS,
    ..Object::one_of(&[
        Field::optional("namespaces", SELECTOR),
        Field::optional("pods", Schema::Object(&PODS)),
        Field::optional("networks", Schema::List(&NETWORKS)),
        Field::optional("nodes", SELECTOR),
    ])
};

const PORT_LIST: List = List { items: Schema::Object(&PORT_ITEM), counts: Counts(0, MOST), is_set: false };

const PORT_ITEM: Object = Object {
    misplaced: &[
        ("port", "write `portNumber: {protocol: TCP, port: 80}`"),
        ("protocol", "it belongs under `portNumber` or `portRange`"),
        ("endPort", "write `portRange: {protocol: TCP, start: …, end: …}`"),
    ],
    ..Object::one_of(&[
        Field::optional("portNumber", Schema::Object(&PORT_NUMBER)),
        Field::optional("portRange", Schema::Object(&PORT_RANGE)),
        Field::optional("namedPort", TEXT),
    ])
};

const PORT_NUMBER: Object = Object::of(&[Field::optional("protocol", TEXT), Field::required("port", PORT)]);

const PORT_RANGE: Object = Object::of(&[
    Field::optional("protocol", TEXT),
    Field::required("start", PORT),
    Field::required("end", PORT),
]);

fn names_only_ports_of_pods(rule: &Node<'_>, families: &[&str]) -> bool {
    !(has_named_port(rule, "ports", "namedPort") && has_peer_of(rule, families))
}

fn is_called_default(root: &Node<'_>) -> bool {
    let name = field(root, "metadata").and_then(|metadata| field(metadata, "name"));
    matches!(name.map(|name| &name.value), Some(Value::String(name)) if name == "default")
}
