//! Puts the page together.

use super::data::Data;
use crate::report::graph::model::Graph;
use crate::report::graph::picture::Picture;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");

/// The scripts of the page: where each goes, its text, and its hash, by which the page's security policy knows it.
const SCRIPTS: [(&str, &str, &str); 5] = [
    ("@CYTOSCAPE@", include_str!("cytoscape.min.js"), "CBWRq3NbK2o7MaPGD486Pi/ujJKTngx4IK0SCFcbbNg="),
    ("@DAGRE@", include_str!("dagre.min.js"), "hcWRpl8XFVe95f0/pwQ8Ksjg4fU9SwmAK37iTWkGPUA="),
    ("@LAYOUT@", include_str!("layout.js"), "c8rj1tSHBTDAQHdQ8ydYRQgPnIJftMYm4oAHvtykhtM="),
    ("@PANEL@", include_str!("panel.js"), "yDgPoP5RyCs6aNB7zxSTWOOH0rmW2O0eKXT/sVLRrRM="),
    ("@PAGE@", include_str!("page.js"), "JeZJCSGr8XnTDA+5SAdMdy8gtmJq22ycXwPgaMDBYYk="),
];

/// The graph as one HTML file that needs no network: search, filters by namespace, port and direction, namespaces that
/// collapse, and for each connection the rules behind it, with file and line. Names are data and text in it, never
/// markup; its security policy runs no script but its own.
///
/// ```
/// use netpol_core::report::graph::{Graph, html};
///
/// assert!(html(&Graph::default()).starts_with("<!doctype html>"));
/// ```
pub fn html(graph: &Graph) -> String {
    let picture = Picture::of(graph);
    let data = serde_json::to_string(&Data::new(graph, &picture)).unwrap_or_default();
    let hashes: Vec<String> = SCRIPTS.iter().map(|(_, _, hash)| format!("'sha256-{hash}'")).collect();
    let mut out = String::with_capacity(data.len() + 600_000);
    let mut rest = PAGE;
    while let Some((before, after)) = rest.split_once('@') {
        out.push_str(before);
        let (name, behind) = after.split_once('@').unwrap_or((after, ""));
        match name {
            "HASHES" => out.push_str(&hashes.join(" ")),
            "STYLE" => out.push_str(STYLE),
            "DATA" => out.push_str(&inert(&data)),
            name => out.push_str(script(name)),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn script(name: &str) -> &'static str {
    SCRIPTS.iter().find(|(of, ..)| of.trim_matches('@') == name).map_or("", |(_, text, _)| text)
}

/// JSON that cannot end the element it stands in, nor a line of a script.
fn inert(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;

    fn data(page: &str) -> &str {
        page.split_once("id=\"data\">").unwrap().1.split_once("</script>").unwrap().0
    }

    #[test]
    fn a_page_holds_everything_it_needs() {
        let page = html(&sample::shop());
        assert_eq!(page, html(&sample::shop()));
        assert!(!page.contains(" src=") && !page.contains("<link") && !page.contains("@DATA@"));
        assert_eq!(page.matches("<script").count(), 6);
        let data: serde_json::Value = serde_json::from_str(data(&page)).unwrap();
        assert_eq!(data["rules"][0]["file"], "shop/policies.yaml");
        assert_eq!(data["links"].as_array().unwrap().len(), 5);
    }

    #[test]
    fn a_page_passes_unchanged_where_control_characters_are_dropped() {
        let page = html(&sample::hostile());
        assert!(
            page.chars().all(|character| character == '\n' || character == '\t' || !character.is_control())
        );
    }

    #[test]
    fn names_cannot_leave_the_data() {
        let page = html(&sample::hostile());
        assert_eq!(page.matches("<script").count(), 6);
        assert!(!page.contains("<img") && !page.contains('\u{2028}'));
        let data: serde_json::Value = serde_json::from_str(data(&page)).unwrap();
        assert!(data["boxes"][1]["name"].as_str().unwrap().starts_with("</script>"));
    }

    #[test]
    fn open_workloads_cost_a_line_each_not_a_line_a_pair() {
        let page = html(&sample::all_open(500));
        assert!(data(&page).len() < 100_000);
    }
}
