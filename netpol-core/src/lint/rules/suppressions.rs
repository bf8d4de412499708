//! The rules about suppressions; [`crate::lint::suppress`] finds what they find.

use crate::diagnostic::{Category, RuleName};
use crate::lint::{Level, Levels, Rule};

/// A comment or annotation that names no rule.
pub(crate) const UNKNOWN_SUPPRESSION: Rule = Rule::of_reading(
    RuleName("unknown-suppression"),
    Category::Suppression,
    Levels::in_all(Level::Warning),
    "a suppression names a rule that does not exist, or cannot be read",
    include_str!("unknown-suppression.md"),
);

/// A suppression of something that is not found.
pub(crate) const UNUSED_SUPPRESSION: Rule = Rule::of_reading(
    RuleName("unused-suppression"),
    Category::Suppression,
    Levels::in_all(Level::Warning),
    "a suppression suppresses nothing",
    include_str!("unused-suppression.md"),
);

/// An exception whose last day has passed.
pub(crate) const EXPIRED_SUPPRESSION: Rule = Rule::of_reading(
    RuleName("expired-suppression"),
    Category::Suppression,
    Levels::in_all(Level::Warning),
    "an exception of the configuration has expired",
    include_str!("expired-suppression.md"),
);
