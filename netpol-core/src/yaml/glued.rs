//! Objects that stand in one document, since the line `---` between them is missing: kubectl reads the last of them.

use std::collections::BTreeSet;

use super::parse::tree;
use super::reader::mapping::{Duplicate, REPORTED};
use super::reader::place::Place;
use super::{Mapping, Node, Value};
use crate::diagnostic::rule::DUPLICATE_KEY;
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::text::Span;

/// So many lost objects are named.
const NAMED: usize = 5;

/// What is to be said of a document that is several objects, in one finding; takes out the duplicates that it tells of,
/// and says where the object begins that is read.
/// `wanted` tells of `apiVersion` and `kind` whether the loss of such an object matters.
pub(super) fn missing_separator(
    (text, place): (&str, Place),
    root: &mut Node<'_>,
    duplicates: &mut Vec<Duplicate>,
    wanted: &dyn Fn(&str, &str) -> bool,
) -> Option<Diagnostic> {
    let Value::Mapping(fields) = &root.value else { return None };
    let of_root: BTreeSet<u32> = fields.entries.iter().map(|entry| entry.key_span.start).collect();
    let is_of_root = |duplicate: &Duplicate| of_root.contains(&duplicate.kept.start);
    let starts = starts(text, place, duplicates.iter().filter(|it| is_of_root(it)));
    let begins = starts.get(1..)?;
    let (first, others) = begins.split_first()?;
    let count = (duplicates.len() < REPORTED).then_some(begins.len());
    duplicates.retain(|duplicate| !is_of_root(duplicate));
    // The object that is read begins where the last of them does.
    let last = *others.last().unwrap_or(first);
    root.span.start = place.span(last, last).start;
    let bounds = starts.iter().zip(begins);
    let lost: Vec<ObjectRef> = bounds.filter_map(|(from, to)| object(text, place, (*from, *to))).collect();
    let line = |start: &usize| place.span(*start, line_end(text, *start));
    let mut found = finding(&lost, count, line(first));
    for other in others {
        found = found.with_related(line(other), "and here");
    }
    let matters = |object: &&ObjectRef| wanted(&object.api_version, &object.kind);
    Some(match lost.iter().find(matters) {
        Some(object) => found.with_object(object.clone()),
        None => found,
    })
}

/// Where the objects of a document begin, as keys of the document begin anew: those that have `apiVersion` and `kind`, at
/// the start of a line.
fn starts<'d>(text: &str, place: Place, duplicates: impl Iterator<Item = &'d Duplicate>) -> Vec<usize> {
    let mut keys: BTreeSet<(usize, &str)> = BTreeSet::new();
    for duplicate in duplicates {
        for span in [duplicate.dropped, duplicate.kept] {
            keys.insert((place.relative(span.start), &duplicate.key));
        }
    }
    let mut objects: Vec<(usize, BTreeSet<&str>)> = Vec::new();
    for (at, key) in keys {
        let goes_on = objects.last_mut().is_some_and(|(_, seen)| seen.insert(key));
        if !goes_on {
            objects.push((at, BTreeSet::from([key])));
        }
    }
    let is_object = |(at, seen): &(usize, BTreeSet<&str>)| {
        let begins_line = text.get(..*at).is_some_and(|before| before.is_empty() || before.ends_with('\n'));
        begins_line && seen.contains("apiVersion") && seen.contains("kind")
    };
    objects.into_iter().filter(is_object).map(|(at, _)| at).collect()
}

/// The identity of the object between two places.
fn object(text: &str, place: Place, (from, to): (usize, usize)) -> Option<ObjectRef> {
    let part = text.get(from..to)?;
    let node = tree(part, Place { file: place.file, base: place.span(from, from).start })?;
    let Value::Mapping(fields) = &node.value else { return None };
    let metadata = match &fields.get("metadata").map(|entry| &entry.value.value) {
        Some(Value::Mapping(metadata)) => Some(metadata),
        _ => None,
    };
    let named = |field| metadata.and_then(|metadata| string(metadata, field));
    Some(ObjectRef {
        api_version: string(fields, "apiVersion")?,
        kind: string(fields, "kind")?,
        namespace: named("namespace"),
        name: named("name").unwrap_or_default(),
    })
}

fn string(fields: &Mapping<'_>, key: &str) -> Option<String> {
    match &fields.get(key)?.value.value {
        Value::String(text) => Some(text.clone().into_owned()),
        _ => None,
    }
}

/// `count` is how many objects are lost, if that is known.
fn finding(lost: &[ObjectRef], count: Option<usize>, first: Span) -> Diagnostic {
    let mut names: Vec<String> = lost.iter().take(NAMED).map(|object| format!("`{object}`")).collect();
    match count.map(|count| count.saturating_sub(names.len())) {
        Some(0) => {}
        Some(more) => names.push(format!("{more} more")),
        None => names.push("more".to_owned()),
    }
    let are = if count == Some(1) { "is" } else { "are" };
    let message = format!("a line `---` is missing, so {} {are} lost", joined(&names));
    Diagnostic::policy(DUPLICATE_KEY, first, message).with_label("another object begins here").with_help(
        "write a line `---` before each object: of several in one document, kubectl reads the last alone",
    )
}

fn joined(names: &[String]) -> String {
    match names.split_last() {
        None => "an object".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// The end of the line that begins at a place, without its line break.
fn line_end(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.lines().next().unwrap_or_default().trim_end().len()
}

#[cfg(test)]
mod tests {
    use crate::text::{FileSet, SourceFile};
    use crate::yaml::{parse, split};

    /// What is said of a text of one document.
    fn said(text: &str) -> Vec<String> {
        let mut files = FileSet::new();
        let id = files.add(SourceFile::named("f", text)).unwrap();
        let source = files.get(id).unwrap();
        let mut diagnostics = Vec::new();
        for chunk in split(id, source) {
            parse(source, &chunk, &|_, kind| kind != "ConfigMap", &mut diagnostics);
        }
        diagnostics.into_iter().map(|found| found.message).collect()
    }

    fn object(name: &str) -> String {
        format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: ns}}\nspec: {{}}\n")
    }

    #[test]
    fn objects_without_a_separator_are_told_in_one_finding() {
        assert_eq!(
            said(&format!("{}# c\n{}", object("a"), object("b"))),
            ["a line `---` is missing, so `Pod ns/a` is lost"]
        );
        assert_eq!(
            said(&[object("a"), object("b"), object("c")].concat()),
            ["a line `---` is missing, so `Pod ns/a` and `Pod ns/b` are lost"]
        );
        let many: String = (0..9).map(|number| object(&format!("p{number}"))).collect();
        assert!(said(&many)[0].ends_with("`Pod ns/p4` and 3 more are lost"), "{:?}", said(&many));
    }

    #[test]
    fn other_keys_that_stand_twice_are_told_one_by_one() {
        assert_eq!(said(&format!("{}spec: {{}}\n", object("a"))).len(), 1);
        assert_eq!(said(&format!("{}kind: Pod\nspec: {{}}\n", object("a"))).len(), 2);
        let both = format!("{}metadata: {{}}\n{}", object("a"), object("b"));
        assert!(!said(&both).is_empty());
    }

    #[test]
    fn a_document_of_very_many_objects_says_that_there_are_more() {
        let many: String = (0..500).map(|number| object(&number.to_string())).collect();
        assert!(said(&many)[0].ends_with("and more are lost"), "{:?}", said(&many));
    }
}
