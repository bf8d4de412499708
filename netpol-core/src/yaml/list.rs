//! Large lists in JSON: every item becomes a chunk of its own.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::reader::limits::DOCUMENTS;
use super::reader::place::Place;
use super::{Chunk, Syntax};

/// The parts of a JSON list.
#[derive(serde::Deserialize)]
struct List<'t> {
    #[serde(borrow, rename = "apiVersion")]
    api_version: Option<Cow<'t, str>>,
    #[serde(borrow)]
    kind: Option<Cow<'t, str>>,
    #[serde(borrow)]
    items: Option<Items<'t>>,
}

/// The texts of the items.
struct Items<'t>(Vec<&'t RawValue>);

impl<'de: 't, 't> Deserialize<'de> for Items<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Bounded)
    }
}

/// Reads as many items as a file may have documents.
struct Bounded;

impl<'t> Visitor<'t> for Bounded {
    type Value = Items<'t>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            if items.len() == DOCUMENTS {
                return Err(A::Error::custom("too many items"));
            }
            items.push(item);
        }
        Ok(Items(items))
    }
}

/// The items of a JSON list (`List`, `PodList` and their like) that begins at `start` of the file; `None` for
/// anything else, and for an item that is no object.
pub(super) fn json_items(value: &str, start: usize, place: Place) -> Option<Vec<Chunk>> {
    memchr::memmem::find(value.as_bytes(), b"\"items\"")?;
    let list: List<'_> = serde_json::from_str(value).ok()?;
    let Items(items) = list.items?;
    let inherited = item_kind(&list.api_version?, &list.kind?)?;
    let base = value.as_ptr().addr();
    items
        .into_iter()
        .map(|item| {
            let text = item.get();
            let from = start + text.as_ptr().addr().checked_sub(base)?;
            text.starts_with('{').then(|| Chunk {
                syntax: Syntax::Json,
                span: place.span(from, from + text.len()),
                source: None,
                inherited: inherited.clone(),
            })
        })
        .collect()
}

/// What the items of a list are that name no kind: for `PodList`, `Pod`; for `List`, unknown. `None` when the kind is
/// no list.
#[expect(clippy::option_option, reason = "no list, a list of anything, a list of one kind")]
pub(super) fn item_kind(api_version: &str, kind: &str) -> Option<Option<(String, String)>> {
    let item = kind.strip_suffix("List")?;
    Some((!item.is_empty()).then(|| (api_version.to_owned(), item.to_owned())))
}
