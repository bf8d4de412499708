//! How often each rule found something.

use std::collections::BTreeMap;

use netpol_core::report::text::{Cell, Table};

use super::Findings;
use crate::render::Format;
use crate::render::tabular::markdown;
use crate::render::text::painted;

/// A row for each rule that found something, the most frequent first.
pub(super) fn statistics(findings: &Findings<'_>, format: Format, width: usize) -> String {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for finding in &findings.wire.diagnostics {
        *counts.entry((finding.rule, finding.severity.name())).or_default() += 1;
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|((rule, severity), count)| (std::cmp::Reverse(*count), *rule, *severity));
    let mut table = Table::new(vec!["COUNT", "SEVERITY", "RULE"]);
    table.rows = rows
        .into_iter()
        .map(|((rule, severity), count)| [count.to_string(), severity.to_owned(), rule.to_owned()])
        .map(|cells| cells.map(Cell::plain).to_vec())
        .collect();
    if format == Format::Markdown { markdown(&table) } else { painted(&table.to_text(width)) }
}
