//! One wish not to hear of something.

use crate::diagnostic::{Diagnostic, RuleName};
use crate::lint::{nearest_rule, rule_named};
use crate::text::{FileId, Span};

/// Where a directive holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In a whole file.
    File(FileId),
    /// For findings that begin on a line, from 1.
    Line(FileId, u32),
    /// For findings that begin in an object.
    Object(Span),
}

/// A wish not to hear of some rules in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// The rules.
    pub rules: Vec<RuleName>,
    /// The names in it that no rule has.
    pub unknown: Vec<String>,
    /// Where it holds.
    pub scope: Scope,
    /// Why; may be empty.
    pub reason: String,
    /// Where it is written.
    pub span: Span,
}

impl Directive {
    /// A directive that names rules, with commas between.
    pub(super) fn new(names: &str, scope: Scope, span: Span) -> Self {
        let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
        let (mut rules, mut unknown) = (Vec::new(), Vec::new());
        for name in names {
            match rule_named(name) {
                Some(rule) => rules.push(rule.name),
                None => unknown.push(name.to_owned()),
            }
        }
        Self { rules, unknown, scope, reason: String::new(), span }
    }

    /// Whether it holds for a finding; `line` is where the finding begins.
    pub(super) fn covers(&self, diagnostic: &Diagnostic, line: u32) -> bool {
        let span = diagnostic.primary.span;
        let is_here = match self.scope {
            Scope::File(file) => span.file == file,
            Scope::Line(file, at) => span.file == file && line == at,
            Scope::Object(object) => {
                span.file == object.file && (object.start..=object.end).contains(&span.start)
            }
        };
        is_here && self.rules.contains(&diagnostic.rule)
    }
}

/// What to do about a name that no rule has.
pub(super) fn suggestion(name: &str) -> String {
    match nearest_rule(name) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`netpol rules` lists the rules".to_owned(),
    }
}
