//! Labels as far as they are known.

/// The value of a label that is there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LabelValue {
    /// This value.
    Known(String),
    /// Some value that the input does not tell, such as a controller's hash or a placeholder.
    Unknown,
}

/// What is known of a label that is not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Unlisted {
    /// It is not there.
    #[default]
    Absent,
    /// It is taken not to be there by a selector that wants it, and unknown to one that forbids it:
    /// a namespace that is not in the input.
    AssumedAbsent,
    /// It may be there, with any value.
    Unknown,
}

/// A set of labels, sorted by key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Labels {
    entries: Vec<(String, LabelValue)>,
    unlisted: Unlisted,
}

impl Labels {
    /// These labels and no other; of two with one key the later wins.
    pub fn new(entries: impl IntoIterator<Item = (String, LabelValue)>) -> Self {
        let mut entries: Vec<_> = entries.into_iter().collect();
        entries.reverse();
        entries.sort_by(|one, other| one.0.cmp(&other.0));
        entries.dedup_by(|later, kept| later.0 == kept.0);
        // An input has many pods with few labels.
        entries.shrink_to_fit();
        Self { entries, unlisted: Unlisted::default() }
    }

    /// Known values and no other label.
    pub fn known<K: Into<String>, V: Into<String>>(entries: impl IntoIterator<Item = (K, V)>) -> Self {
        Self::new(entries.into_iter().map(|(key, value)| (key.into(), LabelValue::Known(value.into()))))
    }

    /// The same labels with another answer for those that are not listed.
    #[must_use]
    pub fn with_unlisted(self, unlisted: Unlisted) -> Self {
        Self { unlisted, ..self }
    }

    /// Adds a label, or replaces the one of the same key.
    pub fn insert(&mut self, key: String, value: LabelValue) {
        match self.entries.binary_search_by(|entry| entry.0.as_str().cmp(&key)) {
            Ok(index) => {
                if let Some(entry) = self.entries.get_mut(index) {
                    entry.1 = value;
                }
            }
            Err(index) => self.entries.insert(index, (key, value)),
        }
    }

    /// The value of a label; `None` when it is not listed.
    pub fn get(&self, key: &str) -> Option<&LabelValue> {
        let index = self.entries.binary_search_by(|entry| entry.0.as_str().cmp(key)).ok()?;
        self.entries.get(index).map(|entry| &entry.1)
    }

    /// What is known of a label that is not listed.
    pub const fn unlisted(&self) -> Unlisted {
        self.unlisted
    }

    /// The labels, sorted by key.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &LabelValue)> {
        self.entries.iter().map(|(key, value)| (key.as_str(), value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_labels_with_one_key_the_later_wins() {
        let labels = Labels::known([("b", "1"), ("a", "2"), ("b", "3"), ("a", "4"), ("c", "5")]);
        assert_eq!(labels, Labels::known([("a", "4"), ("b", "3"), ("c", "5")]));
        assert_eq!(labels.iter().map(|(key, _)| key).collect::<Vec<_>>(), ["a", "b", "c"]);
    }
}
