//! How people spell endpoints and ports, and what the spellings stand for.

pub mod error;
mod resolved;
mod ports;
mod selector;
mod address;
mod name;
mod replica;
mod resolve;

pub use address::internet;
pub use error::{Note, SpellingError};
pub use ports::{parse_port, split_port};
pub use resolved::Resolved;
