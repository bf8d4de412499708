//! `[lint]`: which rules speak, how loud, and what is lived with.

use std::collections::BTreeMap;
use std::path::PathBuf;

use netpol_core::diagnostic::{Category, RuleName};
use netpol_core::lint::{Date, Level, Preset, Selected, nearest_rule, rule_named};
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::{Glob, nearest};

/// The whole section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Lint {
    /// The rules to begin with.
    pub preset: Option<PresetKey>,
    /// Only these rules.
    pub select: Vec<SelectedKey>,
    /// Not these rules.
    pub ignore: Vec<SelectedKey>,
    /// The file of findings that do not count.
    pub baseline: Option<PathBuf>,
    /// Levels of rules.
    pub rules: BTreeMap<RuleKey, LevelKey>,
    /// Levels of rules in the files that a glob matches; of several globs, the last in the order of their bytes.
    pub per_file: BTreeMap<String, BTreeMap<RuleKey, LevelKey>>,
    /// Findings that somebody decided to live with.
    #[schemars(with = "Vec<LintException>")]
    pub exceptions: Vec<Spanned<LintException>>,
}

/// A finding that somebody decided to live with.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LintException {
    /// The rule.
    pub rule: RuleKey,
    /// Globs of the files; every file when there is none.
    #[serde(default)]
    pub files: Vec<Glob>,
    /// The object: `Kind namespace/name`, `namespace/name` or `name`.
    pub object: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day on which it holds.
    #[schemars(with = "Option<String>")]
    pub expires: Option<Day>,
}

/// The name of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub struct RuleKey(#[schemars(with = "String")] pub RuleName);

impl TryFrom<String> for RuleKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        rule_named(&text).map(|rule| Self(rule.name)).ok_or_else(|| no_rule(&text))
    }
}

/// The name of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub struct LevelKey(#[schemars(with = "String")] pub Level);

impl TryFrom<String> for LevelKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Level::parse(&text)
            .map(Self)
            .ok_or_else(|| format!("there is no level `{text}`; there are off, info, warning and error"))
    }
}

/// The name of a preset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub struct PresetKey(#[schemars(with = "String")] pub Preset);

impl TryFrom<String> for PresetKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Preset::parse(&text)
            .map(Self)
            .ok_or_else(|| format!("there is no preset `{text}`; there are minimal, recommended and strict"))
    }
}

/// The name of a rule or of a category, or `all`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub struct SelectedKey(#[schemars(with = "String")] pub Selected);

impl TryFrom<String> for SelectedKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const CATEGORIES: [Category; 5] =
            [Category::Input, Category::Api, Category::Policy, Category::Style, Category::Suppression];
        if text == "all" {
            return Ok(Self(Selected::All));
        }
        if let Some(category) = CATEGORIES.into_iter().find(|category| category.name() == text) {
            return Ok(Self(Selected::Category(category)));
        }
        if let Some(rule) = rule_named(&text) {
            return Ok(Self(Selected::Rule(rule.name)));
        }
        match nearest(&text, CATEGORIES.map(Category::name).into_iter().chain(["all"])) {
            Some(near) => Err(format!("there is no rule or category `{text}`; did you mean `{near}`?")),
            None => Err(no_rule(&text)),
        }
    }
}

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "DayText")]
pub struct Day(pub Date);

/// A day as TOML has it, or as a text.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum DayText {
    Day(Datetime),
    Text(String),
}

impl TryFrom<DayText> for Day {
    type Error = String;

    fn try_from(day: DayText) -> Result<Self, Self::Error> {
        let wrong = || "a day is written as `2030-12-31`".to_owned();
        let day = match day {
            DayText::Day(day) => day,
            DayText::Text(text) => text.parse().map_err(|_| wrong())?,
        };
        let toml::value::Date { year, month, day } = day.date.ok_or_else(wrong)?;
        Ok(Self(Date { year, month, day }))
    }
}

/// What to say of a name that no rule has.
pub(crate) fn no_rule(name: &str) -> String {
    let alike = netpol_core::lint::RULES.iter().filter(|rule| name.len() > 2 && rule.name.0.contains(name));
    let alike: Vec<String> = alike.take(3).map(|rule| format!("`{}`", rule.name)).collect();
    match (nearest_rule(name), alike.as_slice()) {
        (Some(near), _) => format!("there is no rule `{name}`; did you mean `{near}`?"),
        (None, []) => format!("there is no rule `{name}`; `netpol rules` lists them"),
        (None, alike) => format!("there is no rule `{name}`; did you mean {}?", alike.join(", ")),
    }
}
