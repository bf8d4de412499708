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
use crate::render::{Console, Format, Wanted, offered};

/// Lists the rules, or prints the page of one.
pub fn rules(args: &args::Rules, console: &mut Console<'_, '_>) -> Exit {
    let wanted = match Wanted::new(&args.output, &offered::TABLES) {
        Ok(wanted) => wanted,
        Err(message) => {
            console.error(message);
            return Exit::Error;
        }
    };
    let Some(name) = &args.rule else {
        return deliver(&wanted, |format, width| list(RULES, format, width), console);
    };
    let Some(rule) = rule_named(name) else {
        console.error(no_rule(name));
        return Exit::Error;
    };
    let one = |format, width| match format {
        Format::Table | Format::Markdown => page(rule),
        format => list(&[rule], format, width),
    };
    deliver(&wanted, one, console)
}

fn list(rules: &[&Rule], format: Format, width: usize) -> String {
    match format {
        Format::Table => painted(&short_table(rules).to_text(width)),
        Format::Markdown => markdown(&table(rules)),
        Format::Csv => {
            let cells = rules.iter().map(|rule| row(rule).to_vec());
            csv(&["rule", "category", "minimal", "recommended", "strict", "fix", "finds"], cells)
        }
        format => serialized(&v1::Rules::new(rules), format),
    }
}

/// What fits a terminal: of the levels, that of the preset that holds without another.
fn short_table(rules: &[&Rule]) -> Table {
    let mut table = Table::new(vec!["RULE", "LEVEL", "FIX", "FINDS"]);
    let cells = |rule: &&Rule| {
        let [name, _, _, level, _, fix, finds] = row(rule);
        [name, level, fix, finds].map(Cell::plain).to_vec()
    };
    table.rows = rules.iter().map(cells).collect();
    table
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
