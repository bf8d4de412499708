//! The whole reason of an answer, as `netpol explain` prints it.

use super::layout::{Layout, count};
use super::verdict::{basis, heading, outcome_words, pair_heading, side};
use super::{Line, Role, Suggestion, Text, ends, misses, remedies};
use crate::cluster::Endpoint;
use crate::evaluate::{Decision, Exemption, PolicyRef, UnknownAs};
use crate::explain::{
    DirectionExplanation, Explanation, Isolation, PairExplanation, PeerFact, PolicyFact, PortFact, Remedy,
    RuleFact,
};
use crate::net::ConnectionSet;
use crate::policy::{Action, Direction, Peer, PortMatch, Rule};
use crate::report::Context;
use crate::report::context::rule_path;
use crate::selector::Truth;

/// So many pairs are explained; of more, the rest is counted.
const PAIRS: usize = 10;
/// So many changes are spelled out; more are in the other formats.
const REMEDIES: usize = 20;

/// An explanation in words, with the remedies as `suggestions` spell them.
pub fn explanation(context: Context<'_>, explanation: &Explanation, suggestions: &[Suggestion]) -> Text {
    let mut layout = Layout::default();
    heading(&mut layout, context.cluster, &explanation.verdict);
    match explanation.pairs.as_slice() {
        [pair] => {
            pair_lines(&mut layout, context, pair);
            remedy_lines(&mut layout, context, (pair, suggestions));
        }
        pairs => {
            let ports = ends::asked(&explanation.verdict.request.ports);
            for pair in pairs.iter().take(PAIRS) {
                layout.line(Line::new());
                pair_heading(&mut layout, context.cluster, &pair.pair, &ports);
                pair_lines(&mut layout, context, pair);
            }
            if let Some(rest) = pairs.len().checked_sub(PAIRS).filter(|rest| *rest > 0) {
                let more = count(rest, "more pair", "more pairs");
                layout.line(Line::new());
                layout.line(
                    Line::new().with(Role::Dim, format!("and {more}: ask for one of them, or -o json")),
                );
            }
            remedy_lines_of_all(&mut layout, context, (explanation, suggestions));
        }
    }
    basis(&mut layout, context, &explanation.verdict);
    layout.into_text(context)
}

/// What a direction comes to, with its paint: `allowed`, `DENIED`, `PARTIAL` or `UNKNOWN`; and what is made of the latter.
pub(super) fn outcome(direction: &DirectionExplanation) -> (Role, &'static str) {
    match (direction.decision, direction.taken) {
        (Decision::Allow, _) => (Role::Allow, "allowed"),
        (Decision::Deny, _) => (Role::Deny, "DENIED"),
        (Decision::Partial, UnknownAs::Unknown) => (Role::Unknown, "PARTIAL"),
        (Decision::Partial, UnknownAs::Allow) => (Role::Unknown, "PARTIAL, the unknown taken as allowed"),
        (Decision::Partial, UnknownAs::Deny) => (Role::Unknown, "PARTIAL, the unknown taken as denied"),
        (Decision::Unknown, UnknownAs::Unknown) => (Role::Unknown, "UNKNOWN"),
        (Decision::Unknown, UnknownAs::Allow) => (Role::Unknown, "unknown, taken as allowed"),
        (Decision::Unknown, UnknownAs::Deny) => (Role::Unknown, "unknown, taken as denied"),
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
        Isolation::Doubted => return "nothing is known of its pods".to_owned(),
        Isolation::Isolated { by } => format!("isolated by {}", count(by, "policy", "policies")),
        Isolation::NotKnown { by } => format!("{} may isolate it", count(by, "policy", "policies")),
    };
    format!("{isolation}{}", outcome_of_rules(context, direction))
}

/// The same in short, with the name of the one policy that isolates.
pub(super) fn short_summary(context: Context<'_>, direction: &DirectionExplanation) -> String {
    let mut isolating = direction.policies.iter().filter(|policy| policy.isolates);
    match (direction.isolation, isolating.next(), deciding(direction).count()) {
        (Isolation::Isolated { by }, Some(policy), 0) => {
            let object = context.object(policy.policy).map(ToString::to_string).unwrap_or_default();
            let others = and_more(by.saturating_sub(1), ("policy", "policies"));
            format!("isolated by {object}{others}{}", outcome_of_rules(context, direction))
        }
        (Isolation::Isolated { .. }, _, 1..) if direction.decision == Decision::Allow => {
            outcome_of_rules(context, direction).trim_start_matches([',', ' ']).to_owned()
        }
        _ => summary(context, direction),
    }
}

