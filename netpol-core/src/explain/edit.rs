//! The smallest edit that allows what a direction denies.

use super::peer_choice::peers_naming;
use super::stage::Stage;
use super::{Change, Holder, Miss, NearMiss, PolicyFact, Remedy, RuleFact, SmallestEdit};
use crate::net::{ConnectionSet, PortSet};
use crate::policy::{Action, NamespaceMatch, Placed, Policy, PortMatch, Ports, Rule};
use crate::selector::{LabelValue, Near, Operator};

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
        .find_map(|(it, rule)| correct_value(stage, it, rule))
        .or_else(|| {
            with_rules()
                .find_map(|(it, rule)| add_peers(stage, it, Some(rule).filter(|rule| rule.ports.is_some())?))
        })
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

/// Another value for the one label that keeps a peer from matching, when it looks like a slip: the other end has
/// nearly the value that is wanted, and no pod of the cluster has the wanted one.
fn correct_value(stage: &Stage<'_>, candidate: Candidate<'_>, rule: &RuleFact) -> Option<SmallestEdit> {
    if rule.action != Action::Allow || !takes_ports(stage, rule) {
        return None;
    }
    rule.peers.iter().flatten().find_map(|peer| {
        let [Miss::Label { holder: Holder::Pod, requirement, near: Some(NearMiss::OfPolicy(near)), .. }] =
            peer.misses.as_slice()
        else {
            return None;
        };
        let (Near::Value { wanted, has } | Near::ValueCase { wanted, has }) = near else { return None };
        let key = requirement.key.as_deref()?;
        let is_wanted = |value: Option<&LabelValue>| match value {
            Some(LabelValue::Known(value)) => value == wanted,
            Some(LabelValue::Unknown) => true,
            None => false,
        };
        let is_one_value = requirement.operator == Operator::In && requirement.values == [wanted.clone()];
        let groups = &stage.scene.cluster.groups;
        if !is_one_value || groups.iter().any(|group| is_wanted(group.labels.get(key))) {
            return None;
        }
        let (wanted, has) = (wanted.clone(), has.clone());
        let change = Change::CorrectValue { rule: rule.rule, peer: peer.peer, wanted, has };
        Some(candidate.edit(peer.origin, change))
    })
}

/// Whether the ports of a rule take all that is missing.
fn takes_ports(stage: &Stage<'_>, rule: &RuleFact) -> bool {
    rule.ports.as_ref().is_none_or(|ports| {
        let taken = ports.iter().fold(ConnectionSet::empty(), |all, port| all.union(&port.matched.allowed));
        stage.attribution.unmatched.is_subset(&taken)
    })
}

/// A further peer for a rule whose ports take all that is missing.
fn add_peers(stage: &Stage<'_>, candidate: Candidate<'_>, rule: &RuleFact) -> Option<SmallestEdit> {
    let has_peers = rule.peers.as_ref().is_some_and(|peers| !peers.is_empty());
    if rule.action != Action::Allow || !takes_ports(stage, rule) || !has_peers || rule.takes_peer() {
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
    let peers = peers.into_iter().map(|peer| Placed::new(peer, origin)).collect();
    let rule = Rule::allowing(stage.trace.direction, Some(peers), ports);
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
    use std::sync::Arc;

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
            let policy = Arc::make_mut(&mut scenario.policies.policies[index as usize]);
            let origin = edit.origin;
            match edit.change {
                Change::CorrectValue { rule, peer, wanted, has } => {
                    correct(&mut policy.rules[rule].value.peers.as_mut().unwrap()[peer].value, &wanted, &has);
                }
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

    fn correct(peer: &mut Peer, wanted: &str, has: &str) {
        let Peer::Pods(pods) = peer else { panic!("a peer of pods") };
        let requirements = pods.pods.requirements().iter().cloned().map(|mut requirement| {
            for value in requirement.values.iter_mut().filter(|value| *value == wanted) {
                *value = has.to_owned();
            }
            requirement
        });
        pods.pods = Selector::new(requirements.collect::<Vec<_>>());
    }

    #[test]
    fn a_slip_of_the_keyboard_is_corrected_rather_than_worked_around() {
        let rule = (Some(vec![app_peer(&["fronted"])]), Some(vec![tcp(80)]));
        let mut scenario =
            Scenario::new(&[("shop", "db", &[("app", "db")]), ("shop", "frontend", &[("app", "frontend")])])
                .policy("in", app(&["db"]), Direction::Ingress, vec![rule]);
        let explanation = scenario.tcp("frontend", "db", 80);
        let (wanted, has) = ("fronted".to_owned(), "frontend".to_owned());
        assert_eq!(only_edit(&explanation).change, Change::CorrectValue { rule: 0, peer: 0, wanted, has });
        apply(&mut scenario, &explanation);
        assert_eq!(scenario.tcp("frontend", "db", 80).verdict.decision, Decision::Allow);
    }

    #[test]
    fn a_value_that_some_pod_has_is_no_slip() {
        let rule = (Some(vec![app_peer(&["card"])]), Some(vec![tcp(80)]));
        let scenario = Scenario::new(&[
            ("shop", "card", &[("app", "card")]),
            ("shop", "cart", &[("app", "cart")]),
            ("shop", "db", &[("app", "db")]),
        ])
        .policy("in", app(&["db"]), Direction::Ingress, vec![rule]);
        let edit = only_edit(&scenario.tcp("cart", "db", 80));
        assert!(matches!(edit.change, Change::AddPeers { .. }), "{edit:?}");
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
