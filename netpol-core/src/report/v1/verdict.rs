//! A verdict on the wire.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Endpoint, Ports, SCHEMA, Side};
use crate::cluster::Asked;
use crate::evaluate::{self, Decision};
use crate::net::{ConnectionSet, Family, Protocol};
use crate::report::Context;
use crate::report::text;

/// The port that was asked for, as it was asked.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum PortField<'a> {
    /// One port.
    Number(u16),
    /// A named port.
    Name(&'a str),
    /// A range: `8000-8100`; or several: `80,8000-8100`, `tcp/80,udp/53`.
    Range(String),
}

impl<'a> PortField<'a> {
    /// The port of a question; `None` when it asks for every port.
    pub fn of(asked: &'a Asked) -> Option<Self> {
        match asked {
            Asked::Every | Asked::Protocol(_) => None,
            Asked::Range(_, first, last) if first == last => Some(Self::Number(*first)),
            Asked::Range(_, first, last) => Some(Self::Range(format!("{first}-{last}"))),
            Asked::Several(ports) => Some(Self::Range(several(ports))),
            Asked::Named(_, name) => Some(Self::Name(name)),
        }
    }
}

/// The protocol of a question, as it was asked.
pub(super) fn protocol(asked: &Asked) -> Option<&'static str> {
    match asked {
        Asked::Every | Asked::Named(None, _) => None,
        Asked::Several(ports) => only_protocol(ports).map(Protocol::name),
        Asked::Protocol(protocol) | Asked::Range(protocol, ..) | Asked::Named(Some(protocol), _) => {
            Some(protocol.name())
        }
    }
}

/// Several ports as they are spelled; the protocol only where there are several.
fn several(ports: &ConnectionSet) -> String {
    let is_one = only_protocol(ports).is_some();
    let words = ports.iter().flat_map(|(protocol, set)| {
        set.ranges().iter().map(move |(first, last)| {
            let range = if first == last { first.to_string() } else { format!("{first}-{last}") };
            if is_one { range } else { format!("{}/{range}", protocol.lower()) }
        })
    });
    words.collect::<Vec<_>>().join(",")
}

/// The protocol of all ports of a set, if it is one.
fn only_protocol(ports: &ConnectionSet) -> Option<Protocol> {
    let mut protocols = ports.iter().map(|(protocol, _)| protocol);
    protocols.next().filter(|_| protocols.next().is_none())
}

/// The decision in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum DecisionField {
    /// All that was asked is allowed.
    Allow,
    /// All that was asked is denied.
    Deny,
    /// Some of what was asked is allowed and some denied.
    Partial,
    /// Not partial, and some of it is not decided by the input.
    Unknown,
}

impl From<Decision> for DecisionField {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Allow => Self::Allow,
            Decision::Deny => Self::Deny,
            Decision::Partial => Self::Partial,
            Decision::Unknown => Self::Unknown,
        }
    }
}

/// What is allowed and what unknown over one family of addresses.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Sets<'a> {
    /// What is allowed, within what was asked.
    pub allowed: Ports<'a>,
    /// What is not decided, within what was asked.
    pub unknown: Ports<'a>,
}

/// The answers over IPv4 and over IPv6, where they differ.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Families<'a> {
    /// Over IPv4.
    #[serde(rename = "4", skip_serializing_if = "Option::is_none")]
    pub v4: Option<Sets<'a>>,
    /// Over IPv6.
    #[serde(rename = "6", skip_serializing_if = "Option::is_none")]
    pub v6: Option<Sets<'a>>,
}

impl<'a> Families<'a> {
    fn new(families: &'a evaluate::PerFamily) -> Self {
        let over = |family: Family| {
            let answer = families.answers.iter().find(|(of, _)| *of == family);
            answer.map(|(_, decided)| Sets {
                allowed: Ports(&decided.allowed),
                unknown: Ports(&decided.unknown),
            })
        };
        Self { v4: over(Family::V4), v6: over(Family::V6) }
    }
}

/// The answer for one source and one destination.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Pair<'a> {
    /// The source.
    pub from: Endpoint<'a>,
    /// The destination.
    pub to: Endpoint<'a>,
    /// What is allowed, within what was asked.
    pub allowed: Ports<'a>,
    /// What is not decided, within what was asked.
    pub unknown: Ports<'a>,
    /// The decision.
    pub decision: DecisionField,
    /// The answers over IPv4 and over IPv6, where they differ; then the sets above are what both allow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub families: Option<Families<'a>>,
}

impl<'a> Pair<'a> {
    /// The view of a pair.
    pub fn new(context: Context<'a>, pair: &'a evaluate::Pair) -> Self {
        Self {
            from: Endpoint::of(context.cluster, &pair.from),
            to: Endpoint::of(context.cluster, &pair.to),
            allowed: Ports(&pair.decided.allowed),
            unknown: Ports(&pair.decided.unknown),
            decision: pair.decision.into(),
            families: pair.families.as_ref().map(Families::new),
        }
    }
}

