//! Why a port item matches what was asked, or does not.

use super::pod_view::PodView;
use super::stage::Stage;
use super::{PortFact, PortMiss};
use crate::evaluate::PortTrace;
use crate::net::Protocol;
use crate::policy::{Placed, PortMatch, Ports};
use crate::text::nearest;

/// Tells why a port item matches or not.
pub(super) fn port_fact(stage: &Stage<'_>, trace: &PortTrace, port: &Placed<PortMatch>) -> PortFact {
    let miss = if trace.matched.allowed.is_empty() { Some(miss(stage, &port.value)) } else { None };
    PortFact { port: trace.port, origin: port.origin, matched: trace.matched.clone(), miss }
}

fn miss(stage: &Stage<'_>, port: &PortMatch) -> PortMiss {
    let Some(protocol) = port.protocol else { return PortMiss::Placeholder };
    match &port.ports {
        Ports::Unknown => PortMiss::Placeholder,
        Ports::Named(name) => named_miss(stage.destination_pods(), protocol, name),
        Ports::Every | Ports::Range(..) if stage.scene.pair.asked.ports(protocol).is_empty() => {
            PortMiss::OtherProtocol(protocol)
        }
        Ports::Every | Ports::Range(..) => PortMiss::OtherPort,
    }
}

fn named_miss(pods: &[PodView<'_>], protocol: Protocol, name: &str) -> PortMiss {
    if pods.iter().all(|pod| pod.is_node) {
        return PortMiss::NameOfNoPod;
    }
    let all = || pods.iter().flat_map(|pod| pod.named_ports);
    let mut same = all().filter(|port| port.name == name).peekable();
    if same.peek().is_none() {
        let limit = (name.chars().count() / 3).min(2);
        let near = nearest(name, all().map(|port| port.name.as_str()), limit);
        return PortMiss::NameNotDefined { near: near.map(str::to_owned) };
    }
    let (mut number, mut other) = (None, None);
    for port in same {
        match (port.protocol == protocol, port.number) {
            (true, None) => return PortMiss::NameNotKnown,
            (true, Some(found)) => number = number.or(Some(found)),
            (false, _) => other = other.or(Some(port.protocol)),
        }
    }
    match (number, other) {
        (Some(number), _) => PortMiss::NameOfOtherPort(number),
        (None, Some(other)) => PortMiss::NameOfOtherProtocol(other),
        (None, None) => PortMiss::NameNotDefined { near: None },
    }
}
