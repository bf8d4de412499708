//! The documentation of the rules, as Markdown.

use std::fmt::Write as _;

use super::{Needs, Preset, RULES, Rule};
use crate::diagnostic::{Applicability, Category};

/// The page of a rule.
pub fn page(rule: &Rule) -> String {
    let levels: Vec<String> = Preset::ALL
        .iter()
        .map(|preset| format!("{} {}", preset.name(), rule.levels.of(*preset).name()))
        .collect();
    let needs = match rule.needs {
        Needs::Text => "",
        Needs::Workloads => " · silent without workloads in the input",
    };
    let fix = match rule.fix() {
        Some(Applicability::Safe) => " · `--fix` settles what it can",
        Some(Applicability::Unsafe) => " · `--fix --unsafe-fixes` settles what it can",
        Some(Applicability::DisplayOnly) | None => "",
    };
    format!(
        "# {}\n\n{}.\n\nCategory {} · {}{needs}{fix}\n\n{}",
        rule.name,
        sentence(rule.summary),
        rule.category.name(),
        levels.join(", "),
        rule.page
    )
}

/// Where the page of a rule is published.
pub fn url(rule: &Rule) -> String {
    format!("{}/blob/main/docs/rules/{}.md", env!("CARGO_PKG_REPOSITORY"), rule.name)
}

/// The list of all rules, by category.
pub fn index() -> String {
    let mut text = String::from(
        "# Rules\n\nWhat `netpol lint` finds, by category, with its level in the presets `minimal`, `recommended` (the \
         default) and `strict`.\n`netpol rules NAME` prints a rule's page. A level is the most that a rule says: where \
         it is less sure, it says less.\n",
    );
    for (category, words) in CATEGORIES {
        if !RULES.iter().any(|rule| rule.category == category) {
            continue;
        }
        let _ = write!(text, "\n## {}\n\n{words}\n\n", category.name());
        text.push_str("| rule | minimal | recommended | strict | finds |\n|---|---|---|---|---|\n");
        for rule in RULES.iter().filter(|rule| rule.category == category) {
            let [minimal, recommended, strict] = Preset::ALL.map(|preset| rule.levels.of(preset).name());
            let name = rule.name;
            let _ = writeln!(
                text,
                "| [{name}](rules/{name}.md) | {minimal} | {recommended} | {strict} | {} |",
                rule.summary
            );
        }
    }
    text.push_str(&fixes());
    text
}

/// Which rules carry fixes, and how they are applied.
fn fixes() -> String {
    let names = |wanted| {
        let rules = RULES.iter().filter(|rule| rule.fix() == Some(wanted));
        rules.map(|rule| format!("[{0}](rules/{0}.md)", rule.name)).collect::<Vec<_>>().join(", ")
    };
    format!(
        "\n## Fixes\n\n`netpol lint --fix` changes how a thing is written and never what it means: no connection is opened \
         or closed by\nit, and every other byte of the file stays. `--unsafe-fixes` adds fixes that may open or close \
         connections, also of\nrules of the first list. `--diff` shows a patch and changes nothing.\n\n- `--fix`: {}\n- `--unsafe-fixes`: {}\n",
        names(Applicability::Safe),
        names(Applicability::Unsafe)
    )
}

const CATEGORIES: [(Category, &str); 5] = [
    (Category::Input, "The text cannot be read."),
    (Category::Api, "kubectl or the API server refuses it."),
    (Category::Policy, "It is accepted, but probably not what is meant."),
    (Category::Style, "A matter of taste."),
    (Category::Suppression, "About suppressions of other findings."),
];

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
