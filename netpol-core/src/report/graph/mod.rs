//! Pictures of who can reach whom: for Graphviz, for Markdown, as an image and as a page that answers clicks.
//!
//! They are texts, so every front end can make them.

pub mod model;
pub mod of_changes;
pub mod of_map;
pub mod picture;
mod factor;
mod words;
pub mod dot;
pub mod mermaid;
pub mod svg;
pub mod page;

pub use dot::dot;
pub use mermaid::mermaid;
pub use model::{Edge, Graph, Node, NodeKind, RulePlace, Subject};
pub use of_changes::of_changes;
pub use of_map::{GraphSource, of_map};
pub use page::html;
pub use picture::Picture;
pub use svg::svg;

#[cfg(test)]
mod sample;
