//! Messages about text: one type for everything from a broken document to a lint finding.

#[expect(clippy::module_inception, reason = "the diagnostic is what this room is named for")]
pub mod diagnostic;
mod report;
pub mod rule;

pub use diagnostic::{Api, Applicability, Category, Diagnostic, Edit, Fix, Label, ObjectRef, Severity};
pub use report::report;
pub use rule::RuleName;