/// What the rules make of it, as it follows on the words for the isolation.
fn outcome_of_rules(context: Context<'_>, direction: &DirectionExplanation) -> String {
    let rules: Vec<(PolicyRef, &RuleFact)> = deciding(direction).collect();
    match (direction.decision, rules.as_slice()) {
        (Decision::Unknown, _) if matches!(direction.isolation, Isolation::NotKnown { .. }) => String::new(),
        (Decision::Unknown, _) => not_known(direction),
        (Decision::Partial, _) => format!(", {}", outcome_words(&direction.asked, &direction.decided)),
        (_, []) if direction.isolation == Isolation::NotIsolated => ", no rule matches".to_owned(),
        (Decision::Allow, []) => String::new(),
        (Decision::Deny, []) => no_rule(direction),
        (_, [(policy, first), others @ ..]) => {
            let object = context.object(*policy).map(ToString::to_string).unwrap_or_default();
            let path = rule_path(context, *policy, first.rule);
            let others = and_more(others.len(), ("rule", "rules"));
            format!(", {} {path} of {object}{others}", verb(first.action))
        }
    }
}

/// ` and 2 more rules`; nothing where there is no more.
fn and_more(number: usize, (one, many): (&str, &str)) -> String {
    match number {
        0 => String::new(),
        number => format!(" and {}", count(number, &format!("more {one}"), &format!("more {many}"))),
    }
}

fn not_known(direction: &DirectionExplanation) -> String {
    let mut rules = direction.policies.iter().flat_map(|policy| &policy.rules);
    let is_opaque = |policy: &&PolicyFact| matches!(policy.policy, PolicyRef::Opaque(_));
    match direction.policies.iter().filter(is_opaque).count() {
        _ if rules.any(|rule| !rule.matched.unknown.is_empty()) => {
            ", whether a rule matches is not known".to_owned()
        }
        0 => ", which does not settle it".to_owned(),
        1 => ", a policy that is not evaluated may change it".to_owned(),
        many => format!(", {many} policies that are not evaluated may change it"),
    }
}

fn no_rule(direction: &DirectionExplanation) -> String {
    let has_rules = direction.policies.iter().any(|policy| !policy.rules.is_empty());
    let have = if direction.policies.len() == 1 { "has" } else { "have" };
    if has_rules {
        ", no rule matches".to_owned()
    } else {
        format!(", which {have} no {} rule", direction.direction)
    }
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
    direction.policies.iter().flat_map(|policy| {
        let rules = policy.rules.iter().filter(|rule| rule.decides && rule.action != Action::Pass);
        rules.map(|rule| (policy.policy, rule))
    })
}

const fn exempt(direction: &DirectionExplanation, exemption: Exemption) -> &'static str {
    match (exemption, direction.direction) {
        (Exemption::NotAPod, _) => match direction.subject.endpoint {
            Endpoint::Addresses(_) | Endpoint::Node(_) => "no policy selects it, it is not a pod",
            _ => "it runs on the host network, so policies do not apply to it",
        },
        (Exemption::OwnNode, Direction::Ingress) => "traffic from a pod's own node is always allowed",
        (Exemption::OwnNode, Direction::Egress) => "traffic to a pod's own node",
        (Exemption::Itself, _) => "a pod always reaches itself",
        (Exemption::NothingEnforced, _) => "the network plugin enforces no network policy",
    }
}

fn pair_lines(layout: &mut Layout, context: Context<'_>, pair: &PairExplanation) {
    let label = |direction: &DirectionExplanation| side(context.cluster, pair, direction);
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
}

/// What would allow a pair.
fn remedy_lines(
    layout: &mut Layout,
    context: Context<'_>,
    (pair, suggestions): (&PairExplanation, &[Suggestion]),
) {
    let remedies = pair.directions().into_iter().flat_map(|direction| &direction.remedies);
    tell_remedies(layout, context, (pair.pair.decision, remedies.collect()), suggestions);
}

/// What would allow several pairs: each change once.
fn remedy_lines_of_all(
    layout: &mut Layout,
    context: Context<'_>,
    (explanation, suggestions): (&Explanation, &[Suggestion]),
) {
    let directions = explanation.pairs.iter().flat_map(PairExplanation::directions);
    let remedies: Vec<&Remedy> = directions.flat_map(|direction| &direction.remedies).collect();
    if !remedies.is_empty() {
        layout.line(Line::new());
        tell_remedies(layout, context, (Decision::Partial, remedies), suggestions);
    }
}

