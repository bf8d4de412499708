//! Label selectors and what they answer: yes, no or unknown.

pub mod labels;
pub mod near;
pub mod requirement;
#[expect(clippy::module_inception, reason = "the selector is what this room is named for")]
pub mod selector;

pub use labels::{LabelValue, Labels, Unlisted};
pub use near::{Near, near};
pub use requirement::{Operator, Requirement};
pub use selector::{Answer, Selector, Truth};
