//! From findings with fixes to changed texts.

use std::collections::{BTreeMap, BTreeSet};

use super::LintReport;
use crate::diagnostic::{Applicability, Category, Diagnostic, Edit, Fix, ObjectRef};
use crate::text::{FileId, FileSet};

/// Which fixes are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixChoice {
    /// Those that keep the meaning.
    Safe,
    /// Also those that may open or close connections.
    All,
}

impl FixChoice {
    /// Whether a fix is applied.
    pub const fn takes(self, fix: &Fix) -> bool {
        match fix.applicability {
            Applicability::Safe => true,
            Applicability::Unsafe => matches!(self, Self::All),
            Applicability::DisplayOnly => false,
        }
    }
}

/// What fixes make of some files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fixed {
    /// The new texts.
    pub texts: BTreeMap<FileId, String>,
    /// How many findings are settled in each file where they stand.
    pub settled: BTreeMap<FileId, usize>,
}

/// Applies the fixes of the findings, in their order, to the files that `is_open` says may change.
///
/// All edits of a fix are applied, or none. A fix that would change what an earlier one changes waits: lint the new
/// texts and apply again. So does one whose finding may look otherwise by then. A file that is not UTF-8 is left alone,
/// since its bytes are not those of its text.
pub fn apply_fixes(
    report: &LintReport,
    files: &FileSet,
    choice: FixChoice,
    is_open: impl Fn(FileId) -> bool,
) -> Fixed {
    let is_open = |id: FileId| {
        is_open(id) && files.get(id).is_some_and(|file| file.is_manifest() && file.is_verbatim())
    };
    let mut edits: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    let mut fixed = Fixed::default();
    let mut waiting = Waiting::new(report);
    for (finding, fix) in fixable(report, choice) {
        let is_wanted = fix.edits.iter().all(|edit| is_open(edit.span.file)) && !fix.edits.is_empty();
        let taken = |edit: &Edit| edits.get(&edit.span.file).map_or(&[][..], Vec::as_slice);
        let is_done = fix.edits.iter().all(|edit| taken(edit).contains(&edit));
        let is_free = fix.edits.iter().all(|edit| taken(edit).iter().all(|other| are_apart(edit, other)));
        if is_wanted && (is_done || is_free) && waiting.lets(finding, fix) {
            *fixed.settled.entry(finding.primary.span.file).or_default() += 1;
            for edit in fix.edits.iter().filter(|_| !is_done) {
                edits.entry(edit.span.file).or_default().push(edit);
            }
        }
    }
    let texts = edits.into_iter().filter_map(|(id, edits)| Some((id, edited(files.get(id)?.text(), edits)?)));
    fixed.texts = texts.collect();
    fixed
}

/// Fixes that are apart in the text may still be meant for the same cause. What a policy means is judged once the
/// server would read it as it is meant, and of the guesses at what it means one is made at a time.
#[derive(Debug)]
struct Waiting<'r> {
    unread: BTreeSet<FileId>,
    guessed: BTreeSet<Option<&'r ObjectRef>>,
}

impl<'r> Waiting<'r> {
    /// What a fix that is not asked for would mend is no less unread.
    fn new(report: &'r LintReport) -> Self {
        let fixable = fixable(report, FixChoice::All);
        let unread = fixable.filter(|(finding, _)| finding.category <= Category::Api);
        let unread = unread.map(|(finding, _)| finding.primary.span.file).collect();
        Self { unread, guessed: BTreeSet::new() }
    }

    /// Whether a fix need not wait. A guess that need not makes others wait.
    fn lets(&mut self, finding: &'r Diagnostic, fix: &Fix) -> bool {
        if finding.category <= Category::Api {
            return true;
        }
        let is_early = fix.edits.iter().any(|edit| self.unread.contains(&edit.span.file));
        !is_early
            && (fix.applicability == Applicability::Safe || self.guessed.insert(finding.object.as_ref()))
    }
}

/// The findings whose fixes are applied.
pub fn fixable(
    report: &LintReport,
    choice: FixChoice,
) -> impl Iterator<Item = (&Diagnostic, &Fix)> + use<'_> {
    let fixes = report.findings.iter().filter_map(|finding| Some((finding, finding.fix.as_ref()?)));
    fixes.filter(move |(_, fix)| choice.takes(fix))
}

/// Whether two edits of a file have nothing between them in common, not even a place to insert.
const fn are_apart(one: &Edit, other: &Edit) -> bool {
    one.span.end < other.span.start || other.span.end < one.span.start
}

