//! Collects what is wrong with a policy.

use super::advice::advice;
use crate::diagnostic::rule::INVALID_FIELD;
use crate::diagnostic::{Diagnostic, Fix, report};
use crate::manifest::decode::placeholder::has_placeholder;
use crate::manifest::decode::{Path, go};
use crate::manifest::{KubernetesVersion, names};
use crate::policy::Remark;
use crate::text::{Span, Spanned, one_line};

/// Collects faults.
#[derive(Debug, Default)]
pub(in crate::dialect) struct Check {
    /// In the order of the text.
    pub(in crate::dialect) diagnostics: Vec<Diagnostic>,
    /// How many of them refuse the policy.
    pub(in crate::dialect) refusals: usize,
    /// What leaves the policy standing.
    pub(in crate::dialect) remarks: Vec<Spanned<Remark>>,
    /// The version that the API server has; without it, the newest.
    pub(in crate::dialect) version: Option<KubernetesVersion>,
}

impl Check {
    /// Reports a fault in the server's words.
    pub(in crate::dialect) fn fault(&mut self, span: Span, path: &Path<'_>, message: impl Into<String>) {
        self.refusals += 1;
        let (path, message) = (path.to_string(), message.into());
        let help = advice(&path, &message);
        report(
            &mut self.diagnostics,
            Diagnostic { help, ..Diagnostic::api(INVALID_FIELD, span, path, message) },
        );
    }

    /// Says what to do about the last fault.
    pub(in crate::dialect) fn advise(&mut self, help: impl Into<String>) {
        if let Some(diagnostic) = self.diagnostics.last_mut() {
            diagnostic.help = Some(one_line(help));
        }
    }

    /// Says the same advice of all last faults of one place.
    pub(in crate::dialect) fn advise_at(&mut self, span: Span, help: impl Into<String>) {
        let help = one_line(help);
        let last = self.diagnostics.iter_mut().rev();
        for diagnostic in last.take_while(|diagnostic| diagnostic.primary.span == span) {
            diagnostic.help = Some(help.clone());
        }
    }

    /// Adds a fix to the last fault.
    pub(in crate::dialect) fn mend(&mut self, fix: Option<Fix>) {
        if let Some(diagnostic) = self.diagnostics.last_mut() {
            diagnostic.fix = fix;
        }
    }

    /// What was found so far are faults of `metadata`: they refuse nothing, and each path gets one remark.
    pub(in crate::dialect) fn remark_metadata(&mut self) {
        self.refusals = 0;
        for diagnostic in &self.diagnostics {
            let path = diagnostic.api.as_ref().map(|api| api.field.clone()).unwrap_or_default();
            let remark = Spanned::new(Remark::InvalidMetadata { path }, diagnostic.primary.span);
            if self.remarks.last() != Some(&remark) {
                self.remarks.push(remark);
            }
        }
    }

    /// Reports what is wrong with a text, unless it holds a placeholder.
    pub(in crate::dialect) fn text(
        &mut self,
        text: &Spanned<String>,
        path: &Path<'_>,
        faults: impl FnOnce(&str) -> Vec<names::Fault>,
    ) {
        if has_placeholder(&text.value) {
            return;
        }
        for fault in faults(&text.value) {
            self.fault(text.span, path, format!("Invalid value: {}: {fault}", go::quote(&text.value)));
        }
    }
}
