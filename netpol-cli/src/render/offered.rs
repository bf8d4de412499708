//! Which command offers which formats, the default first.

use super::Format;

/// The formats of verdicts and explanations.
pub const ANSWERS: [Format; 3] = [Format::Text, Format::Json, Format::JsonLines];

/// The formats of reports that are tables.
pub const TABLES: [Format; 5] = [Format::Table, Format::Json, Format::Yaml, Format::Csv, Format::Markdown];

/// The formats of reports that are tables and can be drawn.
pub const TABLES_AND_PICTURES: [Format; 9] = [
    Format::Table,
    Format::Json,
    Format::Yaml,
    Format::Csv,
    Format::Markdown,
    Format::Dot,
    Format::Mermaid,
    Format::Svg,
    Format::Html,
];

/// The formats of pictures.
pub const PICTURES: [Format; 5] = [Format::Dot, Format::Mermaid, Format::Svg, Format::Html, Format::Json];

/// The formats of findings.
pub const FINDINGS: [Format; 10] = [
    Format::Full,
    Format::Concise,
    Format::Json,
    Format::JsonLines,
    Format::Sarif,
    Format::Github,
    Format::Gitlab,
    Format::Junit,
    Format::Rdjson,
    Format::Markdown,
];

/// The formats of a command, by its name.
pub fn formats_of(command: &str) -> &'static [Format] {
    match command {
        "can" | "explain" => &ANSWERS,
        "list" | "diff" => &TABLES_AND_PICTURES,
        "coverage" | "path" | "rules" => &TABLES,
        "graph" => &PICTURES,
        "lint" => &FINDINGS,
        _ => &[],
    }
}

/// The formats of a command in words: `text, json, jsonl [default: text]`.
pub fn in_words(formats: &[Format]) -> String {
    let names: Vec<&str> = formats.iter().map(|format| format.name()).collect();
    let default = names.first().copied().unwrap_or_default();
    format!("{} [default: {default}]", names.join(", "))
}
