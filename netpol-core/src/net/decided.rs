//! A three-valued set of connections: allowed, unknown, and the rest, which is denied.

use super::ConnectionSet;

/// Two disjoint sets. What is in neither is denied.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decided {
    /// What the input shows to be allowed.
    pub allowed: ConnectionSet,
    /// What the input does not decide.
    pub unknown: ConnectionSet,
}

impl Decided {
    /// Everything is denied.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Everything is allowed.
    pub fn everything() -> Self {
        Self { allowed: ConnectionSet::every(), unknown: ConnectionSet::empty() }
    }

    /// Nothing is decided.
    pub fn undecided() -> Self {
        Self { allowed: ConnectionSet::empty(), unknown: ConnectionSet::every() }
    }

    /// `allowed`, and of `maybe` what is not in it as unknown.
    pub fn new(allowed: ConnectionSet, maybe: &ConnectionSet) -> Self {
        let unknown = maybe.difference(&allowed);
        Self { allowed, unknown }
    }

    /// Whether nothing is or may be allowed.
    pub fn is_nothing(&self) -> bool {
        self.allowed.is_empty() && self.unknown.is_empty()
    }

    /// What is certainly not allowed.
    pub fn denied(&self) -> ConnectionSet {
        ConnectionSet::every().difference(&self.possible())
    }

    /// What is allowed or may be.
    pub fn possible(&self) -> ConnectionSet {
        self.allowed.union(&self.unknown)
    }

    /// What both allow; unknown where one does not know and the other does not deny.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self::new(self.allowed.intersection(&other.allowed), &self.possible().intersection(&other.possible()))
    }

    /// What either allows; unknown where one does not know and the other does not allow.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self::new(self.allowed.union(&other.allowed), &self.possible().union(&other.possible()))
    }

    /// Both sets limited to `scope`.
    #[must_use]
    pub fn within(&self, scope: &ConnectionSet) -> Self {
        Self { allowed: self.allowed.intersection(scope), unknown: self.unknown.intersection(scope) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::{PortSet, Protocol};

    #[test]
    fn kleene_tables_hold() {
        let values = [Decided::nothing(), Decided::undecided(), Decided::everything()];
        for (i, a) in values.iter().enumerate() {
            for (j, b) in values.iter().enumerate() {
                assert_eq!(Some(&a.and(b)), values.get(i.min(j)));
                assert_eq!(Some(&a.or(b)), values.get(i.max(j)));
            }
        }
    }

    #[test]
    fn the_sets_stay_disjoint() {
        let http = ConnectionSet::of(Protocol::Tcp, PortSet::single(80));
        let decided = Decided::new(http.clone(), &ConnectionSet::every());
        assert!(!decided.allowed.overlaps(&decided.unknown));
        assert_eq!(decided.within(&http), Decided { allowed: http, unknown: ConnectionSet::empty() });
    }
}
