//! Literate specifications: Markdown whose `yaml` blocks are an input and whose `verdicts` blocks say what holds.
//!
//! What stands before the first `##` heading is the cast of the whole file; each section adds to it. A `toml` block
//! says what manifests cannot tell, in the words of `netpol.toml`.

use ipnet::IpNet;

use crate::naive::{Blocks, Options, Unlisted};

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    pub sections: Vec<Section>,
}

/// A section, with the input that its verdicts are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub heading: String,
    pub yaml: String,
    pub toml: String,
    pub lines: Vec<Line>,
}

/// One line of a `verdicts` block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub number: usize,
    pub from: String,
    pub to: String,
    /// `tcp/80`, `udp`, `tcp/8000-8100`, `sctp/diameter`; empty for every port.
    pub port: String,
    pub decision: String,
}

impl Spec {
    /// Reads a file.
    pub fn read(text: &str) -> Self {
        let mut reader = Reader::default();
        for (index, line) in text.lines().enumerate() {
            reader.line(index + 1, line);
        }
        assert_eq!(reader.block, Block::None, "a block is not closed");
        reader.close();
        Self { sections: reader.sections }
    }
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Block {
    #[default]
    None,
    Yaml,
    Toml,
    Verdicts,
    Other,
}

#[derive(Debug, Default)]
struct Reader {
    block: Block,
    cast: String,
    current: Option<Section>,
    sections: Vec<Section>,
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) {
        match (self.block, line.strip_prefix("```")) {
            (Block::None, Some(language)) => self.open(language.trim()),
            (_, Some(_)) => self.block = Block::None,
            (Block::None, None) => self.prose(line),
            (Block::Yaml, None) => {
                let yaml = self.current.as_mut().map_or(&mut self.cast, |section| &mut section.yaml);
                yaml.push_str(line);
                yaml.push('\n');
            }
            (Block::Toml, None) => {
                let toml = &mut self.section().toml;
                toml.push_str(line);
                toml.push('\n');
            }
            (Block::Verdicts, None) if line.trim().is_empty() => {}
            (Block::Verdicts, None) => self.section().lines.push(verdict(number, line)),
            (Block::Other, None) => {}
        }
    }

    fn open(&mut self, language: &str) {
        self.block = match language {
            "yaml" => Block::Yaml,
            "toml" => Block::Toml,
            "verdicts" => Block::Verdicts,
            _ => Block::Other,
        };
        if self.block == Block::Yaml {
            let yaml = self.current.as_mut().map_or(&mut self.cast, |section| &mut section.yaml);
            yaml.push_str("---\n");
        }
    }

    fn prose(&mut self, line: &str) {
        if let Some(heading) = line.strip_prefix("## ") {
            self.close();
            self.current = Some(Section {
                heading: heading.to_owned(),
                yaml: self.cast.clone(),
                toml: String::new(),
                lines: Vec::new(),
            });
        }
    }

    fn section(&mut self) -> &mut Section {
        self.current.as_mut().expect("verdicts and settings stand under a `##` heading")
    }

    fn close(&mut self) {
        self.sections.extend(self.current.take());
    }
}

/// Reads `FROM -> TO [PORT] DECISION`.
fn verdict(number: usize, line: &str) -> Line {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (from, to, port, decision) = match words.as_slice() {
        [from, "->", to, port, decision] => (from, to, *port, decision),
        [from, "->", to, decision] => (from, to, "", decision),
        _ => panic!("line {number}: `{line}` is not FROM -> TO [PORT] DECISION"),
    };
    let text = |word: &str| word.to_owned();
    Line { number, from: text(from), to: text(to), port: text(port), decision: text(decision) }
}

/// The options of a `toml` block.
pub fn options(text: &str) -> Options {
    let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{error}:\n{text}"));
    let mut options = Options::default();
    for (key, value) in &table {
        match (key.as_str(), value.as_str()) {
            ("cluster", _) => cluster(value, &mut options),
            ("namespace-labels", Some("unknown")) => options.unlisted = Unlisted::Unknown,
            ("ip-block-pods", Some("ignore")) => options.blocks = Blocks::OutsideOnly,
            ("default-namespace", Some(name)) => name.clone_into(&mut options.default_namespace),
            _ => panic!("`{key}` is not a setting that specifications know"),
        }
    }
    options
}

fn cluster(table: &toml::Value, options: &mut Options) {
    let texts = |value: &toml::Value| -> Vec<String> {
        value.as_array().into_iter().flatten().map(|item| item.as_str().unwrap().to_owned()).collect()
    };
    for (key, value) in table.as_table().unwrap() {
        match key.as_str() {
            "pod-cidrs" => {
                options.pod_cidrs = texts(value).iter().map(|text| text.parse::<IpNet>().unwrap()).collect();
            }
            "namespaces" => {
                for (name, labels) in value.as_table().unwrap() {
                    let labels = labels.as_table().unwrap().iter();
                    let labels = labels.map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned()));
                    options.namespaces.insert(name.clone(), labels.collect());
                }
            }
            _ => panic!("`{key}` is not a fact that specifications know"),
        }
    }
}
