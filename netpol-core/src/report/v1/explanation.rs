//! An explanation on the wire.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::verdict::{Answer, DecisionField, Pair};
use super::{Endpoint, Ports, SCHEMA};
use crate::diagnostic::ObjectRef;
use crate::evaluate::{PolicyRef, UnknownAs};
use crate::explain::{
    self, DirectionExplanation, Isolation, PairExplanation, PolicyFact, ProposalKey, RuleFact,
};
use crate::policy::{Action, Direction, Rule};
use crate::report::Context;
use crate::report::context::{rule_path, rule_span};
use crate::report::text::{Suggestion, ends, explanation as words, misses, remedies};
use crate::selector::Truth;
use crate::text::Span;

/// The identity of an object.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Object<'a> {
    /// `apiVersion`.
    pub api_version: &'a str,
    /// `kind`.
    pub kind: &'a str,
    /// The namespace; null for an object of the whole cluster.
    pub namespace: Option<&'a str>,
    /// The name.
    pub name: &'a str,
}

impl<'a> Object<'a> {
    /// The view of an identity.
    pub fn new(object: &'a ObjectRef) -> Self {
        Self {
            api_version: &object.api_version,
            kind: &object.kind,
            namespace: object.namespace.as_deref(),
            name: &object.name,
        }
    }
}

/// A file and a line.
#[derive(Debug, Clone, Copy, Default, Serialize, JsonSchema)]
pub struct Place<'a> {
    /// The file as it was given; null when the place is not known.
    pub file: Option<&'a str>,
    /// The line, from 1.
    pub line: Option<u32>,
}

impl<'a> Place<'a> {
    /// Where a rule of a policy stands.
    pub(super) fn of_rule(context: Context<'a>, policy: PolicyRef, rule: usize) -> Self {
        Self::new(context, rule_span(context, policy, rule))
    }

    fn new(context: Context<'a>, span: Option<Span>) -> Self {
        match span.and_then(|span| context.file_line(span)) {
            Some((file, line)) => Self { file: Some(file), line: Some(line) },
            None => Self::default(),
        }
    }
}

/// Yes, no or unknown.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum TruthField {
    /// Yes.
    Yes,
    /// No.
    No,
    /// The input does not tell.
    Unknown,
}

impl From<Truth> for TruthField {
    fn from(truth: Truth) -> Self {
        match truth {
            Truth::Yes => Self::Yes,
            Truth::No => Self::No,
            Truth::Unknown => Self::Unknown,
        }
    }
}

/// One peer of a rule, and whether it matches the other end.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PeerField<'a> {
    /// Its place in the rule, from 0.
    pub peer: usize,
    /// Whether it matches.
    pub matches: TruthField,
    /// What it takes.
    pub takes: String,
    /// Why it does not match, or why that is not known.
    pub why: Vec<String>,
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place<'a>,
}

/// One port item of a rule, and what it matches of what was asked.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PortItemField<'a> {
    /// Its place in the rule, from 0.
    pub port: usize,
    /// What it matches of what was asked.
    pub matches: Ports<'a>,
    /// What it takes.
    pub takes: String,
    /// Why it does not match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place<'a>,
}

/// One rule of a policy.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RuleField<'a> {
    /// Its path in the object: `ingress[0]`.
    pub rule: String,
    /// `allow`, `deny` or `pass`.
    pub action: &'static str,
    /// Whether the answer of this direction rests on it.
    pub decides: bool,
    /// What it allows, denies or passes on, within what was asked.
    pub matches: Ports<'a>,
    /// Of what was asked, what it is not known to match.
    pub unknown: Ports<'a>,
    /// Its peers; null when it takes every peer.
    pub peers: Option<Vec<PeerField<'a>>>,
    /// Its ports; null when it takes every port.
    pub ports: Option<Vec<PortItemField<'a>>>,
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place<'a>,
}

/// One policy that selects the subject, or may.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PolicyField<'a> {
    /// Its identity.
    pub object: Option<Object<'a>>,
    /// Whether it selects the subject: yes or unknown.
    pub selects: TruthField,
    /// Whether it isolates the subject in this direction.
    pub isolates: bool,
    /// Whether it is evaluated.
    pub evaluated: bool,
    /// Its rules of this direction, in order.
    pub rules: Vec<RuleField<'a>>,
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place<'a>,
}

