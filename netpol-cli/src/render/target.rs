//! Where a report goes, and in which format: `-o FORMAT[=FILE]`.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::config::nearest;

/// The formats of reports. Each command offers some of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Words for people.
    Text,
    /// A table for people.
    Table,
    /// JSON over several lines.
    Json,
    /// JSON in one line.
    JsonLines,
    /// YAML.
    Yaml,
    /// Comma-separated values.
    Csv,
    /// Markdown.
    Markdown,
    /// A picture for Graphviz.
    Dot,
    /// A picture for Markdown.
    Mermaid,
    /// A picture as an image.
    Svg,
    /// A picture as a page that answers clicks.
    Html,
    /// Findings with snippets.
    Full,
    /// Findings, one a line.
    Concise,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub.
    Github,
    /// Code quality reports of GitLab.
    Gitlab,
    /// Test results as `JUnit` writes them.
    Junit,
    /// The format of reviewdog.
    Rdjson,
}

impl Format {
    const ALL: [(&'static str, Self); 18] = [
        ("text", Self::Text),
        ("table", Self::Table),
        ("json", Self::Json),
        ("jsonl", Self::JsonLines),
        ("yaml", Self::Yaml),
        ("csv", Self::Csv),
        ("md", Self::Markdown),
        ("dot", Self::Dot),
        ("mermaid", Self::Mermaid),
        ("svg", Self::Svg),
        ("html", Self::Html),
        ("full", Self::Full),
        ("concise", Self::Concise),
        ("sarif", Self::Sarif),
        ("github", Self::Github),
        ("gitlab", Self::Gitlab),
        ("junit", Self::Junit),
        ("rdjson", Self::Rdjson),
    ];

    /// The format that the name of a file tells by its extension.
    fn of_file(name: &str) -> Option<Self> {
        let extension = Path::new(name).extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "yml" => Self::Yaml,
            "markdown" => Self::Markdown,
            "gv" => Self::Dot,
            "mmd" => Self::Mermaid,
            "htm" => Self::Html,
            "xml" => Self::Junit,
            "ndjson" => Self::JsonLines,
            "json" | "jsonl" | "yaml" | "csv" | "md" | "dot" | "svg" | "html" | "sarif" => {
                Self::ALL.into_iter().find(|(known, _)| *known == extension).map(|(_, format)| format)?
            }
            _ => return None,
        })
    }

    /// How it is typed.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, format)| *format == self).map_or("", |(name, _)| name)
    }
}

/// A format and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The format.
    pub format: Format,
    /// The file; `None` for standard output.
    pub file: Option<PathBuf>,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match Self::ALL.iter().find(|(known, _)| *known == name) {
            Some((_, format)) => Ok(*format),
            None => Err(match nearest(name, Self::ALL.iter().map(|(known, _)| *known)) {
                Some(near) => format!("there is no format `{name}`; did you mean `{near}`?"),
                None if matches!(name, "png" | "pdf" | "jpg") => {
                    format!(
                        "there is no format `{name}`; `svg` is an image, and Graphviz makes others: `netpol graph -o dot | dot -T{name}`"
                    )
                }
                None => format!("there is no format `{name}`; `--help` names those that there are"),
            }),
        }
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, file) = match text.split_once('=') {
            Some((_, "")) => return Err("there is no file after `=`".to_owned()),
            Some((name, "-")) => (name, None),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        match (name.parse(), &file, Format::of_file(text)) {
            (Err(_), None, Some(format)) => Ok(Self { format, file: Some(PathBuf::from(text)) }),
            (Err(_), None, None) if Path::new(text).extension().is_some() => {
                Err(format!("the name `{text}` tells no format; write `-o FORMAT={text}`"))
            }
            (format, ..) => format.map(|format| Self { format, file }),
        }
    }
}

/// The reports that are wanted of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    asked: Vec<Target>,
    offered: Vec<Format>,
}

impl Wanted {
    /// What is asked for of the formats that a command offers. Two reports on standard output are refused.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn new(asked: &[Target], offered: &[Format]) -> Result<Self, String> {
        if let Some(foreign) = asked.iter().find(|target| !offered.contains(&target.format)) {
            let names: Vec<&str> = offered.iter().map(|format| format.name()).collect();
            let foreign = foreign.format.name();
            return Err(format!("`{foreign}` is no format of this command; it has {}", names.join(", ")));
        }
        if asked.iter().filter(|target| target.file.is_none()).count() > 1 {
            return Err(
                "two reports cannot both go to standard output: give one a file, as in `-o json=FILE`"
                    .to_owned(),
            );
        }
        Ok(Self { asked: asked.to_vec(), offered: offered.to_vec() })
    }

    /// Where reports go. Where none is asked for, one goes to standard output: in the format that is preferred, if the
    /// command offers it, else in the first that it does.
    pub fn targets(&self, preferred: Option<Format>) -> Vec<Target> {
        if !self.asked.is_empty() {
            return self.asked.clone();
        }
        let preferred = preferred.filter(|format| self.offered.contains(format));
        let format = preferred.or_else(|| self.offered.first().copied());
        format.map(|format| Target { format, file: None }).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_may_name_its_file() {
        let target: Target = "json=out.json".parse().unwrap();
        assert_eq!(target, Target { format: Format::Json, file: Some("out.json".into()) });
        assert_eq!("text".parse::<Target>().unwrap().file, None);
        assert_eq!("text=-".parse::<Target>().unwrap().file, None);
        assert!("xml".parse::<Target>().is_err());
        let slip = "jsno".parse::<Target>().unwrap_err();
        assert_eq!(slip, "there is no format `jsno`; did you mean `json`?");
        assert!("json=".parse::<Target>().is_err());
        let told: Target = "out/report.sarif".parse().unwrap();
        assert_eq!(told, Target { format: Format::Sarif, file: Some("out/report.sarif".into()) });
        assert_eq!("map.htm".parse::<Target>().unwrap().format, Format::Html);
        assert!("notes.txt".parse::<Target>().is_err());
    }

    #[test]
    fn standard_output_takes_one_report() {
        let text = Target { format: Format::Text, file: None };
        let json = Target { format: Format::Json, file: None };
        let offered = [Format::Text, Format::Json];
        assert!(Wanted::new(&[text.clone(), json.clone()], &offered).is_err());
        let any = Wanted::new(&[], &offered).unwrap();
        assert_eq!(any.targets(None), std::slice::from_ref(&text));
        assert_eq!(any.targets(Some(Format::Json)), [json]);
        assert_eq!(any.targets(Some(Format::Svg)), [text]);
    }

    #[test]
    fn a_format_of_another_command_is_refused() {
        let table = Target { format: Format::Table, file: None };
        let refused = Wanted::new(&[table], &[Format::Text, Format::Json]).unwrap_err();
        assert_eq!(refused, "`table` is no format of this command; it has text, json");
    }
}
