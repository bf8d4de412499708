//! What kind of object a document holds, without parsing it.

use serde::Deserialize;
use std::borrow::Cow;

/// `apiVersion` and `kind` of a plain block document, or of an item of a list with its dash, when the lines leave no
/// doubt.
///
/// There is doubt when a line is anything but a key of plain letters where the keys of the object stand, a comment, an
/// item of a list or the end of a bracket, or when one of the two keys does not stand there exactly once.
pub(super) fn block_kind(text: &str) -> Option<(&str, &str)> {
    let blanks = text.len() - text.trim_start_matches(' ').len();
    let column = if text.get(blanks..)?.starts_with("- ") { blanks + 2 } else { 0 };
    let (mut api_version, mut kind) = (None, None);
    let bytes = text.as_bytes();
    let mut line = 0;
    while line < bytes.len() {
        let end = memchr::memchr(b'\n', bytes.get(line..)?).map_or(bytes.len(), |length| line + length);
        let start = (line + column).min(end);
        let before = bytes.get(line..start)?;
        if !before.iter().all(|byte| *byte == b' ' || (line == 0 && *byte == b'-')) {
            return None;
        }
        match bytes.get(start..end)?.first() {
            None | Some(b' ' | b'\r' | b'#' | b'-' | b'}' | b']') => {}
            Some(first) if first.is_ascii_alphabetic() => {
                let (key, value) = text.get(start..end)?.split_once(':')?;
                let place = match key {
                    "apiVersion" => Some(&mut api_version),
                    "kind" => Some(&mut kind),
                    _ if key.bytes().all(|byte| byte.is_ascii_alphanumeric()) => None,
                    _ => return None,
                };
                if let Some(place) = place
                    && place.replace(word(value)?).is_some()
                {
                    return None;
                }
            }
            Some(_) => return None,
        }
        line = end + 1;
    }
    api_version.zip(kind)
}

/// A value that is one plain word, perhaps quoted.
pub(super) fn word(value: &str) -> Option<&str> {
    if !value.starts_with(' ') {
        return None;
    }
    let value = value.trim();
    let unquoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'-');
    let starts = unquoted.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    (starts && unquoted.bytes().all(is_plain)).then_some(unquoted)
}

/// `apiVersion` and `kind` of a JSON object.
pub(super) fn json_kind(text: &str) -> Option<(Cow<'_, str>, Cow<'_, str>)> {
    #[derive(Deserialize)]
    struct Head<'a> {
        #[serde(borrow, rename = "apiVersion")]
        api_version: Option<Cow<'a, str>>,
        #[serde(borrow)]
        kind: Option<Cow<'a, str>>,
    }
    let head: Head<'_> = serde_json::from_str(text).ok()?;
    head.api_version.zip(head.kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_document_tells_its_kind() {
        let text = "# c\napiVersion: v1\nkind: \"ConfigMap\"\ndata:\n  kind: x\nlist:\n- a\n";
        assert_eq!(block_kind(text), Some(("v1", "ConfigMap")));
    }

    #[test]
    fn an_item_of_a_list_tells_its_kind() {
        let text =
            "  - apiVersion: v1\n    kind: ConfigMap\n\n    data:\n      kind: x\n    list:\n    - a\n";
        assert_eq!(block_kind(text), Some(("v1", "ConfigMap")));
        assert_eq!(block_kind("- apiVersion: v1\n  kind: A\n- kind: B\n"), None);
        assert_eq!(block_kind("- a: |\n\n  apiVersion: v1\n  kind: A\n b: c\n"), None);
    }

    #[test]
    fn doubt_is_no_kind() {
        let doubtful = [
            "kind: ConfigMap\n",
            "apiVersion: v1\nkind: A\nkind: B\n",
            "apiVersion: v1\nkind: A\n<<: *x\n",
            "apiVersion: v1\nkind: A\n\"kind\": B\n",
            "apiVersion: v1\nkind: &a A\n",
            "apiVersion: v1\nkind: A\nb: \"\nc\"\n",
            "  apiVersion: v1\n  kind: A\n",
            "apiVersion: v1\nkind:\n  A\n",
        ];
        for text in doubtful {
            assert_eq!(block_kind(text), None, "{text}");
        }
    }
}
