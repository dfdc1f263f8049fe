//! The report in a real browser: complete, quiet, off-line, and alive at the width of a desk and of a phone.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use serde_json::Value;
use std::path::{Path, PathBuf};
use workspace_tests::browser::{self, Browser, Screen};
use workspace_tests::{Workspace, xtask};

const DESK: Screen = Screen { width: 1280, height: 900, phone: false, dark: false };
const PHONE: Screen = Screen { width: 390, height: 844, phone: true, dark: false };

/// Figures that are cheap: one of closed forms with a legend in each panel, one with runs, bands and a colour bar, one whose error bars in x
/// may be cut at an axis.
const FIGURES: [&str; 3] = ["fig01", "fig03", "fig05"];
/// Pages are sent by mail.
const LARGEST_PAGE: u64 = 6_000_000;

/// Where pictures of the page are left for people to look at.
fn pictures() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

fn report() -> Workspace {
    let workspace = Workspace::with_configs(&FIGURES);
    xtask(workspace.path(), &["figures", "--scale", "smoke"]).success();
    workspace
}

fn place(value: &Value) -> (f64, f64) {
    let number = |i: usize| value[i].as_f64().unwrap_or_else(|| panic!("no place: {value}"));
    (number(0), number(1))
}

/// The middle of an element, scrolled into view.
fn middle_of(browser: &mut Browser, element: &str) -> (f64, f64) {
    let middle = browser.evaluate(&format!(
        "(() => {{ const e = {element}; e.scrollIntoView({{ block: 'center', inline: 'center' }});
                  const r = e.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; }})()"
    ));
    place(&middle)
}

/// A vertex in the middle of a series, scrolled into view: its name, data and where it is in the window.
const A_POINT: &str = "(() => {
    const group = document.querySelector('#fig01_learning_dynamics g.series[data-series=\"ŝ = 4\"]');
    const panel = group.closest('g.panel');
    const list = text => text.split(' ').map(Number);
    const [x, y] = [list(group.dataset.x), list(group.dataset.y)];
    const i = Math.floor(x.length / 2);
    const [left, top, width, height] = list(panel.dataset.rect);
    const [[a, b], [c, d]] = [list(panel.dataset.xRange), list(panel.dataset.yRange)];
    const svg = group.ownerSVGElement;
    svg.scrollIntoView({ block: 'center', inline: 'start' });
    const p = new DOMPoint(left + width * (x[i] - a) / (b - a), top + height * (1 - (y[i] - c) / (d - c)))
        .matrixTransform(svg.getScreenCTM());
    return { x: x[i], y: y[i], place: [p.x, p.y] };
})()";

fn opened(browser: &mut Browser, page: &Path, screen: Screen) {
    browser.open(page, screen);
    assert_eq!(browser.complaints(), [""; 0], "{screen:?}");
    // Everything is in the page: nothing is asked for but the page itself, and what stands in it as data.
    let asked: Vec<String> = browser.requests().into_iter().filter(|url| !url.starts_with("data:")).collect();
    assert_eq!(asked, [format!("file://{}", page.display())], "{screen:?}");
    let width = browser.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]");
    assert_eq!(width[0], width[1], "the page scrolls sideways: {screen:?}");
    figures_are_visible(browser);
}

fn figures_are_visible(browser: &mut Browser) {
    let stems = browser.evaluate("[...document.querySelectorAll('section.figure')].map(s => s.id)");
    let stems: Vec<String> = serde_json::from_value(stems).unwrap();
    assert_eq!(stems.len(), FIGURES.len(), "{stems:?}");
    for stem in stems {
        // What is seen in the middle of the drawing belongs to it.
        let seen = browser.evaluate(&format!(
            "(() => {{ const svg = document.querySelector('#{stem} .drawing svg'); svg.scrollIntoView({{ block: 'center' }});
                      const r = svg.getBoundingClientRect();
                      const x = (Math.max(0, r.left) + Math.min(innerWidth, r.right)) / 2;
                      const e = document.elementFromPoint(x, r.top + r.height / 2);
                      return [svg.contains(e) && svg.checkVisibility({{ opacityProperty: true }}), r.width, r.height,
                              svg.querySelectorAll('g.series').length, svg.querySelector('title').textContent.length]; }})()"
        ));
        assert_eq!(seen[0], true, "{stem} is not seen");
        for (index, least) in [(1, 300.0), (2, 100.0), (3, 1.0), (4, 10.0)] {
            assert!(seen[index].as_f64().unwrap() >= least, "{stem}: {seen}");
        }
    }
}

