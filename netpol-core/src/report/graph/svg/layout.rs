//! Where boxes, namespaces and links stand.
//!
//! What has links is placed by `dagre`, with namespaces as clusters and room for the labels of links. Boxes of a
//! namespace that have none stand in rows, as one block within it. Namespaces without any link stand in rows below.

use std::collections::BTreeMap;

use dagre::graph::{Graph as Layered, GraphOptions};
use dagre::layout::types::LabelPos;
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, RankDir, layout};

use super::lanes::{Columns, Course, Lanes};
use super::measure::{NAME, SMALL, number, shortened, width};
use super::pack::{Rect, grid, shelves};
use super::path::{Point, spread};
use crate::report::graph::picture::{Link, Picture, PictureBox};

/// Around boxes within a namespace.
const PADDING: f64 = 12.0;
/// Above boxes within a namespace, for its title.
pub(super) const TITLE: f64 = 26.0;
/// Between boxes in rows.
const GAP: f64 = 12.0;
/// Around the image.
const MARGIN: f64 = 20.0;
/// The least width of rows below what has links.
const ACROSS: f64 = 1180.0;
/// Height of a side of a box for each link that ends there.
const END: f64 = 9.0;
/// Height of a line of marks.
pub(super) const MARK: f64 = 17.0;

/// Where everything stands.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) size: Rect,
    /// Namespaces, with the marks that all their boxes share.
    pub(super) clusters: Vec<Cluster>,
    /// Boxes of the picture by their place in it, with the marks that their namespace does not say.
    pub(super) boxes: Vec<(usize, Rect, Vec<&'static str>)>,
    /// Links of the picture by their place in it, with the middle of their label.
    pub(super) links: Vec<(usize, Vec<Point>, Point)>,
}

#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) title: String,
    pub(super) marks: Vec<&'static str>,
    pub(super) rect: Rect,
}

/// The boxes of one namespace, or the one box that is in none.
#[derive(Default)]
struct Bunch<'a> {
    namespace: Option<&'a str>,
    marks: Vec<&'static str>,
    linked: Vec<(usize, Rect)>,
    alone: Vec<(usize, Rect)>,
}

impl Layout {
    /// Places what a picture has.
    pub(super) fn of(picture: &Picture) -> Self {
        let bunches = bunches(picture);
        let mut all = Self::default();
        let (tied, loose): (Vec<_>, Vec<_>) = bunches.iter().partition(|bunch| !bunch.linked.is_empty());
        all.place_tied(picture, &tied);
        all.place_loose(&loose);
        all.mark(picture, &bunches);
        all.size.width += 2.0 * MARGIN;
        all.size.height += 2.0 * MARGIN;
        all.shift(MARGIN, MARGIN);
        all
    }

