//! Which findings count, and what is to be said of the suppressions themselves.

use std::collections::BTreeMap;

use super::directive::suggestion;
use super::{Directive, Scope, annotation, comment};
use crate::diagnostic::{Category, Diagnostic, ObjectRef, RuleName};
use crate::lint::rules::suppressions::{EXPIRED_SUPPRESSION, UNKNOWN_SUPPRESSION, UNUSED_SUPPRESSION};
use crate::lint::run::{at_level, level};
use crate::lint::{
    Context, Exception, Justification, Level, LintReport, LintSettings, Suppressed, fingerprints, rule_named,
};
use crate::text::{FileSet, Span};

/// Everything that somebody decided to live with.
#[derive(Debug)]
pub struct Suppressions<'s> {
    directives: Vec<Directive>,
    faults: Vec<Diagnostic>,
    settings: &'s LintSettings,
}

impl<'s> Suppressions<'s> {
    /// Reads the comments and annotations of all files.
    pub fn read(files: &FileSet, settings: &'s LintSettings) -> Self {
        let (mut directives, mut faults) = (Vec::new(), Vec::new());
        for (id, file) in files.iter().filter(|(_, file)| file.is_manifest()) {
            let (of_file, malformed) = comment::read(id, file);
            directives.extend(of_file);
            faults.extend(malformed);
            directives.extend(annotation::read(id, file));
        }
        Self { directives, faults, settings }
    }

    /// Sorts findings into those that count and those that do not, and adds what is to be said of suppressions.
    pub fn apply(&self, found: Vec<Diagnostic>, context: &Context<'_>, report: &mut LintReport) {
        let mut used = Used::new(self);
        let mut counting = Vec::new();
        for diagnostic in found {
            match self.justification(&diagnostic, context.files, &mut used) {
                Some(justification) => report.suppressed.push(Suppressed { diagnostic, justification }),
                None => counting.push(diagnostic),
            }
        }
        let own = self.findings(&used, context, report);
        counting.extend(own.into_iter().filter_map(|diagnostic| at_level(diagnostic, self.settings)));
        self.subtract_baseline(counting, context.files, report);
    }

    fn justification(
        &self,
        diagnostic: &Diagnostic,
        files: &FileSet,
        used: &mut Used,
    ) -> Option<Justification> {
        if diagnostic.category == Category::Suppression {
            return None;
        }
        let line = || files.locate(diagnostic.primary.span).map_or(0, |(_, place)| place.line);
        if !self.directives.is_empty() {
            let line = line();
            for (directive, used) in self.directives.iter().zip(&mut used.directives) {
                if directive.covers(diagnostic, line) {
                    used.push(diagnostic.rule);
                    let reason = directive.reason.clone();
                    return Some(Justification::InSource { span: directive.span, reason });
                }
            }
        }
        let exceptions = self.settings.exceptions.iter().zip(&mut used.exceptions);
        let mut holding = exceptions.filter(|(exception, _)| !self.has_expired(exception));
        let (exception, used) = holding.find(|(exception, _)| covers(exception, diagnostic))?;
        *used = true;
        Some(Justification::Configured { span: exception.span, reason: exception.reason.clone() })
    }

    fn has_expired(&self, exception: &Exception) -> bool {
        matches!((exception.expires, self.settings.today), (Some(last), Some(today)) if last < today)
    }

    /// What is to be said of suppressions that are unknown, unused or expired.
    fn findings(&self, used: &Used, context: &Context<'_>, report: &LintReport) -> Vec<Diagnostic> {
        let mut found = self.faults.clone();
        for (directive, used) in self.directives.iter().zip(&used.directives) {
            found.extend(directive.unknown.iter().map(|name| unknown(name, directive.span)));
            let idle = directive.rules.iter().filter(|rule| !used.contains(rule));
            let idle = idle.filter(|rule| self.speaks(**rule, directive.span, report));
            found.extend(idle.map(|rule| unused(*rule, directive)));
        }
        let exceptions = self.settings.exceptions.iter().zip(&used.exceptions);
        for (exception, used) in exceptions.filter(|(exception, _)| is_about(exception, context)) {
            if self.has_expired(exception) {
                found.extend(exception.expires.map(|last| expired(exception, &last.to_string())));
            } else if !used && exception.rules.iter().all(|rule| self.speaks(*rule, exception.span, report)) {
                found.push(
                    UNUSED_SUPPRESSION
                        .finding(exception.span, "this exception suppresses nothing")
                        .with_help("remove it"),
                );
            }
        }
        found
    }

