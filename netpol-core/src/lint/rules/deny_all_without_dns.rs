//! `deny-all-without-dns`.

use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::index::{IndexedPeer, IndexedRule};
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt, ordered};
use crate::net::{ConnectionSet, Family, IpSet, Protocol};
use crate::policy::{Action, Direction, PodMatch};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("deny-all-without-dns"),
    category: Category::Policy,
    levels: Levels { minimal: Level::Off, recommended: Level::Warning, strict: Level::Warning },
    summary: "an administrator's policy denies all egress, and no rule before it lets pods resolve names",
    page: include_str!("deny-all-without-dns.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let rules: Vec<RuleAt<'_>> = ordered::policies(context)
        .flat_map(|policy| ordered::rules(context, policy, Direction::Egress))
        .collect();
    // Whoever writes about DNS anywhere has thought of it.
    let speaks_of_dns = |rule: &RuleAt<'_>| {
        rule.indexed.action != Action::Deny && rule.indexed.ports.fixed.contains(Protocol::Udp, 53)
    };
    if rules.iter().any(speaks_of_dns) {
        return Vec::new();
    }
    let denying = rules.iter().filter(|rule| rule.policy.tier == context.profile.cluster_tiers.admin);
    denying
        .filter(|rule| denies_everything(context, rule.indexed))
        .filter_map(|rule| finding(context, rule))
        .collect()
}

fn denies_everything(context: &Context<'_>, rule: &IndexedRule) -> bool {
    let is_all = |peer: &IndexedPeer| match *peer {
        IndexedPeer::Term(id) => {
            context.index.term(id).is_some_and(|term| *term.pods == PodMatch::everything())
        }
        IndexedPeer::Block(id) => context
            .index
            .block(id)
            .is_some_and(|block| IpSet::every(Family::V4).is_subset(&block.block.addresses)),
    };
    rule.action == Action::Deny
        && rule.ports.fixed == ConnectionSet::every()
        && rule.peers.as_ref().is_none_or(|peers| peers.iter().any(is_all))
}

fn finding(context: &Context<'_>, rule: &RuleAt<'_>) -> Option<Diagnostic> {
    let message =
        format!("`{}` denies DNS too: no rule before this one is about port 53", rule.policy.object);
    let place = context.head(context.span(rule.rule.origin)?);
    Some(
        RULE.finding(place, message)
            .with_object(rule.policy.object.clone())
            .with_help("before it, pass or accept UDP and TCP 53 to the pods of the cluster DNS"),
    )
}
