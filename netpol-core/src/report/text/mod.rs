//! Answers in words: lines of segments, each with a role that a terminal can paint.

mod causes;
pub mod changes;
pub mod content;
pub mod coverage;
pub mod ends;
pub mod explanation;
pub mod facts;
mod fold;
mod layout;
pub mod map;
pub mod misses;
pub mod path;
pub mod remedies;
pub mod table;
pub mod verdict;

pub use content::{Line, Role, Segment, Suggestion, Text};
pub use ends::{end, end_list, endpoint};
pub use explanation::explanation;
pub use facts::{Fact, assumption, assumptions, reason};
pub use table::{Cell, Table};
pub use verdict::{answer, verdict};