    /// Whether a rule had its say: one that is off, or that needs workloads and has none, finds nothing for that reason.
    fn speaks(&self, rule: RuleName, place: Span, report: &LintReport) -> bool {
        let is_on =
            rule_named(rule.0).is_some_and(|rule| level(rule, place.file, self.settings).0 != Level::Off);
        is_on && !report.without_workloads.contains(&rule)
    }

    fn subtract_baseline(&self, counting: Vec<Diagnostic>, files: &FileSet, report: &mut LintReport) {
        if self.settings.baseline.is_empty() {
            report.findings = counting;
            return;
        }
        let mut known: BTreeMap<&str, usize> = self
            .settings
            .baseline
            .iter()
            .map(|(fingerprint, count)| (fingerprint.as_str(), *count))
            .collect();
        let prints = fingerprints(&counting, files);
        for (diagnostic, print) in counting.into_iter().zip(prints) {
            match known.get_mut(print.as_str()).filter(|count| **count > 0) {
                Some(count) => {
                    *count -= 1;
                    let justification = Justification::Baseline;
                    report.suppressed.push(Suppressed { diagnostic, justification });
                }
                None => report.findings.push(diagnostic),
            }
        }
        report.gone_from_baseline = known.values().sum();
    }
}

/// What was of use: of each directive the rules, of each exception whether it was.
struct Used {
    directives: Vec<Vec<RuleName>>,
    exceptions: Vec<bool>,
}

impl Used {
    fn new(suppressions: &Suppressions<'_>) -> Self {
        Self {
            directives: vec![Vec::new(); suppressions.directives.len()],
            exceptions: vec![false; suppressions.settings.exceptions.len()],
        }
    }
}

/// Whether something of the input is what an exception speaks of: who lints one file hears nothing of the others'.
fn is_about(exception: &Exception, context: &Context<'_>) -> bool {
    let has_file = exception.files.as_ref().is_none_or(|files| !files.is_empty());
    let policies = context.policies.policies.iter().map(|policy| &policy.object);
    let mut objects = policies.chain(context.policies.opaque.iter().map(|opaque| &opaque.policy.object));
    let has_object =
        exception.object.as_ref().is_none_or(|wanted| objects.any(|object| is_named(object, wanted)));
    has_file && has_object
}

/// Whether an object is called so: `Kind namespace/name`, `namespace/name` or `name`.
fn is_named(object: &ObjectRef, wanted: &str) -> bool {
    let whole = object.to_string();
    let without_kind = whole.split_once(' ').map_or("", |(_, name)| name);
    [whole.as_str(), without_kind, object.name.as_str()].contains(&wanted)
}

fn covers(exception: &Exception, diagnostic: &Diagnostic) -> bool {
    let of_rule = exception.rules.is_empty() || exception.rules.contains(&diagnostic.rule);
    let in_file = exception.files.as_ref().is_none_or(|files| files.contains(&diagnostic.primary.span.file));
    let of_object = exception
        .object
        .as_ref()
        .is_none_or(|wanted| diagnostic.object.as_ref().is_some_and(|object| is_named(object, wanted)));
    of_rule && in_file && of_object
}

fn unknown(name: &str, span: Span) -> Diagnostic {
    UNKNOWN_SUPPRESSION.finding(span, format!("there is no rule `{name}`")).with_help(suggestion(name))
}

fn unused(rule: RuleName, directive: &Directive) -> Diagnostic {
    let place = match directive.scope {
        Scope::File(_) => "in this file",
        Scope::Line(..) => "in the line that this comment is for",
        Scope::Object(_) => "in this object",
    };
    UNUSED_SUPPRESSION
        .finding(directive.span, format!("`{rule}` finds nothing {place}"))
        .with_help("remove the suppression")
}

fn expired(exception: &Exception, last: &str) -> Diagnostic {
    EXPIRED_SUPPRESSION
        .finding(exception.span, format!("this exception held until {last}"))
        .with_help("settle what it was for, or give it a later `expires`")
}
