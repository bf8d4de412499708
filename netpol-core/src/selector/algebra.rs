//! What selectors say of pods that do not exist: does one imply another, can any labels satisfy it, do several
//! leave some labels out?
//!
//! Nothing here enumerates labels: what a requirement says of its label is a set of values, finite or all but
//! finitely many, with or without "the label is absent".

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::{Operator, Requirement, Selector, Truth};

/// So much is tried before [`leave_none_out`] gives up, in values that are looked at: 20,000 choices between short lists.
const MOST_WORK: usize = 1_000_000;

/// What a choice costs, in values.
const COST_OF_A_CHOICE: usize = 50;

/// The values that a label may have.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Scope<'a> {
    /// Whether the label may be absent.
    absent: bool,
    /// Whether `listed` are the values that it may have, or those that it may not.
    is_finite: bool,
    /// Sorted.
    listed: Vec<&'a str>,
}

impl<'a> Scope<'a> {
    /// What a requirement without placeholders asks of its label.
    fn of(requirement: &'a Requirement) -> Self {
        let listed = || requirement.values.iter().map(String::as_str).collect();
        match requirement.operator {
            Operator::In => Self { absent: false, is_finite: true, listed: listed() },
            Operator::NotIn => Self { absent: true, is_finite: false, listed: listed() },
            Operator::Exists => Self { absent: false, is_finite: false, listed: Vec::new() },
            Operator::DoesNotExist => Self { absent: true, is_finite: true, listed: Vec::new() },
        }
    }

    fn complement(self) -> Self {
        Self { absent: !self.absent, is_finite: !self.is_finite, listed: self.listed }
    }

    fn and(&self, other: &Self) -> Self {
        let holds =
            |scope: &Self, value: &&'a str| scope.listed.binary_search(value).is_ok() == scope.is_finite;
        let kept = |some: &Self, by: &Self| -> Vec<&'a str> {
            some.listed.iter().copied().filter(|value| holds(by, value)).collect()
        };
        let absent = self.absent && other.absent;
        let (is_finite, listed) = match (self.is_finite, other.is_finite) {
            (true, _) => (true, kept(self, other)),
            (false, true) => (true, kept(other, self)),
            (false, false) => {
                let mut listed: Vec<&str> = self.listed.iter().chain(&other.listed).copied().collect();
                listed.sort_unstable();
                listed.dedup();
                (false, listed)
            }
        };
        Self { absent, is_finite, listed }
    }

    /// What all of some scopes have in common, at the cost of their lists.
    fn all(scopes: Vec<Self>) -> Self {
        let (finite, others): (Vec<Self>, Vec<Self>) = scopes.into_iter().partition(|scope| scope.is_finite);
        let absent = others.iter().all(|scope| scope.absent);
        let mut listed: Vec<&'a str> = others.into_iter().flat_map(|scope| scope.listed).collect();
        listed.sort_unstable();
        listed.dedup();
        let others = Self { absent, is_finite: false, listed };
        let mut finite = finite;
        finite.sort_unstable_by_key(|scope| scope.listed.len());
        let common = finite.into_iter().reduce(|all, scope| all.and(&scope));
        common.map_or_else(|| others.clone(), |common| common.and(&others))
    }

    const fn is_empty(&self) -> bool {
        !self.absent && self.is_finite && self.listed.is_empty()
    }
}

impl Requirement {
    /// Whether a placeholder stands in it.
    pub const fn has_placeholder(&self) -> bool {
        self.key.is_none() || self.has_unknown_value
    }
}

impl Selector {
    /// Whether a placeholder stands in it.
    pub fn has_placeholder(&self) -> bool {
        self.requirements().iter().any(Requirement::has_placeholder)
    }

    /// Whether all labels that this selector selects are certainly selected by the other.
    pub fn implies(&self, other: &Self) -> bool {
        other.requirements().iter().all(|wanted| {
            if wanted.has_placeholder() {
                return false;
            }
            let own = self.requirements();
            let first = own.partition_point(|own| own.key < wanted.key);
            let own = own.get(first..).unwrap_or_default().iter().take_while(|own| own.key == wanted.key);
            let scope = Scope::all(own.filter(|own| !own.has_placeholder()).map(Scope::of).collect());
            scope.and(&Scope::of(wanted).complement()).is_empty()
        })
    }

    /// Whether certainly no labels satisfy the selector, as with `app=a,app=b`.
    pub fn is_contradictory(&self) -> bool {
        let by_key = self.requirements().chunk_by(|one, other| one.key == other.key);
        by_key.into_iter().any(|requirements| {
            let known = requirements.iter().filter(|it| !it.has_placeholder());
            Scope::all(known.map(Scope::of).collect()).is_empty()
        })
    }
}

/// Whether all labels that a pod can have are selected by one of some selectors. Unknown when that hangs on a
/// placeholder, or is too much to find out.
pub fn leave_none_out<'a>(selectors: impl IntoIterator<Item = &'a Selector>) -> Truth {
    let (unknown, known): (Vec<&Selector>, Vec<&Selector>) =
        selectors.into_iter().partition(|selector| selector.has_placeholder());
    if known.iter().any(|selector| selector.is_everything()) {
        return Truth::Yes;
    }
    match is_left_out(&known) {
        Some(true) if unknown.is_empty() => Truth::No,
        Some(true) | None => Truth::Unknown,
        Some(false) => Truth::Yes,
    }
}

