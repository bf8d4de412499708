//! The annotation `netpol.dev/ignore: "rule,rule"`.

use memchr::memmem;

use super::{Directive, Scope};
use crate::text::{FileId, SourceFile, Span};
use crate::yaml::{self, Node, Parsed, Value};

const ANNOTATION: &str = "netpol.dev/ignore";

/// The directives in the annotations of a file. Only documents whose text holds the name are read again.
pub(super) fn read(id: FileId, file: &SourceFile) -> Vec<Directive> {
    if memmem::find(file.text().as_bytes(), ANNOTATION.as_bytes()).is_none() {
        return Vec::new();
    }
    let mut directives = Vec::new();
    for chunk in yaml::split(id, file) {
        let text = file.text().get(chunk.span.start as usize..chunk.span.end as usize).unwrap_or_default();
        if memmem::find(text.as_bytes(), ANNOTATION.as_bytes()).is_none() {
            continue;
        }
        if let Parsed::Tree(node) = yaml::parse(file, &chunk, &|_, _| true, &mut Vec::new()) {
            objects(&node, &mut directives);
        }
    }
    directives
}

/// An object with the annotation, or the objects of a list.
fn objects(node: &Node<'_>, directives: &mut Vec<Directive>) {
    let Value::Mapping(fields) = &node.value else { return };
    directives.extend(directive(node));
    if let Some(Value::Sequence(items)) = fields.get("items").map(|entry| &entry.value.value) {
        for item in items {
            directives.extend(directive(item));
        }
    }
}

fn directive(object: &Node<'_>) -> Option<Directive> {
    let annotation = field(field(field(object, "metadata")?, "annotations")?, ANNOTATION)?;
    let Value::String(names) = &annotation.value else { return None };
    let span = Span::new(object.span.file, object.span.start, object.span.end);
    Some(Directive::new(names, Scope::Object(span), annotation.span))
}

fn field<'n, 't>(node: &'n Node<'t>, name: &str) -> Option<&'n Node<'t>> {
    let Value::Mapping(fields) = &node.value else { return None };
    fields.get(name).map(|entry| &entry.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::FileSet;

    #[test]
    fn the_annotation_holds_for_its_object_also_within_a_list() {
        let text = "kind: List\napiVersion: v1\nitems:\n- kind: Pod\n  metadata:\n    annotations:\n      \
                    netpol.dev/ignore: unknown-field,wrong-type\n- kind: Pod\n  metadata: {name: a}\n";
        let mut files = FileSet::new();
        let id = files.add(SourceFile::named("a.yaml", text)).unwrap();
        let found = read(id, files.get(id).unwrap());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].rules.len(), 2);
        let Scope::Object(span) = found[0].scope else { panic!() };
        assert!(files.slice(span).starts_with("kind: Pod"), "{}", files.slice(span));
    }
}
