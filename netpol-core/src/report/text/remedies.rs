//! What would turn an answer round, in words.

use super::{Fact, Suggestion, facts, misses};
use crate::explain::{Change, NearMiss, NearPolicy, Remedy, SmallestEdit};
use crate::policy::{Direction, NamespaceMatch, Peer, Rule};
use crate::report::Context;
use crate::report::context::rule_path;
use crate::selector::Near;

/// What to do, and where. A suggestion of the same edit has the words of the file's own language.
pub fn remedy(context: Context<'_>, remedy: &Remedy, suggestions: &[Suggestion]) -> Fact {
    match remedy {
        Remedy::Edit(edit) => match suggestions.iter().find(|suggestion| suggestion.edit == *edit) {
            Some(suggestion) => {
                let words = format!("{}{}", suggestion.text_line, scope(context, edit));
                Fact { words, place: Some(suggestion.place) }
            }
            None => Fact {
                words: format!("{}{}", change(context, edit), scope(context, edit)),
                place: context.span(edit.origin),
            },
        },
        Remedy::Deny { policy, rule, origin } => {
            let object = context.object(*policy).map(ToString::to_string).unwrap_or_default();
            let path = rule_path(context, *policy, *rule);
            Fact {
                words: format!("narrow or remove {path} of {object}, which denies it"),
                place: context.span(*origin),
            }
        }
        Remedy::AddressNeeded => Fact {
            words: format!(
                "the addresses of its node must be known: give the Node object, or {}",
                facts::SET_NODE_ADDRESSES
            ),
            place: None,
        },
    }
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
        NearMiss::OfPolicy(near) => match near {
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
        Change::AddRule { rule } => format!("add to {object} a rule that allows {}", rule_words(rule)),
    }
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

/// A warning when the change opens more than the subject.
fn scope(context: Context<'_>, edit: &SmallestEdit) -> String {
    match context.object(edit.policy).and_then(|object| object.namespace.as_deref()) {
        _ if !edit.opens_namespace => String::new(),
        Some(namespace) => format!(" (the policy applies to every pod of `{namespace}`)"),
        None => " (the policy applies to every pod)".to_owned(),
    }
}