/// The text after edits that are apart; `None` when one lies outside of it.
fn edited(text: &str, mut edits: Vec<&Edit>) -> Option<String> {
    edits.sort_unstable_by_key(|edit| edit.span.start);
    let mut new = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        new.push_str(text.get(at..start)?);
        new.push_str(&edit.text);
        at = end;
    }
    new.push_str(text.get(at..)?);
    Some(new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::rule::UNKNOWN_FIELD;
    use crate::text::{SourceFile, Span};

    /// What becomes of `abcdef` by the fixes: each is its edits (start, end, text).
    fn applied(fixes: &[&[(u32, u32, &str)]], choice: FixChoice, applicability: Applicability) -> String {
        let mut files = FileSet::new();
        let id = files.add(SourceFile::named("f", "abcdef")).expect("small");
        let finding = |edits: &&[(u32, u32, &str)]| {
            let edits = edits.iter().map(|(start, end, text)| Edit {
                span: Span::new(id, *start, *end),
                text: (*text).to_owned(),
            });
            let fix = Fix { message: String::new(), applicability, edits: edits.collect() };
            let object = ObjectRef {
                api_version: String::new(),
                kind: "NetworkPolicy".to_owned(),
                namespace: None,
                name: format!("{:?}", fix.edits),
            };
            Diagnostic::policy(UNKNOWN_FIELD, Span::new(id, 0, 1), "found").with_object(object).with_fix(fix)
        };
        let report = LintReport { findings: fixes.iter().map(finding).collect(), ..LintReport::default() };
        let fixed = apply_fixes(&report, &files, choice, |_| true);
        let settled = fixed.settled.get(&id).copied().unwrap_or_default();
        format!("{} {settled}", fixed.texts.get(&id).map_or("abcdef", String::as_str))
    }

    #[test]
    fn edits_are_applied_in_any_order() {
        let fixes: [&[_]; 2] = [&[(4, 5, "E"), (0, 1, "A")], &[(2, 2, "-")]];
        assert_eq!(applied(&fixes, FixChoice::Safe, Applicability::Safe), "Ab-cdEf 2");
    }

    #[test]
    fn a_fix_that_meets_an_earlier_one_waits_as_a_whole() {
        let fixes: [&[_]; 2] = [&[(1, 3, "x")], &[(2, 4, "y"), (5, 6, "z")]];
        assert_eq!(applied(&fixes, FixChoice::Safe, Applicability::Safe), "axdef 1");
        let fixes: [&[_]; 2] = [&[(3, 3, "x")], &[(3, 3, "y")]];
        assert_eq!(applied(&fixes, FixChoice::Safe, Applicability::Safe), "abcxdef 1");
    }

    #[test]
    fn the_same_fix_of_two_findings_is_applied_once() {
        let fixes: [&[_]; 2] = [&[(3, 3, "x")], &[(3, 3, "x")]];
        assert_eq!(applied(&fixes, FixChoice::Safe, Applicability::Safe), "abcxdef 2");
    }

    #[test]
    fn what_a_policy_means_is_judged_when_it_reads_as_it_is_meant() {
        let mut files = FileSet::new();
        let id = files.add(SourceFile::named("f", "abcdef")).expect("small");
        let at = |place, text: &str, applicability| Fix {
            message: String::new(),
            applicability,
            edits: vec![Edit { span: Span::new(id, place, place + 1), text: text.to_owned() }],
        };
        let span = Span::new(id, 0, 1);
        let guess = |fix| Diagnostic::policy(UNKNOWN_FIELD, span, "found").with_fix(fix);
        let guesses = [guess(at(2, "C", Applicability::Unsafe)), guess(at(4, "E", Applicability::Unsafe))];
        let sure =
            Diagnostic::api(UNKNOWN_FIELD, span, "a", "found").with_fix(at(0, "A", Applicability::Safe));
        let text = |findings: Vec<Diagnostic>| {
            let report = LintReport { findings, ..LintReport::default() };
            apply_fixes(&report, &files, FixChoice::All, |_| true).texts.remove(&id)
        };
        assert_eq!(text([&guesses[..], &[sure]].concat()).as_deref(), Some("Abcdef"));
        assert_eq!(text(guesses.to_vec()).as_deref(), Some("abCdef"), "one guess at a time");
    }

    #[test]
    fn unsafe_fixes_are_applied_when_asked_for() {
        let fixes: [&[_]; 1] = [&[(0, 1, "A")]];
        assert_eq!(applied(&fixes, FixChoice::Safe, Applicability::Unsafe), "abcdef 0");
        assert_eq!(applied(&fixes, FixChoice::All, Applicability::Unsafe), "Abcdef 1");
        assert_eq!(applied(&fixes, FixChoice::All, Applicability::DisplayOnly), "abcdef 0");
    }
}
