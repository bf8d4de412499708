//! Lines that several formats share.

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

/// The headline, and the advice on a line of its own.
pub(super) fn message(finding: &Finding<'_>) -> String {
    match finding.help {
        Some(help) => format!("{}\nhelp: {help}", finding.message),
        None => finding.message.to_owned(),
    }
}

/// `a.yaml:9:3`.
pub(super) fn place(finding: &Finding<'_>) -> String {
    let place = &finding.place;
    one_line(format!("{}:{}:{}", place.file, place.line, place.column))
}
