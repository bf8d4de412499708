//! What a template engine or a substitution would still have to fill in.

use crate::text::{SourceFile, Span};

/// Whether a text has a `${VAR}` or `${VAR:=default}` that was not substituted.
pub fn has_placeholder(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once("${") {
        let name = behind.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
        let is_named = behind.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
        if is_named && name.starts_with(['}', ':', '-', '=', '?', '+']) && name.contains('}') {
            return true;
        }
        rest = behind;
    }
    false
}

/// Whether the scalar at `span`, which reads as `text`, is unquoted and has `{{`.
pub fn is_template(file: &SourceFile, span: Span, text: &str) -> bool {
    let is_quoted = || matches!(first_byte(file, span), Some(b'"' | b'\'' | b'|' | b'>'));
    text.contains("{{") && !is_quoted()
}

fn first_byte(file: &SourceFile, span: Span) -> Option<u8> {
    file.text().as_bytes().get(span.start as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_has_a_name_and_an_end() {
        for text in ["${A}", "x-${APP_NAME}.y", "${A:=b}", "${A:-b}", "${${A}"] {
            assert!(has_placeholder(text), "{text}");
        }
        for text in ["$A", "${}", "${A", "$(A)", "{A}", "${1}", "${a b}"] {
            assert!(!has_placeholder(text), "{text}");
        }
    }
}
