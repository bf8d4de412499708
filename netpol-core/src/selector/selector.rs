//! A label selector in normal form, and its answers.

use std::sync::Arc;

use super::{Labels, Requirement};

/// Yes, no or unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// No.
    No,
    /// The input does not tell.
    Unknown,
    /// Yes.
    Yes,
}

impl Truth {
    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// At least one holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// Whether it is a yes.
    pub const fn is_yes(self) -> bool {
        matches!(self, Self::Yes)
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

/// What a selector says of labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Answer {
    /// Whether the labels are selected.
    pub truth: Truth,
    /// Whether a `No` rests on labels that are taken not to be there ([`super::Unlisted::AssumedAbsent`]).
    pub is_assumed: bool,
}

impl Answer {
    /// No, whatever is assumed.
    pub const NO: Self = Self { truth: Truth::No, is_assumed: false };
    /// Unknown.
    pub const UNKNOWN: Self = Self { truth: Truth::Unknown, is_assumed: false };
    /// No, by assumption.
    pub const ASSUMED_NO: Self = Self { truth: Truth::No, is_assumed: true };

    /// Both hold. A firm no beats an assumed one.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self.is_firm_no(), other.is_firm_no()) {
            (true, _) => self,
            (_, true) => other,
            _ => Self { truth: self.truth.and(other.truth), is_assumed: self.is_assumed || other.is_assumed },
        }
    }

    const fn is_firm_no(self) -> bool {
        matches!(self.truth, Truth::No) && !self.is_assumed
    }
}

impl From<Truth> for Answer {
    fn from(truth: Truth) -> Self {
        Self { truth, is_assumed: false }
    }
}

/// A conjunction of requirements, sorted and unique; without any it selects everything.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Selector {
    requirements: Arc<[Requirement]>,
}

impl Selector {
    /// The selector `{}`, which selects everything.
    pub fn everything() -> Self {
        Self::default()
    }

    /// The conjunction of requirements.
    pub fn new(requirements: impl IntoIterator<Item = Requirement>) -> Self {
        let mut requirements: Vec<Requirement> = requirements.into_iter().collect();
        requirements.sort_unstable();
        requirements.dedup();
        Self { requirements: requirements.into() }
    }

    /// The requirements, sorted.
    pub fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// Whether the selector has no requirement and so selects everything.
    pub fn is_everything(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Whether some label has to be there, whatever its value.
    pub fn wants_labels(&self) -> bool {
        self.requirements.iter().any(|requirement| !requirement.operator.accepts_absent())
    }

    /// Whether `labels` are selected.
    pub fn matches(&self, labels: &Labels) -> Answer {
        self.requirements
            .iter()
            .map(|requirement| requirement.matches(labels))
            .fold(Answer::from(Truth::Yes), Answer::and)
    }
}

impl std::fmt::Display for Selector {
    /// The requirements, joined by commas; `{}` for the selector of everything.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_everything() {
            return f.write_str("{}");
        }
        for (index, requirement) in self.requirements.iter().enumerate() {
            write!(f, "{}{requirement}", if index == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{LabelValue, Operator, Unlisted};
    use super::*;

    fn requirement(operator: Operator, values: &[&str]) -> Requirement {
        Requirement::new("app", operator, values.iter().map(|value| (*value).to_owned()))
    }

    fn truth(requirement: Requirement, labels: &Labels) -> Truth {
        Selector::new([requirement]).matches(labels).truth
    }

    #[test]
    fn not_in_and_does_not_exist_accept_a_missing_key() {
        let bare = Labels::default();
        assert_eq!(truth(requirement(Operator::NotIn, &["a"]), &bare), Truth::Yes);
        assert_eq!(truth(requirement(Operator::DoesNotExist, &[]), &bare), Truth::Yes);
        assert_eq!(truth(requirement(Operator::In, &["a"]), &bare), Truth::No);
        assert_eq!(truth(requirement(Operator::Exists, &[]), &bare), Truth::No);
    }

    #[test]
    fn an_unknown_value_exists_and_is_otherwise_unknown() {
        let labels = Labels::new([("app".to_owned(), LabelValue::Unknown)]);
        assert_eq!(truth(requirement(Operator::Exists, &[]), &labels), Truth::Yes);
        assert_eq!(truth(requirement(Operator::In, &["a"]), &labels), Truth::Unknown);
        assert_eq!(truth(requirement(Operator::DoesNotExist, &[]), &labels), Truth::No);
    }

    #[test]
    fn a_namespace_outside_the_input_lacks_labels_by_assumption_only() {
        let labels = Labels::default().with_unlisted(Unlisted::AssumedAbsent);
        let wanted = Selector::new([requirement(Operator::In, &["a"])]);
        assert_eq!(wanted.matches(&labels), Answer::ASSUMED_NO);
        let forbidden = Selector::new([requirement(Operator::NotIn, &["a"])]);
        assert_eq!(forbidden.matches(&labels), Answer::UNKNOWN);
    }

    #[test]
    fn a_placeholder_matches_no_listed_value_and_may_match_any_other() {
        let mut wanted = requirement(Operator::In, &["a"]);
        wanted.has_unknown_value = true;
        assert_eq!(wanted.matches(&Labels::known([("app", "a")])).truth, Truth::Yes);
        assert_eq!(wanted.matches(&Labels::known([("app", "b")])).truth, Truth::Unknown);
        assert_eq!(wanted.matches(&Labels::default()).truth, Truth::No);
    }
}
