//! Large lists in plain block YAML, as `kubectl get -o yaml` writes them: every item becomes a chunk of its own.

use super::list::item_kind;
use super::peek::word;
use super::reader::limits::DOCUMENTS;
use super::reader::place::Place;
use super::{Chunk, Syntax};

/// What the lines of a list said so far.
#[derive(Default)]
struct Lines<'t> {
    api_version: Option<&'t str>,
    kind: Option<&'t str>,
    part: Part,
    /// Where the items begin, each at the start of its line.
    starts: Vec<usize>,
    /// Where the last item ends.
    end: usize,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Part {
    #[default]
    Head,
    /// Behind `items:`; the dashes stand in this column once there was one.
    Items(Option<usize>),
    Tail,
}

/// The items of a list that fills the document at `start` of the file; `None` when its lines leave any doubt.
///
/// There is doubt when an item does not begin with `apiVersion:`, `kind:` or `metadata:`, when a line at the first
/// column is anything but a plain key, and when there is an anchor or an alias, which may reach from item to item.
pub(super) fn block_items(text: &str, start: usize, place: Place) -> Option<Vec<Chunk>> {
    memchr::memmem::find(text.as_bytes(), b"items:\n").filter(|_| !has_anchor(text))?;
    let mut lines = Lines::default();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        lines.take(line, at)?;
        at += line.len();
    }
    if lines.part != Part::Tail {
        lines.end = text.len();
    }
    let inherited = item_kind(lines.api_version?, lines.kind?)?;
    let ends = lines.starts.iter().skip(1).chain([&lines.end]);
    let chunk = |(from, to): (&usize, &usize)| Chunk {
        syntax: Syntax::YamlItem,
        span: place.span(start + from, start + to),
        source: None,
        inherited: inherited.clone(),
    };
    (!lines.starts.is_empty()).then(|| lines.starts.iter().zip(ends).map(chunk).collect())
}

impl<'t> Lines<'t> {
    fn take(&mut self, line: &'t str, at: usize) -> Option<()> {
        let content = line.trim_start_matches(' ');
        if content.trim_end().is_empty() || content.starts_with('#') {
            return Some(());
        }
        let column = line.len() - content.len();
        match self.part {
            Part::Items(None) => {
                self.part = Part::Items(Some(column));
                self.item(content, at)
            }
            Part::Items(Some(dashes)) if column == dashes && content.starts_with('-') => {
                self.item(content, at)
            }
            Part::Items(Some(dashes)) if column > dashes => Some(()),
            _ if column > 0 => (self.part != Part::Items(None)).then_some(()),
            Part::Items(_) => {
                self.part = Part::Tail;
                self.end = at;
                self.key(content)
            }
            Part::Head | Part::Tail => self.key(content),
        }
    }

    fn item(&mut self, content: &str, at: usize) -> Option<()> {
        let key = content.strip_prefix("- ")?.split(':').next()?;
        if self.starts.len() == DOCUMENTS {
            return None;
        }
        self.starts.push(at);
        matches!(key, "apiVersion" | "kind" | "metadata").then_some(())
    }

    /// A line at the first column, outside the items.
    fn key(&mut self, content: &'t str) -> Option<()> {
        let (key, value) = content.split_once(':')?;
        let place = match key {
            "items" if self.part == Part::Head && value == "\n" => {
                self.part = Part::Items(None);
                return Some(());
            }
            "apiVersion" => &mut self.api_version,
            "kind" => &mut self.kind,
            "metadata" => return Some(()),
            _ => return None,
        };
        place.replace(word(value)?).is_none().then_some(())
    }
}

/// Whether something may be an anchor or an alias.
fn has_anchor(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'&', b'*', bytes).any(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let after = bytes.get(at + 1);
        matches!(before, Some(b' ' | b'\n' | b'[' | b'{' | b','))
            && after.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    })
}

#[cfg(test)]
mod tests {
    use crate::text::{FileSet, SourceFile};
    use crate::yaml::split;

    /// The texts of the chunks that a file is split into.
    fn pieces(text: &str) -> Vec<String> {
        let mut files = FileSet::new();
        let id = files.add(SourceFile::named("f", text)).expect("small");
        let chunks = split(id, files.get(id).expect("added"));
        chunks.iter().map(|chunk| files.slice(chunk.span).to_owned()).collect()
    }

    #[test]
    fn what_kubectl_writes_is_split_into_its_items() {
        let text = "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  spec:\n    a:\n    - b\n- kind: Node\n\
                    kind: List\nmetadata:\n  resourceVersion: \"\"\n";
        let items = ["- apiVersion: v1\n  kind: Pod\n  spec:\n    a:\n    - b\n", "- kind: Node\n"];
        assert_eq!(pieces(text), items);
    }

    #[test]
    fn dashes_may_be_indented_and_the_items_may_come_last() {
        let text = "kind: PodList\napiVersion: v1\nitems:\n\n  - metadata:\n      name: a\n  # next\n  - metadata: {}\n";
        let items = ["  - metadata:\n      name: a\n  # next\n", "  - metadata: {}\n"];
        assert_eq!(pieces(text), items);
    }

    #[test]
    fn doubt_leaves_the_document_whole() {
        let list = "apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n";
        assert_eq!(pieces(&format!("{list}- kind: Pod\n")).len(), 2);
        let doubtful = [
            list.replace("kind: List", "kind: Pod"),
            list.replace("items:\n", "items: # here\n"),
            format!("{list}- {{kind: Pod}}\n"),
            format!("{list}- kind: Pod\nitems:\n- kind: Pod\n"),
            format!("{list}  metadata: &a {{}}\n- kind: Pod\n  metadata: *a\n"),
            format!("{list}- kind: Pod\n\"kind\": List\n"),
            format!("{list}- kind: Pod\n...\n"),
        ];
        for text in doubtful {
            assert_eq!(pieces(&text).len(), 1, "{text}");
        }
    }
}
