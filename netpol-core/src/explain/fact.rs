//! What is said of one policy, rule, peer or port.

use crate::evaluate::PolicyRef;
use crate::net::{Decided, Family, IpSet, Protocol};
use crate::policy::{Action, OriginId, TierId};
use crate::selector::{Answer, Near, Requirement};

/// One policy that selects the subject, or may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFact {
    /// The policy.
    pub policy: PolicyRef,
    /// The tier that it stands in; for an opaque policy, the one that it was met in.
    pub tier: TierId,
    /// Whether its tier isolates the subject in this direction.
    pub isolates: bool,
    /// Whether it selects the subject: yes or unknown.
    pub selects: Answer,
    /// Where it stands.
    pub origin: Option<OriginId>,
    /// Its rules of this direction, in order.
    pub rules: Vec<RuleFact>,
}

/// One rule of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFact {
    /// Its place among all rules of the policy.
    pub rule: usize,
    /// What it does.
    pub action: Action,
    /// Where it stands.
    pub origin: OriginId,
    /// What it matches of what was asked.
    pub matched: Decided,
    /// Whether the answer of this direction rests on it.
    pub decides: bool,
    /// Its peers; `None` when it takes every peer.
    pub peers: Option<Vec<PeerFact>>,
    /// Its ports; `None` when it takes every port.
    pub ports: Option<Vec<PortFact>>,
}

impl RuleFact {
    /// Whether some peer matches.
    pub fn takes_peer(&self) -> bool {
        self.peers.as_ref().is_none_or(|peers| peers.iter().any(|peer| peer.answer.truth.is_yes()))
    }
}

/// One peer of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerFact {
    /// Its place in the rule.
    pub peer: usize,
    /// Where it stands.
    pub origin: OriginId,
    /// Whether it matches the other end.
    pub answer: Answer,
    /// Why it does not, or why that is not known; empty when it matches.
    pub misses: Vec<Miss>,
}

/// Whose label a requirement looks at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// The pod.
    Pod,
    /// The pod's namespace, of this name.
    Namespace(String),
}

/// What is there in place of what a requirement wants.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Has {
    /// This value.
    Value(String),
    /// The label, with a value that is not known.
    UnknownValue,
    /// No such label.
    Nothing,
    /// No such label, as far as is assumed: the namespace is not in the input.
    NothingAssumed,
    /// Whether the label is there is not known.
    NotKnown,
}

/// A slip of the keyboard, as it seems, and whose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NearMiss {
    /// The policy's: no pod has what it wants.
    OfPolicy(Near),
    /// The pod's: other pods have what is wanted, and no policy wants what this one has.
    OfPod {
        /// The value that its label has.
        has: String,
        /// The value that it was to have.
        wanted: String,
    },
    /// The pod's maker: it has the label, and does not give it to its pods.
    OfMaker {
        /// The kind of the maker.
        kind: String,
        /// The key of the label.
        key: String,
        /// Its value.
        value: String,
    },
}

/// Why a peer does not match, or why that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Miss {
    /// A requirement on a label is not met.
    Label {
        /// Whose label.
        holder: Holder,
        /// The requirement.
        requirement: Requirement,
        /// What is there.
        has: Has,
        /// How it is nearly met.
        near: Option<NearMiss>,
    },
    /// Pods of one namespace are wanted, and the other end is in another.
    OtherNamespace {
        /// The wanted namespace.
        wanted: String,
        /// The namespace of the other end.
        has: String,
        /// Whether the wanted namespace is the policy's own.
        is_own: bool,
    },
    /// Pods are wanted, and the other end is no pod.
    NotAPod,
    /// Pods are wanted, and the other end is in its node's network, where selectors do not see it.
    HostNetwork,
    /// The address lies outside the block.
    OutsideBlock {
        /// The address, or addresses.
        addresses: IpSet,
        /// The block, less its excepts.
        block: IpSet,
    },
    /// The address lies in an except of the block.
    InsideExcept {
        /// The address, or addresses.
        addresses: IpSet,
        /// The block, less its excepts.
        block: IpSet,
    },
    /// Some of the addresses lie in the block and some do not.
    PartlyInBlock {
        /// Those that do not.
        outside: IpSet,
    },
    /// The pod's address is not in the input: it is not known whether the block holds it.
    AddressNotKnown,
    /// The pod's address is not in the input, and is taken to lie outside the block.
    AddressTakenOutside {
        /// The block, less its excepts.
        block: IpSet,
    },
    /// The pod's address is not in the input, and pods have addresses that the block does not hold.
    OutsidePodCidrs {
        /// The block, less its excepts.
        block: IpSet,
    },
    /// The block is of the other family than the addresses that the explanation is told for.
    OtherFamily {
        /// The family that is told for.
        family: Family,
    },
    /// The address lies in the block, but blocks do not select pods under this network plugin.
    BlocksIgnorePods,
    /// The peer is nodes, and the other end is none.
    NotANode,
    /// The peer is nodes with other labels, or labels that are not known.
    OtherNode,
    /// The peer is names of hosts outside, and the other end is within the cluster.
    NotAHostOutside,
    /// The peer is names of hosts outside, whose addresses are not known.
    AddressesOfNamesNotKnown,
    /// A placeholder stands in the peer.
    Placeholder,
}

/// One port item of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortFact {
    /// Its place in the rule.
    pub port: usize,
    /// Where it stands.
    pub origin: OriginId,
    /// What it matches of what was asked.
    pub matched: Decided,
    /// Why it matches nothing for certain; `None` when it matches something.
    pub miss: Option<PortMiss>,
}

/// Why a port item matches nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortMiss {
    /// It is of another protocol than what was asked.
    OtherProtocol(Protocol),
    /// It is of other ports.
    OtherPort,
    /// The destination names no such port.
    NameNotDefined {
        /// The name that is nearly the same, if the destination has one.
        near: Option<String>,
    },
    /// The destination names such a port, of another protocol.
    NameOfOtherProtocol(Protocol),
    /// The destination names such a port, with another number.
    NameOfOtherPort(u16),
    /// The destination is no pod and names no ports.
    NameOfNoPod,
    /// The number of the named port is a placeholder.
    NameNotKnown,
    /// A placeholder stands in the item.
    Placeholder,
}
