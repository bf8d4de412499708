//! `one-sided-connection`.

use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::cluster::{GroupId, WorkloadId};
use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::dialect::network_policy::raise;
use crate::evaluate::Row;
use crate::index::{ClassId, IndexedPeer, Term, TermId};
use crate::lint::{Context, Isolated, Level, Levels, Needs, Rule, RuleAt, assumed, words};
use crate::net::ConnectionSet;
use crate::policy::{Direction, NamespaceMatch, OriginId, Peer, Policy};
use crate::text::Span;

pub(crate) const RULE: Rule = Rule {
    name: RuleName("one-sided-connection"),
    category: Category::Policy,
    levels: Levels::from_recommended(Level::Warning),
    summary: "one end of a connection is allowed by a rule of its own, and the other end refuses",
    page: include_str!("one-sided-connection.md"),
    needs: Needs::Workloads,
    find: Some(find),
};

/// So many pairs of classes are looked at for one peer.
const MOST_PAIRS: usize = 20_000;

/// One direction of the pods, what was computed of it kept.
#[derive(Debug)]
struct Side<'c> {
    isolated: &'c [Isolated],
    of_class: FxHashMap<ClassId, usize>,
    rows: FxHashMap<usize, Rc<Possible>>,
    /// The first of the pods of a subject that each row lets some ports through to: one, or two.
    admitted: FxHashMap<(TermId, usize, ConnectionSet), [Option<ClassId>; 2]>,
    /// The workloads of the pods that a selector selects.
    workloads: FxHashMap<TermId, Rc<[WorkloadId]>>,
}

/// What may flow between the subject of a row and each class; nothing for a class that is not listed.
type Possible = FxHashMap<ClassId, ConnectionSet>;

fn possible(row: &Row) -> Possible {
    let parts = row.inside.iter().map(|part| (&part.peers, part.decided.possible()));
    parts.flat_map(|(peers, ports)| peers.iter().map(move |class| (class, ports.clone()))).collect()
}

impl<'c> Side<'c> {
    fn new(context: &'c Context<'_>, direction: Direction) -> Self {
        let isolated = context.isolated(direction);
        let numbered = isolated.iter().enumerate();
        let of_class = numbered.flat_map(|(number, it)| it.classes.iter().map(move |class| (*class, number)));
        Self {
            isolated,
            of_class: of_class.collect(),
            rows: FxHashMap::default(),
            admitted: FxHashMap::default(),
            workloads: FxHashMap::default(),
        }
    }

    /// What an isolated class lets through; `None` when it is not isolated.
    fn row(&mut self, context: &Context<'_>, class: ClassId) -> Option<(usize, Rc<Possible>)> {
        let number = *self.of_class.get(&class)?;
        let isolated = self.isolated.get(number)?;
        let row = self
            .rows
            .entry(number)
            .or_insert_with(|| Rc::new(possible(&context.rows().row(isolated.subject, isolated.direction))));
        Some((number, row.clone()))
    }
}

impl Side<'_> {
    /// Those pods of a subject that a row lets something of some ports through to, two of them at most.
    fn admitted(
        &mut self,
        (id, subject): (TermId, &Term),
        (number, row): (usize, &Possible),
        ports: &ConnectionSet,
    ) -> [Option<ClassId>; 2] {
        let key = (id, number, ports.clone());
        *self.admitted.entry(key).or_insert_with(|| {
            let lets_through = |own: &ClassId| row.get(own).is_some_and(|possible| possible.overlaps(ports));
            let mut admitted = subject.selected.iter().filter(lets_through);
            [admitted.next(), admitted.next()]
        })
    }

    /// The workloads of the pods that a selector selects, sorted.
    fn workloads(&mut self, context: &Context<'_>, (id, term): (TermId, &Term)) -> Rc<[WorkloadId]> {
        let found = self.workloads.entry(id).or_insert_with(|| {
            let owner = |id| context.cluster.group(id).map(|group| group.workload);
            let mut all: Vec<WorkloadId> =
                context.pods().of_classes(&term.selected).filter_map(owner).collect();
            all.sort_unstable();
            all.dedup();
            all.into()
        });
        found.clone()
    }
}

