//! Which rules allow all that another rule allows: for every pod that could exist, or for the pods that do.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::Context;
use crate::index::term::selects_all;
use crate::index::{IndexedPeer, IndexedPorts, IndexedRule, NamedPortQuery, Term, TermId};
use crate::net::ConnectionSet;
use crate::policy::{Action, Direction, NamespaceMatch};
use crate::selector::{Operator, Selector, Truth};

/// A rule by the place of its policy and its own place in it.
pub(super) type RuleId = (u32, usize);

/// Rules that may cover others, by direction.
#[derive(Debug, Default)]
pub(super) struct Rules<'a> {
    ingress: Vec<(RuleId, &'a IndexedRule)>,
    egress: Vec<(RuleId, &'a IndexedRule)>,
}

impl<'a> Rules<'a> {
    fn of(&self, direction: Direction) -> &[(RuleId, &'a IndexedRule)] {
        match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        }
    }
}

/// For which pods something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// For every pod that could exist.
    Any,
    /// For the pods of the input.
    Existing,
}

/// Finds the policies of which all pods that one selects are selected too, and asks whether their rules cover its own.
#[derive(Debug)]
pub(super) struct Covering<'c, 'a> {
    context: &'c Context<'a>,
    scope: Scope,
    /// The policies of a namespace by a label that all their pods have; those of which nothing is known by key alone.
    by_label: FxHashMap<(&'a str, Option<Label<'a>>), Vec<u32>>,
    /// Rules that are not looked at any more.
    gone: BTreeSet<RuleId>,
    gone_policies: BTreeSet<u32>,
    terms: FxHashMap<(TermId, TermId), bool>,
}

/// A key and its value.
type Label<'a> = (&'a str, &'a str);

/// One peer of a rule; `None` is everybody.
type Atom = Option<IndexedPeer>;

impl<'c, 'a> Covering<'c, 'a> {
    pub(super) fn new(context: &'c Context<'a>, scope: Scope) -> Self {
        let mut by_label: FxHashMap<_, Vec<u32>> = FxHashMap::default();
        for (place, policy) in context.evaluated() {
            let subject = &policy.subject.value;
            if let NamespaceMatch::Named(namespace) = &subject.namespaces {
                by_label.entry((namespace.as_str(), label(&subject.pods))).or_default().push(place);
            }
        }
        Self {
            context,
            scope,
            by_label,
            gone: BTreeSet::new(),
            gone_policies: BTreeSet::new(),
            terms: FxHashMap::default(),
        }
    }

    /// Takes a rule out: it covers nothing from now on.
    pub(super) fn remove(&mut self, rule: RuleId) {
        self.gone.insert(rule);
    }

    /// Whether a rule was taken out.
    pub(super) fn is_gone(&self, rule: RuleId) -> bool {
        self.gone.contains(&rule)
    }

    /// Takes a policy out: it isolates and covers nothing from now on.
    pub(super) fn remove_policy(&mut self, place: u32) {
        self.gone_policies.insert(place);
    }

