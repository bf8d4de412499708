//! What a finding is known by when its file changes elsewhere.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::text::FileSet;

/// Bytes of a line before and after the place that count.
const AROUND: usize = 500;

/// A fingerprint for each finding: sixteen hexadecimal digits of rule, object, path of the API and the line's text. It
/// stays when lines move or other objects change. Of findings that are alike in all of that, the second and later ones
/// have a number.
pub fn fingerprints<'d>(
    diagnostics: impl IntoIterator<Item = &'d Diagnostic>,
    files: &FileSet,
) -> Vec<String> {
    let mut seen: BTreeMap<u64, usize> = BTreeMap::new();
    let of = |diagnostic: &Diagnostic| {
        let hash = hash(diagnostic, files);
        let count = seen.entry(hash).or_default();
        *count += 1;
        if *count == 1 { format!("{hash:016x}") } else { format!("{hash:016x}:{count}") }
    };
    diagnostics.into_iter().map(of).collect()
}

fn hash(diagnostic: &Diagnostic, files: &FileSet) -> u64 {
    let file = files.get(diagnostic.primary.span.file);
    let mut fnv = Fnv::new();
    fnv.add(diagnostic.rule.0);
    match (&diagnostic.object, file) {
        (Some(object), _) => fnv.add(object.to_string()),
        (None, Some(file)) => fnv.add(file.name()),
        (None, None) => {}
    }
    if let Some(api) = &diagnostic.api {
        fnv.add(&api.field);
    }
    let line = file.map_or(&b""[..], |file| line_at(file.text(), diagnostic.primary.span.start as usize));
    fnv.add(line.trim_ascii());
    fnv.0
}

/// The line that holds a byte; of a very long one, what stands around the byte.
fn line_at(text: &str, offset: usize) -> &[u8] {
    let from = offset.saturating_sub(AROUND).min(text.len());
    let to = offset.saturating_add(AROUND).min(text.len());
    let window = text.as_bytes().get(from..to).unwrap_or_default();
    let (before, after) = window.split_at_checked(offset - from).unwrap_or((window, b""));
    let start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    let end = memchr::memchr(b'\n', after).map_or(window.len(), |newline| before.len() + newline);
    window.get(start..end).unwrap_or_default()
}

/// Fowler, Noll and Vo's 1a of 64 bits: the hashes of the standard library may change with its version.
struct Fnv(u64);

impl Fnv {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Adds a text and its end.
    fn add(&mut self, text: impl AsRef<[u8]>) {
        for byte in text.as_ref().iter().chain(&[0xff]) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