fn tip(browser: &mut Browser) -> String {
    let text = browser.evaluate("(t => t.hidden ? '' : t.textContent)(document.getElementById('tip'))");
    text.as_str().unwrap().to_owned()
}

/// Rounded as the page shows numbers: four digits.
fn shown(value: &Value) -> String {
    let rounded: f64 = format!("{:.3e}", value.as_f64().unwrap()).parse().unwrap();
    rounded.to_string()
}

fn values_are_told(browser: &mut Browser, touch: impl Fn(&mut Browser, (f64, f64))) {
    let point = browser.evaluate(A_POINT);
    // Scrolling hides what was told before, one frame later.
    browser.complaints();
    touch(browser, place(&point["place"]));
    let told = tip(browser);
    for part in ["ŝ = 4", &format!("t/τ = {}", shown(&point["x"])), &format!("s = {}", shown(&point["y"]))] {
        assert!(told.contains(part), "{told:?} lacks {part:?}");
    }
    let inside = browser.evaluate(
        "(r => r.left >= 0 && r.top >= 0 && r.right <= innerWidth && r.bottom <= innerHeight)(document.getElementById('tip').getBoundingClientRect())",
    );
    assert_eq!(inside, true, "the values are told outside the window");
}

/// The dot of a mean over seeds, scrolled into view: where it is in the window, its data and the ends of its intervals.
const A_MEAN: &str = "(() => {
    const group = document.querySelector('#fig05_nonlinear_networks g.series[data-series^=\"least test error, mean of\"]');
    group.ownerSVGElement.scrollIntoView({ block: 'center', inline: 'start' });
    const r = group.querySelector('circle').getBoundingClientRect();
    const { x, y, low, high, xLow, xHigh } = group.dataset;
    return { place: [r.left + r.width / 2, r.top + r.height / 2],
             across: [x, xLow, xHigh].map(Number), up: [y, low, high].map(Number) };
})()";

fn both_intervals_are_told(browser: &mut Browser) {
    let mean = browser.evaluate(A_MEAN);
    browser.complaints();
    browser.point_at(place(&mean["place"]));
    let told = tip(browser);
    for (label, numbers) in [("t/τ", &mean["across"]), ("ln ε_te", &mean["up"])] {
        let [value, low, high] = [0, 1, 2].map(|i| shown(&numbers[i]).replace('-', "−"));
        let part = format!("{label} = {value} ({low} to {high})");
        assert!(told.contains(&part), "{told:?} lacks {part:?}");
    }
}

/// Display of all drawn groups that bear a name, and of all others.
fn displays(browser: &mut Browser, stem: &str, series: &str) -> (Vec<String>, Vec<String>) {
    let of = |browser: &mut Browser, equal: &str| {
        let list = browser.evaluate(&format!(
            "[...document.querySelectorAll('#{stem} g.series')].filter(g => g.dataset.series {equal} {series:?}).map(g => getComputedStyle(g).display)"
        ));
        serde_json::from_value(list).unwrap()
    };
    (of(browser, "==="), of(browser, "!=="))
}

