//! `netpol rules`.

use netpol_core::diagnostic::Applicability;
use netpol_core::lint::page::page;
use netpol_core::lint::{Preset, RULES, Rule, rule_named};
use netpol_core::report::text::{Cell, Table};
use netpol_core::report::v1;

use super::answer::deliver;
use crate::Exit;
use crate::args;
use crate::config::no_rule;
use crate::render::serialized::serialized;
use crate::render::tabular::{csv, markdown};
use crate::render::text::painted;
use crate::render::{Console, Format, Wanted};

const FORMATS: [Format; 5] = [Format::Table, Format::Json, Format::Yaml, Format::Csv, Format::Markdown];

/// Lists the rules, or prints the page of one.
pub fn rules(args: &args::Rules, console: &mut Console<'_, '_>) -> Exit {
    let wanted = match Wanted::new(&args.output, &FORMATS) {
        Ok(wanted) => wanted,
        Err(message) => {
            console.error(message);
            return Exit::Error;
        }
    };
    let Some(name) = &args.rule else {
        return deliver(&wanted, |format| list(RULES, format), console);
    };
    let Some(rule) = rule_named(name) else {
        console.error(no_rule(name));
        return Exit::Error;
    };
    let one = |format| match format {
        Format::Table | Format::Markdown => page(rule),
        format => list(&[rule], format),
    };
    deliver(&wanted, one, console)
}

fn list(rules: &[&Rule], format: Format) -> String {
    match format {
        Format::Table => painted(&table(rules).to_text()),
        Format::Markdown => markdown(&table(rules)),
        Format::Csv => {
            let cells = rules.iter().map(|rule| row(rule).to_vec());
            csv(&["rule", "category", "minimal", "recommended", "strict", "fix", "finds"], cells)
        }
        format => serialized(&v1::Rules::new(rules), format),
    }
}

fn table(rules: &[&Rule]) -> Table {
    let mut table = Table::new(vec!["RULE", "CATEGORY", "MINIMAL", "RECOMMENDED", "STRICT", "FIX", "FINDS"]);
    table.rows = rules.iter().map(|rule| row(rule).map(Cell::plain).to_vec()).collect();
    table
}

fn row(rule: &Rule) -> [String; 7] {
    let [minimal, recommended, strict] = Preset::ALL.map(|preset| rule.levels.of(preset).name().to_owned());
    let (name, category) = (rule.name.to_string(), rule.category.name().to_owned());
    let fix = match rule.fix() {
        Some(Applicability::Safe) => "safe",
        Some(Applicability::Unsafe) => "unsafe",
        Some(Applicability::DisplayOnly) | None => "",
    };
    [name, category, minimal, recommended, strict, fix.to_owned(), rule.summary.to_owned()]
}
