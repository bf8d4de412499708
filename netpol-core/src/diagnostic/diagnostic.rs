//! The one diagnostic type.

use super::RuleName;
use crate::text::{Span, one_line};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Probably not what is meant.
    Warning,
    /// Wrong: something cannot be read, or a server would refuse it.
    Error,
}

impl Severity {
    /// `info`, `warning` or `error`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
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

impl Category {
    /// `input`, `api`, `policy`, `style` or `suppression`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Api => "api",
            Self::Policy => "policy",
            Self::Style => "style",
            Self::Suppression => "suppression",
        }
    }
}

/// A labelled place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is to be said of it; may be empty.
    pub message: String,
}

impl Label {
    /// What is said of the further places of a finding where the same holds.
    pub const AGAIN: &'static str = "and here";
}

/// Path and words of the API server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Api {
    /// The server's path, such as `spec.ingress[0].from[0].ipBlock.cidr`.
    pub field: String,
    /// The server's words.
    pub message: String,
}

/// The identity of a Kubernetes object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectRef {
    /// `apiVersion` as it stands in the document.
    pub api_version: String,
    /// `kind`.
    pub kind: String,
    /// The namespace; `None` for an object of the whole cluster.
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
}

impl std::fmt::Display for ObjectRef {
    /// `NetworkPolicy shop/cart-ingress`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{} {namespace}/{}", self.kind, self.name),
            None => write!(f, "{} {}", self.kind, self.name),
        }
    }
}

/// Whether a fix keeps the meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// Keeps the meaning: in no cluster does it open or close a connection. What the API server refuses has none.
    Safe,
    /// May open or close connections.
    Unsafe,
    /// Only to be shown.
    DisplayOnly,
}

/// A replacement of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What to replace; empty to insert.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// A change of text that settles a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What the change does.
    pub message: String,
    /// How sure it is.
    pub applicability: Applicability,
    /// The edits, which do not overlap.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A safe change of a text that is written at `span`, perhaps in quotes, which stay; `None` when it is written in
    /// another way, such as with escapes.
    pub fn of_text(span: Span, old: &str, new: &str) -> Option<Self> {
        let quote = match span.len().checked_sub(u32::try_from(old.len()).ok()?)? {
            0 => 0,
            2 => 1,
            _ => return None,
        };
        let span = Span::new(span.file, span.start + quote, span.end - quote);
        Some(Self::safe(format!("write `{new}`"), vec![Edit { span, text: new.to_owned() }]))
    }

    /// A safe change.
    pub fn safe(message: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self { message: message.into(), applicability: Applicability::Safe, edits }
    }
}

/// A message about text, with one primary place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule that found it.
    pub rule: RuleName,
    /// What it is about.
    pub category: Category,
    /// How bad it is.
    pub severity: Severity,
    /// The headline: lower case, no full stop, the user's words in backticks.
    pub message: String,
    /// The primary place.
    pub primary: Label,
    /// Further places.
    pub related: Vec<Label>,
    /// The object it is about, if it could be read that far.
    pub object: Option<ObjectRef>,
    /// The API server's path and words, for [`Category::Api`].
    pub api: Option<Api>,
    /// What to do.
    pub help: Option<String>,
    /// A change of text that settles it.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// An error: something cannot be read.
    pub fn input(rule: RuleName, span: Span, message: impl Into<String>) -> Self {
        Self::new(rule, Category::Input, Severity::Error, span, message)
    }

    /// An error in the API server's words, at its path; the headline is `field: message`.
    pub fn api(rule: RuleName, span: Span, field: impl Into<String>, message: impl Into<String>) -> Self {
        let api = Api { field: field.into(), message: message.into() };
        let headline = format!("{}: {}", api.field, api.message);
        let diagnostic = Self::new(rule, Category::Api, Severity::Error, span, headline);
        Self { api: Some(api), ..diagnostic }
    }

    /// A warning about what a policy means.
    pub fn policy(rule: RuleName, span: Span, message: impl Into<String>) -> Self {
        Self::new(rule, Category::Policy, Severity::Warning, span, message)
    }

    /// A message without help, fix or further places.
    pub fn new(
        rule: RuleName,
        category: Category,
        severity: Severity,
        span: Span,
        message: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            category,
            severity,
            message: one_line(message),
            primary: Label { span, message: String::new() },
            related: Vec::new(),
            object: None,
            api: None,
            help: None,
            fix: None,
        }
    }

    /// The same with another headline.
    #[must_use]
    pub fn with_message(self, message: impl Into<String>) -> Self {
        Self { message: one_line(message), ..self }
    }

    /// Adds what to do.
    #[must_use]
    pub fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: Some(one_line(help)), ..self }
    }

    /// Says something at the primary place.
    #[must_use]
    pub fn with_label(mut self, message: impl Into<String>) -> Self {
        self.primary.message = one_line(message);
        self
    }

    /// Adds a further place.
    #[must_use]
    pub fn with_related(mut self, span: Span, message: impl Into<String>) -> Self {
        self.related.push(Label { span, message: one_line(message) });
        self
    }

    /// Names the object.
    #[must_use]
    pub fn with_object(self, object: ObjectRef) -> Self {
        Self { object: Some(object), ..self }
    }

    /// The same with another severity.
    #[must_use]
    pub fn with_severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// Adds a fix.
    #[must_use]
    pub fn with_fix(self, fix: Fix) -> Self {
        Self { fix: Some(fix), ..self }
    }
}
