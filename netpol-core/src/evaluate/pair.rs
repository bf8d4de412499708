//! One source and one destination: the answer of each pair of units, and the pairs with the same answer as one.

use super::causes::{Bearing, Facts};
use super::party::Party;
use super::units::{self, Grain, Source, Unit};
use super::walk::{Found, Walk};
use super::{Assumption, Decision, End, Pair, PerFamily};
use crate::cluster::{Asked, Cluster, Endpoint, Owner};
use crate::index::NamedPortQuery;
use crate::net::{ConnectionSet, Decided, Family, IpSet, PortSet};
use crate::policy::Direction;

/// The answer for one unit towards another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UnitAnswer {
    asked: ConnectionSet,
    decided: Decided,
    families: Vec<(Family, Decided)>,
}

/// The pairs of one source and one destination. Each comes with a unit of either end that stands for it.
#[derive(Debug)]
pub(super) struct Pairs<'a> {
    pub(super) from: Vec<Unit<'a>>,
    pub(super) to: Vec<Unit<'a>>,
    pub(super) answers: Vec<(Pair, usize, usize)>,
    /// Whether the only pair is a pod and itself.
    pub(super) is_itself: bool,
}

/// Answers a source and a destination, and adds what the answer rests on to `facts`.
pub(super) fn answer<'a>(
    source: Source<'a>,
    (from, to): (&Endpoint, &Endpoint),
    (ports, grain): (&Asked, Grain),
    facts: &mut Facts,
) -> Pairs<'a> {
    let mut from_units = units::of_endpoint(source, from, to);
    let mut to_units = units::of_endpoint(source, to, from);
    if matches!(from, Endpoint::Addresses(_)) {
        from_units = units::cut(source, from_units, &to_units, (Direction::Ingress, grain));
    } else if matches!(to, Endpoint::Addresses(_)) {
        to_units = units::cut(source, to_units, &from_units, (Direction::Egress, grain));
    }
    tell_about_ends(source.cluster, &from_units, &to_units, facts);
    if let Asked::Named(protocol, name) = ports {
        let query = NamedPortQuery { protocol: *protocol, name: name.clone() };
        to_units = units::by_port(source.cluster, to_units, &query);
    }
    let mut is_itself = false;
    let answers = if let ([one], [other]) = (from_units.as_slice(), to_units.as_slice()) {
        let asked = asked_of(source, ports, other);
        is_itself = is_same_pod(one, other) && [from, to].iter().all(|end| names_pods(source.cluster, end));
        let answer =
            if is_itself { everything(asked) } else { unit_answer(source, (one, other), asked, facts) };
        vec![(pair(whole(from), whole(to), answer), 0, 0)]
    } else {
        let answers = of_units(source, (&from_units, &to_units), ports, facts);
        let pairs = rectangles(&answers).into_iter().map(|rectangle| {
            let (first_from, first_to) = (first(&rectangle.from), first(&rectangle.to));
            let from = end(source, from, &from_units, &rectangle.from);
            let to = end(source, to, &to_units, &rectangle.to);
            (pair(from, to, rectangle.answer), first_from, first_to)
        });
        pairs.collect()
    };
    if let (true, Endpoint::Workload(workload) | Endpoint::Pods(workload, _)) = (from == to, from) {
        let is_cut = answers.iter().any(|(pair, _, _)| pair.decision != Decision::Allow);
        let replicas = is_cut.then_some(Assumption::TwoReplicas(*workload));
        facts.assumptions.extend(if is_itself { Some(Assumption::Itself(*workload)) } else { replicas });
    }
    Pairs { from: from_units, to: to_units, answers, is_itself }
}

/// The answers of several units, without those of a pod and itself.
fn of_units(
    source: Source<'_>,
    (from, to): (&[Unit<'_>], &[Unit<'_>]),
    ports: &Asked,
    facts: &mut Facts,
) -> Vec<Vec<Option<UnitAnswer>>> {
    let mut answer = |from: &Unit<'_>, to: &Unit<'_>| {
        let is_other = !is_same_pod(from, to);
        is_other.then(|| unit_answer(source, (from, to), asked_of(source, ports, to), facts))
    };
    from.iter().map(|from| to.iter().map(|to| answer(from, to)).collect()).collect()
}

