//! The grammars: one chunk of text to one tree.

pub(super) mod base64;
pub(super) mod blanks;
pub(super) mod block;
pub(super) mod expand;
pub(super) mod flaw;
pub(super) mod general;
pub(super) mod json;
pub(super) mod limits;
pub(super) mod mapping;
pub(super) mod number;
pub(super) mod place;
pub(super) mod scalar;
