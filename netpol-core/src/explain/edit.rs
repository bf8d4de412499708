//! The smallest edit that allows what a direction denies.

use super::direction::Stage;
use super::peer_choice::peers_naming;
use super::{Change, PolicyFact, Remedy, RuleFact, SmallestEdit};
use crate::net::{ConnectionSet, PortSet};
use crate::policy::{Action, NamespaceMatch, Placed, Policy, PortMatch, Ports, Rule};

/// So many port items are added to a rule; for more, a new rule is simpler.
const PORT_ITEMS: usize = 3;

/// What would allow all that was asked: rules that deny it are to go, and what no rule takes needs one.
pub(super) fn remedies(stage: &Stage<'_>, policies: &[PolicyFact]) -> Vec<Remedy> {
    let denying = stage.attribution.denying.iter().filter_map(|(policy, rule)| {
        let origin = stage.scene.policy(*policy)?.rules.get(*rule)?.origin;
        Some(Remedy::Deny { policy: *policy, rule: *rule, origin })
    });
    let mut remedies: Vec<Remedy> = denying.collect();
    remedies.extend(allow_unmatched(stage, policies));
    remedies
}

/// A rule of the isolating tier that nearly matches is extended; else the nearest policy gets a rule.
fn allow_unmatched(stage: &Stage<'_>, policies: &[PolicyFact]) -> Option<Remedy> {
    let tier = stage.attribution.isolating_tier?;
    let candidates: Vec<Candidate<'_>> = policies
        .iter()
        .filter(|fact| fact.tier == tier && fact.selects.truth.is_yes())
        .filter_map(|fact| Some(Candidate { fact, policy: stage.scene.policy(fact.policy)? }))
        .collect();
    let with_rules = || candidates.iter().flat_map(|it| it.fact.rules.iter().map(move |rule| (*it, rule)));
    let edit = with_rules()
        .find_map(|(it, rule)| add_peers(stage, it, Some(rule).filter(|rule| rule.ports.is_some())?))
        .or_else(|| with_rules().find_map(|(it, rule)| add_ports(stage, it, rule)))
        .or_else(|| with_rules().find_map(|(it, rule)| add_peers(stage, it, rule)))
        .or_else(|| add_rule(stage, *nearest(&candidates)?));
    match edit {
        Some(edit) => Some(Remedy::Edit(edit)),
        None if candidates.is_empty() => None,
        None => Some(Remedy::AddressNeeded),
    }
}

/// A policy that may be changed.
#[derive(Clone, Copy)]
struct Candidate<'a> {
    fact: &'a PolicyFact,
    policy: &'a Policy,
}

impl Candidate<'_> {
    fn edit(self, origin: crate::policy::OriginId, change: Change) -> SmallestEdit {
        let subject = &self.policy.subject.value;
        let is_everywhere = match &subject.namespaces {
            NamespaceMatch::Named(_) => true,
            NamespaceMatch::Selected(selector) => selector.is_everything(),
        };
        let opens_namespace = subject.pods.is_everything() && is_everywhere;
        SmallestEdit { policy: self.fact.policy, origin, change, opens_namespace }
    }
}

/// A further peer for a rule whose ports take all that is missing.
fn add_peers(stage: &Stage<'_>, candidate: Candidate<'_>, rule: &RuleFact) -> Option<SmallestEdit> {
    let takes_ports = match &rule.ports {
        None => true,
        Some(ports) => {
            let taken =
                ports.iter().fold(ConnectionSet::empty(), |all, port| all.union(&port.matched.allowed));
            stage.attribution.unmatched.is_subset(&taken)
        }
    };
    let has_peers = rule.peers.as_ref().is_some_and(|peers| !peers.is_empty());
    if rule.action != Action::Allow || !takes_ports || !has_peers || rule.takes_peer() {
        return None;
    }
    let peers = peers_naming(stage, candidate.policy);
    if peers.is_empty() {
        return None;
    }
    Some(candidate.edit(rule.origin, Change::AddPeers { rule: rule.rule, peers }))
}

/// Further ports for a rule that names the other end.
fn add_ports(stage: &Stage<'_>, candidate: Candidate<'_>, rule: &RuleFact) -> Option<SmallestEdit> {
    let names_peer = rule.peers.is_some() && rule.takes_peer();
    if rule.action != Action::Allow || !names_peer || rule.ports.as_ref().is_none_or(Vec::is_empty) {
        return None;
    }
    let ports = port_items(&stage.attribution.unmatched)
        .or_else(|| port_items(&stage.scene.pair.asked))
        .filter(|_| stage.scene.pair.asked != ConnectionSet::every())?;
    Some(candidate.edit(rule.origin, Change::AddPorts { rule: rule.rule, ports }))
}

/// A rule of its own, in the policy that speaks most closely of the subject.
fn add_rule(stage: &Stage<'_>, candidate: Candidate<'_>) -> Option<SmallestEdit> {
    let origin = candidate.policy.origin;
    let peers = peers_naming(stage, candidate.policy);
    if peers.is_empty() {
        return None;
    }
    let asked = &stage.scene.pair.asked;
    let ports = match port_items(&stage.attribution.unmatched).or_else(|| port_items(asked)) {
        Some(ports) if *asked != ConnectionSet::every() => {
            Some(ports.into_iter().map(|port| Placed::new(port, origin)).collect())
        }
        _ => None,
    };
    let rule = Rule {
        direction: stage.trace.direction,
        action: Action::Allow,
        peers: Some(peers.into_iter().map(|peer| Placed::new(peer, origin)).collect()),
        ports,
    };
    Some(candidate.edit(origin, Change::AddRule { rule }))
}

/// The policy with the narrowest subject; of equal ones, one that has rules, then the first.
fn nearest<'a, 'b>(candidates: &'b [Candidate<'a>]) -> Option<&'b Candidate<'a>> {
    candidates
        .iter()
        .rev()
        .max_by_key(|it| (it.policy.subject.value.pods.requirements().len(), !it.fact.rules.is_empty()))
}

/// The set as port items, if a few do.
fn port_items(set: &ConnectionSet) -> Option<Vec<PortMatch>> {
    let mut items = Vec::new();
    for (protocol, ports) in set.iter() {
        if *ports == PortSet::every() {
            items.push(PortMatch { protocol: Some(protocol), ports: Ports::Every });
            continue;
        }
        for (first, last) in ports.ranges() {
            items.push(PortMatch { protocol: Some(protocol), ports: Ports::Range(*first, *last) });
        }
    }
    (items.len() <= PORT_ITEMS).then_some(items)
}
