//! Why parts of a map are unknown: each cause once, whichever pods it is about, with what would settle it.

use super::layout::{Layout, count};
use super::{Fact, Line, facts};
use crate::evaluate::Reason;
use crate::policy::{OpaquePolicy, OpaqueReason};
use crate::reach::{Rectangle, Side};
use crate::report::Context;

/// Reasons that one thing would settle, and how many pairs of ends have one of them.
#[derive(Debug)]
struct Cause<'r> {
    reasons: Vec<&'r Reason>,
    pairs: usize,
}

/// Why some rectangles are unknown, a line for each cause.
pub(super) fn causes(layout: &mut Layout, context: Context<'_>, rectangles: &[Rectangle]) {
    let mut causes: Vec<Cause<'_>> = Vec::new();
    for rectangle in rectangles.iter().filter(|it| !it.decided.unknown.is_empty()) {
        let size = |side: &Side| side.pods().len().max(1);
        let pairs = size(&rectangle.from) * size(&rectangle.to);
        let mut counted = Vec::new();
        for reason in &rectangle.reasons {
            let is_its =
                |cause: &Cause<'_>| cause.reasons.first().is_some_and(|it| is_same(context, it, reason));
            let place = causes.iter().position(is_its).unwrap_or(causes.len());
            if place == causes.len() {
                causes.push(Cause { reasons: Vec::new(), pairs: 0 });
            }
            let Some(cause) = causes.get_mut(place) else { continue };
            if !cause.reasons.contains(&reason) {
                cause.reasons.push(reason);
            }
            if !counted.contains(&place) {
                counted.push(place);
                cause.pairs += pairs;
            }
        }
    }
    if causes.is_empty() {
        return;
    }
    layout.line(Line::new());
    layout.line(Line::new().plain("unknown because:"));
    for Cause { reasons, pairs } in causes {
        let Some(fact) = words(context, &reasons) else { continue };
        let words = format!("  {} ({})", fact.words, count(pairs, "pair", "pairs"));
        layout.placed(Line::new().plain(words), fact.place);
    }
}

/// Whether one thing would settle both.
fn is_same(context: Context<'_>, one: &Reason, other: &Reason) -> bool {
    match (one, other) {
        (Reason::Label { key, .. }, Reason::Label { key: other, .. })
        | (Reason::NamespaceLabel { key, .. }, Reason::NamespaceLabel { key: other, .. })
        | (Reason::NamedPort { name: key, .. }, Reason::NamedPort { name: other, .. }) => key == other,
        (Reason::PodAddress { origin, .. }, Reason::PodAddress { origin: other, .. })
        | (Reason::NodeAddress { origin, .. }, Reason::NodeAddress { origin: other, .. })
        | (Reason::NodeLabels(origin), Reason::NodeLabels(other)) => origin == other,
        (Reason::OwnNodeEgress(_), Reason::OwnNodeEgress(_)) => true,
        (Reason::OpaquePolicy(place), Reason::OpaquePolicy(other)) => {
            let kind = |place| unevaluated(context, place).map(|opaque| &opaque.policy.object.kind);
            place == other || (kind(*place).is_some() && kind(*place) == kind(*other))
        }
        _ => one == other,
    }
}

/// A policy of a kind that is not evaluated.
fn unevaluated(context: Context<'_>, place: u32) -> Option<&OpaquePolicy> {
    let policy = context.policies.opaque.get(place as usize)?;
    (policy.reason == OpaqueReason::Kind).then_some(policy)
}

/// A cause in words, whichever of its bearers it is about.
fn words(context: Context<'_>, reasons: &[&Reason]) -> Option<Fact> {
    let first = *reasons.first()?;
    let pods = || format!("the pods of {}", count(reasons.len(), "workload", "workloads"));
    let (words, place) = match first {
        Reason::PodAddress { origin, .. } => (
            format!("whether this block holds the pods' addresses is not known: {}", facts::SET_POD_CIDRS),
            context.span(*origin),
        ),
        Reason::NodeAddress { origin, .. } => (
            format!(
                "whether this block holds the nodes' addresses is not known: {}",
                facts::SET_NODE_ADDRESSES
            ),
            context.span(*origin),
        ),
        Reason::OpaquePolicy(place) if unevaluated(context, *place).is_some() => {
            let fact = facts::reason(context, first);
            let kind = unevaluated(context, *place).map(|opaque| {
                let object = &opaque.policy.object;
                let group = object.api_version.split_once('/').map_or("", |(group, _)| group);
                // A kind that does not say whose it is may be of several APIs.
                let kind = object.kind.to_lowercase();
                let says_whose = kind.contains(group.split('.').next().unwrap_or_default());
                let group = if says_whose { String::new() } else { format!(".{group}") };
                format!("{}{group}", object.kind)
            });
            let words = match reasons.len() {
                1 => fact.words,
                several => {
                    format!("{several} policies are of the kind `{}`, which is not evaluated", kind?)
                }
            };
            (format!("{words}: `--unknown allow` or `deny` decides"), fact.place)
        }
        _ if reasons.len() == 1 => return Some(facts::reason(context, first)),
        Reason::Label { key, .. } => {
            (format!("the value of the label `{key}` of {} is not known", pods()), None)
        }
        Reason::NamespaceLabel { key, .. } => (namespaces_with(key, reasons.len()), None),
        Reason::NamedPort { name, .. } => {
            (format!("the number of the port `{name}` of {} is a placeholder", pods()), None)
        }
        Reason::OwnNodeEgress(_) => (
            format!(
                "whether {} may reach the node that they run on depends on the network plugin: {}",
                pods(),
                facts::SET_PLUGIN
            ),
            None,
        ),
        Reason::Doubted(_)
        | Reason::OpaquePolicy(_)
        | Reason::Placeholder(_)
        | Reason::NotEvaluated(_)
        | Reason::NodeLabels(_)
        | Reason::DomainNames { .. } => return Some(facts::reason(context, first)),
    };
    Some(Fact { words, place })
}

fn namespaces_with(key: &str, count: usize) -> String {
    format!("whether {count} namespaces that are not in the input have the label `{key}` is not known")
}
