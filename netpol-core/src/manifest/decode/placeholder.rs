//! What a template engine or a substitution would still have to fill in.

use crate::text::{SourceFile, Span};

/// Whether a text has a `${VAR}` or `${VAR:=default}` that was not substituted, a `{{ … }}` in quotes, a
/// `<tenant>`, or is as a whole what people write for a value that is to come, such as `{APP}` or `CHANGE_ME`. No label,
/// name or block may look so, but for the last.
pub fn has_placeholder(text: &str) -> bool {
    let has_braces = || {
        let is_template = text.split_once("{{").is_some_and(|(_, behind)| behind.contains("}}"));
        is_template || variables(text).next().is_some()
    };
    (text.contains('{') && has_braces()) || is_to_come(text)
}

/// What stands behind the name of each `${NAME…}`.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while let Some((_, behind)) = rest.split_once("${") {
            rest = behind;
            let is_named = behind.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
            let tail =
                behind.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
            if is_named && tail.starts_with(['}', ':', '-', '=', '?', '+']) && tail.contains('}') {
                return Some(tail);
            }
        }
        None
    })
}

/// Whether a text as a whole stands for a value that is to come.
fn is_to_come(text: &str) -> bool {
    const AROUND: [(&str, &str); 6] =
        [("{", "}"), ("[", "]"), ("%", "%"), ("@", "@"), ("$(", ")"), ("__", "__")];
    const WORDS: [&str; 4] = ["changeme", "replaceme", "fixme", "todo"];
    if text.contains('<') && angles(text) {
        return true;
    }
    // Nearly every text is told by its first letter.
    match text.as_bytes().first() {
        Some(b'{' | b'[' | b'%' | b'@' | b'$' | b'_') => {
            let inner = |(open, close)| text.strip_prefix(open)?.strip_suffix(close);
            AROUND.into_iter().filter_map(inner).any(is_name)
        }
        Some(b'C' | b'R' | b'F' | b'T' | b'Y') => {
            let is_shouted = !text.contains(|letter: char| letter.is_ascii_lowercase());
            let letters = text.to_ascii_lowercase().replace(['_', '-'], "");
            is_shouted && (WORDS.contains(&letters.as_str()) || text.starts_with("YOUR"))
        }
        Some(b'c' | b'r') => matches!(text, "change-me" | "changeme" | "replace-me" | "replaceme"),
        _ => false,
    }
}

/// Whether a text has a name in angle brackets, also as a part of it.
fn angles(text: &str) -> bool {
    let mut parts = text.split('<').skip(1);
    parts.any(|part| part.split_once('>').is_some_and(|(name, _)| is_name(name)))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-. ".contains(letter))
}

/// The default of a text that is nothing but `${VAR:=default}` or `${VAR:-default}`.
pub fn default_of(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("${")?.strip_suffix('}')?;
    let (name, default) = inner.split_once(":=").or_else(|| inner.split_once(":-"))?;
    let is_name = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    (is_name && !default.contains(['$', '{', '}'])).then_some(default)
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
        for text in ["${A}", "x-${APP_NAME}.y", "${A:=b}", "${A:-b}", "${${A}", "{{ app }}-web"] {
            assert!(has_placeholder(text), "{text}");
        }
        for text in ["$A", "${}", "${A", "${1}", "${a b}", "{{", "}} {{"] {
            assert!(!has_placeholder(text), "{text}");
        }
    }

    #[test]
    fn a_whole_value_that_no_label_may_have_is_to_come() {
        for text in [
            "<tenant>",
            "<app>-web",
            "{ID}",
            "$(NS)",
            "[name]",
            "__NS__",
            "@ns@",
            "CHANGE_ME",
            "CHANGEME",
            "YOUR_APP",
        ] {
            assert!(has_placeholder(text), "{text}");
        }
        for text in ["<>", "{}", "a<1>", "<a", "todo", "web", "", "[1]", "<=>", "YoUR"] {
            assert!(!has_placeholder(text), "{text}");
        }
    }

    #[test]
    fn a_default_is_that_of_a_whole_value() {
        assert_eq!(default_of("${A:=b}"), Some("b"));
        assert_eq!(default_of("${A_1:-b c}"), Some("b c"));
        assert_eq!(default_of("${A:=}"), Some(""));
        for text in ["${A}", "x${A:=b}", "${A:=b}x", "${A:=${B}}", "${1:=b}", "${A:=b}${C:=d}", "${A:?b}"] {
            assert_eq!(default_of(text), None, "{text}");
        }
    }
}
