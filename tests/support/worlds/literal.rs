//! What each world comes to.

use netpol_core::policy::{Action, Conflicts, Ties};

use super::case::{Case, Policy, State, Tier};

/// What some world comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Answers {
    /// Some world allows.
    pub allows: bool,
    /// Some world denies.
    pub denies: bool,
    /// Some world denies since no rule matched.
    pub ends_in_tier: bool,
}

/// What the worlds of a case come to on a port.
pub fn answers(case: &Case, port: u16) -> Answers {
    let doubts = doubts(case, port);
    let turns: Vec<Vec<Turns>> = case.tiers.iter().map(turns).collect();
    let mut answers = Answers::default();
    for world in 0..1u32 << doubts.len() {
        if answers == (Answers { allows: true, denies: true, ends_in_tier: true }) {
            break;
        }
        let is_so = |doubt: Doubt| {
            let number = doubts.iter().position(|known| *known == doubt).expect("the doubt is listed");
            world >> number & 1 == 1
        };
        each_choice(&turns, &mut |chosen| match decide(case, port, chosen, &is_so) {
            Outcome::Allowed => answers.allows = true,
            Outcome::Denied => answers.denies = true,
            Outcome::DeniedByDefault => (answers.denies, answers.ends_in_tier) = (true, true),
        });
    }
    answers
}

/// Something that nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doubt {
    NodeRule(usize),
    Selects(usize, usize),
    Isolates(usize, usize),
    Matches(usize, usize, usize),
}

fn doubts(case: &Case, port: u16) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    for (tier, of) in case.tiers.iter().enumerate() {
        let is_open = case.is_own_node && of.node_rule.is_some_and(|(_, state)| state == State::Maybe);
        doubts.extend(is_open.then_some(Doubt::NodeRule(tier)));
        for (number, policy) in of.policies.iter().enumerate() {
            let maybe = |state, doubt| (state == State::Maybe).then_some(doubt);
            doubts.extend(maybe(policy.selects, Doubt::Selects(tier, number)));
            doubts.extend(maybe(policy.isolates, Doubt::Isolates(tier, number)));
            let rules = policy.rules.iter().enumerate().filter(|(_, rule)| names(rule.ports, port));
            doubts.extend(
                rules.filter_map(|(place, rule)| maybe(rule.matches, Doubt::Matches(tier, number, place))),
            );
        }
    }
    doubts
}

fn names((first, last): (u16, u16), port: u16) -> bool {
    (first..=last).contains(&port)
}

/// Rules one after the other, each as its policy and its place there.
type Turns = Vec<(usize, usize)>;

/// All orders of the rules of a tier that its ties and conflicts leave open.
fn turns(tier: &Tier) -> Vec<Turns> {
    let order = |policy: &Policy| policy.order.map_or((1, 0), |number| (0, number));
    let mut orders: Vec<(i32, i32)> = tier.policies.iter().map(order).collect();
    orders.sort_unstable();
    orders.dedup();
    let parts = orders.into_iter().flat_map(|wanted| {
        let tied = tier.policies.iter().enumerate().filter(|(_, policy)| order(policy) == wanted);
        of_tied(tier, &tied.map(|(number, _)| number).collect::<Vec<_>>())
    });
    parts.fold(vec![Vec::new()], |all, part| in_row(&all, &part))
}

/// Each of some turns before each of others.
fn in_row(first: &[Turns], then: &[Turns]) -> Vec<Turns> {
    first.iter().flat_map(|one| then.iter().map(move |other| [one.as_slice(), other].concat())).collect()
}

