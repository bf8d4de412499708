//! The text of an image.

use std::fmt::Write as _;

use super::layout::{Cluster, Layout, MARK, TITLE, label_size, mark_width};
use super::measure::{NAME, SMALL, number, shortened, width};
use super::pack::Rect;
use super::path::path;
use crate::report::graph::Subject;
use crate::report::graph::picture::{Link, Picture, PictureBox, Shape};
use crate::report::graph::words;

/// Colours of the light and the dark scheme, and how lines and texts look.
const STYLE: &str = include_str!("style.css");
/// Height of a line of the notes.
const NOTE: f64 = 18.0;
/// Letters of a line of the notes.
const NOTE_LETTERS: usize = 130;

/// Draws a picture where its layout says.
pub(super) fn draw(picture: &Picture, layout: &Layout) -> String {
    let notes = note_lines(&picture.notes);
    let legend = legend(picture);
    let text = notes.iter().map(|note| width(note, SMALL)).chain([legend.width]).fold(0.0, f64::max);
    let size = Rect::sized(
        layout.size.width.max(text + 40.0),
        layout.size.height + legend.height + NOTE * number(notes.len()) + 10.0,
    );
    let mut out = String::new();
    open(&mut out, picture, size);
    layout.clusters.iter().for_each(|cluster| frame(&mut out, cluster));
    for (at, points, _) in &layout.links {
        if let Some(link) = picture.links.get(*at) {
            let title = link_title(picture, link);
            let class = class_of(link);
            let line = path(points);
            let _ = writeln!(
                out,
                "<path class=\"{class}\" d=\"{line}\" marker-end=\"url(#{class})\"><title>{title}</title></path>"
            );
        }
    }
    layout.clusters.iter().for_each(|cluster| title(&mut out, cluster));
    for (at, rect, marks) in &layout.boxes {
        if let Some(item) = picture.boxes.get(*at) {
            draw_box(&mut out, item, *rect, marks);
        }
    }
    for (at, _, (x, y)) in &layout.links {
        if let Some(link) = picture.links.get(*at) {
            draw_label(&mut out, link, *x, *y);
        }
    }
    let below = layout.size.height;
    let _ = writeln!(out, "<g transform=\"translate(20 {below:.1})\">{}</g>", legend.text);
    for (at, note) in notes.iter().enumerate() {
        let y = below + legend.height + NOTE * number(at) + 4.0;
        let _ = writeln!(out, "<text class=\"small\" x=\"20\" y=\"{y:.1}\">{}</text>", escaped(note));
    }
    out.push_str("</svg>\n");
    out
}

fn open(out: &mut String, picture: &Picture, size: Rect) {
    let (across, down) = (size.width, size.height);
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{across:.0}\" height=\"{down:.0}\" viewBox=\"0 0 {across:.0} {down:.0}\" role=\"img\">"
    );
    let ends = words::count(picture.boxes.len(), "endpoint");
    let _ = writeln!(
        out,
        "<title>{}: {ends}, {}</title>",
        match picture.subject {
            Subject::Connections => "who can reach whom",
            Subject::Changes => "what changed in who can reach whom",
        },
        words::count(picture.links.len(), "connection")
    );
    let _ = writeln!(out, "<style>\n{STYLE}</style>\n<defs>");
    for (class, _) in kinds(picture) {
        let _ = writeln!(
            out,
            "<marker id=\"{class}\" viewBox=\"0 0 10 10\" refX=\"9.5\" refY=\"5\" markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path class=\"tip-{class}\" d=\"M0 1 L10 5 L0 9 z\"/></marker>"
        );
    }
    out.push_str("</defs>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n");
}

fn frame(out: &mut String, cluster: &Cluster) {
    let Rect { x, y, width: across, height } = cluster.rect;
    let _ = writeln!(
        out,
        "<rect class=\"frame\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{across:.1}\" height=\"{height:.1}\" rx=\"10\"/>"
    );
}

fn title(out: &mut String, cluster: &Cluster) {
    let Rect { x, y, .. } = cluster.rect;
    let base = y + TITLE - 8.0;
    let title = escaped(&cluster.title);
    let _ = writeln!(out, "<text class=\"space\" x=\"{:.1}\" y=\"{base:.1}\">{title}</text>", x + 12.0);
    let mut left = x + 12.0 + width(&cluster.title, NAME) + 8.0;
    for mark in &cluster.marks {
        draw_mark(out, mark, left, base - 11.0);
        left += mark_width(mark) + 4.0;
    }
}

