//! One requirement of a selector.

use super::{Answer, LabelValue, Labels, Truth, Unlisted};

/// How a requirement looks at a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// The label has one of the values.
    In,
    /// The label is absent or has none of the values.
    NotIn,
    /// The label is there.
    Exists,
    /// The label is not there.
    DoesNotExist,
}

impl Operator {
    /// The spelling of the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::In => "In",
            Self::NotIn => "NotIn",
            Self::Exists => "Exists",
            Self::DoesNotExist => "DoesNotExist",
        }
    }

    /// Reads the spelling of the API, which is case sensitive.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::In, Self::NotIn, Self::Exists, Self::DoesNotExist].into_iter().find(|op| op.name() == name)
    }

    /// Whether an absent label satisfies the requirement.
    pub const fn accepts_absent(self) -> bool {
        matches!(self, Self::NotIn | Self::DoesNotExist)
    }
}

/// What a selector asks of one label. The values of `In` and `NotIn` are sorted and unique.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Requirement {
    /// The key; `None` when the text holds a placeholder for it.
    pub key: Option<String>,
    /// The operator.
    pub operator: Operator,
    /// The values of `In` and `NotIn`; empty otherwise.
    pub values: Vec<String>,
    /// Whether there is a further value that the input does not tell: an unresolved placeholder.
    pub has_unknown_value: bool,
}

impl Requirement {
    /// `key` has `value`.
    pub fn equals(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self::new(key, Operator::In, [value.into()])
    }

    /// A requirement whose key and values are all known.
    pub fn new(key: impl Into<String>, operator: Operator, values: impl IntoIterator<Item = String>) -> Self {
        let mut values: Vec<String> = values.into_iter().collect();
        values.sort_unstable();
        values.dedup();
        values.shrink_to_fit();
        Self { key: Some(key.into()), operator, values, has_unknown_value: false }
    }

    /// Whether `labels` satisfy the requirement.
    pub fn matches(&self, labels: &Labels) -> Answer {
        let Some(key) = &self.key else { return Answer::UNKNOWN };
        match (labels.get(key), labels.unlisted()) {
            (Some(LabelValue::Known(value)), _) => Answer::from(self.matches_value(value)),
            (Some(LabelValue::Unknown), _) => Answer::from(self.matches_unknown_value()),
            (None, Unlisted::Absent) => Answer::from(Truth::from(self.operator.accepts_absent())),
            (None, Unlisted::AssumedAbsent) if self.operator.accepts_absent() => Answer::UNKNOWN,
            (None, Unlisted::AssumedAbsent) => Answer::ASSUMED_NO,
            (None, Unlisted::Unknown) => Answer::UNKNOWN,
        }
    }

    /// Whether a label with this value satisfies the requirement.
    pub fn matches_value(&self, value: &str) -> Truth {
        let listed = self.values.binary_search_by(|entry| entry.as_str().cmp(value)).is_ok();
        match self.operator {
            Operator::In | Operator::NotIn if !listed && self.has_unknown_value => Truth::Unknown,
            Operator::In => Truth::from(listed),
            Operator::NotIn => Truth::from(!listed),
            Operator::Exists | Operator::DoesNotExist => Truth::from(self.operator == Operator::Exists),
        }
    }

    /// The answer for a label that is there with a value that nobody knows.
    const fn matches_unknown_value(&self) -> Truth {
        match self.operator {
            Operator::Exists => Truth::Yes,
            Operator::DoesNotExist => Truth::No,
            Operator::In | Operator::NotIn => Truth::Unknown,
        }
    }
}

impl std::fmt::Display for Requirement {
    /// `app=web`, `app in (a, b)`, `app notin (a)`, `app` or `!app`, the spellings of kubectl.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let key = self.key.as_deref().unwrap_or("?");
        let mut values = self.values.clone();
        if self.has_unknown_value {
            values.push("?".to_owned());
        }
        match (self.operator, values.as_slice()) {
            (Operator::Exists, _) => write!(f, "{key}"),
            (Operator::DoesNotExist, _) => write!(f, "!{key}"),
            (Operator::In, [value]) => write!(f, "{key}={value}"),
            (Operator::NotIn, [value]) => write!(f, "{key}!={value}"),
            (Operator::In, values) => write!(f, "{key} in ({})", values.join(", ")),
            (Operator::NotIn, values) => write!(f, "{key} notin ({})", values.join(", ")),
        }
    }
}
