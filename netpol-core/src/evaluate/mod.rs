//! Questions and their answers: one walk through the tiers, for points and for sets alike.

pub mod request;
pub mod verdict;
pub mod trace;
pub mod engine;
pub mod row;
pub mod rows;
pub mod isolation;
mod decide;
mod pair;
mod units;
mod refine;
mod party;
mod admission;
mod walk;
mod tier;
mod rank;
mod steps;
mod matching;
mod alike;
mod causes;

pub use crate::policy::PolicyRef;
pub use engine::Engine;
pub use isolation::Isolation;
pub use request::Request;
pub use row::{Row, RowKey, RowPart, Subject};
pub use rows::Rows;
pub use trace::{
    Decider, DirectionTrace, PairTrace, PeerTrace, PolicyTrace, PortTrace, RuleHit, RuleTrace, Step,
    TierTrace,
};
pub use verdict::{Assumption, Decision, End, Exemption, Pair, PerFamily, Reason, UnknownAs, Verdict};