fn draw_box(out: &mut String, item: &PictureBox, rect: Rect, marks: &[&str]) {
    let class = match (item.shape, item.exposed) {
        (Shape::Addresses, _) => "outside",
        (Shape::Group, _) => "group",
        (Shape::Pods, true) => "pods exposed",
        (Shape::Pods, false) => "pods",
    };
    let radius = if item.shape == Shape::Addresses { 14.0 } else { 6.0 };
    let middle = rect.x + rect.width / 2.0;
    let full = [item.label.as_str(), item.namespace.as_deref().unwrap_or_default(), &item.detail].join(" ");
    let _ = writeln!(
        out,
        "<g><title>{}</title><rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{radius:.1}\"/>",
        escaped(full.trim()),
        rect.x,
        rect.y,
        rect.width,
        rect.height
    );
    let lines = 1 + usize::from(!item.detail.is_empty());
    let content = 14.0 + 14.0 * number(lines) + if marks.is_empty() { 0.0 } else { MARK };
    let mut base = rect.y + 18.5 + ((rect.height - content) / 2.0).max(0.0);
    let _ = writeln!(
        out,
        "<text class=\"name\" x=\"{middle:.1}\" y=\"{base:.1}\">{}</text>",
        escaped(&shortened(&item.label))
    );
    if !item.detail.is_empty() {
        base += 14.0;
        let detail = escaped(&shortened(&item.detail));
        let _ = writeln!(out, "<text class=\"detail\" x=\"{middle:.1}\" y=\"{base:.1}\">{detail}</text>");
    }
    let across: f64 = marks.iter().map(|mark| mark_width(mark) + 4.0).sum::<f64>() - 4.0;
    let mut left = middle - across / 2.0;
    for mark in marks {
        draw_mark(out, mark, left, base + 5.0);
        left += mark_width(mark) + 4.0;
    }
    out.push_str("</g>\n");
}

fn draw_mark(out: &mut String, mark: &str, x: f64, y: f64) {
    let class = if mark == "internet" { "hot" } else { "mark" };
    let across = mark_width(mark);
    let _ = writeln!(
        out,
        "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{across:.1}\" height=\"{:.1}\" rx=\"6\"/><text class=\"{class}-text\" x=\"{:.1}\" y=\"{:.1}\">{mark}</text>",
        MARK - 3.0,
        x + across / 2.0,
        y + 10.3
    );
}

fn draw_label(out: &mut String, link: &Link, x: f64, y: f64) {
    let label = link.label();
    let size = label_size(&label);
    let class = class_of(link);
    let _ = writeln!(
        out,
        "<rect class=\"under\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"4\"/><text class=\"label text-{class}\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
        x - size.width / 2.0,
        y - size.height / 2.0,
        size.width,
        size.height,
        y + 3.8,
        escaped(&label)
    );
}

fn class_of(link: &Link) -> &'static str {
    if let Some(name) = link.change_name() {
        name
    } else if link.allowed.is_empty() {
        "unsure"
    } else if link.is_isolated {
        "rule"
    } else {
        "free"
    }
}

fn link_title(picture: &Picture, link: &Link) -> String {
    let name = |at: usize| picture.boxes.get(at).map_or("", |item| item.label.as_str());
    escaped(&format!("{} -> {} {}", name(link.from), name(link.to), link.label()))
}

/// How the links of a picture look, and what that means.
fn kinds(picture: &Picture) -> impl Iterator<Item = (&'static str, &'static str)> {
    let connections = [
        ("rule", "allowed by a rule"),
        ("unsure", "unknown: not decided by the input"),
        ("free", "allowed: neither end is isolated"),
    ];
    let changes = words::CHANGES.into_iter().map(|(_, name, meaning)| (name, meaning));
    let is_there = |class: &str| picture.links.iter().any(|link| class_of(link) == class);
    connections.into_iter().chain(changes).filter(move |(class, _)| is_there(class))
}

struct Legend {
    text: String,
    width: f64,
    height: f64,
}

/// What the lines mean that the picture has.
fn legend(picture: &Picture) -> Legend {
    let mut legend = Legend { text: String::new(), width: 0.0, height: 0.0 };
    for (class, words) in kinds(picture) {
        let x = legend.width;
        let _ = write!(
            legend.text,
            "<path class=\"{class}\" d=\"M{x:.1} 8 L{:.1} 8\" marker-end=\"url(#{class})\"/><text class=\"small\" x=\"{:.1}\" y=\"11.8\">{words}</text>",
            x + 34.0,
            x + 42.0
        );
        legend.width += 42.0 + width(words, SMALL) + 24.0;
        legend.height = 26.0;
    }
    legend
}

/// Notes in lines that are not too long.
fn note_lines(notes: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    for note in notes {
        let mut line = String::new();
        for word in note.split_whitespace() {
            if !line.is_empty() && line.chars().count() + word.chars().count() >= NOTE_LETTERS {
                lines.push(std::mem::take(&mut line));
                line.push_str("  ");
            }
            if !line.trim().is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

/// Text within XML; what XML cannot hold becomes a blank.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => out.push(' '),
            other if other.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}