    /// Places what has links.
    fn place_tied(&mut self, picture: &Picture, tied: &[&Bunch<'_>]) {
        if tied.is_empty() {
            return;
        }
        let mut layered = layered(picture, tied);
        let options = LayoutOptions {
            rankdir: RankDir::LR,
            nodesep: 24.0,
            edgesep: if tied.iter().any(|bunch| bunch.namespace.is_some()) { 34.0 } else { 12.0 },
            ranksep: 44.0,
            ..LayoutOptions::default()
        };
        layout(&mut layered, Some(options));
        for (at, bunch) in tied.iter().enumerate() {
            for (place, size) in &bunch.linked {
                let rect = placed(&layered, &format!("b{place}"), *size);
                self.boxes.push((*place, rect, Vec::new()));
            }
            let sizes: Vec<Rect> = bunch.alone.iter().map(|(_, size)| *size).collect();
            let (cells, block) = grid(&sizes, GAP);
            let corner = placed(&layered, &format!("a{at}"), block);
            for ((place, _), cell) in bunch.alone.iter().zip(cells) {
                self.boxes.push((*place, cell.moved(corner.x, corner.y), Vec::new()));
            }
            self.enclose(&layered, at, bunch);
        }
        self.route(picture, &layered);
        self.settle();
    }

    /// Draws the links past the boxes.
    fn route(&mut self, picture: &Picture, layered: &Layered<NodeLabel, EdgeLabel>) {
        let rects: BTreeMap<usize, Rect> = self.boxes.iter().map(|(at, rect, _)| (*at, *rect)).collect();
        let mut found = Vec::new();
        for (at, link) in picture.links.iter().enumerate() {
            let (from, to) = (format!("b{}", link.from), format!("b{}", link.to));
            let (Some(edge), Some(start), Some(end)) = (
                layered.edge(&from, &to, Some(&format!("l{at}"))),
                rects.get(&link.from),
                rects.get(&link.to),
            ) else {
                continue;
            };
            let points: Vec<Point> = edge.points.iter().map(|point| (point.x, point.y)).collect();
            let between = points.get(1..points.len().saturating_sub(1)).unwrap_or_default().to_vec();
            let label = (edge.x.unwrap_or_default(), edge.y.unwrap_or_default());
            found.push(Strand { link: at, start: (link.from, *start), end: (link.to, *end), between, label });
        }
        let widths = found.iter().map(|strand| {
            let label = picture.links.get(strand.link).map(Link::label).unwrap_or_default();
            (strand.label.0, label_size(&label).width)
        });
        let boxes = layered.nodes().into_iter().filter(|name| !name.starts_with('c'));
        let boxes =
            boxes.filter_map(|name| layered.node(&name).map(|node| (node.x.unwrap_or_default(), node.width)));
        let columns = Columns::of(boxes.chain(widths));
        let heights = ends(&found);
        let height = |at: usize, is_end: bool| heights.get(&(at, is_end)).copied().unwrap_or_default();
        let courses = found.iter().enumerate().map(|(at, strand)| Course {
            start: (strand.start.1, height(at, false)),
            between: strand.between.clone(),
            end: (strand.end.1, height(at, true)),
        });
        let lanes = Lanes::of(columns, &courses.collect::<Vec<_>>());
        for (strand, points) in found.into_iter().zip(&lanes.lines) {
            let (x, y) = strand.label;
            self.links.push((strand.link, points.clone(), (lanes.now(x), y)));
        }
        let rects = self.boxes.iter_mut().map(|(_, rect, _)| rect);
        for rect in rects.chain(self.clusters.iter_mut().map(|cluster| &mut cluster.rect)) {
            let (left, right) = (lanes.now(rect.x), lanes.now(rect.right()));
            *rect = Rect { x: left, width: right - left, ..*rect };
        }
    }

    /// The frame of a namespace. The title has room in the distance that boxes and labels keep from it.
    fn enclose(&mut self, layered: &Layered<NodeLabel, EdgeLabel>, at: usize, bunch: &Bunch<'_>) {
        let (Some(namespace), Some(node)) = (bunch.namespace, layered.node(&format!("c{at}"))) else {
            return;
        };
        let inner = placed(layered, &format!("c{at}"), Rect::sized(node.width, node.height));
        self.clusters.push(Cluster { title: shortened(namespace), marks: bunch.marks.clone(), rect: inner });
    }

    /// Places what has no links in rows below the rest.
    fn place_loose(&mut self, loose: &[&Bunch<'_>]) {
        let blocks: Vec<(Vec<Rect>, Rect)> = loose.iter().map(|bunch| block(bunch)).collect();
        let sizes: Vec<Rect> = blocks.iter().map(|(_, size)| *size).collect();
        let (places, size) = shelves(&sizes, self.size.width.max(ACROSS), GAP * 2.0);
        let top = if self.size.height > 0.0 { self.size.height + GAP * 2.0 } else { 0.0 };
        for ((bunch, (cells, _)), place) in loose.iter().zip(blocks).zip(places) {
            let rect = place.moved(0.0, top);
            for ((at, _), cell) in bunch.alone.iter().zip(cells) {
                self.boxes.push((*at, cell.moved(rect.x, rect.y), Vec::new()));
            }
            if let Some(namespace) = bunch.namespace {
                self.clusters.push(Cluster { title: shortened(namespace), marks: bunch.marks.clone(), rect });
            }
        }
        if !loose.is_empty() {
            self.size = Rect::sized(self.size.width.max(size.width), top + size.height);
        }
    }

    /// Gives each box the marks that its namespace does not say already.
    fn mark(&mut self, picture: &Picture, bunches: &[Bunch<'_>]) {
        for (at, _, marks) in &mut self.boxes {
            if let Some(item) = picture.boxes.get(*at) {
                *marks = own_marks(item, shared_of(bunches, item));
            }
        }
    }

    /// Moves everything so that it starts at the origin, and takes the size.
    fn settle(&mut self) {
        let (mut left, mut top, mut right, mut bottom) = (f64::MAX, f64::MAX, f64::MIN, f64::MIN);
        let rects = self
            .boxes
            .iter()
            .map(|(_, rect, _)| *rect)
            .chain(self.clusters.iter().map(|cluster| cluster.rect));
        let labels = self.links.iter().flat_map(|(_, points, middle)| points.iter().chain([middle]));
        for rect in rects.chain(labels.map(|(x, y)| Rect { x: *x, y: *y, width: 0.0, height: 0.0 })) {
            (left, top) = (left.min(rect.x), top.min(rect.y));
            (right, bottom) = (right.max(rect.right()), bottom.max(rect.bottom()));
        }
        self.shift(-left, -top);
        self.size = Rect::sized(right - left, bottom - top);
    }

    fn shift(&mut self, x: f64, y: f64) {
        for (_, rect, _) in &mut self.boxes {
            *rect = rect.moved(x, y);
        }
        for cluster in &mut self.clusters {
            cluster.rect = cluster.rect.moved(x, y);
        }
        for (_, points, middle) in &mut self.links {
            for point in points.iter_mut().chain([middle]) {
                *point = (point.0 + x, point.1 + y);
            }
        }
    }
}

/// A link on its way.
struct Strand {
    link: usize,
    start: (usize, Rect),
    end: (usize, Rect),
    /// Where it passes the columns between its ends.
    between: Vec<Point>,
    label: Point,
}

/// A link at a side of a box: the height that it comes from, its place, and whether it ends there.
type Leaning = (f64, usize, bool);

/// The heights at which links end, by their place and whether it is their end: spread over the sides of boxes, in the
/// order of where they come from, so that they do not cross.
fn ends(strands: &[Strand]) -> BTreeMap<(usize, bool), f64> {
    let mut sides: BTreeMap<(usize, bool), Vec<Leaning>> = BTreeMap::new();
    let mut rects: BTreeMap<usize, Rect> = BTreeMap::new();
    for (at, strand) in strands.iter().enumerate() {
        let rightwards = strand.start.1.middle().0 <= strand.end.1.middle().0;
        let (from, to) = (strand.start.1.middle(), strand.end.1.middle());
        let next = strand.between.first().copied().unwrap_or(to);
        let last = strand.between.last().copied().unwrap_or(from);
        sides.entry((strand.start.0, rightwards)).or_default().push((next.1, at, false));
        sides.entry((strand.end.0, !rightwards)).or_default().push((last.1, at, true));
        rects.extend([strand.start, strand.end]);
    }
    let mut heights = BTreeMap::new();
    for ((place, _), mut side) in sides {
        side.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let count = number(side.len());
        let rect = rects.get(&place).copied().unwrap_or_default();
        for (order, (_, at, is_end)) in side.into_iter().enumerate() {
            heights.insert((at, is_end), spread(rect, number(order), count));
        }
    }
    heights
}

/// The size of the label of a link.
pub(super) fn label_size(label: &str) -> Rect {
    Rect::sized(width(label, SMALL) + 8.0, SMALL + 6.0)
}

/// The width of a mark.
pub(super) fn mark_width(mark: &str) -> f64 {
    width(mark, SMALL - 1.0) + 10.0
}

fn marks_width(marks: &[&str]) -> f64 {
    marks.iter().map(|mark| mark_width(mark) + 4.0).sum()
}

fn title_width(bunch: &Bunch<'_>) -> f64 {
    let title = width(&shortened(bunch.namespace.unwrap_or_default()), NAME);
    title + 8.0 + marks_width(&bunch.marks) + 2.0 * PADDING
}

fn bunches(picture: &Picture) -> Vec<Bunch<'_>> {
    let mut linked = vec![false; picture.boxes.len()];
    for end in picture.links.iter().flat_map(|link| [link.from, link.to]) {
        if let Some(is_linked) = linked.get_mut(end) {
            *is_linked = true;
        }
    }
    let mut named: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut found = Vec::new();
    for (at, item) in picture.boxes.iter().enumerate() {
        match item.namespace.as_deref() {
            Some(namespace) => named.entry(namespace).or_default().push(at),
            None => found.push(bunch(picture, None, &[at], &linked)),
        }
    }
    found.extend(
        named.into_iter().map(|(namespace, places)| bunch(picture, Some(namespace), &places, &linked)),
    );
    found
}

fn bunch<'a>(
    picture: &'a Picture,
    namespace: Option<&'a str>,
    places: &[usize],
    linked: &[bool],
) -> Bunch<'a> {
    let items = || places.iter().filter_map(|at| Some((*at, picture.boxes.get(*at)?)));
    let mut bunch = Bunch { namespace, ..Bunch::default() };
    let pods: Vec<Vec<&str>> =
        items().map(|(_, item)| item).filter(|item| item.members.len() == 1).map(PictureBox::marks).collect();
    if let (Some(first), true) = (pods.first(), pods.len() > 1 && namespace.is_some()) {
        bunch.marks =
            first.iter().copied().filter(|mark| pods.iter().all(|marks| marks.contains(mark))).collect();
    }
    let sizes = items().map(|(at, item)| {
        let size = box_size(item, &own_marks(item, &bunch.marks));
        Rect { height: size.height.max(END * number(links_of(picture, at))), ..size }
    });
    let sizes: Vec<Rect> = sizes.collect();
    let is_tied = items().any(|(at, _)| linked.get(at).copied().unwrap_or_default());
    let least = if is_tied && namespace.is_some() { title_width(&bunch) - 2.0 * PADDING } else { 0.0 };
    let width = sizes.iter().map(|size| size.width).fold(least, f64::max);
    for ((at, _), size) in items().zip(sizes) {
        let size = Rect { width, ..size };
        let is_linked = linked.get(at).copied().unwrap_or_default();
        if is_linked { bunch.linked.push((at, size)) } else { bunch.alone.push((at, size)) }
    }
    bunch
}

