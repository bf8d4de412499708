//! What would turn an answer round, in words.

use super::{Fact, Suggestion, ends, facts, misses};
use crate::cluster::{Endpoint, Owner, Workload};
use crate::evaluate::End;
use crate::explain::{Change, LabelNeeded, NearMiss, NearPolicy, NewPolicy, Remedy, SmallestEdit};
use crate::net::IpSet;
use crate::policy::{Direction, NamespaceMatch, Peer, Rule};
use crate::report::Context;
use crate::report::context::rule_path;
use crate::selector::Near;

/// Addresses in more letters than this are not spelled out.
const LONGEST: usize = 60;

/// What to do, and where. A suggestion of the same change has the words of the file's own language.
pub fn remedy(context: Context<'_>, remedy: &Remedy, suggestions: &[Suggestion]) -> Fact {
    if let Some(suggestion) = suggestion_of(remedy, suggestions) {
        return Fact { words: suggestion.text_line.clone(), place: suggestion.place };
    }
    let (words, place) = match remedy {
        Remedy::Edit(edit) => (change(context, edit), context.span(edit.origin)),
        Remedy::NewPolicy(policy) => (new_policy(policy), None),
        Remedy::Deny { policy, rule, origin } => {
            let object = context.object(*policy).map(ToString::to_string).unwrap_or_default();
            let path = rule_path(context, *policy, *rule);
            (format!("narrow or remove {path} of {object}, which denies it"), context.span(*origin))
        }
        Remedy::Label(needed) => (label(context, needed), None),
        Remedy::AddressNeeded => (
            format!(
                "the addresses of its node must be known: give the Node object, or {}",
                facts::SET_NODE_ADDRESSES
            ),
            None,
        ),
        Remedy::SharedAddress(end) => (shared_address(context, end), None),
        Remedy::ServiceAddress(addresses) => (service_address(addresses), None),
        Remedy::NoBlock(addresses) => (no_block(addresses), None),
    };
    Fact { words, place }
}

/// The suggestion that does what a remedy asks for.
pub(super) fn suggestion_of<'s>(remedy: &Remedy, suggestions: &'s [Suggestion]) -> Option<&'s Suggestion> {
    let key = remedy.key()?;
    suggestions.iter().find(|suggestion| suggestion.proposal.key() == key)
}

fn label(context: Context<'_>, needed: &LabelNeeded) -> String {
    let end = ends::end(context.cluster, &needed.end);
    let labels: Vec<String> = needed.labels.iter().map(|(key, value)| format!("`{key}: {value}`")).collect();
    let path = template_path(context, &needed.end);
    match needed.wanted_by.and_then(|policy| context.object(policy)) {
        Some(policy) if !labels.is_empty() => {
            let labels = labels.join(", ");
            format!("give the pods of {end} the label {labels} under {path}: {policy} asks for it")
        }
        _ => {
            let name = name_of(context, &needed.end);
            format!(
                "give the pods of {end} a label that no other pods have, such as `app: {name}`, under {path}"
            )
        }
    }
}

/// Where the labels of pods stand in the object that makes them.
fn template_path(context: Context<'_>, end: &End) -> &'static str {
    match workload_of(context, end).map(|workload| &workload.owner) {
        Some(Owner::Kind(kind)) if kind == "CronJob" => "spec.jobTemplate.spec.template.metadata.labels",
        Some(Owner::Kind(_)) => "spec.template.metadata.labels",
        _ => "metadata.labels",
    }
}

fn workload_of<'c>(context: Context<'c>, end: &End) -> Option<&'c Workload> {
    match &end.endpoint {
        Endpoint::Workload(id) | Endpoint::Pods(id, _) => context.cluster.workload(*id),
        Endpoint::Replica(replica) => context.cluster.workload(replica.workload),
        Endpoint::Hypothetical(_) | Endpoint::Addresses(_) | Endpoint::Node(_) => None,
    }
}

fn name_of(context: Context<'_>, end: &End) -> String {
    workload_of(context, end).map_or_else(|| "NAME".to_owned(), |workload| workload.name.clone())
}