fn tell_remedies(
    layout: &mut Layout,
    context: Context<'_>,
    (decision, remedies): (Decision, Vec<&Remedy>),
    suggestions: &[Suggestion],
) {
    let mut word = match decision {
        Decision::Partial => "  to allow the rest: ",
        _ => "  to allow it: ",
    };
    let mut told = Vec::new();
    for remedy in remedies {
        let fact = remedies::remedy(context, remedy, suggestions);
        let change = (fact.words.clone(), fact.place);
        if told.contains(&change) {
            continue;
        }
        if told.len() == REMEDIES {
            layout.line(Line::new().with(Role::Dim, "  and more: ask for one pair, or -o json"));
            return;
        }
        told.push(change);
        layout.placed(Line::new().with(Role::Strong, word).plain(fact.words), fact.place);
        // A label is one way; what follows is the way without it.
        word = if matches!(remedy, Remedy::Label(_)) { "  or: " } else { "  and: " };
        let policy = remedies::suggestion_of(remedy, suggestions).and_then(|it| it.policy.as_deref());
        for line in policy.into_iter().flat_map(str::lines) {
            layout.line(Line::new().plain(format!("    {line}")));
        }
    }
}

fn policy_lines(
    layout: &mut Layout,
    context: Context<'_>,
    (direction, policy): (&DirectionExplanation, &PolicyFact),
) {
    let object = context.object(policy.policy).map(ToString::to_string).unwrap_or_default();
    let mut line = Line::new().plain("    ").with(Role::Strong, object);
    if let PolicyRef::Opaque(_) = policy.policy {
        line.push(Role::Unknown, " is not evaluated");
    } else if policy.selects.truth == Truth::Unknown {
        line.push(Role::Unknown, " may select it");
    } else if policy.rules.is_empty() {
        line.push(Role::Plain, format!(" has no {} rule", direction.direction));
        if is_unspoken(context, direction, policy) {
            let way = direction.direction;
            let only = match way {
                Direction::Ingress => "policyTypes: [Egress]",
                Direction::Egress => "policyTypes: [Ingress]",
            };
            line.push(Role::Unknown, format!(", yet isolates {way}: only `{only}` would leave it out"));
        }
    }
    layout.placed(line, policy.origin.and_then(|origin| context.span(origin)));
    for rule in &policy.rules {
        rule_lines(layout, context, RuleInPlace { direction, policy: policy.policy, rule });
    }
}