fn first(numbers: &[usize]) -> usize {
    numbers.first().copied().unwrap_or_default()
}

/// Whether both units are one and the same pod.
fn is_same_pod(from: &Unit<'_>, to: &Unit<'_>) -> bool {
    from.members == to.members && !from.has_two_pods()
}

/// Whether an endpoint means the very pods that the input holds. An owner of pods means any pod that it may make:
/// asked about itself, two different ones, also where the input holds a single one.
fn names_pods(cluster: &Cluster, endpoint: &Endpoint) -> bool {
    match endpoint {
        Endpoint::Pods(..) | Endpoint::Replica(_) => true,
        Endpoint::Workload(id) => cluster
            .workload(*id)
            .is_some_and(|workload| matches!(workload.owner, Owner::Pod | Owner::Hypothetical(_))),
        Endpoint::Hypothetical(_) | Endpoint::Addresses(_) | Endpoint::Node(_) => false,
    }
}

/// What is asked of a destination: a named port stands for the numbers that it has there.
pub(super) fn asked_of(source: Source<'_>, ports: &Asked, to: &Unit<'_>) -> ConnectionSet {
    let Asked::Named(protocol, name) = ports else { return ports.fixed().unwrap_or_default() };
    let query = NamedPortQuery { protocol: *protocol, name: name.clone() };
    let groups = to.members.iter().filter_map(|member| source.cluster.group(member.group));
    groups.flat_map(|group| &group.named_ports).filter(|port| query.accepts(port)).fold(
        ConnectionSet::empty(),
        |set, port| {
            let ports = port.number.map_or_else(PortSet::every, PortSet::single);
            set.union(&ConnectionSet::of(port.protocol, ports))
        },
    )
}

fn everything(asked: ConnectionSet) -> UnitAnswer {
    let decided = Decided { allowed: asked.clone(), unknown: ConnectionSet::empty() };
    UnitAnswer { asked, decided, families: Vec::new() }
}

/// Both directions of one unit towards another, over every family that both have.
fn unit_answer(
    source: Source<'_>,
    (from, to): (&Unit<'_>, &Unit<'_>),
    asked: ConnectionSet,
    facts: &mut Facts,
) -> UnitAnswer {
    let families = common_families(source, &from.party, &to.party);
    let mut answers = Vec::with_capacity(families.len());
    for family in families {
        let egress = walk(source, Direction::Egress, (&from.party, &to.party), family, &asked);
        let ingress = walk(source, Direction::Ingress, (&to.party, &from.party), family, &asked);
        let (out, into) = (egress.run(), ingress.run());
        let decided = out.decided.and(&into.decided);
        tell(facts, (&egress, &out), &into, &decided);
        tell(facts, (&ingress, &into), &out, &decided);
        answers.push((family, decided));
    }
    let decided = match answers.as_slice() {
        [] => {
            facts.assumptions.push(Assumption::NoCommonFamily);
            Decided::nothing()
        }
        [(_, first), rest @ ..] => rest.iter().fold(first.clone(), |all, (_, decided)| all.and(decided)),
    };
    if answers.iter().all(|(_, answer)| *answer == decided) {
        answers.clear();
    }
    UnitAnswer { asked, decided, families: answers }
}

fn tell(facts: &mut Facts, (walk, found): (&Walk<'_>, &Found), opposite: &Found, answer: &Decided) {
    if !found.causes.is_empty() {
        let bearing = Bearing { own: &found.decided, other: &opposite.decided, answer };
        facts.add(walk, &found.causes, &bearing);
    }
    facts.add_remarks(walk);
}

pub(super) fn common_families(source: Source<'_>, from: &Party<'_>, to: &Party<'_>) -> Vec<Family> {
    let theirs = to.families(source.cluster);
    from.families(source.cluster).into_iter().filter(|family| theirs.contains(family)).collect()
}

pub(super) fn walk<'w>(
    source: Source<'w>,
    direction: Direction,
    (subject, peer): (&'w Party<'w>, &'w Party<'w>),
    family: Family,
    asked: &'w ConnectionSet,
) -> Walk<'w> {
    Walk {
        index: source.index,
        cluster: source.cluster,
        set: source.set,
        direction,
        family,
        subject,
        peer,
        asked,
        is_own_node: subject.runs_on(peer, source.cluster),
    }
}

