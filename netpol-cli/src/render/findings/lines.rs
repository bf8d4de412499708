//! Lines that several formats share.

use netpol_core::diagnostic::Label;
use netpol_core::report::v1::Finding;
use netpol_core::report::v1::diagnostics::Counts;
use netpol_core::text::one_line;

/// `2 errors, 1 warning and 3 infos`; what there is none of is left out.
pub(super) fn summary(counts: &Counts) -> String {
    let counted = [(counts.error, "error"), (counts.warning, "warning"), (counts.info, "info")];
    let parts: Vec<String> = counted
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| format!("{count} {noun}{}", if count == 1 { "" } else { "s" }))
        .collect();
    match parts.as_slice() {
        [] => "no findings".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// The headline, and on lines of their own the further places and the advice.
pub(super) fn message(finding: &Finding<'_>) -> String {
    let also = also(finding).map_or_else(String::new, |places| format!("\nalso at {places}"));
    let help = finding.help.map_or_else(String::new, |help| format!("\nhelp: {help}"));
    format!("{}{also}{help}", finding.message)
}

/// The further places where the same holds: `a.yaml:9, a.yaml:12 and b.yaml:3`.
pub(super) fn also(finding: &Finding<'_>) -> Option<String> {
    let places =
        finding.labels.iter().filter(|label| label.message == Label::AGAIN).map(|label| &label.place);
    let places: Vec<String> = places.map(|it| one_line(format!("{}:{}", it.file, it.line))).collect();
    match places.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        [most @ .., last] => Some(format!("{} and {last}", most.join(", "))),
    }
}

/// `a.yaml:9:3`.
pub(super) fn place(finding: &Finding<'_>) -> String {
    let place = &finding.place;
    one_line(format!("{}:{}:{}", place.file, place.line, place.column))
}