/// Parts one after the other, each with the orders that it can have.
fn of_tied(tier: &Tier, tied: &[usize]) -> Vec<Vec<Turns>> {
    let rules = |policies: &[usize]| -> Turns {
        let of = |number: usize| {
            (0..tier.policies[number].rules.len()).map(|place| (number, place)).collect::<Turns>()
        };
        policies.iter().flat_map(|number| of(*number)).collect()
    };
    let position = |(policy, rule): (usize, usize)| tier.policies[policy].rules[rule].position;
    let by_position = |mut rules: Turns| {
        rules.sort_by_key(|rule| position(*rule));
        rules
    };
    match tier.ties {
        Ties::Together => vec![at_once(tier, &rules(tied))],
        Ties::ByRule => {
            let all = by_position(rules(tied));
            all.chunk_by(|one, next| position(*one) == position(*next))
                .map(|rules| at_once(tier, rules))
                .collect()
        }
        Ties::ByName => {
            let mut tied = tied.to_vec();
            tied.sort_by_key(|number| &tier.policies[*number].tie);
            tied.into_iter().map(|number| vec![by_position(rules(&[number]))]).collect()
        }
        Ties::Undefined => {
            let orders = permutations(tied).into_iter();
            vec![
                orders
                    .map(|order| order.into_iter().flat_map(|number| by_position(rules(&[number]))).collect())
                    .collect(),
            ]
        }
    }
}

/// The orders of rules that act at once.
fn at_once(tier: &Tier, rules: &[(usize, usize)]) -> Vec<Turns> {
    let action = |(policy, rule): (usize, usize)| tier.policies[policy].rules[rule].action;
    match tier.conflicts {
        Conflicts::Undefined => permutations(rules),
        Conflicts::DenyFirst => {
            let first = [Action::Deny, Action::Allow, Action::Pass].map(|wanted| {
                rules.iter().copied().filter(|rule| action(*rule) == wanted).collect::<Turns>()
            });
            vec![first.concat()]
        }
    }
}

fn permutations<T: Copy>(items: &[T]) -> Vec<Vec<T>> {
    let Some((first, rest)) = items.split_first() else { return vec![Vec::new()] };
    let shorter = permutations(rest).into_iter();
    shorter
        .flat_map(|order| {
            (0..=order.len()).map(move |place| {
                let mut longer = order.clone();
                longer.insert(place, *first);
                longer
            })
        })
        .collect()
}

/// Calls with each way to choose one order for every tier.
fn each_choice<'t>(turns: &'t [Vec<Turns>], with: &mut impl FnMut(&[&'t Turns])) {
    fn next<'t>(turns: &'t [Vec<Turns>], chosen: &mut Vec<&'t Turns>, with: &mut impl FnMut(&[&'t Turns])) {
        let Some((first, rest)) = turns.split_first() else { return with(chosen) };
        for order in first {
            chosen.push(order);
            next(rest, chosen, with);
            chosen.pop();
        }
    }
    next(turns, &mut Vec::new(), with);
}

enum Outcome {
    Allowed,
    Denied,
    DeniedByDefault,
}

/// What one world comes to on a port.
fn decide(case: &Case, port: u16, chosen: &[&Turns], is_so: &impl Fn(Doubt) -> bool) -> Outcome {
    let mut isolated = vec![false; case.tiers.len()];
    for (number, tier) in case.tiers.iter().enumerate() {
        let holds = |state: State, doubt: Doubt| match state {
            State::Yes => true,
            State::No => false,
            State::Maybe => is_so(doubt),
        };
        let selects = |policy: usize| holds(tier.policies[policy].selects, Doubt::Selects(number, policy));
        let by_node =
            tier.node_rule.filter(|(_, state)| case.is_own_node && holds(*state, Doubt::NodeRule(number)));
        let by_rule = || {
            chosen[number].iter().find(|(policy, place)| {
                let rule = &tier.policies[*policy].rules[*place];
                selects(*policy)
                    && names(rule.ports, port)
                    && holds(rule.matches, Doubt::Matches(number, *policy, *place))
            })
        };
        let action = by_node
            .map(|(action, _)| action)
            .or_else(|| by_rule().map(|(policy, place)| tier.policies[*policy].rules[*place].action));
        match action {
            Some(Action::Allow) => return Outcome::Allowed,
            Some(Action::Deny) => return Outcome::Denied,
            Some(Action::Pass) => {}
            None => {
                let isolates = |(place, policy): (usize, &Policy)| {
                    selects(place) && holds(policy.isolates, Doubt::Isolates(number, place))
                };
                isolated[number] = tier.policies.iter().enumerate().any(isolates);
            }
        }
        if case.denials[number].iter().any(|tier| isolated[*tier]) {
            return Outcome::DeniedByDefault;
        }
    }
    if case.default == Action::Allow { Outcome::Allowed } else { Outcome::Denied }
}