/// The values that labels may have, by key.
type Scopes<'a> = BTreeMap<&'a str, Scope<'a>>;

/// Whether some labels are selected by none of the selectors: each of them must fail in one of its requirements.
/// `None` when that is too much to find out.
fn is_left_out(selectors: &[&Selector]) -> Option<bool> {
    let (single, several): (Vec<&Selector>, Vec<&Selector>) =
        selectors.iter().partition(|selector| selector.requirements().len() == 1);
    // A selector of one requirement leaves no choice.
    let mut failing: BTreeMap<&str, Vec<Scope<'_>>> = BTreeMap::new();
    for requirement in single.iter().flat_map(|selector| selector.requirements()) {
        let scope = Scope::of(requirement).complement();
        failing.entry(requirement.key.as_deref().unwrap_or_default()).or_default().push(scope);
    }
    let scopes: Scopes<'_> = failing.into_iter().map(|(key, scopes)| (key, Scope::all(scopes))).collect();
    if scopes.values().any(Scope::is_empty) {
        return Some(false);
    }
    // Most selectors want labels, so that a pod without any is selected by none of them.
    let may_be_absent = |key: &str| scopes.get(key).is_none_or(|scope| scope.absent);
    let wants_what_is_absent = |requirement: &Requirement| {
        !requirement.operator.accepts_absent() && requirement.key.as_deref().is_some_and(may_be_absent)
    };
    if several.iter().all(|selector| selector.requirements().iter().any(wants_what_is_absent)) {
        return Some(true);
    }
    let several = without_those_that_fail_alone(several, &scopes);
    Search { selectors: &several, scopes, left: MOST_WORK }.leaves_out()
}

/// Leaves out selectors that ask something of a label that no other asks anything of: they fail there, whatever becomes
/// of the others.
fn without_those_that_fail_alone<'s>(selectors: Vec<&'s Selector>, scopes: &Scopes<'_>) -> Vec<&'s Selector> {
    fn keys(selector: &Selector) -> impl Iterator<Item = &str> {
        let by_key = selector.requirements().chunk_by(|one, other| one.key == other.key);
        by_key.filter_map(|requirements| requirements.first()?.key.as_deref())
    }
    let mut asking: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (place, selector) in selectors.iter().enumerate() {
        keys(selector).for_each(|key| asking.entry(key).or_default().push(place));
    }
    asking.retain(|key, _| !scopes.contains_key(key));
    let mut numbers: FxHashMap<&str, usize> = asking.iter().map(|(key, list)| (*key, list.len())).collect();
    let mut alone: Vec<&str> =
        numbers.iter().filter(|(_, count)| **count == 1).map(|(key, _)| *key).collect();
    let mut is_out = vec![false; selectors.len()];
    while let Some(key) = alone.pop() {
        let last = asking.get(key).into_iter().flatten().find(|place| is_out.get(**place) == Some(&false));
        let Some((place, selector)) = last.and_then(|place| Some((*place, *selectors.get(*place)?))) else {
            continue;
        };
        if let Some(slot) = is_out.get_mut(place) {
            *slot = true;
        }
        for key in keys(selector) {
            if let Some(count) = numbers.get_mut(key) {
                *count -= 1;
                alone.extend((*count == 1).then_some(key));
            }
        }
    }
    let mut is_out = is_out.into_iter();
    selectors.into_iter().filter(|_| is_out.next() == Some(false)).collect()
}

/// Tries for each selector one requirement after the other, until all fail together or no choice is left.
struct Search<'s, 'a> {
    selectors: &'s [&'a Selector],
    scopes: Scopes<'a>,
    /// How much may still be tried.
    left: usize,
}

/// The choice that was made for one selector.
#[derive(Default)]
struct Choice<'a> {
    /// The requirement to try next.
    next: usize,
    /// The key of the one that was tried last, and what values its label could have before.
    before: Option<(&'a str, Option<Scope<'a>>)>,
}

