//! The short form of an answer, as `netpol can` prints it.

use std::mem::discriminant;

use super::explanation::{outcome, short_summary};
use super::layout::{Layout, count};
use super::{Fact, Line, Role, Text, ends, facts};
use crate::cluster::{Asked, Cluster};
use crate::evaluate::{Assumption, Decision, Exemption, Pair, Reason, Request, Verdict};
use crate::explain::{DirectionExplanation, Explanation, Isolation, PairExplanation};
use crate::net::{ConnectionSet, Decided};
use crate::report::Context;

/// So many pairs are printed; of more, the rest is counted.
const PAIRS: usize = 20;

/// So many facts of one kind are told one by one.
const ALIKE: usize = 8;

/// A verdict in a few lines: the decision, the sets where it is mixed, the pairs where there are several,
/// and what it rests on.
pub fn verdict(context: Context<'_>, verdict: &Verdict) -> Text {
    let mut layout = Layout::default();
    heading(&mut layout, context.cluster, verdict);
    pairs(&mut layout, context.cluster, verdict);
    basis(&mut layout, context, verdict);
    layout.into_text(context)
}

/// A verdict in a few lines with its reason in a line or two: the rule that allows, or the isolation that
/// denies, with its place.
pub fn answer(context: Context<'_>, explanation: &Explanation) -> Text {
    let mut layout = Layout::default();
    heading(&mut layout, context.cluster, &explanation.verdict);
    match explanation.pairs.as_slice() {
        [pair] => why(&mut layout, context, (pair, &explanation.verdict)),
        _ => pairs(&mut layout, context.cluster, &explanation.verdict),
    }
    basis(&mut layout, context, &explanation.verdict);
    layout.into_text(context)
}

/// `DENY  shop/adservice -> shop/cart tcp/7070`, and what of it is allowed where that is mixed.
pub(super) fn heading(layout: &mut Layout, cluster: &Cluster, verdict: &Verdict) {
    let Request { from, to, .. } = &verdict.request;
    let line = decision_line("", verdict.decision)
        .with(Role::Strong, ends::end_list(cluster, from))
        .plain(" -> ")
        .with(Role::Strong, ends::end_list(cluster, to))
        .plain(asked_words(verdict));
    layout.line(line);
    match verdict.pairs.as_slice() {
        [pair] => {
            sets(layout, pair);
            for (family, decided) in pair.families.iter().flat_map(|families| &families.answers) {
                layout
                    .line(Line::new().plain(format!("  {family}: {}", outcome_words(&pair.asked, decided))));
            }
        }
        pairs if verdict.decision == Decision::Partial || verdict.decision == Decision::Unknown => {
            let total = count(pairs.len(), "pair", "pairs");
            layout.line(Line::new().plain(format!("  of {total}: {}", tally(pairs))));
        }
        _ => {}
    }
}

/// The ports of a question; a named port with the numbers that it has at the one destination: ` tcp/8443 (https)`.
fn asked_words(verdict: &Verdict) -> String {
    match (&verdict.request.ports, verdict.pairs.as_slice()) {
        (Asked::Named(_, name), [pair]) if !pair.asked.is_empty() => format!(" {} ({name})", pair.asked),
        (ports, _) => ends::asked(ports),
    }
}

/// The heading of one pair of several.
pub(super) fn pair_heading(layout: &mut Layout, cluster: &Cluster, pair: &Pair, ports: &str) {
    let line = decision_line("", pair.decision)
        .with(Role::Strong, ends::end(cluster, &pair.from))
        .plain(" -> ")
        .with(Role::Strong, ends::end(cluster, &pair.to))
        .plain(ports.to_owned());
    layout.line(line);
    sets(layout, pair);
}

/// What the answer rests on, and why something is unknown.
pub(super) fn basis(layout: &mut Layout, context: Context<'_>, verdict: &Verdict) {
    let (unknown, assumed) = ((Role::Unknown, "  unknown: "), (Role::Dim, "  assumed: "));
    let reasons: Vec<&Reason> = verdict.reasons.iter().collect();
    alike(layout, unknown, &reasons, |reason| facts::reason(context, reason));
    let (left_out, others): (Vec<_>, Vec<_>) =
        verdict.assumptions.iter().partition(|assumption| matches!(assumption, Assumption::LeftOut(_)));
    alike(layout, assumed, &others, |assumption| facts::assumption(context, assumption));
    for fact in left_out_documents(context, &left_out) {
        fact_line(layout, assumed, fact);
    }
}

