//! Whether part of a policy is there.

/// Whether part of a policy holds: that it isolates, that a rule of it matches what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// It does not.
    No,
    /// It may, and what hangs on it is unknown.
    Maybe(Doubt),
    /// It does.
    Yes,
}

/// Why nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Doubt {
    /// What the text says there is not evaluated.
    NotEvaluated,
    /// The text leaves it to the network plugin.
    Plugin,
}

impl Certainty {
    /// Whether it holds for sure.
    pub const fn is_yes(self) -> bool {
        matches!(self, Self::Yes)
    }
}
