//! The typed resource, with the places of its fields.

use crate::diagnostic::ObjectRef;
use crate::manifest::LabelSelector;
use crate::net::Protocol;
use crate::policy::Remark;
use crate::text::{Span, Spanned};

/// A policy of any of the kinds, after defaulting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterPolicy {
    /// Where the object stands.
    pub span: Span,
    /// Its identity, with the `apiVersion` of the document and without a namespace.
    pub object: ObjectRef,
    /// The tier; `None` for a placeholder.
    pub tier: Option<Tier>,
    /// `priority`, 0 to 1000, lower first; 0 for a kind that has none. `None` for a placeholder.
    pub priority: Option<i32>,
    /// `subject`; `None` when it could not be read.
    pub subject: Option<Spanned<Peer>>,
    /// `ingress`; `None` when it is missing or `null`.
    pub ingress: Option<Vec<Spanned<Rule>>>,
    /// `egress`; `None` when it is missing or `null`.
    pub egress: Option<Vec<Spanned<Rule>>>,
    /// Whether the API server would take it.
    pub standing: Standing,
    /// What every answer that rests on it must say.
    pub remarks: Vec<Spanned<Remark>>,
}

impl ClusterPolicy {
    /// Whether another kind replaced its kind.
    pub fn is_deprecated(&self) -> bool {
        self.object.kind != "ClusterNetworkPolicy"
    }
}

/// Whether the API server would take a policy, apart from unknown fields and faults of `metadata`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It would.
    Accepted,
    /// It would refuse some of its values.
    Refused,
    /// A placeholder stands where a mapping, a list, the tier or the priority belongs.
    Placeholder,
}

/// Before `NetworkPolicy`, or behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Before: what it decides, no `NetworkPolicy` changes.
    Admin,
    /// Behind: it decides what no `NetworkPolicy` isolates.
    Baseline,
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// `Accept`; `Allow` in v1alpha1.
    Accept,
    /// `Deny`.
    Deny,
    /// `Pass`: the next tier decides.
    Pass,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// `name`.
    pub name: Option<Spanned<String>>,
    /// `action`; `None` for a placeholder.
    pub action: Option<Spanned<Action>>,
    /// `from` or `to`.
    pub peers: Vec<Spanned<Peer>>,
    /// Where the key `protocols` or `ports` stands, if it does.
    pub ports_key: Option<Span>,
    /// `protocols`, or `ports` in v1alpha1; `None` for every protocol and port.
    pub ports: Option<Vec<Spanned<Port>>>,
}

/// A peer, or the subject, which is one of the first two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer {
    /// Every pod of some namespaces.
    Namespaces(Spanned<LabelSelector>),
    /// Some pods of some namespaces.
    Pods {
        /// `namespaceSelector`; `None`, which is every namespace, when it is missing.
        namespaces: Option<Spanned<LabelSelector>>,
        /// `podSelector`.
        pods: Spanned<LabelSelector>,
    },
    /// Blocks of addresses.
    Networks(Vec<Spanned<String>>),
    /// Nodes, by all their addresses.
    Nodes(Spanned<LabelSelector>),
    /// Hosts outside, by name.
    Domains(Vec<Spanned<String>>),
    /// None of these: a kind of peer that is newer than the schema, or a placeholder.
    Other,
}

/// An item of `protocols` or `ports`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Port {
    /// From the first to the last port, both included.
    Range {
        /// The protocol; `None` for one that no cluster knows, or a placeholder.
        protocol: Option<Protocol>,
        /// The first port; `None` for a placeholder.
        first: Option<u16>,
        /// The last port; `None` for a placeholder.
        last: Option<u16>,
        /// Whether it is written as a range.
        is_range: bool,
    },
    /// Container ports of this name, of any protocol.
    Named(String),
}
