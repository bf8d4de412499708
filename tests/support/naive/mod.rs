//! The naive evaluator: a second opinion on every answer of the engine.
//!
//! It is written straight from the text of the NetworkPolicy API over plain JSON objects. It knows no index, no
//! classes, no sets of connections and no tiers: it takes one flow, walks over every policy and says yes, no or
//! unknown. It shares no code with the engine, so that one mistake does not stand in both.

pub mod address;
pub mod admin;
pub mod cluster;
pub mod evaluate;
pub mod fields;
pub mod labels;
pub mod options;
pub mod policy;
pub mod refused;
pub mod truth;

pub use cluster::{End, Side};
pub use evaluate::{Naive, Outcome};
pub use options::{Blocks, Options, Unlisted};
pub use truth::Truth;