/// Who refuses whom, and on what.
#[derive(Debug)]
struct Refused {
    own: ClassId,
    other: ClassId,
    ports: ConnectionSet,
}

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    // Pods that the same policies close have one cause, whoever is refused.
    let mut faults: BTreeMap<(Direction, usize), usize> = BTreeMap::new();
    for direction in Direction::ALL {
        let mut others = Side::new(context, direction.opposite());
        if others.isolated.is_empty() {
            continue;
        }
        for rule in context.rules().filter(|rule| rule.rule.value.direction == direction) {
            for (peer, indexed) in rule.peers().into_iter().flatten() {
                let IndexedPeer::Term(id) = indexed else { continue };
                let Some(term) = context.index.term(id) else { continue };
                let Some(refused) = refused(context, &rule, term, &mut others) else { continue };
                let finding = finding(context, &rule, (peer.origin, id, term), (&refused, &mut others));
                let Some((finding, ends)) = finding else { continue };
                let Some(closed) = others.of_class.get(&refused.other) else { continue };
                let fault = (direction, *closed);
                if let Some(first) = faults.get(&fault).and_then(|place| found.get_mut(*place)) {
                    add(first, finding);
                } else {
                    faults.insert(fault, found.len());
                    let mut assumed = assumed::of_term(context, term);
                    assumed.extend(
                        ends.into_iter().flat_map(|ends| assumed::of_pair(context, ends, &refused.ports)),
                    );
                    found.push(assumed::resting_on(finding, &assumed));
                }
            }
        }
    }
    found
}

/// Adds a rule that meets the same refusal.
fn add(first: &mut Diagnostic, other: Diagnostic) {
    const MORE: &str = "; more rules meet the same refusal";
    if !first.message.ends_with(MORE) {
        first.message.push_str(MORE);
    }
    first.related.push(other.primary);
}

/// The first pair of those that a peer of a rule allows, when all of them are refused at the other end for certain.
fn refused(context: &Context<'_>, rule: &RuleAt<'_>, peer: &Term, others: &mut Side<'_>) -> Option<Refused> {
    let subject_id = context.index.policy(rule.place)?.subject;
    let subject = context.index.term(subject_id)?;
    let is_vague = |term: &Term| !term.unknown.is_empty();
    // Pods of any namespace, with any labels: others than those of the input are meant too.
    let is_anyone =
        peer.pods.pods.is_everything() && matches!(peer.pods.namespaces, NamespaceMatch::Selected(_));
    if is_anyone
        || is_vague(subject)
        || is_vague(peer)
        || subject.selected.is_empty()
        || peer.selected.is_empty()
    {
        return None;
    }
    let mut first = None;
    let mut pairs = 0usize;
    let mut seen: Vec<usize> = Vec::new();
    for other in peer.selected.iter() {
        let (number, row) = others.row(context, other)?;
        let has_named = !rule.indexed.ports.named.is_empty();
        // Pods with the same policies refuse alike, but for the ports that they name.
        if seen.contains(&number) && !has_named {
            continue;
        }
        seen.push(number);
        let is_itself = |own: ClassId| own == other && context.pods().is_one_pod(own);
        if !has_named {
            let Some(own) = subject.selected.iter().find(|own| !is_itself(*own)) else { continue };
            let ports = ports(context, rule, own, other)?;
            let admitted = others.admitted((subject_id, subject), (number, &row), &ports);
            if ports.is_empty() || admitted.into_iter().flatten().any(|own| !is_itself(own)) {
                return None;
            }
            first = first.or(Some(Refused { own, other, ports }));
            continue;
        }
        pairs += subject.selected.len();
        if pairs > MOST_PAIRS {
            return None;
        }
        for own in subject.selected.iter().filter(|own| !is_itself(*own)) {
            let ports = ports(context, rule, own, other)?;
            if ports.is_empty() || row.get(&own).is_some_and(|possible| possible.overlaps(&ports)) {
                return None;
            }
            first = first.or(Some(Refused { own, other, ports }));
        }
    }
    first
}

/// What a rule allows between two classes; `None` when it is not known.
fn ports(context: &Context<'_>, rule: &RuleAt<'_>, own: ClassId, other: ClassId) -> Option<ConnectionSet> {
    let ports = &rule.indexed.ports;
    if !ports.unknown.is_empty() {
        return None;
    }
    let destination = if rule.rule.value.direction == Direction::Ingress { own } else { other };
    let class = context.index.class(destination)?;
    let mut all = ports.fixed.clone();
    for named in &ports.named {
        let (known, unknown) = named.resolve(class);
        if !unknown.is_empty() {
            return None;
        }
        all = all.union(&known);
    }
    Some(all)
}

