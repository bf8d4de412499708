//! The engine: questions in, verdicts out.

use super::causes::Facts;
use super::pair::{self, Pairs};
use super::units::{Grain, Source, Unit};
use super::{Assumption, Decision, DirectionTrace, End, Exemption, Pair, PairTrace, Request, Verdict};
use crate::cluster::{Cluster, Endpoint};
use crate::index::PolicyIndex;
use crate::net::{ConnectionSet, Decided, Family};
use crate::policy::{Direction, PolicySet};

/// Answers questions about one cluster under its policies.
#[derive(Debug, Clone, Copy)]
pub struct Engine<'a> {
    cluster: &'a Cluster,
    set: &'a PolicySet,
    index: &'a PolicyIndex,
}

impl<'a> Engine<'a> {
    /// The engine of a cluster, its policies and the index of both.
    pub const fn new(cluster: &'a Cluster, set: &'a PolicySet, index: &'a PolicyIndex) -> Self {
        Self { cluster, set, index }
    }

    /// The answer to a request.
    pub fn verdict(&self, request: &Request) -> Verdict {
        let mut facts = self.facts_of(request);
        let mut pairs = Vec::new();
        for (from, to) in ends(request) {
            let asked = (&request.ports, Grain::Peers);
            let answer = pair::answer(self.source(), (from, to), asked, &mut facts);
            pairs.extend(answer.answers.into_iter().map(|(pair, _, _)| pair));
        }
        conclude(request, pairs, facts)
    }

    /// The answer to a request, and for each of its pairs what the walk saw.
    pub fn trace(&self, request: &Request) -> (Verdict, Vec<PairTrace>) {
        self.traced(request, Grain::Peers)
    }

    /// What the walk saw, where it only counts which rules may match: blocks of rules with equal ports are not told apart,
    /// so that what only some of the addresses are allowed is unknown.
    pub fn trace_rules(&self, request: &Request) -> Vec<PairTrace> {
        self.traced(request, Grain::Rules).1
    }

    fn traced(&self, request: &Request, grain: Grain) -> (Verdict, Vec<PairTrace>) {
        let mut facts = self.facts_of(request);
        let mut traces = Vec::new();
        for (from, to) in ends(request) {
            let answer = pair::answer(self.source(), (from, to), (&request.ports, grain), &mut facts);
            for (pair, from, to) in &answer.answers {
                traces.extend(self.pair_trace(&answer, pair, (*from, *to)));
            }
        }
        let pairs = traces.iter().map(|trace| trace.pair.clone()).collect();
        let verdict = conclude(request, pairs, facts);
        traces.retain(|trace| verdict.pairs.contains(&trace.pair));
        (verdict, traces)
    }

