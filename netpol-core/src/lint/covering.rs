//! Which rules allow all that another rule allows: for every pod that could exist, or for the pods that do.

use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Context;
use super::by_peer::{ByPeer, RuleId};
use crate::index::term::selects_all;
use crate::index::{Around, BlockId, IndexedPeer, IndexedPorts, IndexedRule, NamedPortQuery, Term, TermId};
use crate::net::{ConnectionSet, IpSet};
use crate::policy::{Action, Direction};
use crate::selector::Truth;

/// For which pods something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// For every pod that could exist.
    Any,
    /// For the pods of the input.
    Existing,
}

/// The policies that certainly select every pod of a subject, those with this very subject among them, and their rules
/// that have effect.
#[derive(Debug)]
pub(super) struct Wider<'a> {
    /// By their places in the policy set, sorted.
    pub(super) policies: Vec<u32>,
    ingress: ByPeer<'a>,
    egress: ByPeer<'a>,
}

/// Which rules may cover a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Among {
    /// Those of other policies.
    OtherPolicies,
    /// Those of other policies, then the others of its own.
    OtherRules,
}

/// Finds the policies of which all pods that one selects are selected too, and asks whether their rules cover its own.
#[derive(Debug)]
pub(super) struct Covering<'c, 'a> {
    context: &'c Context<'a>,
    scope: Scope,
    /// The policies, and their subjects in the same order.
    policies: Vec<u32>,
    around: Around<'a>,
    /// What is known of each subject that was asked for.
    wider: FxHashMap<TermId, Rc<Wider<'a>>>,
    /// Rules that are not looked at any more.
    gone: FxHashSet<RuleId>,
    gone_policies: FxHashSet<u32>,
    terms: FxHashMap<(TermId, TermId), bool>,
}

/// One peer of a rule; `None` is everybody.
type Atom = Option<IndexedPeer>;

/// A rule that others may cover.
struct Wanted<'w, 'a> {
    id: RuleId,
    rule: &'w IndexedRule,
    among: Among,
    others: &'w ByPeer<'a>,
}

impl<'c, 'a> Covering<'c, 'a> {
    pub(super) fn new(context: &'c Context<'a>, scope: Scope) -> Self {
        let subjects = context.evaluated().map(|(_, policy)| &policy.subject.value);
        Self {
            context,
            scope,
            policies: context.evaluated().map(|(place, _)| place).collect(),
            around: Around::new(subjects),
            wider: FxHashMap::default(),
            gone: FxHashSet::default(),
            gone_policies: FxHashSet::default(),
            terms: FxHashMap::default(),
        }
    }

    /// For which pods it speaks.
    pub(super) const fn scope(&self) -> Scope {
        self.scope
    }

    /// The policies that were found to select all pods of each subject that was asked for.
    pub(super) fn into_policies(self) -> FxHashMap<TermId, Vec<u32>> {
        self.wider.into_iter().map(|(subject, wider)| (subject, wider.policies.clone())).collect()
    }

    /// Takes a rule out: it covers nothing from now on.
    pub(super) fn remove(&mut self, rule: RuleId) {
        self.gone.insert(rule);
    }

    /// Whether a rule was taken out, or its policy.
    pub(super) fn is_gone(&self, rule: RuleId) -> bool {
        self.gone.contains(&rule) || self.is_policy_gone(rule.0)
    }

    /// Takes a policy out: it isolates and covers nothing from now on.
    pub(super) fn remove_policy(&mut self, place: u32) {
        self.gone_policies.insert(place);
    }

    /// Whether a policy was taken out.
    pub(super) fn is_policy_gone(&self, place: u32) -> bool {
        self.gone_policies.contains(&place)
    }

