//! Lint: what is probably not meant, and everything that reading found, at the level that the user wants.
//!
//! A lint rule is one file and one page in [`rules`] and one line in [`registry`]. Rules that reading, decoding and
//! validating apply have a page and a line, but no code here: their diagnostics come with the manifests.

pub mod level;
pub mod rule;
pub mod registry;
mod fixable;
pub mod rules;
mod ordered;
pub mod page;
pub mod settings;
pub mod context;
pub mod isolated;
mod pods;
mod exposed;
mod words;
mod comments;
mod slips;
mod unplaced;
mod assumed;
mod edits;
mod hints;
mod breadth;
mod mentions;
mod by_peer;
mod covering;
pub mod redundancy;
mod unshown;
mod dns;
pub mod fingerprint;
pub mod suppress;
pub mod report;
pub mod fixing;
mod sources;
mod run;
mod one_fact;

pub use crate::manifest::KubernetesVersion;
pub use context::Context;
pub use fingerprint::fingerprints;
pub use fixing::{FixChoice, Fixed, apply_fixes, fixable};
pub use isolated::{Isolated, RuleAt};
pub use level::{Level, Levels, Preset};
pub use redundancy::{Redundancy, Redundant};
pub use registry::{RULES, nearest_rule, rule_named};
pub use report::{Justification, LintReport, Suppressed};
pub use rule::{Needs, Rule};
pub use run::lint;
pub use settings::{Date, Exception, LintSettings, Selected};
