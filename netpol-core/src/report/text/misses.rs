//! Why a peer or a port does not match, in words.

use super::{ends, facts};
use crate::cluster::Namespace;
use crate::explain::{Has, Holder, Miss, NearMiss, PortMiss};
use crate::net::Protocol;
use crate::policy::{NamedBy, NamespaceMatch, Peer, PodMatch, PortMatch, Ports};
use crate::selector::{Near, Operator, Requirement};

/// Why a peer does not match `other`, the other end as it is spelled.
pub fn miss(miss: &Miss, other: &str) -> String {
    match miss {
        Miss::Label { holder, requirement, has, near } => label(holder, requirement, has, near.as_ref()),
        Miss::OtherNamespace { wanted, has, is_own: true } => {
            format!("takes only pods of its own namespace `{wanted}`, pod is in `{has}`")
        }
        Miss::OtherNamespace { wanted, has, is_own: false } => {
            format!("wants namespace `{wanted}`, pod is in `{has}`")
        }
        Miss::NotAPod => format!("wants pods, {other} is not a pod"),
        Miss::HostNetwork => {
            format!("wants pods, {other} runs with hostNetwork: podSelectors do not match it")
        }
        Miss::OutsideBlock { addresses, block } => {
            format!("{} {} outside {}", ends::blocks(addresses), verb(addresses), ends::blocks(block))
        }
        Miss::InsideExcept { addresses, block } => {
            format!("{} {} cut out: {}", ends::blocks(addresses), verb(addresses), ends::blocks(block))
        }
        Miss::PartlyInBlock { outside } => {
            format!("{} {} outside the block", ends::blocks(outside), verb(outside))
        }
        Miss::AddressNotKnown => "the pod's address is not in the input".to_owned(),
        Miss::AddressTakenOutside { block } => {
            format!(
                "the pod is taken to have no address in {}; {}",
                ends::blocks(block),
                facts::SET_POD_CIDRS
            )
        }
        Miss::OutsidePodCidrs { block } => {
            format!("pods have addresses of `--pod-cidrs`, none of which is in {}", ends::blocks(block))
        }
        Miss::OtherFamily { family } => format!("the block holds no address of {family}"),
        Miss::BlocksIgnorePods => "blocks do not select pods under this network plugin".to_owned(),
        Miss::NotANode => format!("wants nodes, {other} is not a node"),
        Miss::OtherNode => format!("wants other nodes than {other}"),
        Miss::NotAHostOutside => format!("wants hosts outside by name, {other} is not outside"),
        Miss::AddressesOfNamesNotKnown => "which addresses the names have is not known".to_owned(),
        Miss::Placeholder => "a placeholder that is not substituted stands here".to_owned(),
    }
}

/// What a peer takes: `app=frontend`, `every pod of shop`, `10.0.0.0/8`.
pub fn peer(peer: &Peer) -> String {
    match peer {
        Peer::Pods(pods) => pod_match(pods),
        Peer::Addresses(block) => match &block.named_by {
            NamedBy::Block => ends::blocks(&block.addresses),
            NamedBy::Nodes(selector) if selector.is_everything() => "every node".to_owned(),
            NamedBy::Nodes(selector) => format!("nodes with {selector}"),
            NamedBy::Domains(names) => ends::capped(names, "name", "names"),
        },
    }
}

/// Which pods are meant: `app=web`, `namespace team=sre, app=web`, `every pod of shop`.
pub(crate) fn pod_match(pods: &PodMatch) -> String {
    let labels = pods.pods.to_string();
    let is_every_pod = pods.pods.is_everything();
    match &pods.namespaces {
        NamespaceMatch::Named(namespace) if is_every_pod => format!("every pod of `{namespace}`"),
        NamespaceMatch::Named(_) => labels,
        NamespaceMatch::Selected(selector) if selector.is_everything() && is_every_pod => {
            "every pod".to_owned()
        }
        NamespaceMatch::Selected(selector) if selector.is_everything() => {
            format!("{labels} in every namespace")
        }
        NamespaceMatch::Selected(selector) if is_every_pod => {
            format!("every pod of namespaces with {selector}")
        }
        NamespaceMatch::Selected(selector) => format!("{labels} in namespaces with {selector}"),
    }
}

