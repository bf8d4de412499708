//! Seeded generators: the same seed gives the same objects on every machine.

pub mod admin;
pub mod estate;
pub mod faulty;
mod flow;
pub mod nasty;
pub mod policy;
pub mod random;
pub mod render;
pub mod scale;

pub use flow::{Flow, flows};
pub use nasty::{Generated, nasty};
pub use random::Random;
pub use render::{to_json, to_yaml};
