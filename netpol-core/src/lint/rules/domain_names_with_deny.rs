//! `domain-names-with-deny`.

use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::dialect::cluster_policy::{Action, Peer};
use crate::lint::{Context, Level, Levels, Needs, Rule};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("domain-names-with-deny"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "`domainNames` in a rule that denies or passes: the API means them for rules that accept",
    page: include_str!("domain-names-with-deny.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for policy in context.cluster_policies() {
        for rule in policy.egress.iter().flatten() {
            let Some(action) = rule.value.action.as_ref().filter(|action| action.value != Action::Accept)
            else {
                continue;
            };
            let is_named = |peer: &&crate::text::Spanned<Peer>| matches!(peer.value, Peer::Domains(_));
            let named = rule.value.peers.iter().find(is_named);
            found.extend(named.map(|peer| {
                let message =
                    "domain names are for rules that accept: what this rule does with them is not defined";
                RULE.finding(context.head(peer.span), message)
                    .with_object(policy.object.clone())
                    .with_related(action.span, "the action of the rule")
                    .with_help("name the networks to deny, or accept the names and deny the rest")
            }));
        }
    }
    found
}
