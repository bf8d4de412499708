//! Answers for programs.

use serde::Serialize;

use super::Format;

/// A value as JSON: over several lines, or in one for [`Format::JsonLines`]. Ends in a newline.
pub fn json(value: &impl Serialize, format: Format) -> String {
    let written = match format {
        Format::JsonLines => serde_json::to_string(value),
        Format::Json | Format::Text => serde_json::to_string_pretty(value),
    };
    let mut text = written.unwrap_or_else(|error| format!("{{\"kind\":\"Error\",\"message\":\"{error}\"}}"));
    text.push('\n');
    text
}
