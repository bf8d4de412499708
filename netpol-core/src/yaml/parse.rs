//! From one document to its tree.

use std::borrow::Cow;

use super::peek::{block_kind, json_kind};
use super::reader::flaw::Flaw;
use super::reader::limits::{DOCUMENT_BYTES, DOCUMENTS};
use super::reader::mapping::Duplicate;
use super::reader::place::Place;
use super::reader::{block, general, json};
use super::{Chunk, Node, Parsed, Syntax, Value, glued, looks};
use crate::diagnostic::rule::{DUPLICATE_KEY, UNREADABLE_YAML, UNRENDERED_TEMPLATE};
use crate::diagnostic::{Category, Diagnostic, Severity, report};
use crate::text::{SourceFile, Span};

/// Parses one chunk. `wanted(api_version, kind)` tells whether objects of a kind are to be built; others become
/// [`Parsed::Skipped`] where that saves work.
pub fn parse<'t>(
    source: &'t SourceFile,
    chunk: &Chunk,
    wanted: &dyn Fn(&str, &str) -> bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Parsed<'t> {
    let place = Place { file: chunk.span.file, base: chunk.span.start };
    let text = source.text().get(chunk.span.start as usize..chunk.span.end as usize).unwrap_or_default();
    report_invalid_byte(source, text, place, diagnostics);
    if text.len() > DOCUMENT_BYTES && chunk.syntax != Syntax::Excess {
        return report_flaw(&Flaw::too_large(), (text, chunk.syntax), place, diagnostics);
    }
    if is_unwanted(text, chunk, wanted) {
        return Parsed::Skipped;
    }
    let mut duplicates = Vec::new();
    let read = match chunk.syntax {
        Syntax::Json => json::parse(text, place, &mut duplicates).map(|(node, _)| Some(node)),
        Syntax::Yaml => parse_yaml(text, place, &mut duplicates, diagnostics),
        Syntax::YamlItem => parse_yaml(text, place, &mut duplicates, diagnostics).map(only_item),
        Syntax::Excess => Err(Flaw::at(
            0,
            format!("the file has more than {DOCUMENTS} documents; what follows is not read"),
        )
        .with_help("split it into several files")),
    };
    match read {
        Ok(mut root) => {
            if let Some(root) = root.as_mut().filter(|_| !duplicates.is_empty()) {
                diagnostics.extend(glued::missing_separator((text, place), root, &mut duplicates, wanted));
            }
            for duplicate in &duplicates {
                report(diagnostics, of_duplicate(duplicate));
            }
            root.map_or(Parsed::Empty, Parsed::Tree)
        }
        Err(flaw) if chunk.syntax == Syntax::Excess => {
            report(diagnostics, of_flaw(&flaw, place));
            Parsed::Broken { looks_like_object: true }
        }
        Err(flaw) => report_flaw(&flaw, (text, chunk.syntax), place, diagnostics),
    }
}

/// The tree of a document, or of an item of a list with its dash, if it is readable.
pub(super) fn tree(text: &str, place: Place) -> Option<Node<'_>> {
    let mut duplicates = Vec::new();
    if text.trim_start().starts_with('{')
        && let Ok((node, _)) = json::parse(text, place, &mut duplicates)
    {
        return Some(node);
    }
    if let Some(node) = block::parse(text, place, &mut duplicates) {
        return only_item(Some(node));
    }
    only_item(general::parse(text, place, &mut duplicates).ok()?.root)
}

/// Whether the text plainly holds one object of a kind that the caller does not want.
fn is_unwanted(text: &str, chunk: &Chunk, wanted: &dyn Fn(&str, &str) -> bool) -> bool {
    let wanted = |api_version: &str, kind: &str| kind.ends_with("List") || wanted(api_version, kind);
    let written = match chunk.syntax {
        Syntax::Yaml | Syntax::YamlItem => {
            block_kind(text).map(|(version, kind)| (version.into(), kind.into()))
        }
        Syntax::Json => json_kind(text),
        Syntax::Excess => None,
    };
    let inherited = || chunk.inherited.as_ref().map(|(version, kind)| (version.into(), kind.into()));
    let kind: Option<(Cow<'_, str>, Cow<'_, str>)> = written.or_else(inherited);
    kind.is_some_and(|(version, kind)| !wanted(&version, &kind))
}

