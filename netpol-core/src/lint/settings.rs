//! What a user wants to hear of.

use std::collections::{BTreeMap, BTreeSet};

use super::{Level, Preset};
use crate::diagnostic::{Category, RuleName};
use crate::manifest::KubernetesVersion;
use crate::text::{FileId, Span};

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// The year.
    pub year: u16,
    /// The month, from 1.
    pub month: u8,
    /// The day, from 1.
    pub day: u8,
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A finding that somebody decided to live with, from the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The rules; empty for a rule of any name.
    pub rules: Vec<RuleName>,
    /// The files; `None` for all.
    pub files: Option<BTreeSet<FileId>>,
    /// The object, as `Kind namespace/name`, `namespace/name` or `name`; `None` for all.
    pub object: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day on which it holds; `None` for ever.
    pub expires: Option<Date>,
    /// Where it is written.
    pub span: Span,
}

/// What a user wants to hear of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LintSettings {
    /// The rules to begin with.
    pub preset: Preset,
    /// Levels of rules, which beat the preset.
    pub levels: BTreeMap<RuleName, Level>,
    /// Levels of rules in some files, which beat both.
    pub file_levels: BTreeMap<FileId, BTreeMap<RuleName, Level>>,
    /// Only these rules; empty for all that are on. A rule that is off is turned on.
    pub select: Vec<Selected>,
    /// Not these rules.
    pub ignore: Vec<Selected>,
    /// Only what is about objects of these namespaces, and what nobody can tell the namespace of; empty for all.
    pub namespaces: Vec<String>,
    /// What is lived with.
    pub exceptions: Vec<Exception>,
    /// The fingerprints of findings that a baseline holds, and how often.
    pub baseline: BTreeMap<String, usize>,
    /// The day on which exceptions may expire; without it, none does.
    pub today: Option<Date>,
    /// The version that the API server has; without it, the newest.
    pub kubernetes_version: Option<KubernetesVersion>,
}

/// A rule, or all of them of a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Selected {
    /// Every rule.
    All,
    /// The rules of a category.
    Category(Category),
    /// One rule.
    Rule(RuleName),
}

impl Selected {
    /// Whether it names a rule.
    pub fn names(self, rule: RuleName, category: Category) -> bool {
        match self {
            Self::All => true,
            Self::Category(selected) => selected == category,
            Self::Rule(selected) => selected == rule,
        }
    }
}
