//! What the API server refuses, whatever the kind: how refusals are collected, what to do about them, and `metadata`.

mod advice;
mod check;
mod metadata;
mod owners;

pub(super) use advice::with_digits;
pub(super) use check::Check;
pub(super) use metadata::check_metadata;
