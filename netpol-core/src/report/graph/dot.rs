//! The language of Graphviz.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::model::Graph;
use super::picture::{Link, Picture, PictureBox, Shape};
use crate::diff::Kind;

/// The graph for `dot`: a cluster for each namespace, a line for each link.
///
/// ```
/// use netpol_core::report::graph::{Graph, dot};
///
/// assert!(dot(&Graph::default()).starts_with("digraph netpol {"));
/// ```
pub fn dot(graph: &Graph) -> String {
    let picture = Picture::of(graph);
    let mut out = String::from(
        "digraph netpol {\n  rankdir=LR\n  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"sans-serif\", fontsize=11]\n  edge [fontname=\"sans-serif\", fontsize=9]\n",
    );
    let mut clusters: BTreeMap<Option<&str>, Vec<(usize, &PictureBox)>> = BTreeMap::new();
    for (at, item) in picture.boxes.iter().enumerate() {
        clusters.entry(item.namespace.as_deref()).or_default().push((at, item));
    }
    for (number, (namespace, boxes)) in clusters.into_iter().enumerate() {
        let mut indent = "  ";
        if let Some(namespace) = namespace {
            let name = quoted(namespace);
            let _ = writeln!(
                out,
                "  subgraph cluster_{number} {{\n    label={name}\n    style=rounded\n    color=gray"
            );
            indent = "    ";
        }
        for (at, item) in boxes {
            let _ = writeln!(out, "{indent}n{at} [{}]", attributes(item));
        }
        if namespace.is_some() {
            out.push_str("  }\n");
        }
    }
    for link in &picture.links {
        let _ = writeln!(out, "  n{} -> n{} [{}]", link.from, link.to, line(link));
    }
    if !picture.notes.is_empty() {
        let _ = writeln!(out, "  label={}\n  labelloc=b\n  labeljust=l", quoted(&picture.notes.join("\n")));
    }
    out.push_str("}\n");
    out
}

fn attributes(item: &PictureBox) -> String {
    let mut lines = vec![item.label.clone()];
    if !item.detail.is_empty() {
        lines.push(item.detail.clone());
    }
    let marks = item.marks();
    if !marks.is_empty() {
        lines.push(format!("({})", marks.join(", ")));
    }
    let mut text = format!("label={}", quoted(&lines.join("\n")));
    match item.shape {
        Shape::Pods => {}
        Shape::Addresses => text.push_str(", shape=ellipse, style=dashed"),
        Shape::Group => text.push_str(", style=\"rounded,dashed\""),
    }
    if item.exposed {
        text.push_str(", color=\"#c2410c\", penwidth=2");
    }
    text
}

fn line(link: &Link) -> String {
    let mut text = format!("label={}", quoted(&link.label()));
    if let Some(change) = link.change {
        text.push_str(changed(change));
    } else if link.allowed.is_empty() {
        text.push_str(", style=dashed, color=\"#b45309\"");
    } else if !link.is_isolated {
        text.push_str(", style=dotted, color=gray");
    }
    text
}

/// The line of a change: told apart by its colour, and without colours by its pattern.
const fn changed(change: Kind) -> &'static str {
    match change {
        Kind::Added => ", color=\"#15803d\", fontcolor=\"#15803d\", penwidth=1.8",
        Kind::Widened => ", color=\"#0f766e\", fontcolor=\"#0f766e\", penwidth=3",
        Kind::Removed => ", color=\"#b91c1c\", fontcolor=\"#b91c1c\", style=dashed, penwidth=1.8",
        Kind::Narrowed => ", color=\"#a16207\", fontcolor=\"#a16207\", style=dotted, penwidth=2",
        Kind::Changed => ", color=\"#7c3aed\", fontcolor=\"#7c3aed\", penwidth=1.8, dir=both, arrowtail=dot",
    }
}

/// A string of the language: only quotes and backslashes have to be escaped, and a line ends in `\n`.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            other if other.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_namespace_is_a_cluster_and_a_connection_a_line_with_its_ports() {
        let text = dot(&sample::shop());
        assert_eq!(text.matches("subgraph cluster_").count(), 2);
        assert!(text.contains("n0 [label=\"frontend\\nDeployment\\n(internet, open to all)\", color="));
        assert!(text.contains("  n0 -> n1 [label=\"tcp/7070\"]\n"));
        assert!(text.contains("n3 -> n2 [label=\"? tcp/9187\", style=dashed"));
        assert!(text.contains("n4 -> n0 [label=\"every port\", style=dotted"));
        assert!(text.contains("label=\"1 connection hangs on `pod-cidrs`\""));
        assert_eq!(text, dot(&sample::shop()));
    }

    #[test]
    fn names_cannot_leave_their_quotes() {
        let text = dot(&sample::hostile());
        assert!(text.contains(r#"label="\"]; evil [label=\"\n"#));
        for line in text.lines() {
            let quotes = line.replace("\\\\", "").replace("\\\"", "").matches('"').count();
            assert_eq!(quotes % 2, 0, "{line}");
        }
    }

    #[test]
    fn what_is_open_to_everyone_is_marked_not_drawn() {
        let text = dot(&sample::all_open(60));
        assert!(!text.contains("->"));
        assert!(text.contains("3540 connections between endpoints that no policy isolates are not drawn"));
        assert_eq!(text.matches("(open to all, sends to all)").count(), 60);
    }
}
