//! `denied-in-name-only`.

use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::lint::breadth::{Breadth, is_for_every_port};
use crate::lint::{Context, Level, Levels, Needs, Rule, RuleAt, dns, hints};
use crate::policy::{Direction, NamespaceMatch, Peer, PodMatch};
use crate::selector::{Operator, Requirement, Selector};

pub(crate) const RULE: Rule = Rule {
    name: RuleName("denied-in-name-only"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "a policy allows the very peer that its name says it denies, or everybody",
    page: include_str!("denied-in-name-only.md"),
    needs: Needs::Text,
    find: Some(find),
};

/// Words that deny what comes after them.
const DENYING: [&str; 8] = ["deny", "denies", "denied", "block", "blocks", "forbid", "reject", "drop"];
/// Words that turn the meaning round, or leave somebody out.
const TURNING: [&str; 12] = [
    "allow", "allows", "permit", "except", "unless", "only", "but", "other", "others", "non", "not",
    "outside",
];

/// Words that say nothing of whom or what is denied: all are.
const EVERYBODY: [&str; 17] = [
    "all",
    "any",
    "anything",
    "by",
    "default",
    "every",
    "everyone",
    "everything",
    "inbound",
    "incoming",
    "np",
    "netpol",
    "networkpolicy",
    "outbound",
    "outgoing",
    "policy",
    "traffic",
];
/// Words for what is outside the cluster.
const OUTSIDE: [&str; 4] = ["external", "internet", "public", "world"];

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let of_rule = |rule: RuleAt<'_>| finding(context, &rule).or_else(|| of_everybody(context, &rule));
    context.rules().filter_map(of_rule).collect()
}

/// What a name says it denies: the words behind the one that denies, with hyphens around them.
fn denied(name: &str) -> Option<String> {
    let words: Vec<String> = name.split(['-', '.']).map(str::to_ascii_lowercase).collect();
    if words.iter().any(|word| TURNING.contains(&word.as_str())) {
        return None;
    }
    let at = words.iter().position(|word| DENYING.contains(&word.as_str()))?;
    Some(format!("-{}-", words.get(at + 1..)?.join("-")))
}

fn finding(context: &Context<'_>, rule: &RuleAt<'_>) -> Option<Diagnostic> {
    let object = &rule.policy.object;
    let denied = denied(&object.name)?;
    let is_denied = |value: &&String| denied.contains(&format!("-{}-", value.to_ascii_lowercase()));
    let own: Vec<&String> = wanted(&rule.policy.subject.value).flat_map(|it| &it.values).collect();
    let named = |peer: &Peer| match peer {
        Peer::Pods(pods) => {
            let mut wanted = wanted(pods);
            wanted
                .find(|it| it.values.iter().filter(|value| !own.contains(value)).any(|it| is_denied(&it)))
                .cloned()
        }
        Peer::Addresses(_) => None,
    };
    let peers = rule.rule.value.peers.as_ref()?;
    let (peer, named) = peers.iter().find_map(|peer| Some((peer, named(&peer.value)?)))?;
    let what = match rule.rule.value.direction {
        Direction::Ingress => "lets in",
        Direction::Egress => "lets pods send to",
    };
    let message = format!("`{object}` {what} what its name denies: `{named}`");
    let help = "policies only allow, and what no rule allows is denied: leave this peer out, and see that no other policy \
                for these pods allows it";
    let place = context.head(context.span(peer.origin)?);
    Some(
        RULE.finding(place, message)
            .with_severity(Severity::Info)
            .with_object(object.clone())
            .with_help(help),
    )
}

