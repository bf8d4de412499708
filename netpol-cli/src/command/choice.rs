//! From flags and configuration to what a user wants to hear of. Flags beat the file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use globset::GlobMatcher;
use netpol_core::lint::{Date, Exception, KubernetesVersion, LintSettings, Preset, Selected};
use netpol_core::text::{FileId, SourceFile, Span};

use super::baseline;
use super::session::Prepared;
use crate::Exit;
use crate::args::{self, LintChoice};
use crate::config::{Lint, LintException, PresetKey, SelectedKey};
use crate::input::pattern;
use crate::render::Console;

/// The settings. The configuration becomes one of the files, so that findings can lie in it.
///
/// # Errors
/// A rule, preset or baseline that does not exist, which has been said.
pub(super) fn settings(
    (choice, input): (&LintChoice, &args::Input),
    prepared: &mut Prepared,
    console: &mut Console<'_, '_>,
) -> Result<LintSettings, Exit> {
    let today = today(console);
    let directory = console.io.directory.clone();
    let made = made(choice, prepared, &directory);
    let namespaces = input.namespaces().map(str::to_owned).collect();
    made.map(|settings| LintSettings { today, namespaces, ..settings }).map_err(|message| {
        console.error(message);
        Exit::Error
    })
}

fn made(choice: &LintChoice, prepared: &mut Prepared, directory: &Path) -> Result<LintSettings, String> {
    let lint = prepared.config.lint.clone();
    let files = Places::new(prepared, directory);
    let version = prepared.kubernetes_version.clone();
    Ok(LintSettings {
        preset: preset(choice, &lint)?,
        levels: lint.rules.iter().map(|(rule, level)| (rule.0, level.0)).collect(),
        file_levels: file_levels(&lint, &files)?,
        select: selected(&choice.select, &lint.select)?,
        ignore: selected(&choice.ignore, &lint.ignore)?,
        exceptions: exceptions(&lint, &files, prepared)?,
        baseline: known(choice, &lint, prepared, directory)?,
        today: None,
        namespaces: Vec::new(),
        kubernetes_version: version.as_deref().and_then(KubernetesVersion::parse),
    })
}

fn preset(choice: &LintChoice, lint: &Lint) -> Result<Preset, String> {
    match &choice.preset {
        Some(name) => PresetKey::try_from(name.clone()).map(|key| key.0),
        None => Ok(lint.preset.map_or_else(Preset::default, |key| key.0)),
    }
}

fn selected(flags: &[String], file: &[SelectedKey]) -> Result<Vec<Selected>, String> {
    if flags.is_empty() {
        return Ok(file.iter().map(|key| key.0).collect());
    }
    flags.iter().map(|name| SelectedKey::try_from(name.clone()).map(|key| key.0)).collect()
}

fn known(
    choice: &LintChoice,
    lint: &Lint,
    prepared: &Prepared,
    directory: &Path,
) -> Result<BTreeMap<String, usize>, String> {
    let is_rewritten = choice.write_baseline.is_some();
    match (&choice.baseline, &lint.baseline) {
        _ if is_rewritten => Ok(BTreeMap::new()),
        (Some(file), _) => baseline::read(&directory.join(file), &file.to_string_lossy()),
        (None, Some(file)) => baseline::read(&prepared.folder.join(file), &file.to_string_lossy()),
        (None, None) => Ok(BTreeMap::new()),
    }
}

type FileLevels = BTreeMap<FileId, BTreeMap<netpol_core::diagnostic::RuleName, netpol_core::lint::Level>>;

fn file_levels(lint: &Lint, files: &Places) -> Result<FileLevels, String> {
    let mut of_files = FileLevels::new();
    for (glob, levels) in &lint.per_file {
        for file in files.matching(&[pattern::glob(glob)?]) {
            let levels = levels.iter().map(|(rule, level)| (rule.0, level.0));
            of_files.entry(file).or_default().extend(levels);
        }
    }
    Ok(of_files)
}

fn exceptions(lint: &Lint, files: &Places, prepared: &mut Prepared) -> Result<Vec<Exception>, String> {
    if lint.exceptions.is_empty() {
        return Ok(Vec::new());
    }
    let Some((name, text)) = prepared.config_file.clone() else { return Ok(Vec::new()) };
    let file = prepared.input.files.add(SourceFile::beside(name, text)).map_err(|error| error.to_string())?;
    let exception = |spanned: &toml::Spanned<LintException>| {
        let LintException { rule, files: globs, object, reason, expires } = spanned.get_ref();
        let matchers: Result<Vec<GlobMatcher>, String> =
            globs.iter().map(|it| pattern::glob(&it.0)).collect();
        let matchers = matchers?;
        Ok(Exception {
            rules: vec![rule.0],
            files: (!matchers.is_empty()).then(|| files.matching(&matchers)),
            object: object.clone(),
            reason: reason.clone(),
            expires: expires.map(|day| day.0),
            span: Span::new(file, offset(spanned.span().start), offset(spanned.span().end)),
        })
    };
    lint.exceptions.iter().map(exception).collect()
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The files, as the configuration speaks of them: relative to its folder.
struct Places(Vec<(FileId, std::path::PathBuf)>);

impl Places {
    fn new(prepared: &Prepared, directory: &Path) -> Self {
        let is_asked =
            !prepared.config.lint.per_file.is_empty() || !prepared.config.lint.exceptions.is_empty();
        let files = prepared.input.files.iter().filter(|_| is_asked);
        let place = |name: &str| {
            let path = directory.join(name);
            let path = path.canonicalize().unwrap_or(path);
            path.strip_prefix(&prepared.folder).map(Path::to_owned).unwrap_or(path)
        };
        Self(files.map(|(id, file)| (id, place(file.name()))).collect())
    }

    /// The files that a glob matches, or that lie in a folder that one matches.
    fn matching(&self, globs: &[GlobMatcher]) -> BTreeSet<FileId> {
        let matches = |path: &Path| globs.iter().any(|glob| path.ancestors().any(|it| glob.is_match(it)));
        self.0.iter().filter(|(_, path)| matches(path)).map(|(id, _)| *id).collect()
    }
}

/// The day of the run, in UTC; `SOURCE_DATE_EPOCH` sets another.
fn today(console: &Console<'_, '_>) -> Option<Date> {
    let set = (console.io.environment)("SOURCE_DATE_EPOCH").and_then(|text| text.trim().parse().ok());
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).as_ref().map(Duration::as_secs).ok();
    set.or_else(now).and_then(date)
}

/// The day of a second since 1970 (Howard Hinnant's `civil_from_days`).
fn date(seconds: u64) -> Option<Date> {
    let days = seconds / 86_400 + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    Some(Date { year: year.try_into().ok()?, month: month.try_into().ok()?, day: day.try_into().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_days_also_around_leap_days() {
        let text = |seconds| date(seconds).unwrap().to_string();
        assert_eq!(text(0), "1970-01-01");
        assert_eq!(text(951_782_400), "2000-02-29");
        assert_eq!(text(1_709_251_199), "2024-02-29");
        assert_eq!(text(4_107_542_400), "2100-03-01");
    }
}
