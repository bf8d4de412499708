//! The whole reason of an answer, as `netpol explain` prints it.

use super::layout::{Layout, count};
use super::verdict::{basis, heading, outcome_words, pair_heading};
use super::{Line, Role, Suggestion, Text, ends, misses, remedies};
use crate::evaluate::{Decision, Exemption, PolicyRef};
use crate::explain::{
    DirectionExplanation, Explanation, Isolation, PairExplanation, PeerFact, PolicyFact, PortFact, RuleFact,
};
use crate::net::ConnectionSet;
use crate::policy::{Action, Direction, Peer, PortMatch, Rule};
use crate::report::Context;
use crate::report::context::rule_path;
use crate::selector::Truth;

/// So many pairs are explained; of more, the rest is counted.
const PAIRS: usize = 10;

/// An explanation in words, with the remedies as `suggestions` spell them.
pub fn explanation(context: Context<'_>, explanation: &Explanation, suggestions: &[Suggestion]) -> Text {
    let mut layout = Layout::default();
    heading(&mut layout, context.cluster, &explanation.verdict);
    match explanation.pairs.as_slice() {
        [pair] => pair_lines(&mut layout, context, (pair, suggestions)),
        pairs => {
            let ports = ends::asked(&explanation.verdict.request.ports);
            for pair in pairs.iter().take(PAIRS) {
                layout.line(Line::new());
                pair_heading(&mut layout, context.cluster, &pair.pair, &ports);
                pair_lines(&mut layout, context, (pair, suggestions));
            }
            if let Some(rest) = pairs.len().checked_sub(PAIRS).filter(|rest| *rest > 0) {
                let more = count(rest, "more pair", "more pairs");
                layout.line(Line::new());
                layout.line(
                    Line::new().with(Role::Dim, format!("and {more}: ask for one of them, or -o json")),
                );
            }
        }
    }
    basis(&mut layout, context, &explanation.verdict);
    layout.into_text(context)
}

/// What a direction comes to, with its paint: `allowed`, `DENIED`, `PARTIAL` or `UNKNOWN`.
pub(super) fn outcome(direction: &DirectionExplanation) -> (Role, &'static str) {
    match direction.decision {
        Decision::Allow => (Role::Allow, "allowed"),
        Decision::Deny => (Role::Deny, "DENIED"),
        Decision::Partial => (Role::Unknown, "PARTIAL"),
        Decision::Unknown => (Role::Unknown, "UNKNOWN"),
    }
}

/// Why a direction comes to what it does: `isolated by 1 policy, no rule matches`.
pub(crate) fn summary(context: Context<'_>, direction: &DirectionExplanation) -> String {
    let isolation = match direction.isolation {
        Isolation::Exempt(exemption) => return exempt(direction, exemption).to_owned(),
        Isolation::NotSelected => {
            return format!("not isolated, no policy selects it for {}", direction.direction);
        }
        Isolation::NotIsolated => "not isolated".to_owned(),
        Isolation::Isolated { by } => format!("isolated by {}", count(by, "policy", "policies")),
        Isolation::NotKnown { by } => format!("{} may isolate it", count(by, "policy", "policies")),
    };
    let rules: Vec<(PolicyRef, &RuleFact)> = deciding(direction).collect();
    let decided = match (direction.decision, rules.as_slice()) {
        (Decision::Unknown, _) => "whether a rule matches is not known".to_owned(),
        (Decision::Partial, _) => outcome_words(&direction.asked, &direction.decided),
        (_, []) if matches!(direction.isolation, Isolation::NotIsolated) => "no rule matches".to_owned(),
        (Decision::Deny, []) => no_rule(direction).to_owned(),
        (Decision::Allow, []) => "allowed".to_owned(),
        (_, [(policy, rule)]) => {
            let object = context.object(*policy).map(ToString::to_string).unwrap_or_default();
            format!("{} {} of {object}", verb(rule.action), rule_path(context, *policy, rule.rule))
        }
        (_, [(_, first), ..]) => format!("{} {} rules", verb(first.action), rules.len()),
    };
    format!("{isolation}, {decided}")
}

fn no_rule(direction: &DirectionExplanation) -> &'static str {
    let has_rules = direction.policies.iter().any(|policy| !policy.rules.is_empty());
    if has_rules { "no rule matches" } else { "which has no rule that allows anything" }
}