    /// The other policies that certainly select every pod that a policy selects.
    pub(super) fn wider(&mut self, place: u32) -> Vec<u32> {
        let mut found = match self.scope {
            Scope::Any => self.with_a_label_of(place),
            Scope::Existing => self.selecting_a_class_of(place),
        };
        found.retain(|other| {
            *other != place && !self.gone_policies.contains(other) && self.is_subject_within(place, *other)
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    fn with_a_label_of(&self, place: u32) -> Vec<u32> {
        let Some(policy) = self.context.policies.policies.get(place as usize) else { return Vec::new() };
        let NamespaceMatch::Named(namespace) = &policy.subject.value.namespaces else { return Vec::new() };
        let labels = std::iter::once(None).chain(labels(&policy.subject.value.pods).map(Some));
        let of_label = labels.filter_map(|label| self.by_label.get(&(namespace.as_str(), label)));
        of_label.flatten().copied().collect()
    }

    fn selecting_a_class_of(&self, place: u32) -> Vec<u32> {
        let index = self.context.index;
        let term = index.policy(place).and_then(|policy| index.term(policy.subject));
        let Some(class) = term.and_then(|term| term.selected.iter().next()) else { return Vec::new() };
        let selecting = Direction::ALL.into_iter().flat_map(|direction| index.selecting(class, direction));
        selecting.map(|selecting| selecting.policy).collect()
    }

    fn is_subject_within(&mut self, narrow: u32, wide: u32) -> bool {
        let of = |place| self.context.index.policy(place).map(|policy| policy.subject);
        let (Some(narrow), Some(wide)) = (of(narrow), of(wide)) else { return false };
        self.is_within(narrow, wide)
    }

    /// Whether one selector certainly selects all that another selects.
    fn is_within(&mut self, narrow: TermId, wide: TermId) -> bool {
        let (context, scope) = (self.context, self.scope);
        if narrow == wide {
            return true;
        }
        let (of_narrow, of_wide) = (context.index.term(narrow), context.index.term(wide));
        let (Some(of_narrow), Some(of_wide)) = (of_narrow, of_wide) else { return false };
        may_be_within(scope, of_narrow, of_wide)
            && *self.terms.entry((narrow, wide)).or_insert_with(|| {
                let (narrow, wide) = (of_narrow, of_wide);
                match scope {
                    Scope::Any => selects_all(&wide.pods, &narrow.pods, context.cluster) == Truth::Yes,
                    Scope::Existing => {
                        narrow.unknown.is_empty()
                            && narrow.assumed_not.is_empty()
                            && narrow.selected.iter().all(|class| wide.selected.contains(class))
                    }
                }
            })
    }

    /// The rules of some policies that have effect and are still looked at.
    pub(super) fn rules_of(&self, policies: impl Iterator<Item = u32>) -> Rules<'a> {
        let mut rules = Rules::default();
        for place in policies {
            let policy = self.context.policies.policies.get(place as usize);
            let indexed = self.context.index.policy(place);
            let (Some(policy), Some(indexed)) = (policy, indexed) else { continue };
            for (at, rule) in indexed.rules.iter().enumerate() {
                let acts = rule.action == Action::Allow && policy.directions.contains(rule.direction);
                let list = match rule.direction {
                    Direction::Ingress => &mut rules.ingress,
                    Direction::Egress => &mut rules.egress,
                };
                if acts && !self.is_gone((place, at)) {
                    list.push(((place, at), rule));
                }
            }
        }
        rules
    }

    /// The rules that together allow all that a rule allows, if they do: for each peer those that allow its ports.
    pub(super) fn covered(
        &mut self,
        (id, rule): (RuleId, &IndexedRule),
        others: &Rules<'_>,
    ) -> Option<BTreeSet<RuleId>> {
        if rule.action != Action::Allow || !rule.ports.unknown.is_empty() {
            return None;
        }
        let atoms: Vec<Atom> = match &rule.peers {
            None => vec![None],
            Some(peers) => peers.iter().copied().map(Some).collect(),
        };
        let others = others.of(rule.direction);
        let mut used = BTreeSet::new();
        for atom in atoms {
            used.extend(self.atom_covered(atom, (id, &rule.ports), others)?);
        }
        (!used.is_empty()).then_some(used)
    }

    fn atom_covered(
        &mut self,
        atom: Atom,
        (own, wanted): (RuleId, &IndexedPorts),
        others: &[(RuleId, &IndexedRule)],
    ) -> Option<Vec<RuleId>> {
        let mut open = Open { fixed: wanted.fixed.clone(), named: wanted.named.clone() };
        let mut used = Vec::new();
        for (id, other) in others {
            let is_other = *id != own && !self.is_gone(*id);
            if is_other && open.overlaps(&other.ports) && self.covers(other, atom) {
                open.close(&other.ports);
                used.push(*id);
            }
            if open.is_empty() {
                return Some(used);
            }
        }
        let Some(IndexedPeer::Block(block)) = atom else { return None };
        self.block_covered(block, (own, wanted), others)
    }

    /// Whether one peer of a rule covers a peer whole.
    fn covers(&mut self, rule: &IndexedRule, atom: Atom) -> bool {
        let Some(peers) = &rule.peers else { return true };
        peers.iter().any(|peer| match (atom, peer) {
            (Some(IndexedPeer::Term(narrow)), IndexedPeer::Term(wide)) => self.is_within(narrow, *wide),
            (Some(IndexedPeer::Block(narrow)), IndexedPeer::Block(wide)) => {
                let addresses = |id| self.context.index.block(id).map(|block| &block.block);
                let (Some(narrow), Some(wide)) = (addresses(narrow), addresses(*wide)) else { return false };
                narrow.unknown.is_empty() && narrow.addresses.is_subset(&wide.addresses)
            }
            _ => false,
        })
    }

    /// The blocks of several rules that have all the ports may cover a block together.
    fn block_covered(
        &self,
        block: crate::index::BlockId,
        (own, wanted): (RuleId, &IndexedPorts),
        others: &[(RuleId, &IndexedRule)],
    ) -> Option<Vec<RuleId>> {
        let block = &self.context.index.block(block)?.block;
        if !block.unknown.is_empty() {
            return None;
        }
        let (mut left, mut used) = (block.addresses.clone(), Vec::new());
        for (id, other) in others {
            if *id == own || self.is_gone(*id) || !allows_all(&other.ports, wanted) {
                continue;
            }
            let peers = other.peers.iter().flatten();
            let blocks = peers.filter_map(|peer| match peer {
                IndexedPeer::Block(id) => self.context.index.block(*id),
                IndexedPeer::Term(_) => None,
            });
            let before = used.len();
            for allowed in blocks.map(|it| &it.block.addresses) {
                if left.overlaps(allowed) {
                    left = left.difference(allowed);
                    used.push(*id);
                }
            }
            used.truncate(before + 1);
            if left.is_empty() {
                return Some(used);
            }
        }
        None
    }

    /// Whether a rule has effect, and, of the pods of the input, whether each of its peers matches some: what matches
    /// nothing is another matter than what others say too.
    pub(super) fn has_say(&self, place: u32, rule: &IndexedRule) -> bool {
        let policy = self.context.policies.policies.get(place as usize);
        let is_alive = |peer: &IndexedPeer| match peer {
            IndexedPeer::Term(id) => {
                self.context.index.term(*id).is_some_and(|term| !term.selected.is_empty())
            }
            IndexedPeer::Block(_) => true,
        };
        policy.is_some_and(|policy| policy.directions.contains(rule.direction))
            && (self.scope == Scope::Any || rule.peers.iter().flatten().all(is_alive))
    }
}

/// Ports that no rule has allowed yet.
struct Open {
    fixed: ConnectionSet,
    named: Vec<NamedPortQuery>,
}

impl Open {
    fn is_empty(&self) -> bool {
        self.fixed.is_empty() && self.named.is_empty()
    }

    fn overlaps(&self, ports: &IndexedPorts) -> bool {
        self.fixed.overlaps(&ports.fixed) || self.named.iter().any(|name| allows_name(ports, name))
    }

    fn close(&mut self, ports: &IndexedPorts) {
        self.fixed = self.fixed.difference(&ports.fixed);
        self.named.retain(|name| !allows_name(ports, name));
    }
}

/// Whether ports allow all of some others.
fn allows_all(ports: &IndexedPorts, wanted: &IndexedPorts) -> bool {
    wanted.fixed.is_subset(&ports.fixed) && wanted.named.iter().all(|name| allows_name(ports, name))
}

/// Whether ports allow whatever a name stands for.
fn allows_name(ports: &IndexedPorts, name: &NamedPortQuery) -> bool {
    let is_every = name.protocol.is_some_and(|protocol| {
        let every = ConnectionSet::of(protocol, crate::net::PortSet::every());
        every.is_subset(&ports.fixed)
    });
    is_every || ports.named.contains(name)
}

/// Whether one selector may be within another, as far as is seen at a glance: most pairs are not, and are not kept.
fn may_be_within(scope: Scope, narrow: &Term, wide: &Term) -> bool {
    match scope {
        Scope::Any => {
            let wanted = label(&wide.pods.pods);
            wanted.is_none_or(|wanted| labels(&narrow.pods.pods).any(|own| own == wanted))
        }
        Scope::Existing => narrow.selected.iter().next().is_none_or(|first| wide.selected.contains(first)),
    }
}

/// A label that all pods of a selector have; `None` when no single one is sure.
fn label(selector: &Selector) -> Option<Label<'_>> {
    labels(selector).next()
}

fn labels(selector: &Selector) -> impl Iterator<Item = Label<'_>> {
    selector.requirements().iter().filter_map(|requirement| {
        let (Operator::In, [value]) = (requirement.operator, requirement.values.as_slice()) else {
            return None;
        };
        Some((requirement.key.as_deref()?, value.as_str())).filter(|_| !requirement.has_placeholder())
    })
}