/// Whether a policy isolates in a direction that its text speaks of nowhere.
fn is_unspoken(context: Context<'_>, direction: &DirectionExplanation, policy: &PolicyFact) -> bool {
    let PolicyRef::Evaluated(place) = policy.policy else { return false };
    let policy = context.policies.policies.get(place as usize);
    policy.is_some_and(|policy| policy.unspoken == Some(direction.direction))
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
    let asked = &place.direction.asked;
    if !matched.is_empty() && asked.is_subset(&matched) {
        return vec![yes("ports", &matched.to_string())];
    }
    if !matched.is_empty() {
        let only = Line::new().plain("ports: ").with(Role::Unknown, "only").plain(format!(" {matched}"));
        return vec![only];
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

#[cfg(test)]
mod tests {
    use crate::cluster::{Asked, Endpoint};
    use crate::explain::Explanation;
    use crate::net::{IpSet, Protocol};
    use crate::policy::Direction;
    use crate::report::scenario::{Scenario, app, app_peer, block, tcp};
    use crate::report::{Context, text};
    use crate::selector::Selector;

    fn shop() -> Scenario {
        Scenario::new(&[
            ("shop", "adservice", &[("app", "adservice")]),
            ("shop", "cart", &[("app", "cart")]),
            ("shop", "checkout", &[("app", "checkout")]),
            ("shop", "frontend", &[("app", "frontend")]),
        ])
    }

    fn cart_ingress() -> Scenario {
        let rule = (Some(vec![app_peer(&["frontend", "checkout"])]), Some(vec![tcp(7070)]));
        shop().policy("cart-ingress", app(&["cart"]), Direction::Ingress, vec![rule])
    }

    fn told(scenario: &Scenario, explanation: &Explanation) -> String {
        let Scenario { cluster, policies, files, .. } = scenario;
        text::explanation(Context { cluster, policies, files }, explanation, &[]).to_string()
    }

    fn short(scenario: &Scenario, explanation: &Explanation) -> String {
        let Scenario { cluster, policies, files, .. } = scenario;
        text::answer(Context { cluster, policies, files }, explanation).to_string()
    }

    #[test]
    fn a_denial_names_the_label_that_differs_and_the_edit() {
        let scenario = cart_ingress();
        let explanation = scenario.tcp("adservice", "cart", 7070);
        let expected = "\
DENY  shop/adservice -> shop/cart tcp/7070
  egress of shop/adservice    allowed: not isolated, no policy selects it for egress
  ingress of shop/cart        DENIED: isolated by 1 policy, no rule matches
    NetworkPolicy shop/cart-ingress                                                      manifests/cart.yaml:1
      ingress[0]  peer 0: no, wants app in (checkout, frontend), pod has app=adservice   manifests/cart.yaml:3
                  ports: yes, tcp/7070
  to allow it: let ingress[0] of NetworkPolicy shop/cart-ingress also take app=adservice of `shop`   manifests/cart.yaml:2
";
        assert_eq!(told(&scenario, &explanation), expected);
        let expected = "\
DENY  shop/adservice -> shop/cart tcp/7070
  ingress of shop/cart DENIED: isolated by NetworkPolicy shop/cart-ingress, no rule matches   manifests/cart.yaml:1
";
        assert_eq!(short(&scenario, &explanation), expected);
    }

    #[test]
    fn an_allow_names_the_rule() {
        let scenario = cart_ingress();
        let explanation = scenario.tcp("frontend", "cart", 7070);
        let expected = "\
ALLOW  shop/frontend -> shop/cart tcp/7070
  ingress of shop/cart allowed by ingress[0] of NetworkPolicy shop/cart-ingress   manifests/cart.yaml:2
";
        assert_eq!(short(&scenario, &explanation), expected);
        assert!(!told(&scenario, &explanation).contains("to allow"));
    }

    #[test]
    fn an_open_pair_says_that_nothing_acts() {
        let scenario = shop();
        let explanation = scenario.tcp("frontend", "cart", 7070);
        let expected = "\
ALLOW  shop/frontend -> shop/cart tcp/7070
  neither end is isolated: no policy acts on this connection
  assumed: the input holds no network policy: everything is allowed
";
        assert_eq!(short(&scenario, &explanation), expected);
    }

    #[test]
    fn a_mixed_answer_says_what_is_allowed() {
        let scenario = cart_ingress();
        let ends = (scenario.workload("frontend"), scenario.workload("cart"));
        let explanation = scenario.explain(ends.0, ends.1, Asked::Every);
        let expected = "\
PARTIAL  shop/frontend -> shop/cart
  allowed: tcp/7070
  denied:  every other port
  ingress of shop/cart PARTIAL: isolated by 1 policy, tcp/7070 allowed, the rest denied   manifests/cart.yaml:2
";
        assert_eq!(short(&scenario, &explanation), expected);
    }

    #[test]
    fn an_address_is_no_pod() {
        let scenario = cart_ingress();
        let world = Endpoint::Addresses(IpSet::block("10.1.2.0/24".parse().unwrap()));
        let explanation = scenario.explain(world, scenario.workload("cart"), Asked::Protocol(Protocol::Tcp));
        let words = told(&scenario, &explanation);
        assert!(words.contains("allowed: no policy selects it, it is not a pod"));
        assert!(words.contains("peer 0: no, wants pods, 10.1.2.0/24 is not a pod"));
        assert!(words.contains("ports: only tcp/7070"));
    }

    #[test]
    fn slips_of_the_keyboard_are_pointed_out() {
        let blocks = vec![block("10.0.0.0/8", &["10.1.0.0/16"]), app_peer(&["Cart"])];
        let scenario = shop()
            .policy("default-deny", Selector::everything(), Direction::Ingress, vec![])
            .policy("slip", app(&["crat"]), Direction::Ingress, vec![(None, None)])
            .policy("out", app(&["frontend"]), Direction::Egress, vec![(Some(blocks), None)]);
        let words = told(&scenario, &scenario.tcp("frontend", "cart", 80));
        assert!(words.contains("wants app=Cart, pod has app=cart, did you mean `cart`? (case differs)"));
        assert!(words.contains(
            "near miss: NetworkPolicy shop/slip does not select shop/cart: wants app=crat, did you mean `cart`?"
        ));
        assert!(words.contains(
            "peer 0: no, the pod is taken to have no address in 10.0.0.0/8 except 10.1.0.0/16; pass `--pod-cidrs CIDR` or set it under [cluster] in netpol.toml"
        ));
        assert!(words.contains("isolated by 1 policy, which has no ingress rule"));
    }
}
