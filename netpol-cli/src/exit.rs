//! Exit codes: the same in every command and for every format.

/// How a run ended, from the least to the most pressing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All is well.
    Fine,
    /// There was nothing to do: no object of a kind that is understood.
    NothingToDo,
    /// The input does not decide the question.
    Unknown,
    /// The answer is bad: denied or partial.
    Bad,
    /// Usage, configuration, or something that could not be read.
    Error,
}

impl Exit {
    /// The number that the shell sees.
    pub const fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Bad => 1,
            Self::Error => 2,
            Self::NothingToDo => 3,
            Self::Unknown => 4,
        }
    }

    /// Of two ends, the more pressing.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }

    /// A bad or unknown answer as a good one (`--exit-zero`).
    #[must_use]
    pub const fn forgiven(self) -> Self {
        match self {
            Self::Bad | Self::Unknown => Self::Fine,
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_beat_bad_answers_beat_unknown_ones_beat_nothing() {
        assert_eq!(Exit::Bad.and(Exit::Error).code(), 2);
        assert_eq!(Exit::Unknown.and(Exit::Bad).code(), 1);
        assert_eq!(Exit::NothingToDo.and(Exit::Unknown).code(), 4);
        assert_eq!(Exit::Fine.and(Exit::NothingToDo).code(), 3);
    }

    #[test]
    fn only_answers_are_forgiven() {
        assert_eq!(Exit::Bad.forgiven(), Exit::Fine);
        assert_eq!(Exit::Unknown.forgiven(), Exit::Fine);
        assert_eq!(Exit::Error.forgiven(), Exit::Error);
        assert_eq!(Exit::NothingToDo.forgiven(), Exit::NothingToDo);
    }
}
