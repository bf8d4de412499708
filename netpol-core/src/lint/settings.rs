//! What a user wants to hear of.

use std::collections::{BTreeMap, BTreeSet};

use super::{Level, Preset};
use crate::diagnostic::{Category, RuleName};
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

/// A minor version of Kubernetes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KubernetesVersion {
    /// The first number.
    pub major: u16,
    /// The second number.
    pub minor: u16,
}

impl KubernetesVersion {
    /// The first version that refuses CIDRs which older ones read with a warning.
    pub const STRICT_CIDRS: Self = Self { major: 1, minor: 36 };

    /// `1.33`, `v1.33` or `1.33.4`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix('v').unwrap_or(text).split('.');
        let major = parts.next()?.parse().ok()?;
        let minor = parts.next()?.parse().ok()?;
        Some(Self { major, minor })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_may_have_a_v_and_a_patch() {
        let version = Some(KubernetesVersion { major: 1, minor: 33 });
        assert_eq!(KubernetesVersion::parse("1.33"), version);
        assert_eq!(KubernetesVersion::parse("v1.33.4"), version);
        assert_eq!(KubernetesVersion::parse("one"), None);
        assert!(version < Some(KubernetesVersion::STRICT_CIDRS));
    }
}
