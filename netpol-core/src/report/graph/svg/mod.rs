//! An image that needs no Graphviz: SVG that follows the reader's light or dark scheme.

mod draw;
mod lanes;
mod layout;
mod measure;
mod pack;
mod path;
mod scope;

pub use scope::svg;
