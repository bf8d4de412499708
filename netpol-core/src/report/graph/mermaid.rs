//! Mermaid, which Markdown on forges shows as a picture.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::model::Graph;
use super::picture::{Link, Picture, PictureBox, Shape};
use super::words;
use crate::diff::Kind;

/// Mermaid draws nothing when there are more edges than this (its `maxEdges`).
const EDGES: usize = 500;
/// Mermaid draws nothing when the text is longer (its `maxTextSize`); some room is left for the notes.
const CHARACTERS: usize = 48_000;
/// Room for boxes: of more, the first are drawn.
const BOXES: usize = 30_000;
/// Room for notes.
const NOTES: usize = 1_500;

/// The graph as a flowchart: a subgraph for each namespace, a line for each link. What exceeds the limits of Mermaid is
/// left out, links first, and a note says how much.
pub fn mermaid(graph: &Graph) -> String {
    let mut picture = Picture::of(graph);
    let mut shown = statements(&picture);
    if shown.is_too_long() {
        picture = Picture::by_namespace(graph);
        keep_first_boxes(&mut picture);
        shown = statements(&picture);
    }
    let left_out = shown.cut();
    let mut out = shown.head + &shown.links;
    out.push_str(&colours(picture.links.iter().take(shown.lines.len() - left_out)));
    let mut notes = picture.notes;
    if left_out > 0 {
        notes.push(format!("{} are left out: Mermaid draws no more", words::count(left_out, "connection")));
    }
    let mut room = NOTES;
    let text = notes.iter().map(|note| escaped(note)).take_while(|note| {
        let fits = note.len() <= room;
        room = room.saturating_sub(note.len());
        fits
    });
    let text = text.collect::<Vec<_>>().join("<br/>");
    if !text.is_empty() {
        let _ = writeln!(out, "  notes[\"{text}\"]\n  style notes fill:none,stroke:none");
    }
    out
}

/// Leaves out boxes for which there is no room, with their links.
fn keep_first_boxes(picture: &mut Picture) {
    let mut room = BOXES;
    let fits = |(at, item): &(usize, &PictureBox)| {
        let length = statement(*at, item).chars().count();
        let fits = length <= room;
        room = room.saturating_sub(length);
        fits
    };
    let kept = picture.boxes.iter().enumerate().take_while(fits).count();
    let left_out = picture.boxes.len() - kept;
    if left_out > 0 {
        picture.boxes.truncate(kept);
        picture.links.retain(|link| link.from < kept && link.to < kept);
        picture.notes.push(format!("{left_out} of the endpoints are left out: Mermaid draws no more"));
    }
}

struct Statements {
    head: String,
    lines: Vec<String>,
    links: String,
}

impl Statements {
    fn is_too_long(&self) -> bool {
        let links: usize = self.lines.iter().map(|line| line.chars().count()).sum();
        self.lines.len() > EDGES || self.head.chars().count() + links > CHARACTERS
    }

    /// Keeps the links for which there is room, and counts the others.
    fn cut(&mut self) -> usize {
        let mut room = CHARACTERS.saturating_sub(self.head.chars().count());
        let mut kept = 0;
        for line in self.lines.iter().take(EDGES) {
            let length = line.chars().count();
            if length > room {
                break;
            }
            room -= length;
            kept += 1;
            self.links.push_str(line);
        }
        self.lines.len() - kept
    }
}

fn statements(picture: &Picture) -> Statements {
    let mut head = String::from("flowchart LR\n");
    let mut clusters: BTreeMap<Option<&str>, Vec<(usize, &PictureBox)>> = BTreeMap::new();
    for (at, item) in picture.boxes.iter().enumerate() {
        clusters.entry(item.namespace.as_deref()).or_default().push((at, item));
    }
    for (number, (namespace, boxes)) in clusters.into_iter().enumerate() {
        if let Some(namespace) = namespace {
            let _ = writeln!(head, "  subgraph s{number}[\"{}\"]", escaped(namespace));
        }
        for (at, item) in boxes {
            let _ = writeln!(head, "  {}", statement(at, item));
        }
        if namespace.is_some() {
            head.push_str("  end\n");
        }
    }
    Statements { head, lines: picture.links.iter().map(line).collect(), links: String::new() }
}

