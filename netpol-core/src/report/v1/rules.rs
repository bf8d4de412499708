//! The lint rules on the wire.

use schemars::JsonSchema;
use serde::Serialize;

use super::SCHEMA;
use super::diagnostics::CategoryField;
use crate::diagnostic::Applicability;
use crate::lint::{Levels, Rule, page};

/// The lint rules.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Rules {
    /// `netpol/v1`.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// `Rules`.
    #[schemars(extend("const" = "Rules"))]
    pub kind: &'static str,
    /// The rules, in the order of their names.
    pub rules: Vec<RuleField>,
}

/// A lint rule.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RuleField {
    /// Its name.
    pub name: &'static str,
    /// What it is about.
    pub category: CategoryField,
    /// What it finds, in one line.
    pub summary: &'static str,
    /// Its level in each preset: `off`, `info`, `warning` or `error`.
    pub levels: LevelsField,
    /// The surest fix that its findings may carry: `safe` or `unsafe`; `null` when none carries one.
    pub fix: Option<&'static str>,
    /// Where its page is published.
    pub url: String,
    /// Its page in Markdown.
    pub page: String,
}

/// A level for each preset.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct LevelsField {
    /// In the preset `minimal`.
    pub minimal: &'static str,
    /// In the preset `recommended`.
    pub recommended: &'static str,
    /// In the preset `strict`.
    pub strict: &'static str,
}

impl Rules {
    /// Some rules.
    pub fn new(rules: &[&Rule]) -> Self {
        let rules = rules.iter().map(|rule| RuleField {
            name: rule.name.0,
            category: rule.category.into(),
            summary: rule.summary,
            levels: levels(rule.levels),
            fix: rule.fix().and_then(fix),
            url: page::url(rule),
            page: page::page(rule),
        });
        Self { schema: SCHEMA, kind: "Rules", rules: rules.collect() }
    }
}

const fn fix(surest: Applicability) -> Option<&'static str> {
    match surest {
        Applicability::Safe => Some("safe"),
        Applicability::Unsafe => Some("unsafe"),
        Applicability::DisplayOnly => None,
    }
}

const fn levels(levels: Levels) -> LevelsField {
    LevelsField {
        minimal: levels.minimal.name(),
        recommended: levels.recommended.name(),
        strict: levels.strict.name(),
    }
}
