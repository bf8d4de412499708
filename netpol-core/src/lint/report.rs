//! What lint found.

use super::one_fact::folded;
use crate::diagnostic::Diagnostic;
use crate::text::Span;

/// Why a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Justification {
    /// A comment or an annotation in the manifest, with its reason, which may be empty.
    InSource {
        /// Where it stands.
        span: Span,
        /// The reason; may be empty.
        reason: String,
    },
    /// An exception of the configuration.
    Configured {
        /// Where it stands.
        span: Span,
        /// The reason.
        reason: String,
    },
    /// The baseline holds it.
    Baseline,
}

impl Justification {
    /// The reason, in the user's words; may be empty.
    pub fn reason(&self) -> &str {
        match self {
            Self::InSource { reason, .. } | Self::Configured { reason, .. } => reason,
            Self::Baseline => "",
        }
    }
}

/// A finding that does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressed {
    /// The finding.
    pub diagnostic: Diagnostic,
    /// Why.
    pub justification: Justification,
}

/// What lint found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LintReport {
    /// The findings that count, in the order of the input.
    pub findings: Vec<Diagnostic>,
    /// The findings that do not, in the order of the input.
    pub suppressed: Vec<Suppressed>,
    /// The rules that stayed silent because the input holds no workload, by name.
    pub without_workloads: Vec<crate::diagnostic::RuleName>,
    /// How many findings the baseline holds that are gone.
    pub gone_from_baseline: usize,
}

impl LintReport {
    /// The report for readers: findings that differ in their places alone are one, with all places. Baselines and fixes
    /// go by single places.
    #[must_use]
    pub fn folded(self) -> Self {
        Self { findings: folded(self.findings), ..self }
    }
}