/// What stands behind the dash of an item that was read as a list of one.
fn only_item(root: Option<Node<'_>>) -> Option<Node<'_>> {
    match root {
        Some(Node { value: Value::Sequence(mut items), .. }) if items.len() == 1 => items.pop(),
        root => root,
    }
}

fn parse_yaml<'t>(
    text: &'t str,
    place: Place,
    duplicates: &mut Vec<Duplicate>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Option<Node<'t>>, Flaw> {
    if let Some(node) = block::parse(text, place, duplicates) {
        return Ok(Some(node));
    }
    duplicates.clear();
    refuse_separator(text)?;
    refuse_control_character(text)?;
    let document = general::parse(text, place, duplicates)?;
    let rest = text.get(document.end..).unwrap_or_default();
    if let Some(ignored) = first_content(rest) {
        let at = document.end + ignored;
        let message = "kubectl does not read what follows the end of this document";
        report(
            diagnostics,
            Diagnostic::new(UNREADABLE_YAML, Category::Input, Severity::Warning, place.span(at, at), message)
                .with_help("begin another document with a line `---`"),
        );
    }
    Ok(document.root)
}

/// The first byte that is no blank and no comment.
fn first_content(text: &str) -> Option<usize> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_start();
        if !content.is_empty() && !content.starts_with('#') {
            return Some(start + line.len() - content.len());
        }
        start += line.len();
    }
    None
}

fn refuse_separator(text: &str) -> Result<(), Flaw> {
    let Some(after) = text.strip_prefix("---") else { return Ok(()) };
    let line = after.lines().next().unwrap_or_default();
    Err(Flaw::of(0, 3 + line.len(), "text follows `---` on its line")
        .with_help("begin the document on the next line"))
}

/// Control characters are refused wherever they stand, also in comments.
fn refuse_control_character(text: &str) -> Result<(), Flaw> {
    let found = text.char_indices().find(|(_, character)| is_control(*character));
    match found {
        None => Ok(()),
        Some((at, character)) => {
            let message = format!("the control character U+{:04X} stands here", u32::from(character));
            Err(Flaw::of(at, at + character.len_utf8(), message)
                .with_help("remove it, or write it as an escape in double quotes"))
        }
    }
}

const fn is_control(character: char) -> bool {
    matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
}

fn report_invalid_byte(source: &SourceFile, text: &str, place: Place, diagnostics: &mut Vec<Diagnostic>) {
    let Some(offset) = source.first_invalid_byte().filter(|offset| *offset >= place.base) else { return };
    let at = place.relative(offset);
    if at < text.len() {
        let message = "this is not UTF-8; it is read as U+FFFD";
        let span = place.span(at, at + char::REPLACEMENT_CHARACTER.len_utf8());
        report(
            diagnostics,
            Diagnostic::new(UNREADABLE_YAML, Category::Input, Severity::Warning, span, message)
                .with_help("save the file as UTF-8"),
        );
    }
}

fn of_duplicate(duplicate: &Duplicate) -> Diagnostic {
    let message = format!("the key `{}` is defined twice in one mapping; the last one wins", duplicate.key);
    Diagnostic::policy(DUPLICATE_KEY, duplicate.dropped, message)
        .with_label("this one is dropped")
        .with_related(duplicate.kept, "this one holds")
        .with_help("remove one of them")
}

fn report_flaw<'t>(
    flaw: &Flaw,
    (text, syntax): (&str, Syntax),
    place: Place,
    diagnostics: &mut Vec<Diagnostic>,
) -> Parsed<'t> {
    let looks_like_object = looks::like_object(text, syntax);
    if looks::like_template(text) {
        let span: Span = place.span(flaw.start, flaw.end);
        let message = "this is a template that was not rendered; it is left out";
        report(
            diagnostics,
            Diagnostic::new(UNRENDERED_TEMPLATE, Category::Input, Severity::Warning, span, message)
                .with_help("render it first, for example with `helm template`"),
        );
        return Parsed::Template { looks_like_object };
    }
    report(diagnostics, of_flaw(flaw, place));
    Parsed::Broken { looks_like_object }
}

