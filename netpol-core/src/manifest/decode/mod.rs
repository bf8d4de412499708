//! Reading typed values out of a tree, as the API server does, and going on after what is wrong.

mod advice;
pub mod decoder;
pub mod go;
pub mod path;
pub mod placeholder;
pub mod time;

pub use decoder::{Decoder, GoType, Strictness};
pub use path::Path;
