//! `[output]`: how reports look.

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::Deserialize;

use super::nearest;
use crate::args::Color;
use crate::render::Format;

/// The whole section.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Output {
    /// The format of reports, of the commands that have it, where `-o` names none.
    pub format: Option<FormatKey>,
    /// When to use colours: `auto`, `always` or `never`.
    pub color: Option<ColorKey>,
}

/// The name of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub struct FormatKey(#[schemars(with = "String")] pub Format);

impl TryFrom<String> for FormatKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub struct ColorKey(#[schemars(with = "String")] pub Color);

impl TryFrom<String> for ColorKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Color::from_str(&text, false).map(Self).map_err(|_| {
            match nearest(&text, ["auto", "always", "never"]) {
                Some(near) => format!("`color` cannot be `{text}`; did you mean `{near}`?"),
                None => format!("`color` cannot be `{text}`; it is auto, always or never"),
            }
        })
    }
}
