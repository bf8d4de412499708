//! How much one document may ask for.

/// Lists and mappings inside one another.
pub(in crate::yaml) const DEPTH: usize = 1_000;

/// Values that anchors, aliases and merge keys of one document may copy.
pub(in crate::yaml) const COPIED_VALUES: usize = 100_000;

/// Bytes of text that anchors, aliases and merge keys of one document may copy.
pub(in crate::yaml) const COPIED_BYTES: usize = 16 << 20;

/// Values of one document.
pub(in crate::yaml) const VALUES: usize = 5_000_000;

/// Documents of one file, and items of its lists.
pub(in crate::yaml) const DOCUMENTS: usize = 1_000_000;

/// Bytes of one document, or of one item of a large list.
pub(in crate::yaml) const DOCUMENT_BYTES: usize = 128 << 20;

/// Bytes of one key or text. No cluster stores an object of this size.
pub(in crate::yaml) const TEXT_BYTES: usize = 4 << 20;

/// Counts one more value of a document; `None` beyond the limit.
pub(in crate::yaml) fn one_more(values: &mut usize) -> Option<()> {
    *values += 1;
    (*values <= VALUES).then_some(())
}

/// What may still be copied.
#[derive(Debug, Clone, Copy)]
pub(in crate::yaml) struct Budget {
    values: usize,
    bytes: usize,
}

impl Budget {
    /// The budget of a document.
    pub(in crate::yaml) const fn new() -> Self {
        Self { values: COPIED_VALUES, bytes: COPIED_BYTES }
    }

    /// Takes one value with so many bytes of its own.
    ///
    /// # Errors
    /// The limit that was met.
    pub(in crate::yaml) fn take(&mut self, bytes: usize) -> Result<(), String> {
        let values = self.values.checked_sub(1);
        self.values = values.ok_or_else(|| {
            format!("the aliases and merge keys of this document copy more than {COPIED_VALUES} values")
        })?;
        self.bytes = self.bytes.checked_sub(bytes).ok_or_else(|| {
            format!("the aliases and merge keys of this document copy more than {} MiB", COPIED_BYTES >> 20)
        })?;
        Ok(())
    }
}
