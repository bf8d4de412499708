//! `one-sided-connection`.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::cluster::WorkloadId;
use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::dialect::network_policy::raise;
use crate::evaluate::Row;
use crate::index::{ClassId, ClassSet, IndexedPeer, Term};
use crate::lint::{Context, Isolated, Level, Levels, Needs, Rule, RuleAt, words};
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
        Self { isolated, of_class: of_class.collect(), rows: FxHashMap::default() }
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

/// Who refuses whom, and on what.
#[derive(Debug)]
struct Refused {
    own: ClassId,
    other: ClassId,
    ports: ConnectionSet,
}

fn find(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for direction in Direction::ALL {
        let mut others = Side::new(context, direction.opposite());
        if others.isolated.is_empty() {
            continue;
        }
        for rule in context.rules().filter(|rule| rule.rule.value.direction == direction) {
            for (peer, indexed) in rule.peers().into_iter().flatten() {
                let IndexedPeer::Term(id) = indexed else { continue };
                let Some(term) = context.index.term(id) else { continue };
                if let Some(refused) = refused(context, &rule, term, &mut others) {
                    found.extend(finding(context, &rule, (peer.origin, term), (&refused, &others)));
                }
            }
        }
    }
    found
}

/// The first pair of those that a peer of a rule allows, when all of them are refused at the other end for certain.
fn refused(context: &Context<'_>, rule: &RuleAt<'_>, peer: &Term, others: &mut Side<'_>) -> Option<Refused> {
    let subject = context.index.policy(rule.place).and_then(|policy| context.index.term(policy.subject))?;
    let is_vague = |term: &Term| !term.unknown.is_empty() || !term.assumed_not.is_empty();
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
        pairs += subject.selected.len();
        if pairs > MOST_PAIRS {
            return None;
        }
        for own in subject.selected.iter() {
            if own == other && context.pods().is_one_pod(own) {
                continue;
            }
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

fn finding(
    context: &Context<'_>,
    rule: &RuleAt<'_>,
    (origin, peer): (OriginId, &Term),
    (refused, others): (&Refused, &Side<'_>),
) -> Option<Diagnostic> {
    let direction = rule.rule.value.direction;
    let subject = context.index.policy(rule.place).and_then(|policy| context.index.term(policy.subject))?;
    let own = workloads(context, &subject.selected, refused.own);
    let other = workloads(context, &peer.selected, refused.other);
    let isolated = others.isolated.get(*others.of_class.get(&refused.other)?)?;
    let (_, closing) = isolated.policies(context).next()?;
    let (from, to) = match direction {
        Direction::Egress => (&own, &other),
        Direction::Ingress => (&other, &own),
    };
    let names = |ids: &[WorkloadId]| words::workloads(context, ids);
    let full = |id: Option<&WorkloadId>| id.map_or_else(String::new, |id| words::count(context, &[*id]));
    let ports = &refused.ports;
    let message = match direction {
        Direction::Egress => format!(
            "{} may send {ports} to {}, which does not let it in",
            full(from.first()),
            full(to.first())
        ),
        Direction::Ingress => {
            format!("{} lets in {ports} from {}, which may not send it", full(to.first()), full(from.first()))
        }
    };
    let label = match direction {
        Direction::Egress => format!("lets {} send to {}", names(from), names(to)),
        Direction::Ingress => format!("lets in {} to {}", names(from), names(to)),
    };
    let severity = if peer.pods.pods.is_everything() { Severity::Info } else { Severity::Warning };
    let found = RULE
        .finding(context.head(context.span(origin)?), message)
        .with_severity(severity)
        .with_label(label)
        .with_object(rule.policy.object.clone());
    let closes =
        format!("isolates the {} of {}; no policy allows this there", direction.opposite(), names(&other));
    let found = place(context, closing)
        .into_iter()
        .fold(found, |found, span| found.with_related(span, closes.clone()));
    Some(found.with_help(help(rule, closing)))
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

/// The workloads of some classes, that of one class first.
fn workloads(context: &Context<'_>, classes: &ClassSet, first: ClassId) -> Vec<WorkloadId> {
    let owner = |id| context.cluster.group(id).map(|group| group.workload);
    let of_first = context.pods().of_class(first).iter().find_map(|id| owner(*id));
    let mut all: Vec<WorkloadId> = context.pods().of_classes(classes).filter_map(owner).collect();
    all.sort_unstable();
    all.dedup();
    all.retain(|id| Some(*id) != of_first);
    of_first.into_iter().chain(all).collect()
}

/// What a policy selects, or its head.
fn place(context: &Context<'_>, policy: &Policy) -> Option<Span> {
    let written = context.span(policy.subject.origin).filter(|span| !span.is_empty());
    written.or_else(|| context.span(policy.origin)).map(|span| context.head(span))
}
