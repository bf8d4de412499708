//! Reports for programs.

use serde::Serialize;

use super::Format;

/// A value as JSON over several lines, as JSON in one line, or as YAML. Ends in a newline.
pub fn serialized(value: &impl Serialize, format: Format) -> String {
    let written = match format {
        Format::Yaml => serde_yaml::to_string(value).map_err(|error| error.to_string()),
        Format::JsonLines => serde_json::to_string(value).map(escaped).map_err(|error| error.to_string()),
        _ => serde_json::to_string_pretty(value).map(escaped).map_err(|error| error.to_string()),
    };
    let mut text = written.unwrap_or_else(|error| format!("{{\"kind\":\"Error\",\"message\":\"{error}\"}}"));
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// JSON lets some control characters stand as they are. Escaped, none is lost on the way, and none reaches a terminal.
fn escaped(mut json: String) -> String {
    // The bytes that they are, or begin with.
    if !json.bytes().any(|byte| matches!(byte, 0x7f | 0xc2)) {
        return json;
    }
    for letter in '\u{7f}'..='\u{9f}' {
        if json.contains(letter) {
            json = json.replace(letter, &format!("\\u{:04x}", u32::from(letter)));
        }
    }
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped_in_json() {
        let json = serialized(&"a\u{7f}\u{9b}\u{1b}é", Format::Json);
        assert_eq!(json, "\"a\\u007f\\u009b\\u001bé\"\n");
        assert_eq!(serialized(&["a"], Format::Json), "[\n  \"a\"\n]\n");
    }
}