/// A rule for everybody in a policy whose name says that all are denied, or all outside. A rule with nothing in it is
/// told as such.
fn of_everybody(context: &Context<'_>, rule: &RuleAt<'_>) -> Option<Diagnostic> {
    let object = &rule.policy.object;
    let direction = rule.rule.value.direction;
    let denies = denies(&object.name, direction)?;
    if !is_for_every_port(rule) {
        return of_some_ports(context, rule, denies);
    }
    let peers = rule.rule.value.peers.as_ref()?;
    let widest = peers.iter().filter_map(|peer| Some((Breadth::of(&peer.value)?, peer)));
    let (breadth, peer) = widest.max_by_key(|(breadth, _)| *breadth)?;
    if denies == Denied::Outside && breadth != Breadth::Addresses {
        return None;
    }
    let what = match direction {
        Direction::Ingress => "lets in",
        Direction::Egress => "lets pods send to",
    };
    let message = format!("`{object}` denies in name only: it {what} {}", breadth.words());
    let help = format!(
        "policies only allow: to deny all {direction}, leave this rule out; if the peer is meant, let the name say so"
    );
    // Many call it a deny when a namespace is closed to others.
    let severity = if breadth == Breadth::Namespace { Severity::Info } else { Severity::Warning };
    let place = context.head(context.span(peer.origin)?);
    let found = RULE.finding(place, message).with_severity(severity).with_object(object.clone());
    Some(found.with_help(help))
}

/// A rule for everybody on some ports. DNS is what a default deny is often written with.
fn of_some_ports(context: &Context<'_>, rule: &RuleAt<'_>, denies: Denied) -> Option<Diagnostic> {
    let object = &rule.policy.object;
    let breadth = Breadth::of_rule(rule).filter(|breadth| *breadth > Breadth::Namespace)?;
    let facts = &context.cluster.facts.dns;
    let is_dns = rule.rule.value.ports.iter().flatten().all(|port| dns::is_about_dns(&port.value, facts));
    if is_dns || denies == Denied::Outside {
        return None;
    }
    let what = match rule.rule.value.direction {
        Direction::Ingress => "lets in",
        Direction::Egress => "lets pods send to",
    };
    let message = format!("`{object}` does not deny all: it {what} {} on some ports", breadth.words());
    let help =
        "policies only allow: put the rule into a policy whose name tells it, or let this one's say so";
    let place = context.head(context.span(rule.rule.origin)?);
    let found = RULE.finding(place, message).with_severity(Severity::Info).with_object(object.clone());
    Some(found.with_help(help))
}

/// Whom a name says to be denied when it names nobody in particular.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Denied {
    Everybody,
    Outside,
}

/// What a name says of a direction; `None` when it denies somebody in particular, or the other direction.
fn denies(name: &str, direction: Direction) -> Option<Denied> {
    let words = hints::words_of(name);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let is_of_other = has(&[direction.opposite().name()]) && !has(&[direction.name()]);
    if has(&TURNING) || is_of_other {
        return None;
    }
    let at = words.iter().position(|word| DENYING.contains(&word.as_str()))?;
    let mut denied = words.get(at + 1..)?.iter().map(String::as_str);
    let is_outside = denied.clone().any(|word| OUTSIDE.contains(&word));
    let is_known = |word: &str| {
        EVERYBODY.contains(&word)
            || OUTSIDE.contains(&word)
            || matches!(word, "ingress" | "egress" | "from" | "to")
    };
    denied.all(is_known).then_some(if is_outside { Denied::Outside } else { Denied::Everybody })
}

/// The labels that a selector wants pods, or their namespaces, to have.
fn wanted(pods: &PodMatch) -> impl Iterator<Item = &Requirement> {
    let of_namespaces = match &pods.namespaces {
        NamespaceMatch::Named(_) => None,
        NamespaceMatch::Selected(selector) => Some(selector),
    };
    let all = of_namespaces.into_iter().chain([&pods.pods]).flat_map(Selector::requirements);
    all.filter(|it| it.operator == Operator::In)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_name_denies_comes_after_the_word_that_does() {
        assert_eq!(denied("web-deny-from-dev").as_deref(), Some("-from-dev-"));
        assert_eq!(denied("web-from-dev"), None);
        assert_eq!(denied("deny-all-but-web"), None);
    }

    #[test]
    fn a_name_that_denies_nobody_in_particular_denies_everybody() {
        assert_eq!(denies("default-deny-all", Direction::Ingress), Some(Denied::Everybody));
        assert_eq!(denies("deny-egress", Direction::Egress), Some(Denied::Everybody));
        assert_eq!(denies("deny-egress", Direction::Ingress), None);
        assert_eq!(denies("deny-external-egress", Direction::Egress), Some(Denied::Outside));
        assert_eq!(denies("deny-from-dev", Direction::Ingress), None);
        assert_eq!(denies("deny-from-other-namespaces", Direction::Ingress), None);
    }
}