/// One direction of a pair.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Section<'a> {
    /// The end whose policies were asked.
    pub subject: Endpoint<'a>,
    /// The decision of this direction alone.
    pub decision: DecisionField,
    /// What this direction allows, within what was asked.
    pub allowed: Ports<'a>,
    /// What it does not decide, within what was asked.
    pub unknown: Ports<'a>,
    /// `allow` or `deny`, where the question says that this is to be made of what is not decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_taken_as: Option<&'static str>,
    /// `exempt`, `notSelected`, `notIsolated`, `isolated` or `unknown`.
    pub isolation: &'static str,
    /// By how many policies it is isolated, or may be.
    pub isolated_by: usize,
    /// The reason in words.
    pub summary: String,
    /// The policies that select the subject, in the order the engine met them.
    pub policies: Vec<PolicyField<'a>>,
    /// What would turn a denial round.
    pub remedies: Vec<RemedyField<'a>>,
    /// Policies that nearly select the subject, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub near_misses: Vec<String>,
}

/// What would turn a denial round.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RemedyField<'a> {
    /// What to do.
    pub text: String,
    /// Where.
    #[serde(flatten)]
    pub place: Place<'a>,
    /// The changes of files. A change that several remedies ask for stands with the first of them alone; a new policy is
    /// added to the file of one that denies.
    pub edits: Vec<EditField<'a>>,
    /// The policy that is to be added, whole, as a document of YAML: what `edits` would add, for a file of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<&'a str>,
}

/// A replacement of bytes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EditField<'a> {
    /// The file as it was given.
    pub file: &'a str,
    /// The first byte that is replaced.
    pub start: u32,
    /// The byte behind the last that is replaced.
    pub end: u32,
    /// The new text.
    pub text: &'a str,
}

/// One pair with its reason.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExplainedPair<'a> {
    /// The answer.
    #[serde(flatten)]
    pub pair: Pair<'a>,
    /// The egress of the source.
    pub egress: Section<'a>,
    /// The ingress of the destination.
    pub ingress: Section<'a>,
}

/// The answer to a question with its whole reason: `netpol explain`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Explanation<'a> {
    /// `netpol/v1`.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// `Explanation`.
    #[schemars(extend("const" = "Explanation"))]
    pub kind: &'static str,
    /// The question and the decision.
    #[serde(flatten)]
    pub answer: Answer<'a>,
    /// The egress of the source; absent when there are several pairs, which then have theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub egress: Option<Section<'a>>,
    /// The ingress of the destination; absent when there are several pairs, which then have theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ingress: Option<Section<'a>>,
    /// The answer pair by pair, when a side has several endpoints or replicas that differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub pairs: Vec<ExplainedPair<'a>>,
}

/// Notes on how a question was read, and remedies in the language of the files.
#[derive(Debug, Clone, Default)]
pub struct Extras<'a> {
    /// The notes.
    pub notes: Vec<String>,
    /// The remedies, rendered.
    pub suggestions: &'a [Suggestion],
}

impl<'a> Explanation<'a> {
    /// The view of an explanation.
    pub fn new(context: Context<'a>, explanation: &'a explain::Explanation, extras: Extras<'a>) -> Self {
        let given = RefCell::new(BTreeSet::new());
        let suggestions = extras.suggestions.iter().map(|it| (it.proposal.key(), it)).collect();
        let viewer = Viewer { context, suggestions: &suggestions, given: &given };
        let answer = Answer::new(context, &explanation.verdict, extras.notes);
        let (schema, kind) = (SCHEMA, "Explanation");
        match explanation.pairs.as_slice() {
            [pair] => Self {
                schema,
                kind,
                answer,
                egress: Some(viewer.section(&pair.egress)),
                ingress: Some(viewer.section(&pair.ingress)),
                pairs: Vec::new(),
            },
            pairs => Self {
                schema,
                kind,
                answer,
                egress: None,
                ingress: None,
                pairs: pairs.iter().map(|pair| viewer.pair(pair)).collect(),
            },
        }
    }
}

