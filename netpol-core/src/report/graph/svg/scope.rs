//! How much of a graph fits into an image.

use super::draw::draw;
use super::layout::Layout;
use crate::report::graph::model::Graph;
use crate::report::graph::picture::Picture;
use crate::report::graph::words;

/// Boxes with links that are laid out one by one. The time that placing takes grows steeply with boxes and links.
const LINKED_BOXES: usize = 160;
/// Links that are laid out one by one.
const LINKS: usize = 160;
/// Boxes at all.
const BOXES: usize = 600;

/// The graph as an SVG image. A graph of which too much would have to be drawn is drawn by namespace, and says so.
///
/// ```
/// use netpol_core::report::graph::{Graph, svg};
///
/// assert!(svg(&Graph::default()).starts_with("<svg "));
/// ```
pub fn svg(graph: &Graph) -> String {
    let mut picture = Picture::of(graph);
    if is_too_much(&picture) {
        picture = Picture::by_namespace(graph);
        limit(&mut picture);
    }
    draw(&picture, &Layout::of(&picture))
}

fn is_too_much(picture: &Picture) -> bool {
    let mut linked: Vec<usize> = picture.links.iter().flat_map(|link| [link.from, link.to]).collect();
    linked.sort_unstable();
    linked.dedup();
    linked.len() > LINKED_BOXES || picture.links.len() > LINKS || picture.boxes.len() > BOXES
}

/// Keeps the links that stand for most connections, and the first boxes.
fn limit(picture: &mut Picture) {
    if picture.boxes.len() > BOXES {
        picture.notes.push(format!(
            "{} are left out",
            words::count(picture.boxes.len() - BOXES, "box").replace("boxs", "boxes")
        ));
        picture.boxes.truncate(BOXES);
        picture.links.retain(|link| link.from < BOXES && link.to < BOXES);
    }
    if picture.links.len() > LINKS {
        let left_out = picture.links.len() - LINKS;
        picture.links.sort_by_key(|link| (usize::MAX - link.edges.len(), link.from, link.to));
        picture.links.truncate(LINKS);
        picture.links.sort_by_key(|link| (link.from, link.to));
        picture.notes.push(format!("{} with fewer connections are left out", words::count(left_out, "line")));
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;

    #[test]
    fn a_picture_is_the_same_each_time_and_says_what_it_left_out() {
        let shop = svg(&sample::shop());
        assert_eq!(shop, svg(&sample::shop()));
        assert!(shop.contains(">tcp/7070</text>") && shop.contains("prefers-color-scheme: dark"));
        let open = svg(&sample::all_open(100));
        assert!(open.contains("9900 connections between endpoints that no policy isolates are not drawn"));
        assert!(!open.contains("<path class=\"free\""));
    }

    #[test]
    fn names_cannot_leave_their_text() {
        let text = svg(&sample::hostile());
        assert!(!text.contains("<script") && !text.contains("<img") && text.contains("&lt;script"));
    }

    #[test]
    fn a_dense_graph_is_drawn_by_namespace() {
        let text = svg(&sample::dense(400));
        assert!(text.contains("drawn by namespace: 400 endpoints and "));
        assert!(text.matches("marker-end").count() <= LINKS + 3);
    }
}
