//! What every format is made from.

use netpol_core::diagnostic::Severity;
use netpol_core::lint::LintReport;
use netpol_core::report::v1;
use netpol_core::text::FileSet;

use super::{concise, full, github, gitlab, junit, lines, markdown, rdjson, sarif, statistics};
use crate::render::Format;
use crate::render::serialized::serialized;

/// What was found, ready to be rendered.
#[derive(Debug)]
pub struct Findings<'a> {
    /// What was found.
    pub report: &'a LintReport,
    /// The files that it was found in.
    pub files: &'a FileSet,
    /// The same as it goes over the wire.
    pub wire: v1::Diagnostics<'a>,
    /// The least severity that fails the run; `None` when none does.
    pub least: Option<Severity>,
}

impl<'a> Findings<'a> {
    /// The findings of a report; those at least so severe fail the run.
    pub fn new(report: &'a LintReport, files: &'a FileSet, least: Option<Severity>) -> Self {
        Self { report, files, wire: v1::Diagnostics::new(report, files), least }
    }

    /// Whether some finding fails the run.
    pub fn fail(&self) -> bool {
        let fails = |severity| self.least.is_some_and(|least| severity >= least);
        self.report.findings.iter().any(|finding| fails(finding.severity))
    }

    /// The report in a format.
    pub fn rendered(&self, format: Format) -> String {
        match format {
            Format::Concise => concise::concise(self),
            Format::Json => serialized(&self.wire, format),
            Format::JsonLines => self.wire.diagnostics.iter().map(|it| serialized(it, format)).collect(),
            Format::Sarif => sarif::sarif(self),
            Format::Github => github::github(self),
            Format::Gitlab => gitlab::gitlab(self),
            Format::Junit => junit::junit(self),
            Format::Rdjson => rdjson::rdjson(self),
            Format::Markdown => markdown::markdown(self),
            _ => full::full(self),
        }
    }

    /// How often each rule found something, in the formats that are for people; else the report.
    pub fn counted(&self, format: Format, width: usize) -> String {
        match format {
            Format::Full | Format::Concise | Format::Markdown => statistics::statistics(self, format, width),
            format => self.rendered(format),
        }
    }

    /// `2 errors, 1 warning and 3 infos`; what there is none of is left out.
    pub fn summary(&self) -> String {
        lines::summary(&self.wire.counts)
    }
}
