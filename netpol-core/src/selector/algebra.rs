//! What selectors say of pods that do not exist: does one imply another, can any labels satisfy it, do several
//! leave some labels out?
//!
//! Nothing here enumerates labels: what a requirement says of its label is a set of values, finite or all but
//! finitely many, with or without "the label is absent".

use std::collections::BTreeMap;

use super::{Operator, Requirement, Selector, Truth};

/// So many choices are tried before [`leave_none_out`] gives up.
const MOST_CHOICES: usize = 20_000;

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
    const ANYTHING: Self = Self { absent: true, is_finite: false, listed: Vec::new() };

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
            let own = self.requirements().iter();
            let same_key = own.filter(|own| own.key == wanted.key && !own.has_placeholder());
            let scope = same_key.fold(Scope::ANYTHING, |all, own| all.and(&Scope::of(own)));
            scope.and(&Scope::of(wanted).complement()).is_empty()
        })
    }

    /// Whether certainly no labels satisfy the selector, as with `app=a,app=b`.
    pub fn is_contradictory(&self) -> bool {
        let mut scopes: BTreeMap<&str, Scope<'_>> = BTreeMap::new();
        for requirement in self.requirements().iter().filter(|it| !it.has_placeholder()) {
            let Some(key) = &requirement.key else { continue };
            let scope = scopes.entry(key).or_insert(Scope::ANYTHING);
            *scope = scope.and(&Scope::of(requirement));
        }
        scopes.values().any(Scope::is_empty)
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
    let mut choices = 0;
    match is_left_out(&known, &BTreeMap::new(), &mut choices) {
        _ if choices > MOST_CHOICES => Truth::Unknown,
        true if unknown.is_empty() => Truth::No,
        true => Truth::Unknown,
        false => Truth::Yes,
    }
}

/// Whether some labels within `scopes` are selected by none of the selectors: each of them must fail in one of its
/// requirements.
fn is_left_out<'a>(
    selectors: &[&'a Selector],
    scopes: &BTreeMap<&'a str, Scope<'a>>,
    choices: &mut usize,
) -> bool {
    let Some((first, rest)) = selectors.split_first() else { return true };
    for requirement in first.requirements() {
        *choices += 1;
        if *choices > MOST_CHOICES {
            return true;
        }
        let Some(key) = requirement.key.as_deref() else { continue };
        let failing = Scope::of(requirement).complement();
        let scope = scopes.get(key).map_or_else(|| failing.clone(), |scope| scope.and(&failing));
        if scope.is_empty() {
            continue;
        }
        let mut narrowed = scopes.clone();
        narrowed.insert(key, scope);
        if is_left_out(rest, &narrowed, choices) {
            return true;
        }
    }
    false
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
}