#[test]
fn the_report_works_in_a_browser() {
    if !browser::is_installed() {
        return;
    }
    let workspace = report();
    let page = workspace.path().canonicalize().unwrap().join("target/figures-smoke/index.html");
    let size = page.metadata().unwrap().len();
    assert!(size < LARGEST_PAGE, "{size} bytes");
    let mut browser = Browser::start();
    let browser = &mut browser;

    opened(browser, &page, DESK);
    values_are_told(browser, Browser::point_at);
    browser.point_at((3.0, 3.0));
    assert_eq!(tip(browser), "", "nothing is under the pointer");
    both_intervals_are_told(browser);
    the_keyboard_reads_values(browser);
    a_button_switches_its_series(browser);
    a_legend_entry_switches_its_series(browser);
    every_legend_entry_switches_some_series(browser);
    every_drawing_tells_panel_and_series(browser);
    there_are_few_tab_stops(browser);
    every_link_leads_somewhere(browser, &page);
    assert_eq!(browser.complaints(), [""; 0], "after use");

    opened(browser, &page, PHONE);
    values_are_told(browser, Browser::tap_at);
    a_button_switches_its_series(browser);
    assert_eq!(browser.complaints(), [""; 0], "after use");

    for (name, screen) in [("desk", DESK), ("phone", PHONE)] {
        for dark in [false, true] {
            let screen = Screen { dark, ..screen };
            opened(browser, &page, screen);
            browser.evaluate("document.querySelectorAll('details.switches').forEach(d => { d.open = true; })");
            let light = if dark { "dark" } else { "light" };
            browser.screenshot(&pictures().join(format!("report-{name}-{light}.png")), screen, 4000);
            text_is_readable(browser, screen);
        }
    }
}

fn the_keyboard_reads_values(browser: &mut Browser) {
    browser.evaluate("document.querySelector('#fig01_learning_dynamics .drawing').focus()");
    browser.complaints();
    browser.press("ArrowRight", 39);
    let first = tip(browser);
    assert!(first.contains("t/τ = 0") && first.contains("s = 0.001"), "{first:?}");
    browser.press("ArrowRight", 39);
    assert_ne!(tip(browser), first);
    browser.press("Escape", 27);
    assert_eq!(tip(browser), "");
}

fn a_button_switches_its_series(browser: &mut Browser) {
    let (stem, series) = ("fig03_single_hidden_layer", "theory, SNR 2");
    let button = format!("document.querySelector('#{stem} button[data-series=\"{series}\"]')");
    browser.evaluate(&format!("document.querySelector('#{stem} details.switches').open = true"));
    let middle = middle_of(browser, &button);
    browser.click_at(middle);
    let (hidden, others) = displays(browser, stem, series);
    assert!(!hidden.is_empty() && hidden.iter().all(|display| display == "none"), "{hidden:?}");
    assert!(others.iter().all(|display| display != "none"), "others vanished");
    assert_eq!(browser.evaluate(&format!("{button}.getAttribute('aria-pressed')")), "false");
    // Back by the keyboard.
    browser.evaluate(&format!("{button}.focus()"));
    browser.press(" ", 32);
    let (back, _) = displays(browser, stem, series);
    assert!(back.iter().all(|display| display != "none"), "{back:?}");
    assert_eq!(browser.evaluate(&format!("{button}.getAttribute('aria-pressed')")), "true");
}

fn a_legend_entry_switches_its_series(browser: &mut Browser) {
    let (stem, series) = ("fig01_learning_dynamics", "ŝ = 7");
    let middle =
        middle_of(browser, &format!("document.querySelector('#{stem} g.legend-entry[data-legend=\"{series}\"]')"));
    for display in ["none", "inline"] {
        browser.click_at(middle);
        let (own, others) = displays(browser, stem, series);
        assert_eq!(own, [display]);
        assert!(others.iter().all(|other| other != "none"), "others vanished");
    }
}

fn every_legend_entry_switches_some_series(browser: &mut Browser) {
    let counts = browser.evaluate(
        "[...document.querySelectorAll('section.figure')].flatMap(figure => {
            const hidden = () => [...figure.querySelectorAll('g.series')].filter(g => g.style.display === 'none').length;
            const click = entry => { entry.dispatchEvent(new MouseEvent('click')); return hidden(); };
            return [...figure.querySelectorAll('g.legend-entry')].map(e => [`${figure.id}: ${e.dataset.legend}`, click(e), click(e)]);
        })",
    );
    let counts: Vec<(String, usize, usize)> = serde_json::from_value(counts).unwrap();
    assert!(counts.len() > 20, "{counts:?}");
    for (entry, hidden, after) in &counts {
        assert!(*hidden > 0 && *after == 0, "{entry} hides {hidden} series, and leaves {after} hidden");
    }
}