fn tell_about_ends(cluster: &Cluster, from: &[Unit<'_>], to: &[Unit<'_>], facts: &mut Facts) {
    for unit in from.iter().chain(to) {
        let groups = unit.members.iter().filter_map(|member| cluster.group(member.group));
        facts.assumptions.extend(groups.filter_map(Assumption::of_group));
        if let Party::Node { workload: Some(workload), .. } = &unit.party {
            facts.assumptions.push(Assumption::HostNetworkIsNode(*workload));
        }
    }
    let outside = |unit: &Unit<'_>| matches!(unit.party, Party::Outside { .. });
    if from.iter().all(outside) && to.iter().all(outside) {
        facts.assumptions.push(Assumption::OutsideTheCluster);
    }
}

fn pair(from: End, to: End, answer: UnitAnswer) -> Pair {
    let UnitAnswer { asked, decided, families } = answer;
    let decision = Decision::of(&asked, &decided);
    let families = (!families.is_empty()).then_some(PerFamily { answers: families });
    Pair { from, to, asked, decided, decision, families }
}

/// All of an endpoint as an end.
fn whole(endpoint: &Endpoint) -> End {
    End { endpoint: endpoint.clone(), groups: None, pods: None }
}

/// The end that some units of an endpoint are.
fn end(source: Source<'_>, endpoint: &Endpoint, units: &[Unit<'_>], chosen: &[usize]) -> End {
    if chosen.len() == units.len() {
        return whole(endpoint);
    }
    let chosen = || chosen.iter().filter_map(|number| units.get(*number));
    if let Endpoint::Addresses(_) = endpoint {
        let addresses = chosen().fold(IpSet::empty(), |all, unit| match &unit.party {
            Party::Outside { addresses } => all.union(addresses),
            _ => all,
        });
        return End { endpoint: Endpoint::Addresses(addresses), groups: None, pods: None };
    }
    let members = || chosen().flat_map(|unit| &unit.members);
    let mut groups: Vec<_> = members().map(|member| member.group).collect();
    groups.sort_unstable();
    groups.dedup();
    let mut pods: Vec<String> =
        members().map(|member| source.cluster.pod_name(member.group, member.ordinal)).collect();
    pods.sort_unstable();
    End { endpoint: endpoint.clone(), groups: Some(groups), pods: Some(pods) }
}

/// Units of either end that share an answer.
#[derive(Debug)]
struct Rectangle {
    from: Vec<usize>,
    to: Vec<usize>,
    answer: UnitAnswer,
}

fn rectangles(answers: &[Vec<Option<UnitAnswer>>]) -> Vec<Rectangle> {
    let mut known = answers.iter().flatten().flatten();
    if let Some(answer) = known.next()
        && known.all(|other| other == answer)
    {
        let width = answers.first().map_or(0, Vec::len);
        let answer = answer.clone();
        return vec![Rectangle { from: (0..answers.len()).collect(), to: (0..width).collect(), answer }];
    }
    let mut rows: Vec<(&Vec<Option<UnitAnswer>>, Vec<usize>)> = Vec::new();
    for (number, row) in answers.iter().enumerate() {
        match rows.iter_mut().find(|(seen, _)| *seen == row) {
            Some((_, numbers)) => numbers.push(number),
            None => rows.push((row, vec![number])),
        }
    }
    let mut rectangles: Vec<Rectangle> = Vec::new();
    for (row, from) in rows {
        let start = rectangles.len();
        for (number, answer) in row.iter().enumerate() {
            let Some(answer) = answer else { continue };
            let same = rectangles.iter_mut().skip(start).find(|rectangle| rectangle.answer == *answer);
            match same {
                Some(rectangle) => rectangle.to.push(number),
                None => rectangles.push(Rectangle {
                    from: from.clone(),
                    to: vec![number],
                    answer: answer.clone(),
                }),
            }
        }
    }
    rectangles
}
