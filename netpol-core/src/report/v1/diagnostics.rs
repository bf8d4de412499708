//! Findings on the wire.

use schemars::JsonSchema;
use serde::Serialize;

use super::SCHEMA;
use crate::diagnostic::{self, Applicability};
use crate::lint::{Justification, LintReport, fingerprints};
use crate::text::{FileSet, LineColumn, Span};

/// What `lint` found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostics<'a> {
    /// `netpol/v1`.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: &'static str,
    /// `Diagnostics`.
    #[schemars(extend("const" = "Diagnostics"))]
    pub kind: &'static str,
    /// The findings that count, in the order of the input.
    pub diagnostics: Vec<Finding<'a>>,
    /// The findings that do not count, in the order of the input.
    pub suppressed: Vec<Finding<'a>>,
    /// How many findings there are of each severity.
    pub counts: Counts,
    /// The rules that were skipped, as they need workloads and the input holds none.
    pub skipped: Vec<&'static str>,
}

/// How many findings count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Errors.
    pub error: usize,
    /// Warnings.
    pub warning: usize,
    /// Remarks.
    pub info: usize,
    /// Findings that do not count.
    pub suppressed: usize,
}

/// One finding.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Finding<'a> {
    /// The name of the rule.
    pub rule: &'static str,
    /// What it is about.
    pub category: CategoryField,
    /// How bad it is.
    pub severity: SeverityField,
    /// The headline.
    pub message: &'a str,
    /// Where it is.
    #[serde(flatten)]
    pub place: Place<'a>,
    /// The object it is about; `null` when it could not be read that far.
    pub object: Option<Object<'a>>,
    /// The API server's path and words; `null` except for category `api`.
    pub api: Option<ApiField<'a>>,
    /// Further places.
    pub labels: Vec<LabelField<'a>>,
    /// What to do.
    pub help: Option<&'a str>,
    /// A change of text that settles it.
    pub fix: Option<FixField<'a>>,
    /// What the finding is known by when lines move.
    pub fingerprint: String,
    /// Why it does not count; absent when it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppression: Option<Suppression<'a>>,
}

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Place<'a> {
    /// The file, as it was given.
    pub file: &'a str,
    /// The first line, from 1.
    pub line: u32,
    /// The first column in code points, from 1.
    pub column: u32,
    /// The last line.
    pub end_line: u32,
    /// The column after the last.
    pub end_column: u32,
}

impl<'a> Place<'a> {
    /// Where a span stands.
    pub fn of(span: Span, files: &'a FileSet) -> Self {
        let Some(file) = files.get(span.file) else {
            return Self { file: "", line: 1, column: 1, end_line: 1, end_column: 1 };
        };
        let LineColumn { line, column } = file.line_column(span.start);
        let end = file.line_column(trimmed_end(file.text(), span));
        Self { file: file.name(), line, column, end_line: end.line, end_column: end.column }
    }
}

/// The end of a place without the blanks and line ends that close it.
fn trimmed_end(text: &str, span: Span) -> u32 {
    let shown = text.get(span.start as usize..span.end as usize).unwrap_or_default().trim_end();
    span.start.saturating_add(u32::try_from(shown.len()).unwrap_or(0))
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum CategoryField {
    /// The text cannot be read.
    Input,
    /// kubectl or the API server refuses it.
    Api,
    /// It is accepted, but probably not what is meant.
    Policy,
    /// A matter of taste.
    Style,
    /// About a suppression of another finding.
    Suppression,
}

impl From<diagnostic::Category> for CategoryField {
    fn from(category: diagnostic::Category) -> Self {
        match category {
            diagnostic::Category::Input => Self::Input,
            diagnostic::Category::Api => Self::Api,
            diagnostic::Category::Policy => Self::Policy,
            diagnostic::Category::Style => Self::Style,
            diagnostic::Category::Suppression => Self::Suppression,
        }
    }
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum SeverityField {
    /// Wrong.
    Error,
    /// Probably not what is meant.
    Warning,
    /// Worth knowing.
    Info,
}

impl SeverityField {
    /// `error`, `warning` or `info`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

impl From<diagnostic::Severity> for SeverityField {
    fn from(severity: diagnostic::Severity) -> Self {
        match severity {
            diagnostic::Severity::Error => Self::Error,
            diagnostic::Severity::Warning => Self::Warning,
            diagnostic::Severity::Info => Self::Info,
        }
    }
}

/// The identity of an object.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Object<'a> {
    /// `apiVersion`.
    pub api_version: &'a str,
    /// `kind`.
    pub kind: &'a str,
    /// The namespace; `null` for an object of the whole cluster.
    pub namespace: Option<&'a str>,
    /// The name.
    pub name: &'a str,
}

/// The API server's path and words.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ApiField<'a> {
    /// The path.
    pub field: &'a str,
    /// The words.
    pub message: &'a str,
}

/// A further place.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LabelField<'a> {
    /// Where it is.
    #[serde(flatten)]
    pub place: Place<'a>,
    /// What is to be said of it.
    pub message: &'a str,
}