const fn verb(action: Action) -> &'static str {
    match action {
        Action::Allow => "allowed by",
        Action::Deny => "denied by",
        Action::Pass => "passed on by",
    }
}

/// The rules that the answer rests on; a rule that passes on decides nothing in the end.
fn deciding(direction: &DirectionExplanation) -> impl Iterator<Item = (PolicyRef, &RuleFact)> {
    let rules = |policy: &'_ PolicyFact| policy.policy;
    direction.policies.iter().flat_map(move |policy| {
        let name = rules(policy);
        let rules = policy.rules.iter().filter(|rule| rule.decides && rule.action != Action::Pass);
        rules.map(move |rule| (name, rule))
    })
}

const fn exempt(direction: &DirectionExplanation, exemption: Exemption) -> &'static str {
    match (exemption, direction.direction) {
        (Exemption::NotAPod, _) => "no policy selects it, it is not a pod",
        (Exemption::OwnNode, Direction::Ingress) => "traffic from a pod's own node is always allowed",
        (Exemption::OwnNode, Direction::Egress) => "traffic to a pod's own node",
        (Exemption::Itself, _) => "a pod always reaches itself",
        (Exemption::NothingEnforced, _) => "the network plugin enforces no network policy",
    }
}

fn pair_lines(
    layout: &mut Layout,
    context: Context<'_>,
    (pair, suggestions): (&PairExplanation, &[Suggestion]),
) {
    let label = |direction: &DirectionExplanation| {
        format!("{} of {}", direction.direction, ends::end(context.cluster, &direction.subject))
    };
    let width = pair.directions().map(|direction| label(direction).chars().count()).into_iter().max();
    for direction in pair.directions() {
        let label = label(direction);
        let blanks = width.unwrap_or_default().saturating_sub(label.chars().count()) + 4;
        let (role, word) = outcome(direction);
        let line = Line::new()
            .plain(format!("  {label}{}", " ".repeat(blanks)))
            .with(role, word)
            .plain(format!(": {}", summary(context, direction)));
        layout.line(line);
        for policy in &direction.policies {
            policy_lines(layout, context, (direction, policy));
        }
        let subject = ends::end(context.cluster, &direction.subject);
        for near in &direction.nearly {
            let fact = remedies::near_policy(context, near, &subject);
            layout.placed(
                Line::new().plain("    ").with(Role::Unknown, "near miss: ").plain(fact.words),
                fact.place,
            );
        }
    }
    remedy_lines(layout, context, (pair, suggestions));
}

fn remedy_lines(
    layout: &mut Layout,
    context: Context<'_>,
    (pair, suggestions): (&PairExplanation, &[Suggestion]),
) {
    let remedies = pair.directions().into_iter().flat_map(|direction| &direction.remedies);
    let mut told = "  to allow it: ";
    for remedy in remedies {
        let fact = remedies::remedy(context, remedy, suggestions);
        layout.placed(Line::new().with(Role::Strong, told).plain(fact.words), fact.place);
        told = "  and:         ";
    }
}

fn policy_lines(
    layout: &mut Layout,
    context: Context<'_>,
    (direction, policy): (&DirectionExplanation, &PolicyFact),
) {
    let object = context.object(policy.policy).map(ToString::to_string).unwrap_or_default();
    let mut line = Line::new().plain("    ").with(Role::Strong, object);
    if policy.selects.truth == Truth::Unknown {
        line.push(Role::Unknown, " (may select it)");
    }
    if let PolicyRef::Opaque(_) = policy.policy {
        line.push(Role::Unknown, " is not evaluated");
    } else if policy.rules.is_empty() {
        line.push(Role::Plain, format!(" has no {} rule", direction.direction));
    }
    layout.placed(line, policy.origin.and_then(|origin| context.span(origin)));
    for rule in &policy.rules {
        rule_lines(layout, context, RuleInPlace { direction, policy: policy.policy, rule });
    }
}

/// A rule with what its words need.
#[derive(Clone, Copy)]
struct RuleInPlace<'a> {
    direction: &'a DirectionExplanation,
    policy: PolicyRef,
    rule: &'a RuleFact,
}

