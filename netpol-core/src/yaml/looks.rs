//! What a text that cannot be parsed looks like.

use super::Syntax;

/// Whether a text has the marks of a template: `{{ … }}` as Helm has them, or `{% … %}` as Jinja has.
pub(super) fn like_template(text: &str) -> bool {
    ["{{", "{%"].iter().any(|mark| memchr::memmem::find(text.as_bytes(), mark.as_bytes()).is_some())
}

/// Whether a text has lines that begin `apiVersion:` and `kind:`; in an item of a list, behind its dash, and in JSON
/// anywhere.
pub(super) fn like_object(text: &str, syntax: Syntax) -> bool {
    let is_key: fn(&str, &str) -> bool = match syntax {
        Syntax::YamlItem => has_indented_line,
        Syntax::Yaml | Syntax::Json | Syntax::Excess if is_braced(text) => has_json_key,
        Syntax::Yaml | Syntax::Json | Syntax::Excess => has_line,
    };
    is_key(text, "apiVersion") && is_key(text, "kind")
}

/// Whether a text begins as an object of JSON does, and not as a template.
fn is_braced(text: &str) -> bool {
    let rest = text.trim_start_matches('\u{feff}').trim_start().strip_prefix('{');
    rest.is_some_and(|rest| !rest.starts_with(['{', '%']))
}

fn has_line(text: &str, key: &str) -> bool {
    text.split('\n').any(|line| begins_with(line, key))
}

fn has_indented_line(text: &str, key: &str) -> bool {
    text.split('\n').any(|line| begins_with(line.trim_start_matches([' ', '-']), key))
}

/// Whether a line is a key, perhaps in quotes, and its colon.
fn begins_with(line: &str, key: &str) -> bool {
    let line = line.trim_start_matches('\u{feff}');
    let quote = line.chars().next().filter(|first| matches!(first, '"' | '\''));
    let rest = line.trim_start_matches(['"', '\'']).strip_prefix(key);
    let rest = rest.map(|rest| quote.map_or(rest, |quote| rest.strip_prefix(quote).unwrap_or(rest)));
    rest.is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with(':'))
}

/// Whether a key stands anywhere behind a brace, a comma or a blank.
fn has_json_key(text: &str, key: &str) -> bool {
    memchr::memmem::find_iter(text.as_bytes(), key.as_bytes()).any(|at| {
        let before = text.as_bytes().get(..at).unwrap_or_default();
        let after = text.get(at..).unwrap_or_default();
        let quoted = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'"));
        let is_start =
            |before: &[u8]| matches!(before.last(), None | Some(b'\n' | b' ' | b'\t' | b'{' | b','));
        let after = after.strip_prefix(key).unwrap_or_default();
        is_start(quoted.unwrap_or(before))
            && after.trim_start_matches(['"', '\'', ' ', '\t']).starts_with(':')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_has_its_two_keys_at_the_start_of_lines() {
        assert!(like_object("# c\napiVersion: v1\nkind: [\n", Syntax::Yaml));
        assert!(like_object("\"apiVersion\": v1\n'kind' : [\n", Syntax::Yaml));
        for text in ["kind: [\n", "task:\n  apiVersion: v1\n  kind: Pod\n", "# apiVersion: v1\n# kind: Pod\n"]
        {
            assert!(!like_object(text, Syntax::Yaml), "{text}");
        }
    }

    #[test]
    fn an_item_of_a_list_has_them_behind_its_dash() {
        assert!(like_object("  - apiVersion: v1\n    kind: [\n", Syntax::YamlItem));
    }

    #[test]
    fn json_has_them_anywhere() {
        assert!(like_object("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",", Syntax::Yaml));
        assert!(like_object("{\n  \"kind\": \"Pod\",\n  \"apiVersion\": \"v1\",,}", Syntax::Yaml));
        assert!(!like_object("{\n  // the kind: of a file\n  \"extends\": []\n}", Syntax::Yaml));
        assert!(!like_object("{{ if x }} kind: a, apiVersion: b", Syntax::Yaml));
    }
}
