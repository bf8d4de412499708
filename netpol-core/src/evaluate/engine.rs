//! The engine: questions in, verdicts out.

use super::causes::Facts;
use super::pair::{self, Pairs};
use super::units::{Source, Unit};
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
            let answer = pair::answer(self.source(), (from, to), &request.ports, &mut facts);
            pairs.extend(answer.answers.into_iter().map(|(pair, _, _)| pair));
        }
        conclude(request, pairs, facts)
    }

    /// The answer to a request, and for each of its pairs what the walk saw.
    pub fn trace(&self, request: &Request) -> (Verdict, Vec<PairTrace>) {
        let mut facts = self.facts_of(request);
        let mut traces = Vec::new();
        for (from, to) in ends(request) {
            let answer = pair::answer(self.source(), (from, to), &request.ports, &mut facts);
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
        if !self.index.plugin().enforces {
            facts.assumptions.push(Assumption::NothingEnforced);
        }
        if self.set.policies.is_empty() && self.set.opaque.is_empty() {
            facts.assumptions.push(Assumption::NoPolicy);
        }
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
        let found = walk.run();
        DirectionTrace {
            direction,
            subject: subject_end.endpoint.clone(),
            peer: peer_end.endpoint.clone(),
            exemption: found.exemption,
            decided: found.decided,
            tiers: walk.trace(),
        }
    }
}

fn ends(request: &Request) -> impl Iterator<Item = (&Endpoint, &Endpoint)> {
    request.from.iter().flat_map(|from| request.to.iter().map(move |to| (from, to)))
}

/// The verdict over all pairs. A pair that has nothing of what was asked is left out, where others have.
fn conclude(request: &Request, mut pairs: Vec<Pair>, facts: Facts) -> Verdict {
    if pairs.iter().any(|pair| !pair.asked.is_empty()) {
        pairs.retain(|pair| !pair.asked.is_empty());
    }
    let (asked, decided, decision) = match pairs.as_slice() {
        [pair] => (pair.asked.clone(), pair.decided.clone(), pair.decision),
        pairs => over_all(pairs),
    };
    let Facts { mut assumptions, mut reasons } = facts;
    assumptions.sort_unstable();
    assumptions.dedup();
    reasons.sort_unstable();
    reasons.dedup();
    Verdict { request: request.clone(), asked, decided, decision, pairs, assumptions, reasons }
}

/// What was asked of any pair, what every pair that was asked allows, and the decision.
fn over_all(pairs: &[Pair]) -> (ConnectionSet, Decided, Decision) {
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