/// What a port item takes: `tcp/80`, `tcp/8000-8100`, `every udp port`, `tcp/http`.
pub fn port(port: &PortMatch) -> String {
    let protocol = port.protocol.map_or("?", Protocol::lower);
    match &port.ports {
        Ports::Every => format!("every {protocol} port"),
        Ports::Range(first, last) if first == last => format!("{protocol}/{first}"),
        Ports::Range(first, last) => format!("{protocol}/{first}-{last}"),
        Ports::Named(name) => format!("{protocol}/{name}"),
        Ports::Unknown => format!("{protocol}/?"),
    }
}

/// Why a port item does not match; `destination` is spelled. `None` when what it takes says enough.
pub fn port_miss(miss: &PortMiss, destination: &str) -> Option<String> {
    match miss {
        PortMiss::OtherProtocol(_) | PortMiss::OtherPort => None,
        PortMiss::NameNotDefined { near: None } => Some(format!("{destination} has no port of that name")),
        PortMiss::NameNotDefined { near: Some(name) } => {
            Some(format!("{destination} has no port of that name, did you mean `{name}`?"))
        }
        PortMiss::NameOfOtherProtocol(protocol) => {
            Some(format!("{destination} has that name for a {} port", protocol.lower()))
        }
        PortMiss::NameOfOtherPort(number) => Some(format!("it is port {number} of {destination}")),
        PortMiss::NameOfNoPod => Some(format!("{destination} is not a pod and names no ports")),
        PortMiss::NameNotKnown => Some(format!("its number at {destination} is a placeholder")),
        PortMiss::Placeholder => Some("a placeholder that is not substituted stands here".to_owned()),
    }
}

fn label(holder: &Holder, requirement: &Requirement, has: &Has, near: Option<&NearMiss>) -> String {
    let key = requirement.key.as_deref().unwrap_or("?");
    if let (Holder::Namespace(namespace), true, Operator::In) =
        (holder, key == Namespace::NAME_LABEL, requirement.operator)
    {
        let wanted = requirement.values.join(" or ");
        return format!("wants namespace {wanted}, pod is in {namespace}{}", slip(near));
    }
    let wants = match requirement.operator {
        Operator::Exists => format!("label `{key}`"),
        Operator::DoesNotExist => format!("no label `{key}`"),
        Operator::In | Operator::NotIn => requirement.to_string(),
    };
    let (wants, owner) = match holder {
        Holder::Pod => (wants, "pod".to_owned()),
        Holder::Namespace(name) => (format!("namespace with {wants}"), format!("namespace {name}")),
    };
    let found = match has {
        Has::Value(value) => format!("{owner} has {key}={value}"),
        Has::UnknownValue => format!("{owner} has `{key}` with a value that is not known"),
        Has::Nothing => format!("{owner} has no label `{key}`"),
        Has::NothingAssumed => format!("{owner} is not in the input and is taken to have no label `{key}`"),
        Has::NotKnown => format!("{owner} is not in the input: whether it has the label is not known"),
    };
    format!("wants {wants}, {found}{}", slip(near))
}

/// What is nearly right.
fn slip(near: Option<&NearMiss>) -> String {
    match near {
        None => String::new(),
        Some(NearMiss::OfPod { wanted, .. }) => format!(", did you mean `{wanted}`?"),
        Some(NearMiss::OfMaker { kind, .. }) => format!(" (its {kind} has it, the pods do not)"),
        Some(NearMiss::OfPolicy(near)) => match near {
            Near::Version { .. } => ", which changes with each release".to_owned(),
            Near::ValueCase { has, .. } => format!(", did you mean `{has}`? (case differs)"),
            Near::Value { has, .. } => format!(", did you mean `{has}`?"),
            Near::Key { key } => format!(", did you mean the label `{key}`?"),
            Near::OtherKey { key, value } => format!(", but has {key}={value}"),
        },
    }
}

/// `is` for one block, with excepts or without, `are` for more.
fn verb(addresses: &crate::net::IpSet) -> &'static str {
    if addresses.holed_blocks().len() == 1 { "is" } else { "are" }
}