/// What views are made with.
#[derive(Clone, Copy)]
struct Viewer<'a, 'g> {
    context: Context<'a>,
    suggestions: &'g BTreeMap<ProposalKey, &'a Suggestion>,
    /// Those that were given whole.
    given: &'g RefCell<BTreeSet<ProposalKey>>,
}

impl<'a> Viewer<'a, '_> {
    fn pair(self, pair: &'a PairExplanation) -> ExplainedPair<'a> {
        ExplainedPair {
            pair: Pair::new(self.context, &pair.pair),
            egress: self.section(&pair.egress),
            ingress: self.section(&pair.ingress),
        }
    }

    fn section(self, direction: &'a DirectionExplanation) -> Section<'a> {
        let (isolation, isolated_by) = match direction.isolation {
            Isolation::Exempt(_) => ("exempt", 0),
            Isolation::NotSelected => ("notSelected", 0),
            Isolation::NotIsolated => ("notIsolated", 0),
            Isolation::Isolated { by } => ("isolated", by),
            Isolation::NotKnown { by } => ("unknown", by),
            Isolation::Doubted => ("unknown", 0),
        };
        let subject = ends::end(self.context.cluster, &direction.subject);
        let nearly = direction.nearly.iter();
        Section {
            subject: Endpoint::of(self.context.cluster, &direction.subject),
            decision: direction.decision.into(),
            allowed: Ports(&direction.decided.allowed),
            unknown: Ports(&direction.decided.unknown),
            unknown_taken_as: match direction.taken {
                UnknownAs::Unknown => None,
                UnknownAs::Allow => Some("allow"),
                UnknownAs::Deny => Some("deny"),
            },
            isolation,
            isolated_by,
            summary: words::summary(self.context, direction),
            policies: direction.policies.iter().map(|policy| self.policy(direction, policy)).collect(),
            remedies: direction.remedies.iter().map(|remedy| self.remedy(remedy)).collect(),
            near_misses: nearly
                .map(|near| remedies::near_policy(self.context, near, &subject).in_one(self.context))
                .collect(),
        }
    }

    fn policy(self, direction: &'a DirectionExplanation, policy: &'a PolicyFact) -> PolicyField<'a> {
        let rules = policy.rules.iter();
        PolicyField {
            object: self.context.object(policy.policy).map(Object::new),
            selects: policy.selects.truth.into(),
            isolates: policy.isolates,
            evaluated: matches!(policy.policy, PolicyRef::Evaluated(_)),
            rules: rules.map(|rule| self.rule(direction, (policy.policy, rule))).collect(),
            place: Place::new(self.context, self.context.policy_span(policy.policy)),
        }
    }

    fn rule(
        self,
        direction: &'a DirectionExplanation,
        (policy, fact): (PolicyRef, &'a RuleFact),
    ) -> RuleField<'a> {
        let source = match policy {
            PolicyRef::Evaluated(index) => self.context.policies.policies.get(index as usize),
            PolicyRef::Opaque(_) => None,
        };
        let source = source.and_then(|policy| policy.rules.get(fact.rule)).map(|rule| &rule.value);
        RuleField {
            rule: rule_path(self.context, policy, fact.rule),
            action: match fact.action {
                Action::Allow => "allow",
                Action::Deny => "deny",
                Action::Pass => "pass",
            },
            decides: fact.decides,
            matches: Ports(&fact.matched.allowed),
            unknown: Ports(&fact.matched.unknown),
            peers: self.peers(direction, (source, fact)),
            ports: self.ports(direction, (source, fact)),
            place: Place::new(self.context, self.context.span(fact.origin)),
        }
    }

    fn peers(
        self,
        direction: &DirectionExplanation,
        (source, rule): (Option<&Rule>, &RuleFact),
    ) -> Option<Vec<PeerField<'a>>> {
        let other = ends::end(self.context.cluster, &direction.peer);
        let sources = source.and_then(|rule| rule.peers.as_ref());
        let view = |fact: &explain::PeerFact| PeerField {
            peer: fact.peer,
            matches: fact.answer.truth.into(),
            takes: sources
                .and_then(|peers| peers.get(fact.peer))
                .map(|peer| misses::peer(&peer.value))
                .unwrap_or_default(),
            why: fact.misses.iter().map(|miss| misses::miss(miss, &other)).collect(),
            place: Place::new(self.context, self.context.span(fact.origin)),
        };
        rule.peers.as_ref().map(|peers| peers.iter().map(view).collect())
    }

    fn ports(
        self,
        direction: &DirectionExplanation,
        (source, rule): (Option<&Rule>, &'a RuleFact),
    ) -> Option<Vec<PortItemField<'a>>> {
        let destination = match direction.direction {
            Direction::Ingress => &direction.subject,
            Direction::Egress => &direction.peer,
        };
        let destination = ends::end(self.context.cluster, destination);
        let sources = source.and_then(|rule| rule.ports.as_ref());
        let view = |fact: &'a explain::PortFact| PortItemField {
            port: fact.port,
            matches: Ports(&fact.matched.allowed),
            takes: sources
                .and_then(|ports| ports.get(fact.port))
                .map(|port| misses::port(&port.value))
                .unwrap_or_default(),
            why: fact.miss.as_ref().and_then(|miss| misses::port_miss(miss, &destination)),
            place: Place::new(self.context, self.context.span(fact.origin)),
        };
        rule.ports.as_ref().map(|ports| ports.iter().map(view).collect())
    }

    /// A change that several remedies ask for is given with the first of them.
    fn remedy(self, remedy: &'a explain::Remedy) -> RemedyField<'a> {
        let found = remedy.key().and_then(|key| self.suggestions.get(&key).copied());
        let fact = remedies::remedy(self.context, remedy, found.map_or(&[], std::slice::from_ref));
        let is_first = remedy.key().is_some_and(|key| self.given.borrow_mut().insert(key));
        let suggestion = found.filter(|_| is_first);
        let edits = suggestion.map(|it| it.edits.as_slice()).unwrap_or_default();
        let view = |edit: &'a crate::diagnostic::Edit| EditField {
            file: self.context.files.get(edit.span.file).map_or("", |file| file.name()),
            start: edit.span.start,
            end: edit.span.end,
            text: &edit.text,
        };
        RemedyField {
            text: fact.words,
            place: Place::new(self.context, fact.place),
            edits: edits.iter().map(view).collect(),
            policy: suggestion.and_then(|it| it.policy.as_deref()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::scenario::{Scenario, app, app_peer, tcp};

    #[test]
    fn an_explanation_says_why_each_peer_and_port_matched_or_not() {
        let rule = (Some(vec![app_peer(&["web"])]), Some(vec![tcp(80)]));
        let scenario =
            Scenario::new(&[("shop", "cart", &[("app", "cart")]), ("shop", "job", &[("app", "job")])])
                .policy("in", app(&["cart"]), Direction::Ingress, vec![rule]);
        let explanation = scenario.tcp("job", "cart", 80);
        let Scenario { cluster, policies, files, .. } = &scenario;
        let context = Context { cluster, policies, files };
        let wire = serde_json::to_value(Explanation::new(context, &explanation, Extras::default())).unwrap();
        assert_eq!((&wire["kind"], &wire["decision"]), (&"Explanation".into(), &"deny".into()));
        assert_eq!(wire["egress"]["isolation"], "notSelected");
        let ingress = &wire["ingress"];
        assert_eq!((&ingress["isolation"], &ingress["isolatedBy"]), (&"isolated".into(), &1.into()));
        let policy = &ingress["policies"][0];
        assert_eq!((&policy["object"]["name"], &policy["line"]), (&"in".into(), &1.into()));
        let rule = &policy["rules"][0];
        assert_eq!((&rule["rule"], &rule["decides"]), (&"ingress[0]".into(), &false.into()));
        let peer = &rule["peers"][0];
        assert_eq!((&peer["matches"], &peer["takes"]), (&"no".into(), &"app=web".into()));
        assert_eq!(peer["why"][0], "wants app=web, pod has app=job");
        assert_eq!((&peer["file"], &peer["line"]), (&"manifests/cart.yaml".into(), &3.into()));
        assert_eq!(rule["ports"][0]["matches"]["TCP"][0][0], 80);
        assert_eq!(ingress["remedies"].as_array().map(Vec::len), Some(1));
        assert!(wire.get("pairs").is_none());
    }
}
