//! The order of policies within a tier, as their texts give it.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

/// A number that is neither infinite nor NaN.
#[derive(Debug, Clone, Copy, Default)]
pub struct FiniteF64(f64);

impl FiniteF64 {
    /// A number; `None` when it is infinite or NaN. Minus zero is zero.
    pub fn new(number: f64) -> Option<Self> {
        number.is_finite().then_some(Self(number + 0.0))
    }

    /// The number.
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl PartialEq for FiniteF64 {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for FiniteF64 {}

impl PartialOrd for FiniteF64 {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for FiniteF64 {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Hash for FiniteF64 {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

/// The place of a policy within its tier: the lower comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Order {
    /// By a number: a priority, an order.
    Number(FiniteF64),
    /// After all that have a number.
    Last,
}

impl Order {
    /// Before all others: the place of a policy whose own is not known.
    pub const FIRST: Self = Self::Number(FiniteF64(f64::MIN));
}

impl Default for Order {
    /// The order of policies of an API that has none.
    fn default() -> Self {
        Self::Number(FiniteF64::default())
    }
}

impl From<i32> for Order {
    fn from(number: i32) -> Self {
        Self::Number(FiniteF64(f64::from(number)))
    }
}

/// What orders policies of equal order where their API orders them by name; empty in other APIs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TieKey(pub Box<str>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_fractions_and_last_comes_after_all() {
        let number = |number| Order::Number(FiniteF64::new(number).unwrap());
        let ascending =
            [Order::FIRST, number(-1.5), Order::from(0), number(0.25), number(f64::MAX), Order::Last];
        assert!(ascending.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(number(-0.0), Order::default());
        assert_eq!(FiniteF64::new(f64::NAN), None);
        assert_eq!(FiniteF64::new(f64::INFINITY), None);
    }
}