/// A change of text.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FixField<'a> {
    /// What it does.
    pub message: &'a str,
    /// Whether it means what the author meant.
    pub safe: bool,
    /// What to replace.
    pub edits: Vec<EditField<'a>>,
}

/// A replacement of bytes.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EditField<'a> {
    /// The file.
    pub file: &'a str,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
    /// The new text.
    pub text: &'a str,
}

/// Why a finding does not count.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Suppression<'a> {
    /// Where it was decided.
    pub kind: SuppressionKind,
    /// The reason; may be empty.
    pub reason: &'a str,
}

/// Where it was decided that a finding does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum SuppressionKind {
    /// In a comment or an annotation.
    InSource,
    /// In the configuration.
    Configured,
    /// In the baseline.
    Baseline,
}

impl<'a> Diagnostics<'a> {
    /// The findings of a report.
    pub fn new(report: &'a LintReport, files: &'a FileSet) -> Self {
        let prints = fingerprints(&report.findings, files);
        let counting = report.findings.iter().zip(prints);
        let diagnostics: Vec<Finding<'a>> =
            counting.map(|(found, print)| Finding::new(found, files, print)).collect();
        let prints = fingerprints(report.suppressed.iter().map(|it| &it.diagnostic), files);
        let suppressed = report.suppressed.iter().zip(prints).map(|(it, print)| {
            let suppression = Some(suppression(&it.justification));
            Finding { suppression, ..Finding::new(&it.diagnostic, files, print) }
        });
        let suppressed: Vec<Finding<'a>> = suppressed.collect();
        let of = |severity| diagnostics.iter().filter(|found| found.severity == severity).count();
        let counts = Counts {
            error: of(SeverityField::Error),
            warning: of(SeverityField::Warning),
            info: of(SeverityField::Info),
            suppressed: suppressed.len(),
        };
        let skipped = report.without_workloads.iter().map(|rule| rule.0).collect();
        Self { schema: SCHEMA, kind: "Diagnostics", diagnostics, suppressed, counts, skipped }
    }
}

impl<'a> Finding<'a> {
    /// A finding that counts.
    pub fn new(found: &'a diagnostic::Diagnostic, files: &'a FileSet, fingerprint: String) -> Self {
        let label = |label: &'a diagnostic::Label| LabelField {
            place: Place::of(label.span, files),
            message: &label.message,
        };
        Self {
            rule: found.rule.0,
            category: found.category.into(),
            severity: found.severity.into(),
            message: &found.message,
            place: Place::of(found.primary.span, files),
            object: found.object.as_ref().map(object),
            api: found.api.as_ref().map(|api| ApiField { field: &api.field, message: &api.message }),
            labels: found.related.iter().map(label).collect(),
            help: found.help.as_deref(),
            fix: found.fix.as_ref().map(|it| fix(it, files)),
            fingerprint,
            suppression: None,
        }
    }
}

fn object(object: &diagnostic::ObjectRef) -> Object<'_> {
    let diagnostic::ObjectRef { api_version, kind, namespace, name } = object;
    Object { api_version, kind, namespace: namespace.as_deref(), name }
}

fn fix<'a>(fix: &'a diagnostic::Fix, files: &'a FileSet) -> FixField<'a> {
    let edit = |edit: &'a diagnostic::Edit| EditField {
        file: files.get(edit.span.file).map_or("", |file| file.name()),
        start: edit.span.start,
        end: edit.span.end,
        text: &edit.text,
    };
    let safe = fix.applicability == Applicability::Safe;
    FixField { message: &fix.message, safe, edits: fix.edits.iter().map(edit).collect() }
}

fn suppression(justification: &Justification) -> Suppression<'_> {
    let kind = match justification {
        Justification::InSource { .. } => SuppressionKind::InSource,
        Justification::Configured { .. } => SuppressionKind::Configured,
        Justification::Baseline => SuppressionKind::Baseline,
    };
    Suppression { kind, reason: justification.reason() }
}
