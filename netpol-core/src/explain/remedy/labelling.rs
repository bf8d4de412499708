//! Labels that a rule asks for and that stand on the object which makes the pods, not on the pods.

use super::{LabelNeeded, Remedy};
use crate::evaluate::PolicyRef;
use crate::explain::stage::Stage;
use crate::explain::{Has, Holder, Miss, NearMiss, PeerFact, PolicyFact, RuleFact};
use crate::policy::Action;

/// The labels that would make a rule of one of the policies take the other end.
pub(super) fn labels_of_maker<'f>(
    stage: &Stage<'_>,
    policies: impl Iterator<Item = &'f PolicyFact>,
    takes_ports: impl Fn(&RuleFact) -> bool,
) -> Option<Remedy> {
    let mut rules = policies.flat_map(|policy| policy.rules.iter().map(move |rule| (policy.policy, rule)));
    rules.find_map(|(policy, rule)| {
        let is_open = rule.action == Action::Allow && takes_ports(rule);
        let peers = rule.peers.iter().flatten().filter(|_| is_open);
        let labels = peers.map(labels_wanted).find(|labels| !labels.is_empty())?;
        Some(needed(stage, labels, policy))
    })
}

fn needed(stage: &Stage<'_>, labels: Vec<(String, String)>, policy: PolicyRef) -> Remedy {
    Remedy::Label(LabelNeeded { end: stage.peer.clone(), labels, wanted_by: Some(policy) })
}

/// The labels that a peer misses, where the maker of the pods has them all and the pods have none in their place.
fn labels_wanted(peer: &PeerFact) -> Vec<(String, String)> {
    let label = |miss: &Miss| match miss {
        Miss::Label {
            holder: Holder::Pod,
            has: Has::Nothing,
            near: Some(NearMiss::OfMaker { key, value, .. }),
            ..
        } => Some((key.clone(), value.clone())),
        _ => None,
    };
    peer.misses.iter().map(label).collect::<Option<Vec<_>>>().unwrap_or_default()
}
