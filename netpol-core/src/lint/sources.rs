//! Findings in files that kustomize changes before anything of them reaches a cluster.

use crate::diagnostic::{Category, Diagnostic};
use crate::text::FileSet;

/// Rules of policies that hold whatever becomes of names, namespaces and labels.
const OF_TEXT: [&str; 7] = [
    "comment-contradicts-cidr",
    "duplicate-key",
    "egress-list-without-effect",
    "empty-rule-allows-all",
    "rule-without-direction",
    "split-rule",
    "surprising-scalar",
];

/// Whether a finding may not hold of the rendered object: it lies in a source of a kustomization that changes names,
/// namespaces, labels or fields, and is about more than the text.
pub(super) fn is_held_back(found: &Diagnostic, files: &FileSet) -> bool {
    let file = files.get(found.primary.span.file);
    let is_changed = file.and_then(|file| file.rendering()).is_some_and(|rendering| rendering.changes);
    let is_of_text = found.category != Category::Policy || OF_TEXT.contains(&found.rule.0);
    is_changed && !is_of_text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_of_text_exist() {
        for name in OF_TEXT {
            assert!(crate::lint::rule_named(name).is_some(), "{name}");
        }
    }
}
