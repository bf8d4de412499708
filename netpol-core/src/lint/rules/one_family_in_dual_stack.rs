//! `one-family-in-dual-stack`.

use crate::diagnostic::{Category, Diagnostic, RuleName};
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt};
use crate::net::{Family, IpSet};
use crate::policy::{Direction, Peer};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("one-family-in-dual-stack"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a rule names every IPv4 address and no IPv6 address, in a cluster that has both",
    page: include_str!("one-family-in-dual-stack.md"),
    needs: Needs::Text,
    find: Some(find),
};

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let is_dual = [Family::V4, Family::V6].iter().all(|family| context.cluster.families.contains(family));
    if !is_dual {
        return Vec::new();
    }
    context.rules().filter_map(|rule| finding(context, &rule)).collect()
}

/// A rule with nearly all of IPv4 and nothing of IPv6.
fn finding(context: &Context<'_>, rule: &RuleAt<'_>) -> Option<Diagnostic> {
    let mut all = IpSet::empty();
    let mut widest = None;
    for peer in rule.rule.value.peers.as_ref()? {
        let Peer::Addresses(block) = &peer.value else { continue };
        if !block.unknown.is_empty() {
            return None;
        }
        all = all.union(&block.addresses);
        let is_wide = block.addresses.cidrs().iter().any(|cidr| cidr.prefix_len() <= 1);
        if is_wide && widest.is_none() {
            widest = Some(peer);
        }
    }
    let has_ipv6 = !all.intersection(&IpSet::every(Family::V6)).is_empty();
    let widest = widest.filter(|_| !has_ipv6)?;
    let object = &rule.policy.object;
    let (list, whom) = match rule.rule.value.direction {
        Direction::Ingress => ("from", "from"),
        Direction::Egress => ("to", "to"),
    };
    let message = format!("this rule allows connections {whom} the world over IPv4, and none over IPv6");
    let help = format!(
        "the cluster has both: add `- ipBlock: {{cidr: \"::/0\"}}` to the same `{list}` if the world is meant"
    );
    Some(
        RULE.finding(context.head(context.span(widest.origin)?), message)
            .with_object(object.clone())
            .with_help(help),
    )
}
