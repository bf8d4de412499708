//! The typed resource, with the places of its fields.

use crate::diagnostic::ObjectRef;
use crate::manifest::{LabelSelector, Metadata};
use crate::policy::Remark;
use crate::text::{Span, Spanned};

/// A policy, after defaulting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkPolicy {
    /// Where the object stands.
    pub span: Span,
    /// Its identity, with the `apiVersion` of the document.
    pub object: ObjectRef,
    /// `metadata`.
    pub metadata: Metadata,
    /// `spec`.
    pub spec: Spec,
    /// Whether the API server would take it.
    pub standing: Standing,
    /// What every answer that rests on it must say.
    pub remarks: Vec<Spanned<Remark>>,
}

/// Whether the API server would take a policy, apart from its version, unknown fields, faults of `metadata` and
/// CIDRs that older servers take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It would.
    Accepted,
    /// It would refuse some of its values.
    Refused,
    /// A placeholder stands where a mapping or a list belongs.
    Placeholder,
    /// Some of it has a wrong type and could not be read.
    Unreadable,
}

/// `spec`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// Where it stands; empty, at the object, when it is missing.
    pub span: Span,
    /// `podSelector`; empty when it is missing. `None` when it could not be read.
    pub pod_selector: Option<Spanned<LabelSelector>>,
    /// `policyTypes`. A type that defaulting added has an empty span.
    pub policy_types: Spanned<Vec<Spanned<String>>>,
    /// `ingress`; `None` when it is missing or `null`.
    pub ingress: Option<Rules>,
    /// `egress`; `None` when it is missing or `null`.
    pub egress: Option<Rules>,
    /// The key `egress` that has no value, which is read as if it were not there.
    pub blank_egress: Option<Span>,
}

/// The rules of one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Where the key stands.
    pub key: Span,
    /// Where the list stands.
    pub span: Span,
    /// The rules.
    pub rules: Vec<Spanned<Rule>>,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rule {
    /// `from` or `to`, with the place of the key; `None` when it is missing or `null`.
    pub peers: Option<Spanned<Vec<Spanned<Peer>>>>,
    /// The key `from` or `to` that has no value, which is read as if it were not there.
    pub blank_peers: Option<Span>,
    /// `ports`, with the place of the key; `None` when it is missing or `null`.
    pub ports: Option<Spanned<Vec<Spanned<Port>>>>,
}

/// An item of `from` or `to`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Peer {
    /// `podSelector`; `None` when it is missing or `null`.
    pub pod_selector: Option<Spanned<LabelSelector>>,
    /// `namespaceSelector`; `None` when it is missing or `null`.
    pub namespace_selector: Option<Spanned<LabelSelector>>,
    /// `ipBlock`; `None` when it is missing or `null`.
    pub ip_block: Option<Spanned<IpBlock>>,
}

/// `ipBlock`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IpBlock {
    /// `cidr`; empty, at the block, when it is missing.
    pub cidr: Spanned<String>,
    /// `except`.
    pub except: Vec<Spanned<String>>,
}

/// An item of `ports`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Port {
    /// `protocol`; TCP, with an empty span, when it is missing.
    pub protocol: Option<Spanned<String>>,
    /// `port`; `None` when it is missing or `null`.
    pub port: Option<Spanned<PortNumber>>,
    /// `endPort`, `None` inside for a placeholder; `None` when it is missing or `null`.
    pub end_port: Option<Spanned<Option<i32>>>,
}

/// A number or a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortNumber {
    /// A number, in range or not.
    Number(i32),
    /// A name, valid or not.
    Name(String),
}