impl<'a> RuleInPlace<'a> {
    /// The rule as the policy has it.
    fn source(self, context: Context<'a>) -> Option<&'a Rule> {
        let PolicyRef::Evaluated(index) = self.policy else { return None };
        let policy = context.policies.policies.get(index as usize)?;
        policy.rules.get(self.rule.rule).map(|rule| &rule.value)
    }
}

fn rule_lines(layout: &mut Layout, context: Context<'_>, place: RuleInPlace<'_>) {
    let path = rule_path(context, place.policy, place.rule.rule);
    let action = match place.rule.action {
        Action::Allow => "",
        Action::Deny => " (deny)",
        Action::Pass => " (pass)",
    };
    let mut indent = format!("      {path}{action}  ");
    let blank = " ".repeat(indent.chars().count());
    let mut next = |layout: &mut Layout, line: Line, span| {
        let mut whole = Line::new().plain(std::mem::replace(&mut indent, blank.clone()));
        whole.segments.extend(line.segments);
        layout.placed(whole, span);
    };
    match &place.rule.peers {
        None => next(layout, yes("peers", "every peer"), context.span(place.rule.origin)),
        Some(peers) => {
            for peer in peers {
                next(layout, peer_line(context, place, peer), context.span(peer.origin));
            }
        }
    }
    match &place.rule.ports {
        None => next(layout, yes("ports", "every port"), None),
        Some(ports) => {
            for line in port_lines(context, place, ports) {
                next(layout, line, None);
            }
        }
    }
}

fn peer_line(context: Context<'_>, place: RuleInPlace<'_>, fact: &PeerFact) -> Line {
    let name = format!("peer {}", fact.peer);
    let other = ends::end(context.cluster, &place.direction.peer);
    let source = place.source(context).and_then(|rule| rule.peers.as_ref()?.get(fact.peer));
    let takes =
        source.map(|peer: &crate::policy::Placed<Peer>| misses::peer(&peer.value)).unwrap_or_default();
    match fact.answer.truth {
        Truth::Yes => yes(&name, &takes),
        truth => {
            let misses: Vec<String> = fact.misses.iter().map(|miss| misses::miss(miss, &other)).collect();
            let words = if misses.is_empty() { takes } else { misses.join("; ") };
            verdict_line(&name, truth, &words)
        }
    }
}

/// One line for the ports that match or that a glance tells to be others, and one for each that needs words.
fn port_lines(context: Context<'_>, place: RuleInPlace<'_>, ports: &[PortFact]) -> Vec<Line> {
    let source = place.source(context).and_then(|rule| rule.ports.as_ref());
    let takes = |fact: &PortFact| {
        let port = source.and_then(|ports| ports.get(fact.port)).map(|port| &port.value);
        port.map(|port: &PortMatch| misses::port(port)).unwrap_or_default()
    };
    let matched = ports.iter().fold(ConnectionSet::empty(), |all, port| all.union(&port.matched.allowed));
    if !matched.is_empty() {
        return vec![yes("ports", &matched.to_string())];
    }
    let destination = ends::end(
        context.cluster,
        match place.direction.direction {
            Direction::Ingress => &place.direction.subject,
            Direction::Egress => &place.direction.peer,
        },
    );
    let mut plain = Vec::new();
    let mut lines = Vec::new();
    for fact in ports {
        match fact.miss.as_ref().and_then(|miss| misses::port_miss(miss, &destination)) {
            None => plain.push(takes(fact)),
            Some(why) => {
                let truth = if fact.matched.unknown.is_empty() { Truth::No } else { Truth::Unknown };
                lines.push(verdict_line(
                    &format!("port {}", fact.port),
                    truth,
                    &format!("wants {}, {why}", takes(fact)),
                ));
            }
        }
    }
    if !plain.is_empty() {
        let words = format!("wants {}", plain.join(", "));
        lines.insert(0, verdict_line("ports", Truth::No, &words));
    } else if ports.is_empty() {
        lines.push(verdict_line("ports", Truth::No, "the list is empty"));
    }
    lines
}

fn yes(name: &str, words: &str) -> Line {
    verdict_line(name, Truth::Yes, words)
}

fn verdict_line(name: &str, truth: Truth, words: &str) -> Line {
    let (role, word) = match truth {
        Truth::Yes => (Role::Allow, "yes"),
        Truth::No => (Role::Deny, "no"),
        Truth::Unknown => (Role::Unknown, "unknown"),
    };
    Line::new().plain(format!("{name}: ")).with(role, word).plain(format!(", {words}"))
}