fn statement(at: usize, item: &PictureBox) -> String {
    let mut text = escaped(&item.label);
    for part in [item.detail.clone(), item.marks().join(", ")] {
        if !part.is_empty() {
            let _ = write!(text, "<br/><small>{}</small>", escaped(&part));
        }
    }
    match item.shape {
        Shape::Pods => format!("n{at}[\"{text}\"]"),
        Shape::Addresses => format!("n{at}([\"{text}\"])"),
        Shape::Group => format!("n{at}[[\"{text}\"]]"),
    }
}

fn line(link: &Link) -> String {
    let arrow = match link.change {
        Some(Kind::Removed | Kind::Narrowed) => "-.->",
        Some(Kind::Widened) => "==>",
        None if link.allowed.is_empty() || !link.is_isolated => "-.->",
        None | Some(Kind::Added | Kind::Changed) => "-->",
    };
    format!("  n{} {arrow}|\"{}\"| n{}\n", link.from, escaped(&link.label()), link.to)
}

/// The colours of changes.
fn colours<'l>(links: impl Iterator<Item = &'l Link>) -> String {
    let mut of_kind: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (at, link) in links.enumerate() {
        if let Some(change) = link.change {
            of_kind.entry(colour(change)).or_default().push(at.to_string());
        }
    }
    let mut out = String::new();
    for (colour, places) in of_kind {
        let _ = writeln!(out, "  linkStyle {} stroke:{colour}", places.join(","));
    }
    out
}

const fn colour(change: Kind) -> &'static str {
    match change {
        Kind::Added => "#15803d",
        Kind::Widened => "#0f766e",
        Kind::Removed => "#b91c1c",
        Kind::Narrowed => "#a16207",
        Kind::Changed => "#7c3aed",
    }
}

/// Text that Mermaid shows as it is: everything but letters, digits and harmless signs as an entity.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            'a'..='z'
            | 'A'..='Z'
            | '0'..='9'
            | ' '
            | '-'
            | '_'
            | '.'
            | '/'
            | ':'
            | ','
            | '?'
            | '+'
            | '('
            | ')' => {
                out.push(character);
            }
            other if other.is_control() => out.push(' '),
            other => {
                let _ = write!(out, "#{};", u32::from(other));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_namespace_is_a_subgraph_and_a_connection_a_line_with_its_ports() {
        let text = mermaid(&sample::shop());
        assert!(text.starts_with("flowchart LR\n"));
        assert_eq!(text.matches("subgraph ").count(), 2);
        assert!(text.contains("  n0 -->|\"tcp/7070\"| n1\n"));
        assert!(text.contains("  n3 -.->|\"? tcp/9187\"| n2\n"));
        assert!(text.contains("n4([\"internet<br/><small>0.0.0.0/0, ::/0</small>\"])"));
        assert_eq!(text, mermaid(&sample::shop()));
    }

    #[test]
    fn names_cannot_leave_their_quotes() {
        let text = mermaid(&sample::hostile());
        assert!(!text.contains("<script") && !text.contains("<img") && !text.contains("]; evil"));
        assert!(text.lines().all(|line| line.matches('"').count() % 2 == 0));
    }

    #[test]
    fn what_mermaid_would_not_draw_is_left_out_and_counted() {
        let mut graph = sample::all_open(100);
        for edge in &mut graph.edges {
            edge.is_isolated = true;
            edge.allowed = sample::tcp(&[u16::try_from(edge.from * 100 + edge.to + 1).unwrap()]);
            if edge.from % 25 != edge.to % 25 {
                edge.unknown = sample::tcp(&[1]);
            }
        }
        for (at, node) in graph.nodes.iter_mut().enumerate() {
            node.namespace = Some(format!("n{at}"));
        }
        let text = mermaid(&graph);
        assert_eq!(text.matches("-->").count(), 500);
        assert!(text.contains("9400 connections are left out"));
        assert!(text.chars().count() < 50_000);
    }

    #[test]
    fn ends_beyond_the_limits_of_mermaid_are_counted() {
        let mut graph = sample::dense(3000);
        for (at, node) in graph.nodes.iter_mut().enumerate() {
            node.namespace = Some(format!("namespace-with-a-long-name-{at}"));
        }
        let text = mermaid(&graph);
        assert!(text.chars().count() < 50_000);
        assert!(text.contains(" of the endpoints are left out"));
    }
}
