//! What the page knows, as its script reads it. It is no part of the wire format: page and data come together.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::net::ConnectionSet;
use crate::report::graph::model::{Graph, RulePlace, Subject};
use crate::report::graph::picture::{Link, Picture, PictureBox, Shape};

/// Rules that a link names before it counts the rest.
const RULES: usize = 100;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Data<'a> {
    notes: &'a [String],
    hides_open: bool,
    is_of_changes: bool,
    boxes: Vec<BoxData<'a>>,
    links: Vec<LinkData>,
    rules: Vec<RuleData<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct BoxData<'a> {
    name: &'a str,
    namespace: Option<&'a str>,
    kind: &'static str,
    detail: &'a str,
    exposed: bool,
    ingress_open: bool,
    egress_open: bool,
    #[serde(skip_serializing_if = "<[usize]>::is_empty")]
    members: &'a [usize],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LinkData {
    from: usize,
    to: usize,
    allowed: String,
    unknown: String,
    allowed_full: String,
    unknown_full: String,
    isolated: bool,
    ports: Vec<(&'static str, u16, u16)>,
    count: usize,
    rules: Vec<usize>,
    more_rules: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct RuleData<'a> {
    object: &'a str,
    rule: &'a str,
    file: &'a str,
    line: usize,
}

impl<'a> Data<'a> {
    pub(super) fn new(graph: &'a Graph, picture: &'a Picture) -> Self {
        let mut numbers: BTreeMap<&RulePlace, usize> = BTreeMap::new();
        let mut rules = Vec::new();
        let links = picture.links.iter().map(|link| {
            let places: Vec<usize> = rules_of(graph, link)
                .into_iter()
                .map(|place| {
                    *numbers.entry(place).or_insert_with(|| {
                        rules.push(rule(place));
                        rules.len() - 1
                    })
                })
                .collect();
            link_data(link, places)
        });
        let links = links.collect();
        let is_of_changes = picture.subject == Subject::Changes;
        let boxes = picture.boxes.iter().map(box_data).collect();
        Self { notes: &picture.notes, hides_open: picture.hides_open, is_of_changes, boxes, links, rules }
    }
}

fn box_data(item: &PictureBox) -> BoxData<'_> {
    let kind = match item.shape {
        Shape::Pods => "pods",
        Shape::Addresses => "addresses",
        Shape::Group => "group",
    };
    BoxData {
        name: &item.label,
        namespace: item.namespace.as_deref(),
        kind,
        detail: &item.detail,
        exposed: item.exposed,
        ingress_open: item.open.ingress,
        egress_open: item.open.egress,
        members: if item.shape == Shape::Group { &item.members } else { &[] },
    }
}

fn link_data(link: &Link, mut rules: Vec<usize>) -> LinkData {
    let more_rules = rules.len().saturating_sub(RULES);
    rules.truncate(RULES);
    let words = |set: &ConnectionSet| if set.is_empty() { String::new() } else { set.to_string() };
    let both = link.allowed.union(&link.unknown);
    let ports = both.iter().flat_map(|(protocol, ports)| {
        ports.ranges().iter().map(move |(first, last)| (protocol.name(), *first, *last))
    });
    LinkData {
        from: link.from,
        to: link.to,
        allowed: shortened(words(&link.allowed)),
        unknown: shortened(words(&link.unknown)),
        allowed_full: words(&link.allowed),
        unknown_full: words(&link.unknown),
        isolated: link.is_isolated,
        ports: ports.collect(),
        count: link.edges.len(),
        rules,
        more_rules,
        change: link.change_name(),
    }
}

fn shortened(text: String) -> String {
    if text.chars().count() <= 60 {
        return text;
    }
    let start: String = text.chars().take(59).collect();
    format!("{start}…")
}

/// The rules of all connections that a link stands for, each once, in the order of the files.
fn rules_of<'a>(graph: &'a Graph, link: &Link) -> Vec<&'a RulePlace> {
    let edges = link.edges.iter().filter_map(|at| graph.edges.get(*at));
    let mut rules: Vec<&RulePlace> = edges.flat_map(|edge| &edge.rules).collect();
    rules.sort_by(|a, b| (&a.file, a.line, &a.object, &a.rule).cmp(&(&b.file, b.line, &b.object, &b.rule)));
    rules.dedup();
    rules
}

fn rule(place: &RulePlace) -> RuleData<'_> {
    RuleData { object: &place.object, rule: &place.rule, file: &place.file, line: place.line }
}
