//! Unknowns decided as the user asks (`--unknown`).

use super::engine::over_all;
use super::{Assumption, Decision, Pair, UnknownAs, Verdict};
use crate::net::{ConnectionSet, Decided};

impl Verdict {
    /// Decides what is unknown. The answer is how many pairs had something unknown; where some had, the
    /// verdict rests on the assumption that it is so.
    pub fn decide_unknown(&mut self, unknown: UnknownAs) -> usize {
        if unknown == UnknownAs::Unknown {
            return 0;
        }
        let decided = self.pairs.iter_mut().map(|pair| pair.decide_unknown(unknown)).filter(|it| *it).count();
        if decided == 0 {
            return 0;
        }
        (self.asked, self.decided, self.decision) = match self.pairs.as_slice() {
            [pair] => (pair.asked.clone(), pair.decided.clone(), pair.decision),
            pairs => over_all(pairs),
        };
        self.assumptions.push(Assumption::UnknownDecided(unknown));
        self.assumptions.sort_unstable();
        decided
    }
}

impl Pair {
    /// Decides what is unknown; whether anything was.
    fn decide_unknown(&mut self, unknown: UnknownAs) -> bool {
        let families = self.families.iter_mut().flat_map(|families| &mut families.answers);
        let was_unknown = !self.decided.unknown.is_empty();
        for decided in families.map(|(_, decided)| decided).chain([&mut self.decided]) {
            unknown.decide(decided);
        }
        self.decision = Decision::of(&self.asked, &self.decided);
        was_unknown
    }
}

impl UnknownAs {
    /// Decides what is unknown; whether anything was.
    pub fn decide(self, decided: &mut Decided) -> bool {
        let was_unknown = !decided.unknown.is_empty();
        match self {
            Self::Unknown => return false,
            Self::Allow => decided.allowed = decided.possible(),
            Self::Deny => {}
        }
        decided.unknown = ConnectionSet::empty();
        was_unknown
    }
}