/// What every answer has: the question and the decision.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Answer<'a> {
    /// The source: an endpoint, or a list of them.
    pub from: Side<'a>,
    /// The destination: an endpoint, or a list of them.
    pub to: Side<'a>,
    /// The protocol that was asked for.
    pub protocol: Option<&'static str>,
    /// The port that was asked for: a number, a range such as `8000-8100`, or a name.
    pub port: Option<PortField<'a>>,
    /// The decision over all pairs.
    pub decision: DecisionField,
    /// What every pair allows, within what was asked.
    pub allowed: Ports<'a>,
    /// What is not decided, within what was asked.
    pub unknown: Ports<'a>,
    /// The answers over IPv4 and over IPv6, where they differ; then the sets above are what both allow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub families: Option<Families<'a>>,
    /// What the answer rests on that the manifests do not say.
    pub assumptions: Vec<String>,
    /// Why something is unknown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub reasons: Vec<String>,
    /// What is worth knowing about how the question was read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub notes: Vec<String>,
}

impl<'a> Answer<'a> {
    /// The view of a verdict, with notes on how the question was read.
    pub fn new(context: Context<'a>, verdict: &'a evaluate::Verdict, notes: Vec<String>) -> Self {
        let assumptions = verdict.assumptions.iter();
        let reasons = verdict.reasons.iter();
        let only = match verdict.pairs.as_slice() {
            [pair] => pair.families.as_ref(),
            _ => None,
        };
        Self {
            from: Side::new(context.cluster, &verdict.request.from),
            to: Side::new(context.cluster, &verdict.request.to),
            protocol: protocol(&verdict.request.ports),
            port: PortField::of(&verdict.request.ports),
            decision: verdict.decision.into(),
            allowed: Ports(&verdict.decided.allowed),
            unknown: Ports(&verdict.decided.unknown),
            families: only.map(Families::new),
            assumptions: assumptions.map(|it| text::assumption(context, it).in_one(context)).collect(),
            reasons: reasons.map(|it| text::reason(context, it).in_one(context)).collect(),
            notes,
        }
    }
}

/// The answer to a question: `netpol can`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Verdict<'a> {
    /// `netpol/v1`.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// `Verdict`.
    #[schemars(extend("const" = "Verdict"))]
    pub kind: &'static str,
    /// The question and the decision.
    #[serde(flatten)]
    pub answer: Answer<'a>,
    /// The answer pair by pair, when a side has several endpoints or replicas that differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub pairs: Vec<Pair<'a>>,
}

impl<'a> Verdict<'a> {
    /// The view of a verdict, with notes on how the question was read.
    pub fn new(context: Context<'a>, verdict: &'a evaluate::Verdict, notes: Vec<String>) -> Self {
        let pairs = match verdict.pairs.as_slice() {
            [_] => Vec::new(),
            pairs => pairs.iter().map(|pair| Pair::new(context, pair)).collect(),
        };
        Self { schema: SCHEMA, kind: "Verdict", answer: Answer::new(context, verdict, notes), pairs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Endpoint;
    use crate::net::{IpSet, Protocol};
    use crate::policy::Direction;
    use crate::report::scenario::{Scenario, app, app_peer, tcp};

    fn wire(from: Endpoint, ports: Asked) -> String {
        let rule = (Some(vec![app_peer(&["web"])]), Some(vec![tcp(80)]));
        let scenario =
            Scenario::new(&[("shop", "cart", &[("app", "cart")]), ("shop", "web", &[("app", "web")])])
                .policy("in", app(&["cart"]), Direction::Ingress, vec![rule]);
        let verdict = scenario.explain(from, scenario.workload("cart"), ports).verdict;
        let Scenario { cluster, policies, files, .. } = &scenario;
        let context = Context { cluster, policies, files };
        serde_json::to_string(&Verdict::new(context, &verdict, Vec::new())).unwrap()
    }

    #[test]
    fn a_verdict_has_the_promised_fields_in_the_promised_order() {
        let web = Endpoint::Workload(crate::cluster::WorkloadId(1));
        assert_eq!(
            wire(web.clone(), Asked::Range(Protocol::Tcp, 80, 80)),
            r#"{"schema":"netpol/v1","kind":"Verdict","from":{"kind":"workload","namespace":"shop","name":"web","workloadKind":"Deployment"},"to":{"kind":"workload","namespace":"shop","name":"cart","workloadKind":"Deployment"},"protocol":"TCP","port":80,"decision":"allow","allowed":{"TCP":[[80,80]]},"unknown":{},"assumptions":[]}"#
        );
        let every = wire(web, Asked::Every);
        assert!(
            every.contains(r#""protocol":null,"port":null,"decision":"partial","allowed":{"TCP":[[80,80]]}"#)
        );
    }

    #[test]
    fn addresses_are_cidrs_and_ranges_are_texts() {
        let outside = Endpoint::Addresses(IpSet::blocks([
            "10.0.0.1/32".parse().unwrap(),
            "1.0.0.0/8".parse().unwrap(),
        ]));
        let line = wire(outside, Asked::Range(Protocol::Udp, 8000, 8100));
        assert!(line.contains(r#""from":{"kind":"addresses","cidrs":["1.0.0.0/8","10.0.0.1/32"]}"#));
        assert!(
            line.contains(
                r#""protocol":"UDP","port":"8000-8100","decision":"deny","allowed":{},"unknown":{}"#
            )
        );
    }

    #[test]
    fn the_question_is_echoed_as_it_was_asked() {
        let named = |protocol| Asked::Named(protocol, "http".to_owned());
        assert_eq!(protocol(&named(None)), None);
        assert_eq!(protocol(&named(Some(Protocol::Sctp))), Some("SCTP"));
        assert!(matches!(PortField::of(&named(None)), Some(PortField::Name("http"))));
        assert!(PortField::of(&Asked::Protocol(Protocol::Tcp)).is_none());
    }
}
