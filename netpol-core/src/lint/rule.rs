//! A lint rule is data and a function.

use super::{Context, Level, Levels};
use crate::diagnostic::{Category, Diagnostic, RuleName, Severity};
use crate::text::Span;

/// What the findings of a rule rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Needs {
    /// The text of the objects alone.
    Text,
    /// Workloads or pods: without any in the input, the rule stays silent and the report says so once.
    Workloads,
}

/// How a rule finds what it finds.
pub type Find = fn(&Context<'_>) -> Vec<Diagnostic>;

/// A lint rule.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name: kebab-case, names the bad pattern.
    pub name: RuleName,
    /// What it is about.
    pub category: Category,
    /// Its level in each preset.
    pub levels: Levels,
    /// What it finds, in one line without a full stop.
    pub summary: &'static str,
    /// Its page in Markdown, from the second heading on.
    pub page: &'static str,
    /// What its findings rest on.
    pub needs: Needs,
    /// How it finds them; `None` when reading finds them.
    pub find: Option<Find>,
}

impl Rule {
    /// A rule that reading, decoding, validating or the suppressions apply.
    pub const fn of_reading(
        name: RuleName,
        category: Category,
        levels: Levels,
        summary: &'static str,
        page: &'static str,
    ) -> Self {
        Self { name, category, levels, summary, page, needs: Needs::Text, find: None }
    }

    /// A finding of the rule, as loud as the rule can be. A rule that is less sure calls `with_severity`.
    pub fn finding(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        let severity = self.natural_level().severity().unwrap_or(Severity::Info);
        Diagnostic::new(self.name, self.category, severity, span, message)
    }

    /// The level of its findings when nothing was said of the rule and everything is wanted.
    pub fn natural_level(&self) -> Level {
        self.levels.loudest()
    }
}
