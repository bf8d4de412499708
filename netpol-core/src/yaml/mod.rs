//! YAML and JSON documents as trees of values with places, read as kubectl reads them.
//!
//! A file is split into [`Chunk`]s without parsing; each chunk is parsed on its own, so that a broken document
//! costs nothing but itself and documents can be read in parallel.

mod block_list;
pub mod chunk;
pub mod edit;
pub mod emit;
mod glued;
mod list;
mod looks;
pub mod node;
mod parse;
mod peek;
mod reader;
mod split;
mod surprise;

pub use chunk::{Chunk, Parsed, Syntax};
pub use node::{Entry, Mapping, Node, Value};
pub use parse::parse;
pub use split::split;
pub use surprise::surprise;
