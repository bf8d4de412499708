//! What the API server says of objects whose kind a `CustomResourceDefinition` declares: fields that the schema does
//! not have, values that it refuses, and rules in CEL.

mod advice;
mod check;
pub(super) mod common;
pub(super) mod schema;

pub(super) use check::{Checked, check};
