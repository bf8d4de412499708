//! From everything that was found to what the user wants to hear.

use super::one_fact::told_once;
use super::registry::RULES;
use super::sources::is_held_back;
use super::suppress::Suppressions;
use super::{Context, KubernetesVersion, Level, LintReport, LintSettings, Needs, Rule, Selected, rule_named};
use crate::diagnostic::rule::AMBIGUOUS_CIDR;
use crate::diagnostic::{Category, Diagnostic, Severity};
use crate::text::FileId;

/// Runs the rules. `read` is what reading the input found.
pub fn lint(context: &Context<'_>, read: &[Diagnostic]) -> LintReport {
    let settings = context.settings;
    let mut report = LintReport::default();
    let mut found: Vec<Diagnostic> = read.iter().map(|it| of_version(it.clone(), settings)).collect();
    for rule in RULES.iter().filter(|rule| is_on_somewhere(rule, settings)) {
        let Some(find) = rule.find else { continue };
        if rule.needs == Needs::Workloads && context.cluster.workloads.is_empty() {
            report.without_workloads.push(rule.name);
        } else {
            found.extend(find(context));
        }
    }
    found.retain(|found| !is_held_back(found, context.files));
    let audible = found.into_iter().filter(|diagnostic| is_of_namespaces(diagnostic, settings));
    let audible = audible.filter_map(|diagnostic| at_level(diagnostic, settings));
    let audible = told_once(audible.collect());
    let suppressions = Suppressions::read(context.files, settings);
    suppressions.apply(audible, context, &mut report);
    report.findings.sort_by_key(place);
    report.suppressed.sort_by_key(|suppressed| place(&suppressed.diagnostic));
    report
}

/// Whether a finding is about an object of the namespaces that are asked for, or one of these namespaces itself. A
/// document that cannot be read may be of any.
fn is_of_namespaces(diagnostic: &Diagnostic, settings: &LintSettings) -> bool {
    let asked = &settings.namespaces;
    let Some(object) = &diagnostic.object else {
        return asked.is_empty() || diagnostic.category == Category::Input;
    };
    let name = match &object.namespace {
        Some(namespace) => Some(namespace),
        None => Some(&object.name).filter(|_| object.kind == "Namespace"),
    };
    asked.is_empty() || name.is_some_and(|name| asked.contains(name))
}

/// The order of findings: by place, then rule.
fn place(diagnostic: &Diagnostic) -> (FileId, u32, u32, &'static str) {
    let span = diagnostic.primary.span;
    (span.file, span.start, span.end, diagnostic.rule.0)
}

/// Older API servers take the CIDRs that newer ones refuse.
fn of_version(diagnostic: Diagnostic, settings: &LintSettings) -> Diagnostic {
    let is_refused = KubernetesVersion::does(settings.kubernetes_version, KubernetesVersion::STRICT_CIDRS);
    if diagnostic.rule != AMBIGUOUS_CIDR || is_refused {
        return diagnostic;
    }
    Diagnostic { category: Category::Policy, severity: Severity::Warning, api: None, ..diagnostic }
}

/// The finding with the severity that its rule's level gives it; `None` when the rule is off.
pub(super) fn at_level(diagnostic: Diagnostic, settings: &LintSettings) -> Option<Diagnostic> {
    let Some(rule) = rule_named(diagnostic.rule.0) else { return Some(diagnostic) };
    let (level, is_set) = level(rule, diagnostic.primary.span.file, settings);
    let level = level.severity()?;
    let own = diagnostic.severity;
    let is_full = rule.natural_level().severity().is_none_or(|natural| own >= natural);
    let severity = if is_set && is_full { level } else { own.min(level) };
    Some(Diagnostic { severity, ..diagnostic })
}

/// The level of a rule in a file, and whether somebody set it rather than a preset.
pub(super) fn level(rule: &Rule, file: FileId, settings: &LintSettings) -> (Level, bool) {
    if let Some(level) = settings.file_levels.get(&file).and_then(|levels| levels.get(&rule.name)) {
        let is_wanted = is_selected(rule, settings) && !is_ignored(rule, settings);
        return (if is_wanted { *level } else { Level::Off }, true);
    }
    level_anywhere(rule, settings)
}

fn level_anywhere(rule: &Rule, settings: &LintSettings) -> (Level, bool) {
    if is_ignored(rule, settings) || !is_selected(rule, settings) {
        return (Level::Off, true);
    }
    let set = settings.levels.get(&rule.name).copied();
    match set.unwrap_or_else(|| rule.levels.of(settings.preset)) {
        Level::Off if !settings.select.is_empty() => (rule.natural_level(), false),
        level => (level, set.is_some()),
    }
}

fn is_on_somewhere(rule: &Rule, settings: &LintSettings) -> bool {
    let in_files = settings.file_levels.keys().any(|file| level(rule, *file, settings).0 != Level::Off);
    in_files || level_anywhere(rule, settings).0 != Level::Off
}

fn is_selected(rule: &Rule, settings: &LintSettings) -> bool {
    settings.select.is_empty() || names(&settings.select, rule)
}

fn is_ignored(rule: &Rule, settings: &LintSettings) -> bool {
    names(&settings.ignore, rule)
}

fn names(selected: &[Selected], rule: &Rule) -> bool {
    selected.iter().any(|selected| selected.names(rule.name, rule.category))
}
