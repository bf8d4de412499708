//! What people say of a rule: the words of the policy's name and of the comments at the rule.

use std::collections::BTreeSet;

use super::Context;
use crate::text::Span;

/// So many bytes in front of a rule, and of the rule, are looked through for comments.
const NEAR: usize = 600;

/// The words of a name in lower case: `allow-to-DNS` is `allow`, `to` and `dns`.
pub(super) fn words_of(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// The words of the comments at a rule: right above it, and on its lines.
pub(super) fn said_at(context: &Context<'_>, rule: Span) -> BTreeSet<String> {
    let Some(text) = context.files.get(rule.file).map(|file| file.text().as_bytes()) else {
        return BTreeSet::new();
    };
    let (start, end) = (rule.start as usize, rule.end as usize);
    let above = text.get(start.saturating_sub(NEAR)..start).unwrap_or_default();
    let own = text.get(start..end.min(start + NEAR)).unwrap_or_default();
    let (above, own) = (String::from_utf8_lossy(above), String::from_utf8_lossy(own));
    // The last line above holds the dash of the rule.
    let lines = above.rsplit('\n').skip(1).map_while(|line| line.trim_start().strip_prefix('#'));
    let beside = own.lines().filter_map(comment);
    lines.chain(beside).flat_map(words_of).collect()
}

/// The comment at the end of a line.
fn comment(line: &str) -> Option<&str> {
    let own = line.trim_start().strip_prefix('#');
    own.or_else(|| line.split_once(" #").map(|(_, comment)| comment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_its_words() {
        assert_eq!(words_of("allow-To_DNS.v2"), ["allow", "to", "dns", "v2"]);
    }

    #[test]
    fn a_comment_stands_on_its_own_or_behind_a_blank() {
        assert_eq!(comment("  # all of it"), Some(" all of it"));
        assert_eq!(comment("- {} # all"), Some(" all"));
        assert_eq!(comment("- {a: b#c}"), None);
    }
}
