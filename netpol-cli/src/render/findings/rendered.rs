//! What every format is made from.

use netpol_core::lint::LintReport;
use netpol_core::report::v1;
use netpol_core::text::FileSet;

use super::{concise, full, github, gitlab, junit, lines, markdown, rdjson, sarif, statistics};
use crate::render::Format;
use crate::render::serialized::serialized;

/// The formats of findings, the default first.
pub const FORMATS: [Format; 10] = [
    Format::Full,
    Format::Concise,
    Format::Json,
    Format::JsonLines,
    Format::Sarif,
    Format::Github,
    Format::Gitlab,
    Format::Junit,
    Format::Rdjson,
    Format::Markdown,
];

/// What was found, ready to be rendered.
#[derive(Debug)]
pub struct Findings<'a> {
    /// What was found.
    pub report: &'a LintReport,
    /// The files that it was found in.
    pub files: &'a FileSet,
    /// The same as it goes over the wire.
    pub wire: v1::Diagnostics<'a>,
}

impl<'a> Findings<'a> {
    /// The findings of a report.
    pub fn new(report: &'a LintReport, files: &'a FileSet) -> Self {
        Self { report, files, wire: v1::Diagnostics::new(report, files) }
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
    pub fn counted(&self, format: Format) -> String {
        match format {
            Format::Full | Format::Concise | Format::Markdown => statistics::statistics(self, format),
            format => self.rendered(format),
        }
    }

    /// `2 errors, 1 warning and 3 remarks`; what there is none of is left out.
    pub fn summary(&self) -> String {
        lines::summary(&self.wire.counts)
    }
}