/// What to say, and of which two ends.
fn finding(
    context: &Context<'_>,
    rule: &RuleAt<'_>,
    (origin, peer_id, peer): (OriginId, TermId, &Term),
    (refused, others): (&Refused, &mut Side<'_>),
) -> Option<(Diagnostic, Option<(WorkloadId, WorkloadId)>)> {
    let direction = rule.rule.value.direction;
    let subject = context.index.policy(rule.place)?.subject;
    let own = others.workloads(context, (subject, context.index.term(subject)?));
    let own = named_first(context, &own, refused.own);
    let other = others.workloads(context, (peer_id, peer));
    let other = named_first(context, &other, refused.other);
    let isolated = others.isolated.get(*others.of_class.get(&refused.other)?)?;
    let (_, closing) = isolated.policies(context).next()?;
    let (from, to) = match direction {
        Direction::Egress => (own, other.clone()),
        Direction::Ingress => (other.clone(), own),
    };
    let full = |end: &Named| end.first.map_or_else(String::new, |id| words::count(context, &[id]));
    let ports = &refused.ports;
    let message = match direction {
        Direction::Egress => {
            format!("{} may send {ports} to {}, which does not let it in", full(&from), full(&to))
        }
        Direction::Ingress => {
            format!("{} lets in {ports} from {}, which may not send it", full(&to), full(&from))
        }
    };
    let label = match direction {
        Direction::Egress => format!("lets {} send to {}", from.names, to.names),
        Direction::Ingress => format!("lets in {} to {}", from.names, to.names),
    };
    let severity = if peer.pods.pods.is_everything() { Severity::Info } else { Severity::Warning };
    let found = RULE
        .finding(context.head(context.span(origin)?), message)
        .with_severity(severity)
        .with_label(label)
        .with_object(rule.policy.object.clone());
    let closes =
        format!("isolates the {} of {}; no policy allows this there", direction.opposite(), other.names);
    let found = place(context, closing)
        .into_iter()
        .fold(found, |found, span| found.with_related(span, closes.clone()));
    Some((found.with_help(help(rule, closing)), from.first.zip(to.first)))
}

fn help(rule: &RuleAt<'_>, closing: &Policy) -> String {
    let namespace = closing.object.namespace.as_deref().unwrap_or_default();
    let subject = Peer::Pods(rule.policy.subject.value.clone());
    let raised = raise::peer(&subject, namespace).and_then(|items| items.first().map(ToString::to_string));
    let (list, key) = match rule.rule.value.direction {
        Direction::Egress => ("ingress", "from"),
        Direction::Ingress => ("egress", "to"),
    };
    let item = raised.map_or_else(String::new, |item| format!(": `- {item}` under `{key}`"));
    format!("a connection must be allowed at both ends: allow it in an {list} rule as well{item}")
}

/// Some workloads, as they are named.
#[derive(Debug, Clone)]
struct Named {
    first: Option<WorkloadId>,
    names: String,
}

/// Some workloads, that of a class first.
fn named_first(context: &Context<'_>, all: &[WorkloadId], class: ClassId) -> Named {
    let owner = |id: &GroupId| context.cluster.group(*id).map(|group| group.workload);
    let of_first = context.pods().of_class(class).iter().find_map(owner);
    let others = all.iter().copied().filter(|id| Some(*id) != of_first);
    // As many as are named, and how many there are: not all of them for each finding.
    let few: Vec<WorkloadId> = of_first.into_iter().chain(others).take(words::NAMED + 1).collect();
    let is_in = of_first.is_none_or(|first| all.binary_search(&first).is_ok());
    let count = all.len() + usize::from(!is_in);
    Named { first: few.first().copied(), names: words::first_workloads(context, &few, count) }
}

/// What a policy selects, or its head.
fn place(context: &Context<'_>, policy: &Policy) -> Option<Span> {
    let written = context.span(policy.subject.origin).filter(|span| !span.is_empty());
    written.or_else(|| context.span(policy.origin)).map(|span| context.head(span))
}
