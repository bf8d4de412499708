//! Questions and their answers: one walk through the tiers, for points and for sets alike.

mod causes;
pub mod engine;
mod matching;
mod pair;
mod party;
pub mod request;
mod tier;
pub mod trace;
mod units;
pub mod verdict;
mod walk;

pub use engine::Engine;
pub use request::{Asked, Request};
pub use trace::{DirectionTrace, PairTrace, PeerTrace, PolicyTrace, PortTrace, RuleTrace, TierTrace};
pub use verdict::{
    Assumption, Decision, End, Exemption, Pair, PerFamily, PolicyRef, Reason, UnknownAs, Verdict,
};
