//! The smallest edit that allows what a direction denies.

use super::explain::Stage;
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

#[cfg(test)]
mod tests {
    use super::super::Explanation;
    use super::*;
    use crate::cluster::{Asked, Endpoint};
    use crate::evaluate::{Decision, PolicyRef};
    use crate::net::{IpSet, Protocol};
    use crate::policy::{Direction, Peer};
    use crate::report::scenario::{RuleSpec, Scenario, app, app_peer, block, in_shop, tcp};
    use crate::selector::{Requirement, Selector};

    fn shop() -> Scenario {
        Scenario::new(&[
            ("other", "probe", &[("app", "probe"), ("pod-template-hash", "x1")]),
            ("shop", "bare", &[]),
            ("shop", "canary", &[("app", "web"), ("track", "canary")]),
            ("shop", "cart", &[("app", "cart")]),
            ("shop", "web", &[("app", "web"), ("track", "stable")]),
        ])
    }

    /// Makes every edit that an explanation proposes.
    fn apply(scenario: &mut Scenario, explanation: &Explanation) {
        let edits: Vec<SmallestEdit> = explanation.edits().into_iter().cloned().collect();
        for edit in edits {
            let PolicyRef::Evaluated(index) = edit.policy else { panic!("an opaque policy is not edited") };
            let policy = &mut scenario.policies.policies[index as usize];
            let origin = edit.origin;
            match edit.change {
                Change::AddPeers { rule, peers } => policy.rules[rule]
                    .value
                    .peers
                    .as_mut()
                    .unwrap()
                    .extend(peers.into_iter().map(|peer| Placed::new(peer, origin))),
                Change::AddPorts { rule, ports } => policy.rules[rule]
                    .value
                    .ports
                    .as_mut()
                    .unwrap()
                    .extend(ports.into_iter().map(|port| Placed::new(port, origin))),
                Change::AddRule { rule } => policy.rules.push(Placed::new(rule, origin)),
            }
        }
    }

    fn asked() -> Vec<Asked> {
        let (tcp, udp) = (Protocol::Tcp, Protocol::Udp);
        vec![Asked::Range(tcp, 80, 80), Asked::Range(udp, 53, 60), Asked::Protocol(tcp), Asked::Every]
    }

    #[test]
    fn every_edit_turns_the_answer_to_allow() {
        let rules: [Vec<RuleSpec>; 6] = [
            vec![],
            vec![(Some(vec![app_peer(&["x"])]), Some(vec![tcp(80)]))],
            vec![(Some(vec![app_peer(&["web", "cart"])]), Some(vec![tcp(443)]))],
            vec![(Some(vec![block("10.0.0.0/8", &["10.1.0.0/16"])]), None)],
            vec![(None, Some(vec![tcp(53)])), (Some(vec![]), None)],
            vec![(Some(vec![app_peer(&["probe"])]), None)],
        ];
        for rules in rules {
            for from in ["probe", "bare", "canary", "web", "10.1.2.0/23", "192.168.0.1/32"] {
                for asked in asked() {
                    let mut scenario = shop()
                        .policy("all", Selector::everything(), Direction::Ingress, vec![])
                        .policy("in", app(&["cart"]), Direction::Ingress, rules.clone())
                        .policy("out", app(&["web"]), Direction::Egress, rules.clone());
                    let source = match from.parse() {
                        Ok(cidr) => Endpoint::Addresses(IpSet::block(cidr)),
                        Err(_) => scenario.workload(from),
                    };
                    let explain = |scenario: &Scenario| {
                        scenario.explain(source.clone(), scenario.workload("cart"), asked.clone())
                    };
                    let before = explain(&scenario);
                    apply(&mut scenario, &before);
                    let after = explain(&scenario);
                    assert_eq!(
                        after.verdict.decision,
                        Decision::Allow,
                        "{from} {asked:?} {rules:?}\n{before:#?}"
                    );
                    assert!(after.edits().is_empty());
                }
            }
        }
    }

    fn only_edit(explanation: &Explanation) -> SmallestEdit {
        let [edit] = explanation.edits()[..] else { panic!("one edit") };
        edit.clone()
    }

    #[test]
    fn a_rule_of_the_right_ports_gets_the_peer_by_the_labels_that_tell_it_apart() {
        let rule = (Some(vec![app_peer(&["cart"])]), Some(vec![tcp(80)]));
        let scenario = shop().policy("in", app(&["cart"]), Direction::Ingress, vec![rule]);
        let edit = only_edit(&scenario.tcp("web", "cart", 80));
        let labels = [Requirement::equals("app", "web"), Requirement::equals("track", "stable")];
        let peers = vec![Peer::Pods(in_shop(Selector::new(labels)))];
        assert_eq!(edit.change, Change::AddPeers { rule: 0, peers });
        assert!(!edit.opens_namespace);
    }

    #[test]
    fn a_rule_of_the_right_peer_gets_the_port() {
        let rule = (Some(vec![app_peer(&["web"])]), Some(vec![tcp(443)]));
        let scenario = shop().policy("in", app(&["cart"]), Direction::Ingress, vec![rule]);
        let edit = only_edit(&scenario.tcp("web", "cart", 80));
        assert_eq!(edit.change, Change::AddPorts { rule: 0, ports: vec![tcp(80)] });
    }

    #[test]
    fn a_port_is_never_opened_to_everyone_to_let_one_in() {
        let scenario =
            shop().policy("in", app(&["cart"]), Direction::Ingress, vec![(None, Some(vec![tcp(443)]))]);
        let edit = only_edit(&scenario.tcp("web", "cart", 80));
        assert!(matches!(edit.change, Change::AddRule { rule: Rule { peers: Some(_), ports: Some(_), .. } }));
    }

    #[test]
    fn a_rule_goes_to_the_policy_with_the_narrowest_subject() {
        let scenario = shop().policy("all", Selector::everything(), Direction::Ingress, vec![]).policy(
            "in",
            app(&["cart"]),
            Direction::Ingress,
            vec![],
        );
        let edit = only_edit(&scenario.tcp("probe", "cart", 80));
        assert_eq!((edit.policy, edit.opens_namespace), (PolicyRef::Evaluated(1), false));
    }
}
