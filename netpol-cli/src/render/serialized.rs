//! Reports for programs.

use serde::Serialize;

use super::Format;

/// A value as JSON over several lines, as JSON in one line, or as YAML. Ends in a newline.
pub fn serialized(value: &impl Serialize, format: Format) -> String {
    let written = match format {
        Format::Yaml => serde_yaml::to_string(value).map_err(|error| error.to_string()),
        Format::JsonLines => serde_json::to_string(value).map_err(|error| error.to_string()),
        _ => serde_json::to_string_pretty(value).map_err(|error| error.to_string()),
    };
    let mut text = written.unwrap_or_else(|error| format!("{{\"kind\":\"Error\",\"message\":\"{error}\"}}"));
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