fn shared_address(context: Context<'_>, end: &End) -> String {
    let end = ends::end(context.cluster, end);
    format!(
        "{end} is known by the address of its node alone, which other pods have too: no policy can name it apart"
    )
}

fn service_address(addresses: &IpSet) -> String {
    format!(
        "ask for the pods behind {}, or for the API server's own addresses: policies do not see the address of a Service",
        ends::blocks(addresses)
    )
}

fn no_block(addresses: &IpSet) -> String {
    let words = ends::blocks(addresses);
    let what = if words.chars().count() > LONGEST { "these addresses".to_owned() } else { words };
    format!(
        "no short list of blocks names {what} and no pods: ask for fewer addresses, or pass `--pod-cidrs CIDR`"
    )
}

/// A policy that does not select the subject, but nearly does.
pub fn near_policy(context: Context<'_>, near: &NearPolicy, subject: &str) -> Fact {
    let object = context.object(near.policy).map(ToString::to_string).unwrap_or_default();
    let wants = &near.requirement;
    let slip = match &near.near {
        NearMiss::OfPod { has, wanted } => {
            let key = wants.key.as_deref().unwrap_or("?");
            format!("pod has {key}={has}, did you mean `{wanted}`?")
        }
        NearMiss::OfMaker { kind, key, value } => {
            format!("its {kind} has {key}={value} and does not give it to its pods")
        }
        NearMiss::OfPolicy(near) => match near {
            Near::Version { has, .. } => format!("pod has `{has}`: the value changes with each release"),
            Near::ValueCase { has, .. } | Near::Value { has, .. } => format!("did you mean `{has}`?"),
            Near::Key { key } => format!("did you mean the label `{key}`?"),
            Near::OtherKey { key, value } => format!("{subject} has {key}={value}"),
        },
    };
    Fact {
        words: format!("{object} does not select {subject}: wants {wants}, {slip}"),
        place: context.span(near.origin),
    }
}

/// A change without the words of a dialect.
fn change(context: Context<'_>, edit: &SmallestEdit) -> String {
    let object = context.object(edit.policy).map(ToString::to_string).unwrap_or_default();
    match &edit.change {
        Change::CorrectValue { rule, peer, wanted, has } => {
            let path = rule_path(context, edit.policy, *rule);
            format!("change `{wanted}` to `{has}` in peer {peer} of {path} of {object}")
        }
        Change::AddPeers { rule, peers } => {
            let path = rule_path(context, edit.policy, *rule);
            format!("let {path} of {object} also take {}", peer_words(peers))
        }
        Change::AddPorts { rule, ports } => {
            let path = rule_path(context, edit.policy, *rule);
            let ports: Vec<String> = ports.iter().map(misses::port).collect();
            format!("let {path} of {object} also take {}", ports.join(", "))
        }
    }
}

fn new_policy(policy: &NewPolicy) -> String {
    let NewPolicy { namespace, name, subject, rule, .. } = policy;
    format!("add a policy {namespace}/{name} for {subject} that allows {}", rule_words(rule))
}

fn rule_words(rule: &Rule) -> String {
    let way = match rule.direction {
        Direction::Ingress => "from",
        Direction::Egress => "to",
    };
    let peers = rule.peers.as_ref().map_or_else(
        || "everywhere".to_owned(),
        |peers| peer_words(&peers.iter().map(|peer| peer.value.clone()).collect::<Vec<_>>()),
    );
    let ports = rule.ports.as_ref().map_or_else(
        || "every port".to_owned(),
        |ports| ports.iter().map(|port| misses::port(&port.value)).collect::<Vec<_>>().join(", "),
    );
    format!("{ports} {way} {peers}")
}

fn peer_words(peers: &[Peer]) -> String {
    let words = peers.iter().map(|peer| match peer {
        Peer::Pods(pods) if !pods.pods.is_everything() => match &pods.namespaces {
            NamespaceMatch::Named(namespace) => format!("{} of `{namespace}`", pods.pods),
            NamespaceMatch::Selected(_) => misses::peer(peer),
        },
        _ => misses::peer(peer),
    });
    words.collect::<Vec<_>>().join(", ")
}