    /// The policies that certainly select every pod that a policy selects, itself and those that were taken out among
    /// them.
    pub(super) fn wider(&mut self, place: u32) -> Option<Rc<Wider<'a>>> {
        let subject = self.context.index.policy(place)?.subject;
        if let Some(known) = self.wider.get(&subject) {
            return Some(known.clone());
        }
        let mut policies = match self.scope {
            Scope::Any => self.around(place),
            Scope::Existing => self.selecting_a_class_of(place),
        };
        policies.sort_unstable();
        policies.dedup();
        policies.retain(|other| self.is_subject_within(subject, *other));
        let [ingress, egress] = [Direction::Ingress, Direction::Egress]
            .map(|direction| ByPeer::new(self.context, rules_of(self.context, &policies, direction)));
        let wider = Rc::new(Wider { policies, ingress, egress });
        self.wider.insert(subject, wider.clone());
        Some(wider)
    }

    fn around(&self, place: u32) -> Vec<u32> {
        let Some(policy) = self.context.policies.policies.get(place as usize) else { return Vec::new() };
        let places = self.around.candidates(&policy.subject.value, self.context.cluster).into_iter();
        places.filter_map(|place| self.policies.get(place as usize)).copied().collect()
    }

    fn selecting_a_class_of(&self, place: u32) -> Vec<u32> {
        let index = self.context.index;
        let term = index.policy(place).and_then(|policy| index.term(policy.subject));
        let Some(class) = term.and_then(|term| term.selected.iter().next()) else { return Vec::new() };
        let selecting = Direction::ALL.into_iter().flat_map(|direction| index.selecting(class, direction));
        selecting.filter_map(|selecting| selecting.policy.evaluated()).collect()
    }

    fn is_subject_within(&mut self, narrow: TermId, wide: u32) -> bool {
        let wide = self.context.index.policy(wide).map(|policy| policy.subject);
        wide.is_some_and(|wide| self.is_within(narrow, wide))
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

    /// The rules that together allow all that a rule allows, if they do: for each peer those that allow its ports.
    pub(super) fn covered(
        &mut self,
        (id, rule): (RuleId, &IndexedRule),
        among: Among,
        wider: &Wider<'a>,
    ) -> Option<BTreeSet<RuleId>> {
        if rule.action != Action::Allow || !rule.ports.unknown.is_empty() {
            return None;
        }
        let others = match rule.direction {
            Direction::Ingress => &wider.ingress,
            Direction::Egress => &wider.egress,
        };
        let wanted = Wanted { id, rule, among, others };
        let mut used = BTreeSet::new();
        match &rule.peers {
            None => used.extend(self.atom_covered(None, &wanted)?),
            Some(peers) => {
                for peer in peers {
                    used.extend(self.atom_covered(Some(*peer), &wanted)?);
                }
            }
        }
        (!used.is_empty()).then_some(used)
    }

    fn atom_covered(&mut self, atom: Atom, wanted: &Wanted<'_, 'a>) -> Option<Vec<RuleId>> {
        let ports = &wanted.rule.ports;
        let mut open = Open { fixed: ports.fixed.clone(), named: ports.named.clone() };
        let mut used = Vec::new();
        let candidates = self.covering(atom, ports, wanted.others);
        for (id, other) in self.in_order(&candidates, wanted) {
            if open.overlaps(&other.ports) {
                open.close(&other.ports);
                used.push(id);
            }
            if open.is_empty() {
                return Some(used);
            }
        }
        let Some(IndexedPeer::Block(block)) = atom else { return None };
        self.block_covered(block, wanted)
    }

    /// Of some rules those that are asked for and not taken out, in the order in which they are asked.
    fn in_order<'w>(
        &'w self,
        candidates: &'w [u32],
        wanted: &'w Wanted<'_, 'a>,
    ) -> impl Iterator<Item = (RuleId, &'a IndexedRule)> + use<'w, 'c, 'a> {
        let (place, number) = wanted.id;
        let rules = move || candidates.iter().filter_map(|candidate| wanted.others.rule(*candidate));
        let of_others = rules().filter(move |((other, _), _)| *other != place);
        let of_own = rules().filter(move |((other, at), _)| *other == place && *at != number);
        let of_own = of_own.filter(|_| wanted.among == Among::OtherRules);
        of_others.chain(of_own).filter(|(id, _)| !self.is_gone(*id))
    }

    /// The rules for some of the ports of which one peer covers a peer whole, each once and sorted.
    fn covering(&mut self, atom: Atom, ports: &IndexedPorts, rules: &ByPeer<'a>) -> Vec<u32> {
        let mut found = rules.for_everybody(ports);
        match atom {
            None => {}
            Some(IndexedPeer::Term(narrow)) => {
                for wide in self.terms_around(narrow, rules) {
                    if self.is_within(narrow, wide) {
                        found.extend(rules.with_term(wide, ports));
                    }
                }
            }
            Some(IndexedPeer::Block(narrow)) => found.extend(self.with_block_around(narrow, rules)),
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn terms_around(&self, narrow: TermId, rules: &ByPeer<'a>) -> Vec<TermId> {
        match (self.scope, self.context.index.term(narrow)) {
            (Scope::Any, Some(term)) => rules.terms_around(self.context.cluster, &term.pods),
            (Scope::Existing, Some(term)) => rules.terms_with_pods_of(term),
            (_, None) => Vec::new(),
        }
    }

    fn with_block_around(&self, narrow: BlockId, rules: &ByPeer<'a>) -> Vec<u32> {
        let Some(addresses) = self.known_addresses(narrow) else { return Vec::new() };
        let around = |number: &u32| {
            let rule = rules.rule(*number);
            let blocks = rule.into_iter().flat_map(|(_, rule)| self.blocks(rule));
            blocks.into_iter().any(|wide| addresses.is_subset(wide))
        };
        let mut candidates = rules.with_first_address(addresses);
        candidates.sort_unstable();
        candidates.dedup();
        candidates.retain(around);
        candidates
    }

    /// The addresses of a block; `None` when a placeholder stands in it.
    fn known_addresses(&self, block: BlockId) -> Option<&'a IpSet> {
        let block = &self.context.index.block(block)?.block;
        block.unknown.is_empty().then_some(&block.addresses)
    }

    fn blocks<'r>(&self, rule: &'r IndexedRule) -> impl Iterator<Item = &'a IpSet> + use<'r, 'a> {
        let index = self.context.index;
        rule.peers.iter().flatten().filter_map(move |peer| match peer {
            IndexedPeer::Block(id) => index.block(*id).map(|block| &block.block.addresses),
            IndexedPeer::Term(_) => None,
        })
    }

    /// The blocks of several rules that have all the ports may cover a block together.
    fn block_covered(&self, block: BlockId, wanted: &Wanted<'_, 'a>) -> Option<Vec<RuleId>> {
        let addresses = self.known_addresses(block)?;
        let mut candidates = wanted.others.with_addresses(addresses);
        candidates.sort_unstable();
        candidates.dedup();
        let rules = || {
            let rules = self.in_order(&candidates, wanted);
            rules.filter(|(_, other)| allows_all(&other.ports, &wanted.rule.ports))
        };
        if !addresses.is_subset(&IpSet::union_of(rules().flat_map(|(_, other)| self.blocks(other)))) {
            return None;
        }
        let (mut left, mut used) = (addresses.clone(), Vec::new());
        for (id, other) in rules() {
            let mut is_used = false;
            for allowed in self.blocks(other) {
                if left.overlaps(allowed) {
                    left = left.difference(allowed);
                    is_used = true;
                }
            }
            used.extend(is_used.then_some(id));
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

/// The rules of some policies that have effect in a direction.
fn rules_of<'a>(
    context: &Context<'a>,
    policies: &[u32],
    direction: Direction,
) -> Vec<(RuleId, &'a IndexedRule)> {
    let mut rules = Vec::new();
    for place in policies {
        let policy = context.policies.policies.get(*place as usize);
        let (Some(policy), Some(indexed)) = (policy, context.index.policy(*place)) else { continue };
        if policy.directions.contains(direction) {
            let acts = |rule: &IndexedRule| rule.action == Action::Allow && rule.direction == direction;
            let numbered = indexed.rules.iter().enumerate().filter(|(_, rule)| acts(rule));
            rules.extend(numbered.map(|(at, rule)| ((*place, at), rule)));
        }
    }
    rules
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
    scope == Scope::Any || narrow.selected.iter().next().is_none_or(|first| wide.selected.contains(first))
}
