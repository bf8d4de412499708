//! The shape of a remedy.

use crate::evaluate::{End, PolicyRef};
use crate::net::IpSet;
use crate::policy::{OriginId, Peer, PortMatch, Rule};
use crate::selector::Selector;

/// What would turn a denial round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// An edit of a policy.
    Edit(SmallestEdit),
    /// A policy that is to be added.
    NewPolicy(NewPolicy),
    /// A rule denies: it is to be narrowed or removed.
    Deny {
        /// The policy.
        policy: PolicyRef,
        /// The place of the rule in it.
        rule: usize,
        /// Where the rule stands.
        origin: OriginId,
    },
    /// Pods are to get a label.
    Label(LabelNeeded),
    /// An end is a node or a pod in a node's network whose addresses are not known, so that no peer can name it.
    AddressNeeded,
    /// An end has an address that others have too, such as pods in the network of one node.
    SharedAddress(End),
    /// The addresses are those of Services, which policies do not see.
    ServiceAddress(IpSet),
    /// No block, or too many, would name the addresses and leave the pods out.
    NoBlock(IpSet),
}

/// The smallest change of a policy that allows what this direction denies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmallestEdit {
    /// The policy to change.
    pub policy: PolicyRef,
    /// Where the change belongs: the rule that is extended, or the peer that is corrected.
    pub origin: OriginId,
    /// The change.
    pub change: Change,
}

/// A change of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A peer wants a value of a label that no pod has, and the other end has nearly that value.
    CorrectValue {
        /// The place of the rule among the policy's rules.
        rule: usize,
        /// The place of the peer in the rule.
        peer: usize,
        /// The value that it wants.
        wanted: String,
        /// The value that the other end has.
        has: String,
    },
    /// A rule takes further peers.
    AddPeers {
        /// The place of the rule among the policy's rules.
        rule: usize,
        /// The peers.
        peers: Vec<Peer>,
    },
    /// A rule takes further ports.
    AddPorts {
        /// The place of the rule among the policy's rules.
        rule: usize,
        /// The ports.
        ports: Vec<PortMatch>,
    },
}

/// A small policy for one end that allows what was asked and no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPolicy {
    /// The namespace.
    pub namespace: String,
    /// The name; in a [`super::Proposal`] one that no policy of the namespace has.
    pub name: String,
    /// The pods that it is for.
    pub subject: Selector,
    /// Its one rule. The parts have the origin of the policy that it stands beside.
    pub rule: Rule,
    /// A policy that denies today: the new one may stand in its file.
    pub beside: PolicyRef,
}

/// Pods that are to get labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelNeeded {
    /// The pods.
    pub end: End,
    /// The labels; empty when any will do that no other pods have.
    pub labels: Vec<(String, String)>,
    /// The policy that asks for these labels, which stand on the object that makes the pods and not on the pods.
    pub wanted_by: Option<PolicyRef>,
}