fn of_flaw(flaw: &Flaw, place: Place) -> Diagnostic {
    let help = flaw.help.unwrap_or("check the quotes, the brackets and the indentation around this place");
    Diagnostic::input(UNREADABLE_YAML, place.span(flaw.start, flaw.end), flaw.message.clone()).with_help(help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::FileSet;
    use crate::yaml::split;

    /// What each chunk is, in a word, and the diagnostics.
    fn read(source: SourceFile) -> (Vec<String>, Vec<Diagnostic>) {
        let mut files = FileSet::new();
        let id = files.add(source).expect("small");
        let source = files.get(id).expect("added");
        let mut diagnostics = Vec::new();
        let wanted = |_: &str, kind: &str| kind != "ConfigMap";
        let word = |chunk: &Chunk| match parse(source, chunk, &wanted, &mut diagnostics) {
            Parsed::Empty => "empty".to_owned(),
            Parsed::Tree(node) => node.value.type_name().to_owned(),
            Parsed::Skipped => "skipped".to_owned(),
            Parsed::Broken { looks_like_object } => format!("broken {looks_like_object}"),
            Parsed::Template { looks_like_object } => format!("template {looks_like_object}"),
        };
        let words = split(id, source).iter().map(word).collect();
        (words, diagnostics)
    }

    fn read_text(text: impl Into<String>) -> (Vec<String>, Vec<Diagnostic>) {
        read(SourceFile::named("f", text))
    }

    /// The one diagnostic of a text that is broken.
    fn refusal(text: impl Into<String>) -> String {
        let (words, diagnostics) = read_text(text);
        assert!(words.iter().any(|word| word.starts_with("broken")), "{words:?}");
        assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
        diagnostics[0].message.clone()
    }

    #[test]
    fn a_broken_document_costs_only_itself() {
        let (words, diagnostics) =
            read_text("a: 1\n---\napiVersion: v1\nkind: [\n--- x\nb: 2\n---\n# c\n---\n- c\n");
        assert_eq!(words, ["object", "broken true", "broken false", "empty", "array"]);
        assert_eq!(diagnostics.len(), 2);
    }

    #[test]
    fn kinds_that_nobody_wants_are_skipped() {
        let yaml = "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: b\n---\napiVersion: v1\nkind: Pod\n";
        assert_eq!(read_text(yaml).0, ["skipped", "object"]);
        let json = r#"{"apiVersion":"v1","kind":"ConfigMap"} {"apiVersion":"v1","kind":"Pod"}"#;
        assert_eq!(read_text(json).0, ["skipped", "object"]);
    }

    #[test]
    fn json_lists_are_split_into_items() {
        let json = r#"{"apiVersion":"v1","kind":"PodList","items":[{"a":1},{"b":2}]}"#;
        assert_eq!(read_text(json).0, ["object", "object"]);
        let mut files = FileSet::new();
        let id = files.add(SourceFile::named("f", json)).expect("small");
        let chunks = split(id, files.get(id).expect("added"));
        assert_eq!(chunks[1].inherited, Some(("v1".to_owned(), "Pod".to_owned())));
        assert_eq!(files.slice(chunks[1].span), r#"{"b":2}"#);
    }

    #[test]
    fn flow_yaml_that_is_no_json_is_read_as_yaml() {
        assert_eq!(read_text("{apiVersion: v1, kind: Pod,}\n").0, ["object"]);
        assert_eq!(read_text("{\"a\": 1}\n---\nb: 1\n").0, ["object", "object"]);
    }

    #[test]
    fn json_may_begin_with_a_byte_order_mark() {
        let escapes = "\u{feff}{\"a\": \"\\/\\ud83d\\ude00\"}\n{\"b\": 1}";
        assert_eq!(read_text(escapes).0, ["object", "object"]);
        assert_eq!(read_text("\u{feff}a: 1\n").0, ["object"]);
    }

    #[test]
    fn tabs_that_do_not_indent_are_no_trouble() {
        for text in [
            "a:\tb\n",
            "a: [\tb]\n",
            "a: |2\n  -\tb\n",
            "a: 'b\n  -\tc'\n",
            "a: b\n  -\tc\n",
            "a: b\t# c\n",
            "# -\tb\na: b\n",
        ] {
            assert_eq!(read_text(text).0, ["object"], "{text:?}");
        }
    }

    #[test]
    fn line_breaks_that_only_kubectl_sees_are_refused_where_they_matter() {
        for text in ["a: b\u{2028}c\n", "a: 'b\u{85}c'\n", "a: \"b \u{2028}c\"\n", "# x\u{2028}b: c\na: b\n"]
        {
            assert!(refusal(text).ends_with("stands here, at which kubectl ends the line"), "{text:?}");
        }
        for text in ["a: \"b\u{2028}c\"\n", "a: 'b\u{2029}c'\n", "# x\u{2028} \na: b\n", "a: \"\\u2028\"\n"] {
            assert_eq!(read_text(text).0, ["object"], "{text:?}");
        }
    }

    #[test]
    fn a_merge_key_may_have_its_tag() {
        let mut files = FileSet::new();
        let id =
            files.add(SourceFile::named("f", "a: &a {x: 1}\nb: {!!merge <<: *a, z: 2}\n")).expect("small");
        let source = files.get(id).expect("added");
        let parsed = parse(source, &split(id, source)[0], &|_, _| true, &mut Vec::new());
        let Parsed::Tree(Node { value: Value::Mapping(root), .. }) = parsed else { panic!("no mapping") };
        let Value::Mapping(merged) = &root.entries[1].value.value else { panic!("no mapping") };
        let keys: Vec<&str> = merged.entries.iter().map(|entry| entry.key.as_ref()).collect();
        assert_eq!(keys, ["x", "z"]);
    }

    #[test]
    fn templates_are_told_from_broken_documents() {
        for (text, word) in [
            ("name: {{ .Release.Name }}\n", "template false"),
            ("{% if x %}\nname: a\n{% endif %}\n", "template false"),
            ("apiVersion: v1\nkind: Pod\n{{- if x }}\n", "template true"),
        ] {
            let (words, diagnostics) = read_text(text);
            assert_eq!(words, [word]);
            assert_eq!(diagnostics[0].rule, UNRENDERED_TEMPLATE);
        }
    }

    #[test]
    fn duplicates_invalid_bytes_and_text_behind_the_end_are_warnings() {
        let (words, diagnostics) = read_text("a: 1\nb: 2\na: 3\n");
        assert_eq!(words, ["object"]);
        assert_eq!((diagnostics[0].primary.span.start, diagnostics[0].related[0].span.start), (0, 10));
        let (_, diagnostics) = read(SourceFile::named("f", "").with_bytes(b"a: 1\n---\nb: \xff\n".to_vec()));
        assert_eq!((diagnostics.len(), diagnostics[0].primary.span.start), (1, 12));
        let (words, diagnostics) = read_text("a: 1\n...\nb: 2\n");
        assert_eq!((words.len(), diagnostics[0].primary.span.start), (1, 9));
    }

    #[test]
    fn flaws_are_told_in_plain_words() {
        assert_eq!(refusal("a:\n\tb: c\n"), "a tab stands where only spaces may indent");
        for text in ["a:\n- b\n-\tc\n", "a:\n- \tc\n", "a:\n-\t\n", "a:\n  \tb: c\n", "a: &x\n  \tb\n"] {
            assert_eq!(refusal(text), "a tab stands where only spaces may indent", "{text:?}");
        }
        assert_eq!(refusal("a:\n  \t\n  b: c\n"), "a tab stands where only spaces may indent");
        assert_eq!(refusal("a: {}#c\n"), "a `#` stands right behind something else");
        assert_eq!(refusal("a: 'b\n"), "this quote is not closed");
        assert_eq!(
            refusal("a: *b\n"),
            "this alias names an anchor that is not defined before it in the document"
        );
        assert_eq!(refusal("a: b: c\n"), "a `key: value` cannot stand here");
        assert_eq!(refusal("a: \0\n"), "the control character U+0000 stands here");
        assert_eq!(refusal("%YAML 1.1\n"), "kubectl reads no YAML directives");
        assert_eq!(refusal("--- {a: b}\n"), "text follows `---` on its line");
        assert_eq!(refusal("? [a]\n: b\n"), "a list or mapping cannot be a key");
        assert_eq!(refusal("a: .inf\n"), "not-a-number and infinity are no values of Kubernetes");
        assert_eq!(refusal("a: &x [*x]\n"), "this alias stands inside the value that it names");
    }

    #[test]
    fn a_line_of_blanks_with_a_tab_goes_on_with_an_unquoted_value() {
        assert_eq!(read_text("a: b\n  \t\nc: d\n").0, ["object"]);
    }

    #[test]
    fn hostile_documents_meet_a_limit() {
        use std::fmt::Write;
        let mut laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
        let mut merges = "m0: &m0 {a: 1, b: 2, c: 3}\n".to_owned();
        for level in 1..12 {
            let inner = level - 1;
            let aliases = vec![format!("*a{inner}"); 9].join(",");
            let _ = writeln!(laughs, "a{level}: &a{level} [{aliases}]");
            let aliases = vec![format!("*m{inner}"); 9].join(",");
            let _ =
                writeln!(merges, "m{level}: &m{level}\n  <<: [{aliases}]\n  k{level}: {{<<: [{aliases}]}}");
        }
        assert!(refusal(laughs).contains("more than 100000 values"));
        assert!(refusal(merges).contains("more than 100000 values"));
        for text in
            ["[".repeat(10_000), "- ".repeat(10_000), "{a: ".repeat(10_000), "{\"a\":[".repeat(10_000)]
        {
            let message = refusal(text);
            assert!(
                message.contains("nested more than 1000 deep") || message.contains("not closed"),
                "{message}"
            );
        }
    }

    #[test]
    fn a_text_that_no_cluster_stores_meets_a_limit() {
        let (long, longer) = ("x".repeat(4 << 20), "x".repeat((4 << 20) + 1));
        let spellings: [fn(&str) -> String; 5] = [
            |text| format!("a: {text}\n"),
            |text| format!("a: '{text}' # é…\n"),
            |text| format!("a: |-\n  {text}\n"),
            |text| format!("{{\"a\": \"{text}\"}}"),
            |text| format!("{{\"{text}\": 1}}"),
        ];
        for spelled in spellings {
            assert_eq!(read_text(spelled(&long)).0, ["object"]);
            assert_eq!(refusal(spelled(&longer)), "this text is longer than the limit of 4 MiB");
        }
    }

    #[test]
    fn nesting_up_to_the_limit_is_read() {
        let deep = format!("{}1{}", "[".repeat(1_000), "]".repeat(1_000));
        assert_eq!(read_text(deep.clone()).0, ["array"]);
        assert_eq!(
            read_text(format!("{{\"a\":{}}}", "[".repeat(999) + "1" + &"]".repeat(999))).0,
            ["object"]
        );
    }

    #[test]
    fn many_labels_are_read_in_no_time() {
        use std::fmt::Write;
        let mut text = String::from("labels:\n");
        for number in 0..200_000 {
            let _ = writeln!(text, "  l{}: x", number % 100_000);
        }
        let mut files = FileSet::new();
        let id = files.add(SourceFile::named("f", text)).expect("small");
        let source = files.get(id).expect("added");
        let mut diagnostics = Vec::new();
        let parsed = parse(source, &split(id, source)[0], &|_, _| true, &mut diagnostics);
        let Parsed::Tree(Node { value: Value::Mapping(root), .. }) = parsed else { panic!("no mapping") };
        let Value::Mapping(labels) = &root.entries[0].value.value else { panic!("no labels") };
        assert_eq!((labels.entries.len(), diagnostics.len()), (100_000, 100));
    }
}
