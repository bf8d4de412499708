//! Label selectors and what they answer: yes, no or unknown.

#[expect(clippy::module_inception, reason = "the selector is what this room is named for")]
pub mod selector;
pub mod requirement;
pub mod labels;
pub mod algebra;
pub mod near;
pub mod pool;

pub use algebra::leave_none_out;
pub use labels::{LabelValue, Labels, Unlisted};
pub use near::{Near, near};
pub use pool::SelectorPool;
pub use requirement::{Operator, Requirement};
pub use selector::{Answer, Selector, Truth};
