//! Questions and their answers: one walk through the tiers, for points and for sets alike.

pub mod request;
pub mod trace;
pub mod verdict;

pub use request::{Asked, Request};
pub use trace::{DirectionTrace, PairTrace, PeerTrace, PolicyTrace, PortTrace, RuleTrace, TierTrace};
pub use verdict::{
    Assumption, Decision, End, Exemption, Pair, PerFamily, PolicyRef, Reason, UnknownAs, Verdict,
};
