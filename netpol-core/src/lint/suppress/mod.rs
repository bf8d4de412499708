//! What somebody decided to live with: comments, annotations, exceptions of the configuration, and a baseline.

mod comment;
mod annotation;
mod directive;
mod apply;

pub use apply::Suppressions;
pub use directive::{Directive, Scope};