fn every_drawing_tells_panel_and_series(browser: &mut Browser) {
    let stems = browser.evaluate(
        "[...document.querySelectorAll('section.figure')].filter(f => f.querySelector('g.series[data-x]')).map(f => f.id)",
    );
    let stems: Vec<String> = serde_json::from_value(stems).unwrap();
    for stem in stems {
        browser.evaluate(&format!("document.querySelector('#{stem} .drawing').focus()"));
        browser.complaints();
        browser.press("ArrowRight", 39);
        let names = browser.evaluate(&format!(
            "[...document.querySelectorAll('#{stem} g.series')].map(g => `(${{g.dataset.panel}}) ${{g.dataset.series || ''}}`)"
        ));
        let names: Vec<String> = serde_json::from_value(names).unwrap();
        let told = tip(browser);
        assert!(
            names.iter().any(|name| told.starts_with(name.trim_end())),
            "{stem}: {told:?} names no panel and series"
        );
        browser.press("Escape", 27);
    }
}

/// One drawing, its switches, its files and settings: a key press or three for a figure.
fn there_are_few_tab_stops(browser: &mut Browser) {
    // As the page opens: what was unfolded before is folded again.
    browser.evaluate("document.querySelectorAll('details').forEach(details => { details.open = false; })");
    let stops = browser.evaluate(
        "[...document.querySelectorAll('a, button, summary, [tabindex]')].filter(e => e.tabIndex >= 0 && e.checkVisibility())
            .map(e => e.outerHTML.slice(0, 60))",
    );
    let stops: Vec<String> = serde_json::from_value(stops).unwrap();
    assert!(stops.len() < 5 * FIGURES.len() + 10, "{stops:#?}");
}

/// Links within the page have their target, links to files have their file.
fn every_link_leads_somewhere(browser: &mut Browser, page: &Path) {
    let links = browser.evaluate("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))");
    let links: Vec<String> = serde_json::from_value(links).unwrap();
    for link in &links {
        let found = match link.strip_prefix('#') {
            Some(id) => browser.evaluate(&format!("document.getElementById({id:?}) !== null")) == true,
            None => page.with_file_name(link).is_file(),
        };
        assert!(found, "{link} leads nowhere");
    }
    for ending in [".csv", ".json", ".svg", ".png", ".ron"] {
        assert!(links.iter().any(|link| link.ends_with(ending)), "no link to a {ending}");
    }
}

/// Contrast of every text of the page (drawings apart) to its ground: 4.5, as WCAG 2 asks for small text (AA).
fn text_is_readable(browser: &mut Browser, screen: Screen) {
    let worst = browser.evaluate(
        "(() => {
            const channels = colour => (colour.match(/[\\d.]+/g) || []).map(Number);
            const luminance = ([r, g, b]) => [[r, .2126], [g, .7152], [b, .0722]]
                .reduce((sum, [c, w]) => sum + w * ((c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4), 0);
            const ground = e => { for (; e; e = e.parentElement) { const c = channels(getComputedStyle(e).backgroundColor);
                if (c.length === 3 || c[3] > 0) return c; } return [255, 255, 255]; };
            let worst = [21, ''];
            const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walk.nextNode()) {
                const e = walk.currentNode.parentElement;
                if (!walk.currentNode.textContent.trim() || e.closest('svg, script, [hidden]')) continue;
                const [a, b] = [luminance(channels(getComputedStyle(e).color)), luminance(ground(e))];
                const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
                if (contrast < worst[0]) worst = [contrast, walk.currentNode.textContent];
            }
            return worst; })()",
    );
    let contrast = worst[0].as_f64().unwrap();
    assert!((4.5..21.0).contains(&contrast), "{worst} {screen:?}");
}
