//! Where a report goes, and in which format: `-o FORMAT[=FILE]`.

use std::path::PathBuf;
use std::str::FromStr;

/// The formats of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// JSON over several lines.
    Json,
    /// JSON in one line.
    JsonLines,
}

impl Format {
    const ALL: [(&'static str, Self); 3] =
        [("text", Self::Text), ("json", Self::Json), ("jsonl", Self::JsonLines)];
}

/// A format and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The format.
    pub format: Format,
    /// The file; `None` for standard output.
    pub file: Option<PathBuf>,
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
        match Format::ALL.iter().find(|(known, _)| *known == name) {
            Some((_, format)) => Ok(Self { format: *format, file }),
            None => Err(format!("`{name}` is no format of this command; it has text, json and jsonl")),
        }
    }
}

/// What is asked for, or the default; two reports on standard output are refused.
///
/// # Errors
/// What is wrong, in words.
pub fn targets(asked: &[Target], default: Format) -> Result<Vec<Target>, String> {
    if asked.is_empty() {
        return Ok(vec![Target { format: default, file: None }]);
    }
    if asked.iter().filter(|target| target.file.is_none()).count() > 1 {
        return Err(
            "two reports cannot both go to standard output: give one a file, as in `-o json=FILE`".to_owned()
        );
    }
    Ok(asked.to_vec())
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
        assert!("yaml".parse::<Target>().is_err());
        assert!("json=".parse::<Target>().is_err());
    }

    #[test]
    fn standard_output_takes_one_report() {
        let text = Target { format: Format::Text, file: None };
        let json = Target { format: Format::Json, file: None };
        assert!(targets(&[text.clone(), json], Format::Text).is_err());
        assert_eq!(targets(&[], Format::Text).unwrap(), [text]);
    }
}