impl<'a> Search<'_, 'a> {
    fn leaves_out(mut self) -> Option<bool> {
        let mut choices = vec![Choice::default()];
        while let Some(depth) = choices.len().checked_sub(1) {
            let (Some(selector), Some(choice)) = (self.selectors.get(depth), choices.last_mut()) else {
                return Some(true);
            };
            if let Some((key, before)) = choice.before.take() {
                self.restore(key, before);
            }
            let Some(requirement) = selector.requirements().get(choice.next) else {
                choices.pop();
                continue;
            };
            choice.next += 1;
            if let Some(narrowed) = self.narrowed(requirement)? {
                let key = requirement.key.as_deref().unwrap_or_default();
                choice.before = Some((key, self.scopes.insert(key, narrowed)));
                choices.push(Choice::default());
            }
        }
        Some(false)
    }

    fn restore(&mut self, key: &'a str, before: Option<Scope<'a>>) {
        match before {
            Some(scope) => self.scopes.insert(key, scope),
            None => self.scopes.remove(key),
        };
    }

    /// The values of a label with which a requirement fails too, if there are any; `None` when too much was tried.
    #[expect(
        clippy::option_option,
        reason = "that nothing is left is another answer than that nobody looked"
    )]
    fn narrowed(&mut self, requirement: &'a Requirement) -> Option<Option<Scope<'a>>> {
        let failing = Scope::of(requirement).complement();
        let key = requirement.key.as_deref().unwrap_or_default();
        let scope = self.scopes.get(key).map_or_else(|| failing.clone(), |scope| scope.and(&failing));
        self.left = self.left.checked_sub(COST_OF_A_CHOICE + scope.listed.len() + failing.listed.len())?;
        Some((!scope.is_empty()).then_some(scope))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requirement(text: &str) -> Requirement {
        let values = |text: &str| text.split('|').map(str::to_owned).collect::<Vec<_>>();
        match (text.strip_prefix('!'), text.split_once("!="), text.split_once('=')) {
            (Some(key), ..) => Requirement::new(key, Operator::DoesNotExist, []),
            (_, Some((key, text)), _) => Requirement::new(key, Operator::NotIn, values(text)),
            (.., Some((key, text))) => Requirement::new(key, Operator::In, values(text)),
            _ => Requirement::new(text, Operator::Exists, []),
        }
    }

    fn selector(text: &str) -> Selector {
        Selector::new(text.split(',').filter(|part| !part.is_empty()).map(requirement))
    }

    #[test]
    fn a_selector_implies_what_asks_for_less() {
        for (narrow, wide) in [
            ("app=a", ""),
            ("app=a", "app"),
            ("app=a", "app=a|b"),
            ("app=a", "app!=b"),
            ("app=a,tier=x", "app=a"),
            ("!app", "app!=a"),
            ("app!=a|b", "app!=a"),
            ("app,app!=a", "app!=a"),
            ("app=a|b,app!=b", "app=a"),
        ] {
            assert!(selector(narrow).implies(&selector(wide)), "{narrow} implies {wide}");
        }
        for (one, other) in [("", "app"), ("app=a|b", "app=a"), ("app!=a", "app"), ("app=a", "tier=x")] {
            assert!(!selector(one).implies(&selector(other)), "{one} does not imply {other}");
        }
    }

    #[test]
    fn a_placeholder_implies_nothing_and_is_implied_by_nothing() {
        let unknown = Requirement { has_unknown_value: true, ..requirement("app=a") };
        let unknown = Selector::new([unknown]);
        assert!(!unknown.implies(&selector("app=a")));
        assert!(!selector("app=a").implies(&unknown));
        assert!(unknown.implies(&Selector::everything()));
    }

    #[test]
    fn a_selector_that_no_labels_satisfy_is_contradictory() {
        for text in ["app=a,app=b", "app=a,app!=a", "app,!app", "app=a,!app"] {
            assert!(selector(text).is_contradictory(), "{text}");
        }
        for text in ["", "app=a", "app=a|b,app!=a", "!app,app!=a"] {
            assert!(!selector(text).is_contradictory(), "{text}");
        }
    }

    #[test]
    fn selectors_that_divide_all_labels_leave_none_out() {
        for (texts, expected) in [
            (vec![], Truth::No),
            (vec![""], Truth::Yes),
            (vec!["app=a"], Truth::No),
            (vec!["app", "!app"], Truth::Yes),
            (vec!["app=a", "app!=a"], Truth::Yes),
            (vec!["app=a", "app=b", "app!=a|b"], Truth::Yes),
            (vec!["app=a", "app!=a,tier", "!tier"], Truth::Yes),
            (vec!["app=a", "app!=a,tier"], Truth::No),
        ] {
            let selectors: Vec<Selector> = texts.iter().map(|text| selector(text)).collect();
            assert_eq!(leave_none_out(&selectors), expected, "{texts:?}");
        }
    }

    #[test]
    fn what_hangs_on_a_placeholder_is_unknown() {
        let unknown = Selector::new([Requirement { has_unknown_value: true, ..requirement("app=a") }]);
        assert_eq!(leave_none_out([&unknown]), Truth::Unknown);
        assert_eq!(leave_none_out([&unknown, &selector("")]), Truth::Yes);
    }

    #[test]
    fn many_selectors_are_no_trouble() {
        let each = |text: &dyn Fn(usize) -> String| -> Vec<Selector> {
            (0..50_000).map(|number| selector(&text(number))).collect()
        };
        assert_eq!(leave_none_out(&each(&|number| format!("!k{number}"))), Truth::No);
        assert_eq!(leave_none_out(&each(&|number| format!("app=v{number}"))), Truth::No);
        assert_eq!(leave_none_out(&each(&|number| format!("app!=v{number}"))), Truth::Yes);
        assert_eq!(leave_none_out(&each(&|number| format!("app=v{number},k{number}"))), Truth::No);
        assert_eq!(leave_none_out(&each(&|number| format!("app=v{number},tier=web"))), Truth::No);
    }
}