/// Facts, a line each; of many that say the same of different things, the rest is counted.
fn alike<T>(layout: &mut Layout, label: (Role, &'static str), all: &[&T], words: impl Fn(&T) -> Fact) {
    for same in all.chunk_by(|one, other| discriminant(*one) == discriminant(*other)) {
        for one in same.iter().take(ALIKE) {
            fact_line(layout, label, words(one));
        }
        let rest = same.get(ALIKE..).unwrap_or_default();
        if !rest.is_empty() {
            let words = format!("and {} more like these: see -o json", rest.len());
            fact_line(layout, label, Fact { words, place: None });
        }
    }
}

fn fact_line(layout: &mut Layout, (role, label): (Role, &'static str), fact: Fact) {
    layout.placed(Line::new().with(role, label).plain(fact.words), fact.place);
}

/// The documents that are left out: one by one if they are few, else their number and the first.
fn left_out_documents(context: Context<'_>, documents: &[&Assumption]) -> Vec<Fact> {
    match documents {
        [first, _, _, ..] => {
            let number = documents.len();
            let words =
                format!("{number} documents that cannot be read are left out; they may hold policies");
            vec![Fact { words, ..facts::assumption(context, first) }]
        }
        few => few.iter().map(|assumption| facts::assumption(context, assumption)).collect(),
    }
}

/// The parts of a mixed answer in words: `tcp/80 allowed, udp/53 unknown, the rest denied`.
pub(super) fn outcome_words(asked: &ConnectionSet, decided: &Decided) -> String {
    let mut parts = Vec::new();
    let denied = asked.difference(&decided.allowed).difference(&decided.unknown);
    if !decided.allowed.is_empty() {
        parts.push(format!("{} allowed", decided.allowed));
    }
    if !decided.unknown.is_empty() {
        parts.push(format!("{} unknown", decided.unknown));
    }
    match (denied.is_empty(), parts.is_empty()) {
        (true, _) => {}
        (false, true) => parts.push("all denied".to_owned()),
        (false, false) => parts.push("the rest denied".to_owned()),
    }
    parts.join(", ")
}

/// `DENY  ` in its colour, indented.
fn decision_line(indent: &str, decision: Decision) -> Line {
    let (role, word) = match decision {
        Decision::Allow => (Role::Allow, "ALLOW"),
        Decision::Deny => (Role::Deny, "DENY"),
        Decision::Partial => (Role::Unknown, "PARTIAL"),
        Decision::Unknown => (Role::Unknown, "UNKNOWN"),
    };
    Line::new().plain(indent).with(role, word).plain("  ")
}

/// The sets of a mixed answer, a line each.
fn sets(layout: &mut Layout, Pair { decision, asked, decided, .. }: &Pair) {
    let denied = asked.difference(&decided.allowed).difference(&decided.unknown);
    let is_all_unknown = decided.allowed.is_empty() && denied.is_empty();
    if matches!(decision, Decision::Allow | Decision::Deny) || is_all_unknown {
        return;
    }
    let parts = [
        (Role::Allow, "allowed: ", decided.allowed.to_string(), decided.allowed.is_empty()),
        (Role::Unknown, "unknown: ", decided.unknown.to_string(), decided.unknown.is_empty()),
        (Role::Deny, "denied:  ", rest_words(&denied), denied.is_empty()),
    ];
    for (role, word, words, is_empty) in parts {
        if !is_empty {
            layout.line(Line::new().plain("  ").with(role, word).plain(words));
        }
    }
}

/// What is left of what was asked: spelled out when that is short.
fn rest_words(denied: &ConnectionSet) -> String {
    let ranges: usize = denied.iter().map(|(_, ports)| ports.ranges().len()).sum();
    if ranges > 2 { "every other port".to_owned() } else { denied.to_string() }
}

/// How many pairs come to what: `3 allow, 1 deny`.
fn tally(pairs: &[Pair]) -> String {
    let decisions = [Decision::Allow, Decision::Deny, Decision::Partial, Decision::Unknown];
    let counts = decisions
        .map(|decision| (pairs.iter().filter(|pair| pair.decision == decision).count(), decision.name()));
    let counts = counts.into_iter().filter(|(number, _)| *number > 0);
    counts.map(|(number, name)| format!("{number} {name}")).collect::<Vec<_>>().join(", ")
}

/// The pairs, when there are several.
fn pairs(layout: &mut Layout, cluster: &Cluster, verdict: &Verdict) {
    if verdict.pairs.len() < 2 {
        return;
    }
    let shown = verdict.pairs.iter().take(PAIRS);
    for pair in shown {
        let mut line = decision_line("  ", pair.decision)
            .plain(ends::end(cluster, &pair.from))
            .plain(" -> ")
            .plain(ends::end(cluster, &pair.to));
        if matches!(pair.decision, Decision::Partial | Decision::Unknown)
            && pair.asked != pair.decided.unknown
        {
            line.push(Role::Plain, format!("  {}", outcome_words(&pair.asked, &pair.decided)));
        }
        layout.line(line);
    }
    let rest = verdict.pairs.get(PAIRS..).unwrap_or_default();
    if !rest.is_empty() {
        let more = count(rest.len(), "more pair", "more pairs");
        layout.line(Line::new().with(Role::Dim, format!("  and {more}: {}", tally(rest))));
    }
}

/// One line for each direction that decides: those that deny or do not know, else those that a policy allows.
fn why(layout: &mut Layout, context: Context<'_>, (pair, verdict): (&PairExplanation, &Verdict)) {
    let is_bad = |direction: &&DirectionExplanation| direction.decision != Decision::Allow;
    let is_asked = |direction: &&DirectionExplanation| !direction.policies.is_empty();
    let directions = pair.directions();
    let bad: Vec<_> = directions.into_iter().filter(is_bad).collect();
    let told: Vec<_> = match bad.as_slice() {
        [] => directions.into_iter().filter(is_asked).collect(),
        _ => bad,
    };
    if told.is_empty() {
        layout.line(Line::new().plain(format!("  {}", without_policies(pair, verdict))));
    }
    for direction in told {
        let (role, word) = outcome(direction);
        let words = short_summary(context, direction);
        let rest = words.strip_prefix(word).map_or_else(|| format!(": {words}"), str::to_owned);
        let line = Line::new()
            .plain(format!("  {} ", side(context.cluster, pair, direction)))
            .with(role, word)
            .plain(rest);
        layout.placed(line, deciding_place(context, direction));
    }
}

/// Why no policy acts on a connection.
fn without_policies(pair: &PairExplanation, verdict: &Verdict) -> &'static str {
    match pair.egress.isolation {
        Isolation::Exempt(Exemption::Itself) => {
            "a pod always reaches itself: no policy acts on this connection"
        }
        Isolation::Exempt(Exemption::NothingEnforced) => "no policy acts on this connection",
        _ if verdict.assumptions.contains(&Assumption::NoCommonFamily) => {
            "no connection can be opened, whatever the policies say"
        }
        _ => "neither end is isolated: no policy acts on this connection",
    }
}

/// `ingress of shop/cart`; with the family that is told for, where the families have different answers.
pub(super) fn side(cluster: &Cluster, pair: &PairExplanation, direction: &DirectionExplanation) -> String {
    let end = format!("{} of {}", direction.direction, ends::end(cluster, &direction.subject));
    if pair.pair.families.is_some() { format!("{end} over {}", pair.family) } else { end }
}

/// The rule that decides, else the policy that isolates.
fn deciding_place(context: Context<'_>, direction: &DirectionExplanation) -> Option<crate::text::Span> {
    let rules = direction.policies.iter().flat_map(|policy| &policy.rules);
    let rule = rules.filter(|rule| rule.decides).map(|rule| rule.origin).next();
    let isolating =
        || direction.policies.iter().find(|policy| policy.isolates).and_then(|policy| policy.origin);
    rule.or_else(isolating).and_then(|origin| context.span(origin))
}