/// The number of links of a box: nearly all of them may end on one side.
fn links_of(picture: &Picture, at: usize) -> usize {
    picture.links.iter().filter(|link| link.from == at || link.to == at).count()
}

fn shared_of<'a>(bunches: &'a [Bunch<'_>], item: &PictureBox) -> &'a [&'static str] {
    let of = item.namespace.as_deref();
    bunches.iter().find(|bunch| of.is_some() && bunch.namespace == of).map_or(&[], |bunch| &bunch.marks)
}

fn own_marks(item: &PictureBox, shared: &[&str]) -> Vec<&'static str> {
    item.marks().into_iter().filter(|mark| !shared.contains(mark)).collect()
}

fn box_size(item: &PictureBox, marks: &[&str]) -> Rect {
    let text = width(&shortened(&item.label), NAME).max(width(&shortened(&item.detail), SMALL));
    let lines = number(usize::from(!item.detail.is_empty()));
    let height = 28.0 + lines * 14.0 + if marks.is_empty() { 0.0 } else { MARK };
    Rect::sized((text + 20.0).max(marks_width(marks) + 16.0).max(56.0), height)
}

/// The boxes of a namespace in rows, and the size of its frame.
fn block(bunch: &Bunch<'_>) -> (Vec<Rect>, Rect) {
    let sizes: Vec<Rect> = bunch.alone.iter().map(|(_, size)| *size).collect();
    let (cells, inner) = grid(&sizes, GAP);
    if bunch.namespace.is_none() {
        return (cells, inner);
    }
    let cells = cells.into_iter().map(|cell| cell.moved(PADDING, TITLE + 4.0)).collect();
    let across = (inner.width + 2.0 * PADDING).max(title_width(bunch));
    (cells, Rect::sized(across, inner.height + TITLE + 4.0 + PADDING))
}