    const fn source(&self) -> Source<'a> {
        Source { cluster: self.cluster, set: self.set, index: self.index }
    }

    /// What an answer rests on whatever it is.
    fn facts_of(&self, request: &Request) -> Facts {
        let mut facts = Facts::default();
        facts.assumptions.extend(Assumption::of_all(self.set, self.index));
        for endpoint in request.from.iter().chain(&request.to) {
            if let Endpoint::Hypothetical(pod) = endpoint {
                facts.assumptions.push(Assumption::Hypothetical(pod.clone()));
            }
        }
        facts
    }

    fn pair_trace(&self, pairs: &Pairs<'a>, pair: &Pair, (from, to): (usize, usize)) -> Option<PairTrace> {
        let (from, to) = (pairs.from.get(from)?, pairs.to.get(to)?);
        let family = self.telling_family(pair, from, to);
        let mut egress =
            self.direction_trace(Direction::Egress, (from, &pair.from), (to, &pair.to), (family, pair));
        let mut ingress =
            self.direction_trace(Direction::Ingress, (to, &pair.to), (from, &pair.from), (family, pair));
        if pairs.is_itself {
            for side in [&mut egress, &mut ingress] {
                side.exemption = Some(Exemption::Itself);
                side.decided = pair.decided.clone();
                side.tiers.clear();
                side.steps.clear();
            }
        }
        Some(PairTrace { pair: pair.clone(), family, egress, ingress })
    }

    /// The family to explain: the first whose answer is not an allow, else the first.
    fn telling_family(&self, pair: &Pair, from: &Unit<'_>, to: &Unit<'_>) -> Family {
        let differing = pair.families.as_ref().and_then(|families| {
            families.answers.iter().find(|(_, decided)| Decision::of(&pair.asked, decided) != Decision::Allow)
        });
        let common = || pair::common_families(self.source(), &from.party, &to.party).first().copied();
        differing.map(|(family, _)| *family).or_else(common).unwrap_or(Family::V4)
    }

    fn direction_trace(
        &self,
        direction: Direction,
        (subject, subject_end): (&Unit<'_>, &End),
        (peer, peer_end): (&Unit<'_>, &End),
        (family, pair): (Family, &Pair),
    ) -> DirectionTrace {
        let walk = pair::walk(self.source(), direction, (&subject.party, &peer.party), family, &pair.asked);
        let found = walk.run_in_steps();
        DirectionTrace {
            direction,
            subject: subject_end.endpoint.clone(),
            peer: peer_end.endpoint.clone(),
            exemption: found.exemption,
            decided: found.decided,
            tiers: walk.trace(),
            steps: found.steps,
        }
    }
}

fn ends(request: &Request) -> impl Iterator<Item = (&Endpoint, &Endpoint)> {
    request.from.iter().flat_map(|from| request.to.iter().map(move |to| (from, to)))
}

/// The verdict over all pairs. A pair that has nothing of what was asked is left out, where others have.
fn conclude(request: &Request, mut pairs: Vec<Pair>, facts: Facts) -> Verdict {
    let mut lacks = false;
    if pairs.iter().any(|pair| !pair.asked.is_empty()) {
        let declares = |end: &End| {
            let same = pairs.iter().filter(|pair| pair.to.endpoint == end.endpoint);
            same.into_iter().any(|pair| !pair.asked.is_empty())
        };
        lacks = pairs.iter().any(|pair| pair.asked.is_empty() && declares(&pair.to));
        pairs.retain(|pair| !pair.asked.is_empty());
    }
    let (asked, decided, decision) = match pairs.as_slice() {
        [pair] => (pair.asked.clone(), pair.decided.clone(), pair.decision),
        pairs => over_all(pairs),
    };
    // Where some replicas have no such port, what is allowed holds for the others alone.
    let decision = if lacks && decision == Decision::Allow { Decision::Partial } else { decision };
    let Facts { mut assumptions, mut reasons } = facts;
    assumptions.sort_unstable();
    assumptions.dedup();
    reasons.sort_unstable();
    reasons.dedup();
    Verdict { request: request.clone(), asked, decided, decision, pairs, assumptions, reasons }
}

/// What was asked of any pair, what every pair that was asked allows, and the decision.
pub(super) fn over_all(pairs: &[Pair]) -> (ConnectionSet, Decided, Decision) {
    let (mut asked, mut refused, mut denied) = Default::default();
    let (mut any_allowed, mut any_unknown) = (false, false);
    for pair in pairs {
        asked = ConnectionSet::union(&asked, &pair.asked);
        refused = ConnectionSet::union(&refused, &pair.asked.difference(&pair.decided.allowed));
        denied = ConnectionSet::union(&denied, &pair.asked.difference(&pair.decided.possible()));
        any_allowed |= !pair.decided.allowed.is_empty();
        any_unknown |= !pair.decided.unknown.is_empty();
    }
    let decided = Decided { allowed: asked.difference(&refused), unknown: refused.difference(&denied) };
    let decision = match (any_allowed, any_unknown, denied.is_empty()) {
        (true, _, false) => Decision::Partial,
        (_, true, _) => Decision::Unknown,
        (true, false, true) => Decision::Allow,
        (false, false, _) => Decision::Deny,
    };
    (asked, decided, decision)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{
        Asked, GroupId, Namespace, NamespaceId, Owner, PodAddresses, PodGroup, PodNames, Workload, WorkloadId,
    };
    use crate::diagnostic::ObjectRef;
    use crate::index::Plugin;
    use crate::net::Protocol;
    use crate::policy::{
        Action, Certainty, Conflicts, Directions, NamespaceMatch, OpaquePolicy, OpaqueReason, Order, Origin,
        OriginId, OriginPath, Origins, Peer, Pipeline, Placed, PodMatch, Policy, PortMatch, Ports, Rule,
        Stage, TieKey, Tier, TierId, Ties,
    };
    use crate::selector::{Labels, Requirement, Selector};
    use crate::text::{FileSet, SourceFile, Span};

    fn place() -> Span {
        let mut files = FileSet::new();
        Span::new(files.add(SourceFile::named("a.yaml", "")).unwrap(), 0, 0)
    }

    /// Pods `a`, `b` and `c` of one namespace, each with the label `app` of its name.
    fn cluster() -> Cluster {
        let names = ["a", "b", "c"];
        let group = |number: u32, name: &str| PodGroup {
            workload: WorkloadId(number),
            namespace: NamespaceId(0),
            names: PodNames::Pod(name.to_owned()),
            maker: None,
            labels: Labels::known([("app", name)]),
            named_ports: Vec::new(),
            addresses: PodAddresses::Unknown,
            node: None,
            is_host_network: false,
            admission: crate::cluster::Admission::Admitted,
            span: place(),
        };
        let workload = |number: u32, name: &str| Workload {
            namespace: NamespaceId(0),
            name: name.to_owned(),
            owner: Owner::Pod,
            labels: Labels::default(),
            groups: vec![GroupId(number)],
            span: place(),
        };
        Cluster {
            namespaces: vec![Namespace {
                name: "shop".to_owned(),
                labels: Labels::known([(Namespace::NAME_LABEL, "shop")]),
                is_described: true,
                admission: crate::cluster::Admission::Admitted,
                span: None,
            }],
            workloads: (0..).zip(names).map(|(number, name)| workload(number, name)).collect(),
            groups: (0..).zip(names).map(|(number, name)| group(number, name)).collect(),
            families: vec![Family::V4],
            ..Cluster::default()
        }
    }

    fn tier(name: &str, ties: Ties) -> Tier {
        Tier { name: name.to_owned(), ties, conflicts: Conflicts::DenyFirst }
    }

    fn pods(selector: Selector) -> PodMatch {
        PodMatch { namespaces: NamespaceMatch::Named("shop".to_owned()), pods: selector }
    }

    fn app(name: &str) -> Selector {
        Selector::new([Requirement::equals("app", name)])
    }

    fn rule(action: Action, from: Option<&str>, port: Option<u16>, origin: OriginId) -> Placed<Rule> {
        let peers = from.map(|name| vec![Placed::new(Peer::Pods(pods(app(name))), origin)]);
        let ports = port.map(|port| {
            let ports = Ports::Range(port, port);
            vec![Placed::new(PortMatch { protocol: Some(Protocol::Tcp), ports }, origin)]
        });
        Placed::new(Rule { action, ..Rule::allowing(Direction::Ingress, peers, ports) }, origin)
    }

    /// A policy for ingress of `a`: (tier, rules as (action, from, port)).
    type Spec<'s> = (u16, &'s [(Action, Option<&'s str>, Option<u16>)]);

    /// Policies of tiers, of which the last isolates. What is opaque may do this, in the last tier or in one before all.
    fn policy_set(mut tiers: Vec<Tier>, specs: &[Spec<'_>], opaque: &[Unread]) -> PolicySet {
        let mut origins = Origins::new();
        let origin = origins.add(Origin { span: place(), via: None, path: OriginPath::Object });
        let object = |name: String| ObjectRef {
            api_version: "v1".to_owned(),
            kind: "Policy".to_owned(),
            namespace: Some("shop".to_owned()),
            name,
        };
        let last = TierId(u16::try_from(tiers.len() - 1).unwrap());
        let beside = TierId(last.0 + 1);
        let policies = specs.iter().enumerate().map(|(number, (tier, rules))| {
            let rules = (0u32..).zip(*rules).map(|(position, (action, from, port))| {
                let mut rule = rule(*action, *from, *port, origin);
                rule.value.position = position;
                rule
            });
            Policy {
                object: object(number.to_string()),
                tier: TierId(*tier),
                order: Order::default(),
                tie: TieKey::default(),
                subject: Placed::new(pods(app("a")), origin),
                directions: Directions::Ingress,
                isolates: [if TierId(*tier) == last { Certainty::Yes } else { Certainty::No }; 2],
                unspoken: None,
                rules: rules.collect(),
                remarks: Vec::new(),
                origin,
            }
        });
        let opaque = opaque.iter().map(|unread| {
            let policy = |tier| {
                let identity = (object("opaque".to_owned()), origin);
                Policy::unread(identity, Some(pods(app("a"))), Directions::Both, tier)
            };
            let policy = match unread {
                Unread::OfTheTier => policy(last).that_may(&[Action::Allow]).that_may_isolate(),
                Unread::Beside(actions) => policy(beside).that_may(actions),
            };
            OpaquePolicy { policy, reason: OpaqueReason::Kind }
        });
        let mut stages = vec![Stage::Rules(beside)];
        stages.extend((0..=last.0).map(|tier| Stage::Rules(TierId(tier))));
        stages.push(Stage::DefaultDeny(vec![last]));
        tiers.push(tier("beside", Ties::Together));
        PolicySet {
            pipeline: Pipeline { tiers, stages, node_rules: Vec::new(), default: Action::Allow },
            policies: policies.map(Into::into).collect(),
            opaque: opaque.map(Into::into).collect(),
            unenforced: Vec::new(),
            origins,
        }
    }

    /// What a policy that is not evaluated could do.
    enum Unread {
        /// It is one of the last tier.
        OfTheTier,
        /// It may do this before all tiers.
        Beside(&'static [Action]),
    }

    /// The decision for tcp/PORT from a workload to `a`.
    fn decide(set: &PolicySet, from: u32, port: u16) -> Decision {
        let cluster = cluster();
        let index = PolicyIndex::new(&cluster, set, Plugin::default());
        let request = Request {
            from: vec![Endpoint::Workload(WorkloadId(from))],
            to: vec![Endpoint::Workload(WorkloadId(0))],
            ports: Asked::Range(Protocol::Tcp, port, port),
        };
        let engine = Engine::new(&cluster, set, &index);
        let verdict = engine.verdict(&request);
        let (traced, traces) = engine.trace(&request);
        assert_eq!(verdict, traced);
        assert_eq!(traces.len(), verdict.pairs.len());
        verdict.decision
    }

    const B: u32 = 1;
    const C: u32 = 2;

    fn standard() -> Tier {
        tier("standard", Ties::Together)
    }

    #[test]
    fn any_matching_rule_of_any_policy_allows_and_the_rest_is_denied() {
        let set = policy_set(
            vec![standard()],
            &[(0, &[(Action::Allow, Some("b"), Some(80))]), (0, &[(Action::Allow, None, Some(443))])],
            &[],
        );
        assert_eq!(decide(&set, B, 80), Decision::Allow);
        assert_eq!(decide(&set, C, 80), Decision::Deny);
        assert_eq!(decide(&set, C, 443), Decision::Allow);
    }

    #[test]
    fn a_pod_that_no_policy_selects_is_open() {
        let set = policy_set(vec![standard()], &[], &[]);
        assert_eq!(decide(&set, B, 80), Decision::Allow);
    }

    #[test]
    fn a_pod_always_reaches_itself() {
        let set = policy_set(vec![standard()], &[(0, &[])], &[]);
        assert_eq!(decide(&set, 0, 80), Decision::Allow);
        assert_eq!(decide(&set, B, 80), Decision::Deny);
    }

    #[test]
    fn the_first_match_decides_and_pass_goes_to_the_next_tier() {
        let admin = tier("admin", Ties::ByRule);
        let set = policy_set(
            vec![admin, standard()],
            &[
                (
                    0,
                    &[
                        (Action::Pass, Some("b"), Some(80)),
                        (Action::Deny, Some("b"), None),
                        (Action::Allow, Some("c"), None),
                    ],
                ),
                (1, &[(Action::Allow, Some("b"), Some(80))]),
            ],
            &[],
        );
        assert_eq!(decide(&set, B, 80), Decision::Allow);
        assert_eq!(decide(&set, B, 81), Decision::Deny);
        assert_eq!(decide(&set, C, 81), Decision::Allow);
    }

    #[test]
    fn a_denial_overrides_whatever_comes_before_it() {
        let set = policy_set(
            vec![standard()],
            &[(0, &[(Action::Allow, None, None)]), (0, &[(Action::Deny, Some("b"), Some(22))])],
            &[],
        );
        assert_eq!(decide(&set, B, 80), Decision::Allow);
        assert_eq!(decide(&set, B, 22), Decision::Deny);
    }

    #[test]
    fn a_policy_with_unknown_rules_may_close_an_open_pod_and_may_open_a_closed_one() {
        let unread = [Unread::OfTheTier];
        assert_eq!(decide(&policy_set(vec![standard()], &[], &unread), B, 80), Decision::Unknown);
        let isolated = policy_set(vec![standard()], &[(0, &[(Action::Allow, Some("b"), None)])], &unread);
        assert_eq!(decide(&isolated, B, 80), Decision::Allow);
        assert_eq!(decide(&isolated, C, 80), Decision::Unknown);
    }

    #[test]
    fn a_policy_that_may_only_deny_leaves_denials_alone() {
        let open = [(0, [(Action::Allow, Some("b"), None)].as_slice())];
        let set = policy_set(vec![standard()], &open, &[Unread::Beside(&[Action::Deny])]);
        assert_eq!(decide(&set, B, 80), Decision::Unknown);
        assert_eq!(decide(&set, C, 80), Decision::Deny);
        let either = [Unread::Beside(&[Action::Deny, Action::Allow])];
        assert_eq!(decide(&policy_set(vec![standard()], &[(0, &[])], &either), C, 80), Decision::Unknown);
    }
}
