//! The page of `netpol graph -o html` in a real browser. Screenshots go to `target/tmp/pictures`.

mod chromium;
mod graphs;

use std::time::Instant;

use netpol_core::report::graph::{Graph, html, svg};
use serde_json::json;

use chromium::Chromium;

#[test]
fn a_click_on_a_connection_shows_its_rules_and_on_a_workload_both_directions() {
    let Some(mut browser) = Chromium::start() else { return };
    browser.look(1280, 800, "light");
    browser.open("shop.html", &html(&graphs::shop()));
    browser.screenshot("html-light.png");
    let (x, y) =
        middle_of(&mut browser, "netpol.cy.edges().filter(edge => edge.data('label') === 'tcp/5432')[0]");
    browser.click(x, y);
    let text = panel(&mut browser);
    assert!(text.contains("payments/payment → payments/ledger-db"), "{text}");
    assert!(
        text.contains("NetworkPolicy demo/to-7 ingress[0]") && text.contains("manifests/policy-7.yaml:14"),
        "{text}"
    );
    let (x, y) = middle_of(&mut browser, "netpol.cy.getElementById('b4')");
    browser.click(x, y);
    let text = panel(&mut browser);
    assert!(
        text.contains("shop/checkout") && text.contains("Reaches") && text.contains("Reached by"),
        "{text}"
    );
    assert!(text.contains("payments/payment") && text.contains("shop/frontend"), "{text}");
    browser.screenshot("html-picked.png");
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn a_page_of_changes_has_their_legend_and_says_what_became_of_a_connection() {
    let Some(mut browser) = Chromium::start() else { return };
    browser.look(1280, 800, "light");
    browser.open("changes.html", &html(&graphs::changes()));
    browser.screenshot("html-changes.png");
    let heading = browser.run("document.querySelector('h1').textContent + '|' + document.title");
    assert_eq!(heading, json!("What changed in who can reach whom|netpol: what changed"));
    let legend =
        browser.run("[...document.querySelectorAll('#legend .key')].map(key => key.textContent).join()");
    assert_eq!(legend, json!("added,wider,removed,narrower,changed"));
    let colours = browser.run("new Set(netpol.cy.edges().map(edge => edge.style('line-color'))).size");
    assert_eq!(colours, json!(5));
    let removed = "netpol.cy.edges().filter(edge => edge.data('kind') === 'removed')[0]";
    let (x, y) = middle_of(&mut browser, removed);
    browser.click(x, y);
    let text = panel(&mut browser);
    assert!(
        text.contains("removed: nothing is allowed any more") && text.contains("was allowed: "),
        "{text}"
    );
    browser.look(1280, 800, "dark");
    browser.screenshot("html-changes-dark.png");
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn filters_leave_what_they_say() {
    let Some(mut browser) = Chromium::start() else { return };
    browser.look(1280, 800, "dark");
    browser.open("shop.html", &html(&graphs::shop()));
    let links = "netpol.cy.edges().length";
    assert_eq!(browser.run(links), json!(14));
    set(&mut browser, "port", "5432");
    assert_eq!(browser.run(links), json!(2), "the port and what is open on every port");
    set(&mut browser, "port", "");
    set(&mut browser, "namespace", "payments");
    assert_eq!(browser.run(links), json!(4));
    set(&mut browser, "direction", "egress");
    assert_eq!(browser.run(links), json!(2));
    set(&mut browser, "namespace", "");
    set(&mut browser, "direction", "");
    set(&mut browser, "search", "ledg");
    assert!(panel(&mut browser).contains("payments/ledger-db"));
    assert_eq!(browser.run("netpol.cy.nodes('.found').length"), json!(1));
    set(&mut browser, "search", "");
    browser.run("document.getElementById('collapse').click()");
    assert_eq!(browser.run("netpol.cy.nodes('[kind != \"tag\"]').length"), json!(5));
    browser.screenshot("html-collapsed-dark.png");
    browser.run("document.getElementById('expand').click()");
    browser.screenshot("html-dark.png");
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn five_hundred_workloads_answer_a_click_within_two_seconds() {
    let Some(mut browser) = Chromium::start() else { return };
    browser.look(1280, 800, "light");
    browser.open("large.html", &html(&graphs::large(500)));
    browser.screenshot("html-500.png");
    let started = Instant::now();
    browser.run("document.getElementById('expand').click()");
    browser.screenshot("html-500-expanded.png");
    let expanded = started.elapsed();
    let started = Instant::now();
    let (x, y) = middle_of(&mut browser, "netpol.cy.getElementById('b30')");
    browser.click(x, y);
    let text = panel(&mut browser);
    browser.run("new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))");
    let clicked = started.elapsed();
    assert!(text.contains("team-01/service-30"), "{text}");
    chromium::say(&format!("500 workloads: expanded in {expanded:?}, a click answered in {clicked:?}"));
    assert!(expanded.as_secs_f64() < 10.0, "expanding took {expanded:?}");
    assert!(clicked.as_secs_f64() < 2.0, "a click took {clicked:?}");
    browser.screenshot("html-500-picked.png");
    browser.open("open.html", &html(&open(500)));
    assert!(
        panel(&mut browser)
            .contains("249500 connections between endpoints that no policy isolates are not drawn")
    );
    browser.run("netpol.pickBox(3, true)");
    assert!(
        panel(&mut browser)
            .contains("Also reached, on every port, by all that is not isolated for egress (499)")
    );
    browser.screenshot("html-500-open.png");
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn names_stay_text() {
    let Some(mut browser) = Chromium::start() else { return };
    browser.look(1280, 800, "light");
    browser.open("hostile.html", &html(&graphs::hostile()));
    for at in 0..11 {
        browser.run(&format!("netpol.pickBox({at}, true)"));
        browser.run("document.querySelectorAll('#panel .row').forEach(row => row.click())");
    }
    browser.run("netpol.cy.edges().forEach(edge => { edge.emit('tap'); }); 0");
    assert_eq!(browser.run("typeof owned"), json!("undefined"));
    assert_eq!(browser.run("document.querySelectorAll('script').length"), json!(6));
    assert_eq!(browser.run("document.querySelectorAll('img, #panel a, #panel script').length"), json!(0));
    assert_eq!(browser.run("netpol.boxes[0].name"), json!("</script><script>globalThis.owned=1</script>"));
    assert_eq!(browser.complaints, Vec::<String>::new());
    browser.open("hostile.svg", &svg(&graphs::hostile()));
    assert_eq!(browser.run("document.querySelectorAll('script, img').length"), json!(0));
    assert_eq!(browser.run("document.querySelectorAll('parsererror').length"), json!(0));
}

#[test]
fn a_script_that_is_not_of_the_page_does_not_run() {
    let Some(mut browser) = Chromium::start() else { return };
    let page = html(&graphs::shop()).replace("</body>", "<script>globalThis.owned = 1</script></body>");
    browser.open("added.html", &page);
    assert_eq!(browser.run("typeof owned"), json!("undefined"));
}

#[test]
fn a_phone_shows_all_of_it() {
    let Some(mut browser) = Chromium::start() else { return };
    browser.look(390, 844, "light");
    browser.open("shop.html", &html(&graphs::shop()));
    browser.screenshot("html-phone.png");
    assert_eq!(browser.run("document.documentElement.scrollWidth <= innerWidth"), json!(true));
    browser.run("document.getElementById('expand').click()");
    browser.screenshot("html-phone-expanded.png");
    browser.run("netpol.pickBox(4, true); document.getElementById('panel').scrollIntoView()");
    browser.screenshot("html-phone-panel.png");
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn a_phone_that_is_turned_gets_a_picture_of_its_shape() {
    let Some(mut browser) = Chromium::start() else { return };
    let shape = "(({w, h}) => h > w)(netpol.cy.elements().boundingBox())";
    let settled = "new Promise(done => requestAnimationFrame(() => setTimeout(done, 150)))";
    browser.look(390, 844, "light");
    browser.open("turned.html", &html(&graphs::shop()));
    assert_eq!(browser.run(shape), json!(true));
    browser.look(844, 390, "light");
    browser.run(settled);
    assert_eq!(browser.run(shape), json!(false));
}

#[test]
fn texts_of_an_image_fit_their_boxes_and_keep_apart() {
    let Some(mut browser) = Chromium::start() else { return };
    for (name, graph) in [
        ("shop", graphs::shop()),
        ("large", graphs::large(500)),
        ("open", open(120)),
        ("hostile", graphs::hostile()),
    ] {
        let text = svg(&graph);
        browser.open(&format!("{name}.svg"), &text);
        let overlaps = "(() => { const all = [...document.querySelectorAll('text')].map(text => text.getBoundingClientRect()); \
            let found = 0; all.forEach((a, at) => all.slice(at + 1).forEach(b => { if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3) found += 1; })); return found; })()";
        assert_eq!(browser.run(overlaps), json!(0), "{name}: texts overlap");
        let outside = "[...document.querySelectorAll('g > .name')].filter(text => { const [a, b] = [text.getBoundingClientRect(), \
            text.parentNode.querySelector('rect').getBoundingClientRect()]; return a.left < b.left || a.right > b.right; }).length";
        assert_eq!(browser.run(outside), json!(0), "{name}: a name is wider than its box");
        let size = "[document.documentElement.viewBox.baseVal.width, document.documentElement.viewBox.baseVal.height]";
        let size = browser.run(size);
        for scheme in ["light", "dark"] {
            browser.look(pixels(&size[0]), pixels(&size[1]), scheme);
            browser.screenshot(&format!("svg-{name}-{scheme}.png"));
        }
        assert_eq!(browser.complaints, Vec::<String>::new());
    }
}

/// Workloads that nothing isolates.
fn open(count: usize) -> Graph {
    let mut graph = graphs::large(count);
    let all = graph.nodes.len();
    for node in &mut graph.nodes {
        (node.ingress_isolated, node.egress_isolated) = (false, false);
    }
    let free = graph.edges.iter().find(|edge| !edge.is_isolated).unwrap().clone();
    let pairs = (0..all).flat_map(|from| (0..all).map(move |to| (from, to))).filter(|(from, to)| from != to);
    graph.edges =
        pairs.map(|(from, to)| netpol_core::report::graph::Edge { from, to, ..free.clone() }).collect();
    graph
}

fn panel(browser: &mut Chromium) -> String {
    browser.run("document.getElementById('panel').innerText").as_str().unwrap().to_owned()
}

/// Sets a filter as typing does.
fn set(browser: &mut Chromium, filter: &str, value: &str) {
    let script = format!(
        "(() => {{ const field = document.getElementById('{filter}'); field.value = '{value}'; \
         field.dispatchEvent(new Event('input', {{bubbles: true}})); field.dispatchEvent(new Event('change', {{bubbles: true}})); }})()"
    );
    browser.run(&script);
}

/// The middle of an element of the picture, in the window.
fn middle_of(browser: &mut Chromium, element: &str) -> (f64, f64) {
    let script = format!(
        "(() => {{ const stage = document.getElementById('graph').getBoundingClientRect(); const item = {element}; \
         const zoom = netpol.cy.zoom(), pan = netpol.cy.pan(); \
         const at = item.isNode() ? item.renderedPosition() : {{x: item.midpoint().x * zoom + pan.x, y: item.midpoint().y * zoom + pan.y}}; \
         return [stage.left + at.x, stage.top + at.y]; }})()"
    );
    let at = browser.run(&script);
    (at[0].as_f64().unwrap(), at[1].as_f64().unwrap())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the size of an image, cut to that of a window"
)]
fn pixels(size: &serde_json::Value) -> u32 {
    size.as_f64().unwrap().clamp(100.0, 4000.0) as u32
}