fn layered(picture: &Picture, tied: &[&Bunch<'_>]) -> Layered<NodeLabel, EdgeLabel> {
    let mut layered =
        Layered::with_options(GraphOptions { directed: true, multigraph: true, compound: true });
    for (at, bunch) in tied.iter().enumerate() {
        let cluster = bunch.namespace.map(|_| format!("c{at}"));
        if let Some(cluster) = &cluster {
            layered.set_node(cluster.as_str(), Some(NodeLabel::default()));
        }
        let sizes: Vec<Rect> = bunch.alone.iter().map(|(_, size)| *size).collect();
        let block = (!sizes.is_empty()).then(|| (format!("a{at}"), grid(&sizes, GAP).1));
        let boxes = bunch.linked.iter().map(|(place, size)| (format!("b{place}"), *size));
        for (name, size) in boxes.chain(block) {
            let node = NodeLabel { width: size.width, height: size.height, ..NodeLabel::default() };
            layered.set_node(name.as_str(), Some(node));
            if let Some(cluster) = &cluster {
                layered.set_parent(&name, Some(cluster));
            }
        }
    }
    for (at, link) in picture.links.iter().enumerate() {
        let size = label_size(&link.label());
        let edge = EdgeLabel {
            width: size.width,
            height: size.height,
            labelpos: LabelPos::Center,
            ..EdgeLabel::default()
        };
        layered.set_edge(
            format!("b{}", link.from),
            format!("b{}", link.to),
            Some(edge),
            Some(&format!("l{at}")),
        );
    }
    layered
}

/// Where `dagre` placed a node: it gives the middle.
fn placed(layered: &Layered<NodeLabel, EdgeLabel>, name: &str, size: Rect) -> Rect {
    let node = layered.node(name);
    let (x, y) = node.map_or((0.0, 0.0), |node| (node.x.unwrap_or_default(), node.y.unwrap_or_default()));
    size.moved(x - size.width / 2.0, y - size.height / 2.0)
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;
    use crate::report::graph::model::Graph;

    fn is_apart(a: &Rect, b: &Rect) -> bool {
        let near = 0.5;
        a.right() <= b.x + near
            || b.right() <= a.x + near
            || a.bottom() <= b.y + near
            || b.bottom() <= a.y + near
    }

    /// Everything with words in it: boxes, titles and labels.
    fn texts(picture: &Picture, layout: &Layout) -> Vec<Rect> {
        let mut rects: Vec<Rect> = layout.boxes.iter().map(|(_, rect, _)| *rect).collect();
        let title = |cluster: &Cluster| Rect {
            height: TITLE,
            width: width(&cluster.title, NAME) + 12.0,
            ..cluster.rect
        };
        rects.extend(layout.clusters.iter().map(title));
        rects.extend(layout.links.iter().map(|(at, _, (x, y))| {
            let size = label_size(&picture.links[*at].label());
            size.moved(x - size.width / 2.0, y - size.height / 2.0)
        }));
        rects
    }

    fn check(graph: &Graph) {
        let picture = Picture::of(graph);
        let layout = Layout::of(&picture);
        assert_eq!(layout.boxes.len(), picture.boxes.len());
        assert_eq!(layout.links.len(), picture.links.len());
        let rects = texts(&picture, &layout);
        for (at, a) in rects.iter().enumerate() {
            for b in rects.iter().skip(at + 1) {
                assert!(is_apart(a, b), "{a:?} {b:?}");
            }
            assert!(
                a.x >= 0.0
                    && a.y >= 0.0
                    && a.right() <= layout.size.width
                    && a.bottom() <= layout.size.height
            );
        }
        for (at, points, label) in &layout.links {
            let rect = |place: usize| layout.boxes.iter().find(|(of, ..)| *of == place).unwrap().1;
            let link = &picture.links[*at];
            assert!(is_on_border(rect(link.from), points[0]), "start of {link:?}");
            assert!(is_on_border(rect(link.to), points[points.len() - 1]), "end of {link:?}");
            assert!(points.windows(2).any(|pair| is_level_at(pair, *label)), "{link:?} passes its label by");
            for pair in points.windows(2) {
                let (left, right) = (pair[0].0.min(pair[1].0), pair[0].0.max(pair[1].0));
                let (top, bottom) = (pair[0].1.min(pair[1].1), pair[0].1.max(pair[1].1));
                let piece = Rect { x: left, y: top, width: right - left, height: bottom - top };
                let mut others = layout
                    .boxes
                    .iter()
                    .filter(|(of, rect, _)| *of != link.from && *of != link.to && rect.width > 0.0);
                assert!(others.all(|(_, rect, _)| is_apart(rect, &piece)), "{link:?} crosses a box");
            }
        }
    }

    fn is_level_at(pair: &[Point], (x, y): Point) -> bool {
        let is_at = |point: &Point| (point.1 - y).abs() < 0.6;
        pair.iter().all(is_at) && pair[0].0.min(pair[1].0) <= x && x <= pair[0].0.max(pair[1].0)
    }

    fn is_on_border(rect: Rect, (x, y): Point) -> bool {
        let on = |a: f64, b: f64| (a - b).abs() < 0.6;
        let within = |value: f64, from: f64, to: f64| value > from - 0.6 && value < to + 0.6;
        (within(y, rect.y, rect.bottom()) && (on(x, rect.x) || on(x, rect.right())))
            || (within(x, rect.x, rect.right()) && (on(y, rect.y) || on(y, rect.bottom())))
    }

    #[test]
    fn nothing_with_words_overlaps_and_links_end_at_their_boxes() {
        check(&sample::shop());
        check(&sample::hostile());
        check(&sample::all_open(60));
        for seed in 1..12 {
            let mut graph = sample::dense(10 + seed * 2);
            graph.edges.retain(|edge| (edge.from * 7 + edge.to * 3 + seed) % 9 == 0);
            check(&graph);
        }
    }
}
