//! Pipelines out of random numbers.

use netpol_core::policy::{Action, Conflicts, Ties};

use super::case::{Case, PORTS, Policy, Rule, State, Tier};
use crate::generate::Random;

/// How many doubts a case may have: each doubles the worlds.
const MOST_DOUBTS: usize = 7;

/// The case of a seed.
pub fn case(seed: u64) -> Case {
    let mut random = Random::new(seed);
    let mut doubts = MOST_DOUBTS;
    let is_own_node = random.chance(15);
    // In percent.
    let node_rules = if is_own_node { 50 } else { 0 };
    let count = *random.pick(&[1, 1, 2, 2, 3]);
    let tiers: Vec<Tier> = (0..count).map(|_| tier(&mut random, node_rules, &mut doubts)).collect();
    Case {
        is_ingress: random.chance(50),
        is_own_node,
        denials: denials(&mut random, tiers.len()),
        tiers,
        default: *random.pick(&[Action::Allow, Action::Allow, Action::Deny]),
    }
}

/// Behind most tiers their own denials, or all of some behind the last.
fn denials(random: &mut Random, tiers: usize) -> Vec<Vec<usize>> {
    let mut denials = vec![Vec::new(); tiers];
    if random.chance(40) {
        denials[tiers - 1] = (0..tiers).filter(|_| random.chance(60)).collect();
        return denials;
    }
    for (tier, list) in denials.iter_mut().enumerate() {
        list.extend(random.chance(70).then_some(tier));
    }
    denials
}

fn tier(random: &mut Random, node_rules: usize, doubts: &mut usize) -> Tier {
    let ties = *random.pick(&[Ties::Together, Ties::ByName, Ties::ByRule, Ties::Undefined]);
    let conflicts = *random.pick(&[Conflicts::DenyFirst, Conflicts::Undefined]);
    let names = [3, 1, 2, 0];
    let count = *random.pick(&[0, 1, 1, 2, 2, 3]);
    let mut rules = 0;
    let policies = names.iter().take(count).map(|name| policy(random, (*name, &mut rules), doubts)).collect();
    let node_rule = random.chance(node_rules).then(|| {
        let state = state(random, &[State::No, State::Maybe, State::Yes], doubts);
        (*random.pick(&ACTIONS), state)
    });
    Tier { ties, conflicts, node_rule, policies }
}

fn policy(random: &mut Random, (name, rules): (usize, &mut usize), doubts: &mut usize) -> Policy {
    let order = *random.pick(&[Some(1), Some(1), Some(0), Some(-5), None]);
    let is_opaque = random.chance(10) && *doubts >= 4;
    let selects = state(random, &[State::Yes, State::Yes, State::Yes, State::Maybe], doubts);
    let isolates = if is_opaque {
        state(random, &[State::No, State::Maybe], doubts)
    } else {
        state(random, &[State::No, State::Yes, State::Yes, State::Maybe], doubts)
    };
    // More rules that act at once than this have too many orders.
    let count = (*random.pick(&[0, 1, 2, 2, 3])).min(6 - *rules);
    *rules += count;
    let make = if is_opaque { opaque_rule } else { rule };
    let mut own: Vec<Rule> = (0u32..).take(count).map(|position| make(random, position, doubts)).collect();
    if random.chance(30) {
        own.reverse();
    }
    if is_opaque {
        own.retain(|rule| rule.matches == State::Maybe);
    }
    Policy { order, tie: format!("policy-{name}"), selects, isolates, is_opaque, rules: own }
}

/// A rule of a policy that is not evaluated: it may match anything.
fn opaque_rule(random: &mut Random, position: u32, doubts: &mut usize) -> Rule {
    let action = *random.pick(&ACTIONS);
    let matches = state(random, &[State::Maybe], doubts);
    Rule { position, action, matches, ports: (0, u16::MAX), way: 0 }
}

const ACTIONS: [Action; 4] = [Action::Allow, Action::Allow, Action::Deny, Action::Pass];

fn rule(random: &mut Random, position: u32, doubts: &mut usize) -> Rule {
    let action = *random.pick(&ACTIONS);
    let matches = state(random, &[State::No, State::Yes, State::Yes, State::Maybe, State::Maybe], doubts);
    let ports = match random.below(4) {
        0 => (PORTS[0], PORTS[0]),
        1 => (PORTS[0], PORTS[1]),
        2 => (PORTS[1], PORTS[2]),
        _ => (0, u16::MAX),
    };
    Rule { position, action, matches, ports, way: random.below(6) }
}

/// One of some states; no doubt where there are enough.
fn state(random: &mut Random, states: &[State], doubts: &mut usize) -> State {
    match *random.pick(states) {
        State::Maybe if *doubts == 0 => State::No,
        State::Maybe => {
            *doubts -= 1;
            State::Maybe
        }
        sure => sure,
    }
}
