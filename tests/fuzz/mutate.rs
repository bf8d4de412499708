//! Texts that are nearly manifests: the fixtures and the story, damaged in a few places.

use std::path::Path;

use netpol_tests::generate::Random;

/// What is put in: the tokens of YAML, JSON and policies that change what stands around them.
const PIECES: &[&str] = &[
    " ",
    "  ",
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    "- ",
    "- - ",
    ": ",
    ":",
    "#",
    " # netpol: ignore[",
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    ",",
    "&a ",
    "*a",
    "<<: *a",
    "!!binary ",
    "|\n",
    ">-\n",
    "? ",
    "---\n",
    "--- ",
    "...\n",
    "%YAML 1.1\n",
    "~",
    "null",
    "010",
    "1_000",
    "1e3",
    "-",
    "é",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "\0",
    "{{ .Values.x }}",
    "${X}",
    "${X:=y}",
    "spec:\n",
    "ingress: [{}]\n",
    "0.0.0.0/0",
    "::/129",
];

/// How many places of a text are damaged at most.
const MOST_CHANGES: usize = 6;

/// Every manifest of the fixtures and of the examples.
pub(crate) fn manifests() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut texts = Vec::new();
    collect(&root.join("fixtures"), &mut texts);
    collect(&root.join("examples/manifests"), &mut texts);
    assert!(texts.len() > 100, "{} seeds", texts.len());
    texts
}

fn collect(folder: &Path, texts: &mut Vec<String>) {
    let entries = std::fs::read_dir(folder).expect("a folder of the project");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, texts);
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "json") {
            let bytes = std::fs::read(&path).expect("a file of the project");
            texts.push(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
}

/// A seed with some damage, also with pieces of another one.
pub(crate) fn mutated(random: &mut Random, seeds: &[String]) -> String {
    let mut text = random.pick(seeds).clone();
    for _ in 0..random.between(1, MOST_CHANGES) {
        let start = place(random, &text);
        let end = boundary(&text, start + random.below(12));
        match random.below(6) {
            0 => text.insert_str(start, random.pick::<&str>(PIECES)),
            1 => text.replace_range(start..end, ""),
            2 => text.replace_range(start..end, random.pick::<&str>(PIECES)),
            3 => text.insert_str(start, &lines(random, seeds)),
            4 => text.truncate(start),
            _ => {
                let piece = text[start..end].to_owned();
                text.insert_str(place(random, &text), &piece);
            }
        }
    }
    text
}

/// A few lines of a seed.
fn lines(random: &mut Random, seeds: &[String]) -> String {
    let lines: Vec<&str> = random.pick(seeds).split_inclusive('\n').collect();
    let first = random.below(lines.len().max(1));
    lines.iter().skip(first).take(random.between(1, 6)).copied().collect()
}

/// Some place between two characters.
fn place(random: &mut Random, text: &str) -> usize {
    boundary(text, random.below(text.len() + 1))
}

/// The next place between two characters.
fn boundary(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}
