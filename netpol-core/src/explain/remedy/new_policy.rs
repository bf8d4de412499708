//! A small policy for one end, where no policy of the input can be changed without opening more than was asked.

use super::choice::port_items;
use super::{NewPolicy, Remedy, naming};
use crate::cluster::Endpoint;
use crate::evaluate::{End, PolicyRef};
use crate::explain::stage::Stage;
use crate::net::ConnectionSet;
use crate::policy::{Direction, OriginId, Placed, PortMatch, Ports, Rule};

/// So much of the name of an end goes into the name of a policy.
const PART: usize = 60;

/// The policy that allows what no rule takes.
///
/// # Errors
/// What is missing, where no policy would name these ends alone.
pub(super) fn new_policy(
    stage: &Stage<'_>,
    (beside, origin): (PolicyRef, OriginId),
) -> Result<NewPolicy, Box<Remedy>> {
    let (namespace, subject) = naming::subject(stage)?;
    let peers = naming::peers(stage, &namespace, &[])?;
    let ports = wanted_ports(stage);
    let place = |port| Placed::new(port, origin);
    let direction = stage.trace.direction;
    let name = name(stage, ports.as_deref());
    let peers = peers.into_iter().map(|peer| Placed::new(peer, origin)).collect();
    let rule =
        Rule::allowing(direction, Some(peers), ports.map(|ports| ports.into_iter().map(place).collect()));
    Ok(NewPolicy { namespace, name, subject, rule, beside })
}

/// The ports that a rule is to have; `None` when all were asked for.
fn wanted_ports(stage: &Stage<'_>) -> Option<Vec<PortMatch>> {
    let asked = &stage.scene.pair.asked;
    if *asked == ConnectionSet::every() {
        return None;
    }
    let unmatched = &stage.attribution.unmatched;
    Some(port_items(unmatched).unwrap_or_else(|| every_item(asked)))
}

fn every_item(set: &ConnectionSet) -> Vec<PortMatch> {
    let ranges = set.iter().flat_map(|(protocol, ports)| {
        let items = ports.ranges().iter().map(move |(first, last)| PortMatch {
            protocol: Some(protocol),
            ports: Ports::Range(*first, *last),
        });
        items.collect::<Vec<_>>()
    });
    ranges.collect()
}

/// `web-to-cart-80-ingress`.
fn name(stage: &Stage<'_>, ports: Option<&[PortMatch]>) -> String {
    let (from, to) = (&stage.scene.pair.from, &stage.scene.pair.to);
    let port = match ports {
        Some([PortMatch { ports: Ports::Range(first, last), .. }]) if first == last => format!("-{first}"),
        _ => String::new(),
    };
    let direction = match stage.trace.direction {
        Direction::Ingress => "ingress",
        Direction::Egress => "egress",
    };
    format!("{}-to-{}{port}-{direction}", part(stage, from), part(stage, to))
}

/// What an end is called within a name.
fn part(stage: &Stage<'_>, end: &End) -> String {
    let cluster = stage.scene.cluster;
    let words = match &end.endpoint {
        Endpoint::Workload(id) | Endpoint::Pods(id, _) => cluster.workload(*id).map(|it| it.name.clone()),
        Endpoint::Replica(replica) => Some(cluster.pod_name(replica.group, Some(replica.ordinal))),
        Endpoint::Hypothetical(pod) => pod.labels.first().map(|(_, value)| value.clone()),
        Endpoint::Node(id) => cluster.node(*id).map(|node| node.name.clone()),
        Endpoint::Addresses(set) if set.is_subset(&cluster.internet()) && set.cidrs().len() > 1 => {
            Some("internet".to_owned())
        }
        Endpoint::Addresses(set) => match set.holed_blocks().as_slice() {
            [holed] if holed.block.prefix_len() == holed.block.max_prefix_len() => {
                Some(holed.block.addr().to_string())
            }
            [holed] if holed.block.prefix_len() > 0 => Some(holed.block.to_string()),
            _ => Some("outside".to_owned()),
        },
    };
    let letters = words.unwrap_or_default().to_lowercase().into_bytes().into_iter();
    let letters = letters.map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte) } else { '-' });
    let words: String = letters.take(PART).collect();
    let words = words.trim_matches('-');
    if words.is_empty() { "pods".to_owned() } else { words.to_owned() }
}
