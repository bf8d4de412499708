//! The edits that an explanation proposes, in the language of the files: part of the façade, which alone knows
//! dialects and answers at once.

use crate::dialect::network_policy::raise::{self, Raised};
use crate::evaluate::PolicyRef;
use crate::explain::{Change, Explanation, SmallestEdit};
use crate::policy::{OriginId, Policy, PolicySet, Rule};
use crate::report::text::Suggestion;
use crate::text::Span;

/// So many items are spelled out in the words of a suggestion.
const SPELLED_OUT: usize = 3;

/// The edits of an explanation as a person would make them. An edit that its API has no words for is left out.
pub(crate) fn suggestions(policies: &PolicySet, explanation: &Explanation) -> Vec<Suggestion> {
    explanation.edits().into_iter().filter_map(|edit| suggestion(policies, edit)).collect()
}

fn suggestion(policies: &PolicySet, edit: &SmallestEdit) -> Option<Suggestion> {
    let PolicyRef::Evaluated(index) = edit.policy else { return None };
    let policy = policies.policies.get(index as usize).filter(|policy| is_network_policy(policy))?;
    let (items, list, after) = items(policies, policy, &edit.change)?;
    let span = policies.origins.get(after)?.span;
    let place = if after == policy.origin { span } else { Span { start: span.end, ..span } };
    Some(Suggestion {
        edit: edit.clone(),
        text_line: format!("add {} under {list}", words(&items)),
        place,
        edits: Vec::new(),
    })
}

/// Whether a policy is of the one dialect that can be raised.
fn is_network_policy(policy: &Policy) -> bool {
    policy.object.kind == "NetworkPolicy" && policy.object.api_version.starts_with("networking.k8s.io/")
}

/// What is to be added, the path of the list that it is added to, and what it is added behind.
fn items(policies: &PolicySet, policy: &Policy, change: &Change) -> Option<(Vec<Raised>, String, OriginId)> {
    let namespace = policy.object.namespace.as_deref().unwrap_or_default();
    match change {
        Change::AddPeers { rule, peers } => {
            let placed = policy.rules.get(*rule)?;
            let items = peers.iter().map(|peer| raise::peer(peer, namespace));
            let items = items.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
            let last = placed.value.peers.as_ref().and_then(|peers| peers.last());
            let key = if placed.value.direction == crate::policy::Direction::Ingress { "from" } else { "to" };
            let list = format!("{}.{key}", policies.origins.get(placed.origin)?.path);
            Some((items, list, last.map_or(placed.origin, |peer| peer.origin)))
        }
        Change::AddPorts { rule, ports } => {
            let placed = policy.rules.get(*rule)?;
            let items = ports.iter().map(raise::port).collect::<Option<Vec<_>>>()?;
            let last = placed.value.ports.as_ref().and_then(|ports| ports.last());
            let list = format!("{}.ports", policies.origins.get(placed.origin)?.path);
            Some((items, list, last.map_or(placed.origin, |port| port.origin)))
        }
        Change::AddRule { rule } => {
            let items = vec![raise::rule(rule, namespace)?];
            let last = policy.rules.iter().rev().find(|other| other.value.direction == rule.direction);
            let list = list_of(policy, rule);
            Some((items, list, last.map_or(policy.origin, |last| last.origin)))
        }
    }
}

/// The list of rules that a rule belongs to, with the name of the policy, which no line shows otherwise.
fn list_of(policy: &Policy, rule: &Rule) -> String {
    format!("{} of {}", rule.direction, policy.object)
}

/// The items as list items in one line: `` `- podSelector: {matchLabels: {app: web}}` ``.
fn words(items: &[Raised]) -> String {
    let first = items.iter().take(SPELLED_OUT).map(|item| match item {
        Raised::Map(fields) if fields.len() == 1 => format!("`- {}`", item.to_block(0)),
        _ => format!("`- {item}`"),
    });
    let mut words = first.collect::<Vec<_>>().join(", ");
    if let Some(rest) = items.len().checked_sub(SPELLED_OUT).filter(|rest| *rest > 0) {
        words = format!("{words} and {rest} more");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::scenario::{RuleSpec, Scenario, app, app_peer, tcp};
    use crate::policy::Direction;

    fn text_lines(rules: Vec<RuleSpec>, from: &str) -> Vec<String> {
        let scenario =
            Scenario::new(&[("other", "probe", &[("app", "probe")]), ("shop", "cart", &[("app", "cart")])])
                .policy("in", app(&["cart"]), Direction::Ingress, rules);
        let explanation = scenario.tcp(from, "cart", 80);
        suggestions(&scenario.policies, &explanation).into_iter().map(|it| it.text_line).collect()
    }

    #[test]
    fn a_peer_is_spelled_as_its_api_spells_it() {
        let rule = || (Some(vec![app_peer(&["x"])]), Some(vec![tcp(80)]));
        assert_eq!(
            text_lines(vec![rule()], "cart"),
            ["add `- podSelector: {matchLabels: {app: cart}}` under ingress[0].from"]
        );
        assert_eq!(
            text_lines(vec![rule()], "probe"),
            ["add `- {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}, \
              podSelector: {matchLabels: {app: probe}}}` under ingress[0].from"]
        );
    }

    #[test]
    fn ports_and_rules_are_too() {
        let rule = (Some(vec![app_peer(&["cart"])]), Some(vec![tcp(443)]));
        assert_eq!(
            text_lines(vec![rule], "cart"),
            ["add `- {protocol: TCP, port: 80}` under ingress[0].ports"]
        );
        assert_eq!(
            text_lines(vec![], "cart"),
            ["add `- {from: [{podSelector: {matchLabels: {app: cart}}}], \
              ports: [{protocol: TCP, port: 80}]}` under ingress of NetworkPolicy shop/in"]
        );
    }
}
