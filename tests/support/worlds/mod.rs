//! Possible worlds: pipelines of tiers of which some answers are in doubt, and what each way to answer them comes to.
//!
//! [`literal`] is written from the meaning of the stages alone: it settles every doubt in every way, puts policies that are
//! tied in every order that the tier leaves open, and asks rule after rule about one port, without index, classes or sets.
//! The engine must allow where every world allows, deny where every world denies, and say `unknown` elsewhere.

pub mod case;
pub mod generate;
pub mod literal;
pub mod lower;

pub use case::{Case, PORTS, Policy, Rule, State};
pub use generate::case;
pub use literal::{Answers, answers};
pub use lower::{Lowered, lower};
